import Text

extension Resolver {
    mutating func visit(_ block: Block) {
        for statement in block.statements { visit(statement) }
    }

    /// A block inside a statement.
    private mutating func visitNested(_ block: Block) {
        state.blockDepth += 1
        visit(block)
        state.blockDepth -= 1
    }

    private mutating func visit(_ statement: Statement) {
        switch statement.kind {
        case .expression(let expression): visit(expression)
        case .assignment(let targets, let type, _, let value):
            if case .function(let node) = value.kind, let name = recursiveName(targets) {
                visit(node, selfName: name)
            } else {
                visit(value)
            }
            visit(type)
            for target in targets { bind(target) }
        case .augmented(let target, _, _, let value): visitAugmented(target, value)
        case .param(let node): visit(node, statement.span)
        case .importModules(let nodes): for node in nodes { bind(node.binding) }
        case .importNames(_, let names): for name in names { bind(name.binding) }
        case .function(let node):
            visit(node)
            if let name = node.name { bind(name) }
        case .structure(let node):
            visit(node)
            bind(node.name)
        case .forLoop(let node):
            visit(node.iterable)
            loop { resolver in
                resolver.bind(node.target)
                resolver.visitNested(node.body)
            }
        case .whileLoop(let condition, let body):
            visit(condition)
            let isEndless = if case .boolean(true) = condition.kind { true } else { false }
            let atBreaks = loop { resolver in resolver.visitNested(body) }
            if isEndless { state.assigned = atBreaks }
        case .returnValue(let value): visitReturn(value, statement.span)
        case .raise(let value):
            visit(value)
            state.assigned = .unreachable
        case .breakLoop: visitJump("break", statement.span)
        case .continueLoop: visitJump("continue", statement.span)
        case .assert(let condition, let message):
            visit(condition)
            visit(message)
        case .test(let node):
            if !isAtTopLevel {
                report(.syntax, "nested-test", "a `test` stands at the top level of a file", at: node.nameSpan)
            }
            visit(node.function)
        case .invalid: break
        }
    }

    /// The local name of `name = x => …` inside a function: the lambda means itself by it, unless the name certainly has an
    /// earlier value, which is captured then as any other.
    private func recursiveName(_ targets: [Target]) -> String? {
        guard states.count > 1, targets.count == 1, case .name(let name)? = targets.first?.kind,
            let register = state.register(name.text), !state.assigned.contains(register)
        else { return nil }
        return name.text
    }

    private var isAtTopLevel: Bool { states.count == 1 && state.blockDepth == 0 }

    /// Walks a loop's body, which may run never: what it assigns counts inside only. Gives what is assigned wherever it breaks.
    @discardableResult
    private mutating func loop(_ body: (inout Resolver) -> Void) -> Registers {
        let before = state.assigned
        state.breaks.append(.unreachable)
        body(&self)
        state.assigned = before
        return state.breaks.popLast() ?? .unreachable
    }

    private mutating func visitAugmented(_ target: Target, _ value: Expression) {
        if case .name(let name) = target.kind {
            if state.updatedOnly.contains(name.text) {
                reportRebinding(name)
                visit(value)
                return
            }
            use(name)
            let mayBeUnset = result.mayBeUnset[name.id]
            visit(value)
            if case .native = result.bindings[name.id] { reportNativeUpdate(name) }
            if case .local(let register) = result.bindings[name.id] { state.assigned.insert(register) }
            result.mayBeUnset[name.id] = mayBeUnset
            return
        }
        bind(target)
        visit(value)
    }

    private mutating func reportRebinding(_ name: Name) {
        let owner = states.dropFirst().dropLast().contains { $0.register(name.text) != nil } ? "an outer function" : "the module"
        report(
            .name, "rebinding", "a function cannot rebind `\(name.text)` of \(owner)", at: name.span,
            label: "would need a value of its own first",
            help: "return the new value and assign it where the function is called")
        state.updatedOnly.remove(name.text)
    }

    private mutating func reportNativeUpdate(_ name: Name) {
        report(.name, "native-update", "`\(name.text)` is a builtin and has no value to update", at: name.span)
    }

    private mutating func visit(_ node: ParamNode, _ span: Span) {
        if !isAtTopLevel {
            report(
                .syntax, "nested-param", "a `param` stands at the top level of a script", at: span,
                help: "declare it before the functions and blocks that use it")
        }
        visit(node.type)
        visit(node.defaultValue)
        bind(node.name)
    }

    private mutating func visitReturn(_ value: Expression?, _ span: Span) {
        visit(value)
        if states.count == 1 {
            report(
                .syntax, "return-outside", "`return` outside a function", at: Span(start: span.start, end: span.start + 6),
                help: "at the top level the value of a script is that of its last expression")
        }
        state.assigned = .unreachable
    }

    private mutating func visitJump(_ word: String, _ span: Span) {
        if let innermost = state.breaks.indices.last {
            if word == "break" { state.breaks[innermost] = state.breaks[innermost].merged(state.assigned) }
        } else {
            let isInBlock = state.isTrailingBlock && states.dropLast().contains { !$0.breaks.isEmpty }
            report(
                .syntax, "\(word)-outside", "`\(word)` outside a loop", at: span,
                help: isInBlock ? "the block is a function of its own: it cannot end a loop outside it" : nil)
        }
        state.assigned = .unreachable
    }

    // MARK: Targets

    mutating func bind(_ target: Target) {
        switch target.kind {
        case .name(let name): bind(name)
        case .tuple(let parts): for part in parts { bind(part) }
        case .rest(let part): bind(part)
        case .attribute(let base, _): visit(base)
        case .subscripted(let base, let items):
            visit(base)
            visit(items)
        case .invalid: break
        }
    }

    // MARK: Types

    private static let typeNames: Set<String> = [
        "any", "none", "bool", "int", "float", "str", "list", "dict", "tuple", "fn", "function", "f32", "f64", "i32", "tensor", "range",
        "struct", "module", "error",
    ]

    mutating func visit(_ type: TypeNode?) {
        guard let type else { return }
        switch type.kind {
        case .name(let name): check(name)
        case .member, .tensor: break
        case .generic(let name, let arguments):
            check(name)
            for argument in arguments { visit(argument) }
        case .union(let options): for option in options { visit(option) }
        case .function(let parameters, let result):
            for parameter in parameters ?? [] { visit(parameter) }
            visit(result)
        }
    }

    private static let foreignTypes: [String: String] = [
        "string": "str", "String": "str", "integer": "int", "Int": "int", "double": "float", "Float": "float", "number": "float",
        "boolean": "bool", "Bool": "bool", "array": "list", "List": "list", "Dict": "dict", "map": "dict", "object": "any", "Any": "any",
        "Tensor": "tensor", "callable": "fn", "Callable": "fn", "void": "none",
    ]

    private mutating func check(_ name: Identifier) {
        let word = name.text
        if Self.typeNames.contains(word) || types.contains(word) || globals.contains(word) || natives.contains(word) { return }
        if states.contains(where: { $0.register(word) != nil }) { return }
        let near =
            Self.foreignTypes[word] ?? Spelling.suggestion(for: word, among: Self.typeNames)
            ?? Spelling.suggestion(for: word, among: types.union(globals))
        // Without a list of the host's types an unknown name may be one of them; only a likely slip is reported.
        if near == nil, types.isEmpty { return }
        report(.name, "undefined-type", "there is no type `\(word)`", at: name.span, help: near.map { "did you mean `\($0)`?" })
    }
}
