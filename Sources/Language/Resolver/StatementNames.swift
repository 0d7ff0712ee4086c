/// The names of the session that a statement reads and writes, as far as its text tells. What a function's body reads counts as read.
package struct StatementNames: Sendable {
    /// Names whose values it may use.
    package private(set) var reads: Set<String> = []
    /// Names that it gives a value.
    package private(set) var binds: Set<String>
    /// Names that it certainly gives a new value, whatever they had: `x = …`, `fn x`, `import x` outside of any block.
    package private(set) var replaces: Set<String> = []
    /// Names whose values it changes in place: `x.append(1)`, `x[0] = 1`, `x.a = 1`, `x += 1`.
    package private(set) var changes: Set<String> = []
    /// Names that it hands to a call, which may change an object that has identity: `fit(tuner, data)`, `tuner.step()`.
    package private(set) var handsOver: Set<String> = []
    /// Functions that it calls by name.
    package private(set) var calls: Set<String> = []
    /// Parameters and variables of the functions and comprehensions under way.
    private var locals: [Set<String>] = []

    package init(_ statement: Statement) {
        let names = AssignedNames(Block(statements: [statement], span: statement.span, height: 0))
        binds = Set(names.names)
        visit(statement)
        switch statement.kind {
        case .assignment(let targets, _, _, _): for target in targets { noteReplaced(target) }
        case .param, .importModules, .importNames, .function, .structure: replaces = binds
        default: break
        }
    }

    private mutating func noteReplaced(_ target: Target) {
        switch target.kind {
        case .name(let name): if !reads.contains(name.text) { replaces.insert(name.text) }
        case .tuple(let parts): for part in parts { noteReplaced(part) }
        case .rest(let part): noteReplaced(part)
        case .attribute, .subscripted, .invalid: break
        }
    }

    private func isLocal(_ name: String) -> Bool { locals.contains { $0.contains(name) } }

    private mutating func read(_ name: String) { if !isLocal(name) { reads.insert(name) } }

    private mutating func change(_ place: Expression) {
        guard let root = place.placeRoot?.text, !isLocal(root) else { return }
        changes.insert(root)
    }

    // MARK: Statements

    private mutating func visit(_ block: Block) { for statement in block.statements { visit(statement) } }

    private mutating func visit(_ statement: Statement) {
        switch statement.kind {
        case .expression(let value): visit(value)
        case .assignment(let targets, _, _, let value):
            visit(value)
            for target in targets { visit(target) }
        case .augmented(let target, _, _, let value):
            visit(value)
            if case .name(let name) = target.kind {
                read(name.text)
                if !isLocal(name.text) { changes.insert(name.text) }
            }
            visit(target)
        case .param(let node): visit(node.defaultValue)
        case .function(let node): visit(node)
        case .structure(let node): for field in node.fields { visit(field.defaultValue) }
        case .forLoop(let node):
            visit(node.iterable)
            visit(node.target)
            visit(node.body)
        case .whileLoop(let condition, let body):
            visit(condition)
            visit(body)
        case .returnValue(let value), .raise(let value): visit(value)
        case .assert(let condition, let message):
            visit(condition)
            visit(message)
        case .test(let node): visit(node.function)
        case .importModules, .importNames, .breakLoop, .continueLoop, .invalid: break
        }
    }

    private mutating func visit(_ target: Target) {
        switch target.kind {
        case .name, .invalid: break
        case .tuple(let parts): for part in parts { visit(part) }
        case .rest(let part): visit(part)
        case .attribute(let base, _):
            visit(base)
            change(base)
        case .subscripted(let base, let items):
            visit(base)
            for part in items.parts { visit(part) }
            change(base)
        }
    }

    private mutating func visit(_ node: FunctionNode) {
        locals.append(Set(node.signature.parameters.map(\.name.text)).union(AssignedNames(node.body).names))
        for parameter in node.signature.parameters { visit(parameter.defaultValue) }
        visit(node.body)
        locals.removeLast()
    }

    // MARK: Expressions

    private mutating func visit(_ expression: Expression?) {
        guard let expression else { return }
        switch expression.kind {
        case .name(let name): return read(name.text)
        case .call(let call): note(call)
        case .comprehension(let node):
            var names: Set<String> = []
            for case .loop(let target, _, _) in node.clauses { Self.collect(target, into: &names) }
            locals.append(names)
            defer { locals.removeLast() }
            return visitParts(of: expression)
        default: break
        }
        visitParts(of: expression)
    }

    private mutating func visitParts(of expression: Expression) {
        guard expression.height > 1 else { return }
        expression.forEachPart { part in
            switch part {
            case .expression(let inner): visit(inner)
            case .block(let block): visit(block)
            case .function(let node): visit(node)
            case .target(let target): visit(target)
            case .caught: break
            }
        }
    }

    private mutating func note(_ call: Call) {
        for argument in call.arguments {
            if let root = argument.value.placeRoot?.text, !isLocal(root) { handsOver.insert(root) }
        }
        switch call.callee.kind {
        case .attribute(let base, let method):
            guard let root = base.placeRoot?.text, !isLocal(root) else { return }
            if MutatingMethods.names.contains(method.text) { changes.insert(root) }
            handsOver.insert(root)
        case .name(let name): if !isLocal(name.text) { calls.insert(name.text) }
        default: break
        }
    }

    private static func collect(_ target: Target, into names: inout Set<String>) {
        switch target.kind {
        case .name(let name): names.insert(name.text)
        case .tuple(let parts): for part in parts { collect(part, into: &names) }
        case .rest(let part): collect(part, into: &names)
        case .attribute, .subscripted, .invalid: break
        }
    }
}
