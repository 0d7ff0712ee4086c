import Text

/// Resolver: a syntax tree → where each name lives; collects errors of names and of statements that stand where they cannot.
///
/// Scopes are Python's: what a function assigns is local to it, blocks make no scope, closures capture local values when they
/// are created, names of the module are looked up when they are used.
package struct Resolver {
    let source: Source
    let natives: Set<String>
    /// The module's names: those given and those that the program assigns.
    let globals: Set<String>
    var result: Resolution
    var diagnostics: [Diagnostic] = []
    /// The functions under way, outermost first; the module's top level is the first.
    var states: [FunctionState]
    /// Names already reported as undefined.
    private var reported: Set<String> = []
    /// The names that trailing blocks assign, with the place of the first assignment, for a hint.
    var blockNames: [String: Span] = [:]
    /// Names of types that annotations may use beside those of natives, globals and the language.
    let types: Set<String>
    /// Names that a user may know from elsewhere, with what to write here.
    private let hints: [String: String]

    /// - Parameters:
    ///   - natives: the names of the builtins.
    ///   - globals: module names that already exist, such as those of earlier statements at the prompt.
    ///   - hints: names that a user may know from elsewhere, with what to write here.
    ///   - types: names of host types that have no constructor; if empty, a type's name that is like no other is let pass.
    package static func resolve(
        _ program: Program, natives: Set<String>, globals: Set<String> = [], types: Set<String> = [], hints: [String: String] = [:]
    ) -> (resolution: Resolution, diagnostics: [Diagnostic]) {
        var resolver = Resolver(program, natives: natives, globals: globals, types: types, hints: hints)
        resolver.visit(program.body)
        resolver.result.module = resolver.state.scope
        resolver.diagnostics.sort { ($0.labels.first?.span.start ?? 0) < ($1.labels.first?.span.start ?? 0) }
        return (resolver.result, Array(resolver.diagnostics.prefix(SyntaxLimits.errors)))
    }

    private init(_ program: Program, natives: Set<String>, globals: Set<String>, types: Set<String>, hints: [String: String]) {
        self.hints = hints
        source = program.source
        self.natives = natives
        self.types = types
        let names = AssignedNames(program.body)
        // `x += 1` alone gives no value to `x`.
        let assigned = names.names.filter { names.plain.contains($0) }
        self.globals = globals.union(assigned)
        states = [FunctionState(isModule: true)]
        result = Resolution(
            bindings: Array(repeating: .unresolved, count: program.nameCount),
            mayBeUnset: Array(repeating: false, count: program.nameCount),
            functions: Array(repeating: FunctionScope(), count: program.functionCount), module: FunctionScope(),
            globals: assigned)
    }

    var state: FunctionState { states[states.count - 1] }

    // MARK: Names

    /// Binds `name` where it receives a value.
    mutating func bind(_ name: Name) {
        if let register = state.register(name.text) {
            result.bindings[name.id] = .local(register)
            state.assigned.insert(register)
        } else {
            result.bindings[name.id] = .global(name.text)
        }
    }

    /// Looks up `name` where its value is read.
    mutating func use(_ name: Name) {
        if let register = state.register(name.text) {
            result.bindings[name.id] = .local(register)
            result.mayBeUnset[name.id] = !state.assigned.contains(register)
        } else if let (origin, mayBeUnset) = capture(name.text, from: states.count - 1) {
            switch origin {
            case .captured(let index): result.bindings[name.id] = .captured(index)
            default: result.bindings[name.id] = .selfReference
            }
            result.mayBeUnset[name.id] = mayBeUnset
        } else if globals.contains(name.text) {
            result.bindings[name.id] = .global(name.text)
        } else if natives.contains(name.text) {
            result.bindings[name.id] = .native(name.text)
        } else {
            reportUndefined(name)
        }
    }

    /// How the function at `level` reaches a name that is not its own: through captures made on the way down from the
    /// function that has it; nil if none has.
    private func capture(_ name: String, from level: Int) -> (Capture.Origin, mayBeUnset: Bool)? {
        let inner = states[level]
        if let known = inner.captures[name] { return (.captured(known.index), known.mayBeUnset) }
        if inner.selfName == name { return (.selfReference, false) }
        guard level > 0 else { return nil }
        let outer = states[level - 1]
        let origin: Capture.Origin
        var mayBeUnset = false
        if let register = outer.register(name) {
            origin = .local(register)
            mayBeUnset = !outer.assigned.contains(register)
        } else if let found = capture(name, from: level - 1) {
            (origin, mayBeUnset) = found
        } else {
            return nil
        }
        let index = inner.scope.captures.count
        inner.scope.captures.append(Capture(name: name, origin: origin))
        inner.captures[name] = (index, mayBeUnset)
        return (.captured(index), mayBeUnset)
    }

    // MARK: Functions

    /// - Parameter selfName: the local name that a lambda is about to be assigned to, by which it can call itself.
    mutating func visit(_ node: FunctionNode, selfName: String? = nil) {
        let isNested = states.count > 1
        let declared = node.kind == .declaration && isNested ? node.name?.text : nil
        enter(
            FunctionState(selfName: declared ?? selfName, isTrailingBlock: node.kind == .trailingBlock),
            parameters: node.signature.parameters, body: node.body)
        visit(node.signature.result)
        visit(node.body)
        result.functions[node.id] = states.removeLast().scope
    }

    mutating func visit(_ node: StructNode) {
        enter(FunctionState(), parameters: node.fields, body: nil)
        result.functions[node.id] = states.removeLast().scope
    }

    /// Begins a function: its parameters, the names that it assigns, the defaults.
    private mutating func enter(_ inner: FunctionState, parameters: [ParameterNode], body: Block?) {
        states.append(inner)
        var first: [String: Name] = [:]
        for parameter in parameters {
            let name = parameter.name
            if let earlier = first[name.text] {
                report(
                    .syntax, "duplicate-parameter", "`\(name.text)` appears twice", at: name.span, label: "again here",
                    also: (earlier.span, "first here"))
                continue
            }
            first[name.text] = name
            inner.addLocal(name.text)
        }
        inner.scope.parameterCount = inner.scope.localNames.count
        if let body {
            let names = AssignedNames(body)
            for name in names.names { inner.addLocal(name) }
            checkRebinding(names, first, body)
            if inner.isTrailingBlock {
                for name in names.names where blockNames[name] == nil { blockNames[name] = body.span }
            }
        }
        for parameter in parameters {
            visit(parameter.type)
            visit(parameter.defaultValue)
            bind(parameter.name)
        }
    }

    /// Notes the names that the function only ever updates with `+=` though they belong outside it.
    private mutating func checkRebinding(_ names: AssignedNames, _ parameters: [String: Name], _ body: Block) {
        state.updatedOnly = Set(
            names.names.filter { name in
                !names.plain.contains(name) && parameters[name] == nil
                    && (globals.contains(name) || states.dropLast().contains { $0.register(name) != nil })
            })
    }

    // MARK: Errors

    mutating func report(
        _ kind: ErrorKind, _ id: String, _ message: String, at span: Span, label: String = "", also second: (Span, String)? = nil,
        notes: [String] = [], help: String? = nil
    ) {
        var labels = [Diagnostic.Label(source, span, label)]
        if let second { labels.append(Diagnostic.Label(source, second.0, second.1)) }
        diagnostics.append(Diagnostic(kind, id: id, message, labels: labels, notes: notes, help: help))
    }

    private mutating func reportUndefined(_ name: Name) {
        guard reported.insert(name.text).inserted else { return }
        var help = hints[name.text] ?? ForeignNames.help(for: name.text)
        var second: (Span, String)?
        if help == nil, let block = blockNames[name.text] {
            second = (Span(start: block.start, end: block.start + 1), "`\(name.text)` is assigned inside this block")
            help = "a block passed to a function has its own names; make `\(name.text)` the value of the block, or assign it before"
        } else if help == nil, let near = suggestion(for: name.text) {
            help = "did you mean `\(near)`?"
        } else if help == nil, dictKeys.contains(name.id) {
            help = "a key that is text needs quotes: \"\(name.text)\""
        }
        report(.name, "undefined-name", "`\(name.text)` is not defined", at: name.span, also: second, help: help)
    }

    /// The names that stand alone as keys of a dict.
    var dictKeys: Set<Int> = []

    private func suggestion(for name: String) -> String? {
        var candidates = Set<String>()
        for state in states {
            candidates.formUnion(state.locals.keys)
            for variables in state.comprehensions { candidates.formUnion(variables.keys) }
        }
        return Spelling.suggestion(for: name, among: candidates) ?? Spelling.suggestion(for: name, among: globals)
            ?? Spelling.suggestion(for: name, among: natives)
    }
}
