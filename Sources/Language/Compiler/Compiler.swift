/// Compiler: a resolved syntax tree → register code, one `Prototype` per function. Leaves names to the resolver and types to the run.
struct Compiler {
    let program: Program
    let resolution: Resolution
    let module: ModuleObject
    let natives: [String: Value]
    /// What counts statements and time, if the program is compiled for that.
    let profile: LineProfile?
    var builder: FunctionBuilder

    /// The code of a module's top level, as a function without parameters whose result is the value of the last statement.
    ///
    /// - Throws: `Diagnostics` if the program outgrows what the machine can address.
    static func compile(
        _ program: Program, _ resolution: Resolution, module: ModuleObject, natives: [String: Value],
        profile: LineProfile? = nil
    ) throws -> Prototype {
        for name in resolution.globals { _ = module.slot(of: name) }
        var compiler = Compiler(
            program: program, resolution: resolution, module: module, natives: natives, profile: profile,
            builder: FunctionBuilder(
                name: "<module>", signature: .empty, source: program.source, module: module, localNames: resolution.module.localNames,
                isModule: true))
        let result = compiler.builder.allocate()
        compiler.body(program.body.statements, into: result)
        compiler.emitReturn(result)
        return try compiler.finish()
    }

    func finish() throws -> Prototype {
        if let overflow = builder.overflow {
            throw Diagnostics([Diagnostic(.syntax, id: "too-large", overflow, labels: [.init(program.source, program.body.span)])])
        }
        return builder.finish()
    }

    func binding(_ name: Name) -> Binding { resolution.binding(name) }

    // MARK: Blocks

    /// Statements whose value is that of the last one, if it is an expression, else none.
    mutating func body(_ statements: [Statement], into target: Int) {
        guard let last = statements.last else {
            builder.emit(.loadNone, a: target)
            return
        }
        for statement in statements.dropLast() { self.statement(statement) }
        if case .expression(let expression) = last.kind {
            trace(last.span)
            moving(target == builder.resultRegister ? .everything : .nothing, in: expression) { $0.expression(expression, into: target) }
        } else {
            statement(last)
            builder.mark(last.span)
            builder.emit(.loadNone, a: target)
        }
    }

    /// Statements for their effects.
    mutating func block(_ block: Block) {
        for statement in block.statements { self.statement(statement) }
    }

    // MARK: Names

    /// The cell of a module variable; the compiler stops with an error if the module is full.
    mutating func cell(_ name: String) -> Int {
        if let slot = module.slot(of: name) { return slot }
        builder.overflow = "a module cannot have more than \(ModuleObject.maximumCapacity) variables"
        return 0
    }

    mutating func load(_ name: Name, into target: Int) {
        switch binding(name) {
        case .local(let register):
            checkSet(name, register)
            if register != target { builder.emit(builder.moved.contains(register) ? .take : .move, a: target, b: register) }
        case .captured(let index):
            builder.mark(name.span)
            builder.emit(.getCapture, a: target, b: index, c: builder.constant(.string(name.text)))
        case .global(let text):
            builder.mark(name.span)
            builder.emit(.getGlobal, a: target, wide: cell(text))
        case .native(let text):
            if let value = natives[text] {
                builder.emit(.loadConst, a: target, wide: builder.constant(value))
            } else {
                builder.mark(name.span)
                builder.emit(.getGlobal, a: target, wide: cell(text))
            }
        case .selfReference: builder.emit(.loadSelf, a: target)
        case .unresolved: builder.emit(.loadNone, a: target)
        }
    }

    mutating func checkSet(_ name: Name, _ register: Int) {
        guard resolution.mayBeUnset.indices.contains(name.id), resolution.mayBeUnset[name.id] else { return }
        builder.mark(name.span)
        builder.emit(.checkSet, a: register, wide: builder.constant(.string(name.text)))
    }

    /// The same for an expression that is a variable.
    mutating func checkSet(_ variable: Expression) {
        if case .name(let name) = variable.kind, case .local(let register) = binding(name) { checkSet(name, register) }
    }

    /// Assigns a register to a name; a temporary is emptied.
    mutating func store(_ register: Int, to name: Name) {
        switch binding(name) {
        case .local(let local):
            if local != register { builder.emit(builder.isTemporary(register) ? .take : .move, a: local, b: register) }
        case .global(let text), .native(let text):
            builder.emit(.setGlobal, flag: builder.isTemporary(register) ? 1 : 0, a: register, wide: cell(text))
        case .captured, .selfReference, .unresolved: break
        }
    }

    // MARK: Functions

    /// Compiles a function and emits the instruction that makes a closure of it.
    mutating func function(_ node: FunctionNode, into target: Int) {
        let scope = resolution.functions[node.id]
        let name = node.name?.text ?? (node.kind == .trailingBlock ? "<block>" : "<lambda>")
        let prototype = nested(
            name: name, signature: callSignature(node.signature.parameters, result: node.signature.result), scope: scope,
            doc: node.documentation ?? "", span: node.span
        ) { compiler in
            compiler.trace(node.name?.span ?? node.span)
            compiler.defaults(node.signature.parameters)
            compiler.functionBody(node.body.statements, span: node.span)
        }
        builder.parts.prototypes.append(prototype)
        builder.mark(node.span)
        builder.emit(.closure, a: target, wide: builder.parts.prototypes.count - 1)
    }

    /// The statements of a function and the return of its value.
    private mutating func functionBody(_ statements: [Statement], span: Span) {
        let result = builder.allocate()
        builder.resultRegister = result
        guard let last = statements.last, case .expression(let expression) = last.kind, let register = variable(expression) else {
            body(statements, into: result)
            return returnRegister(result, span: statements.last?.span ?? span)
        }
        for statement in statements.dropLast() { self.statement(statement) }
        builder.release(to: result)
        trace(last.span)
        checkSet(expression)
        returnRegister(register, span: last.span)
    }

    /// Code of a function or constructor, built by `fill` with this compiler's builder replaced for the while.
    mutating func nested(
        name: String, signature: CallSignature, scope: FunctionScope, doc: String, span: Span, fill: (inout Compiler) -> Void
    ) -> Prototype {
        var inner = Compiler(
            program: program, resolution: resolution, module: module, natives: natives, profile: profile,
            builder: FunctionBuilder(
                name: name, signature: signature, source: program.source, module: module, localNames: scope.localNames, isModule: false))
        inner.builder.parts.captures = scope.captures
        inner.builder.parts.doc = doc
        inner.builder.parts.span = span
        fill(&inner)
        if let overflow = inner.builder.overflow { builder.overflow = overflow }
        return inner.builder.finish()
    }

    /// Evaluates the defaults of the parameters that were not given, and checks those.
    mutating func defaults(_ parameters: [ParameterNode]) {
        for (register, parameter) in parameters.enumerated() {
            guard let value = parameter.defaultValue else { continue }
            let jump = builder.emit(.jumpIfSet, a: register, wide: 0)
            expression(value, into: register)
            if let type = parameter.type {
                builder.mark(value.span, [parameter.name.span])
                check(register, TypeExpression(type), subject: "the default of `\(parameter.name.text)`")
            }
            builder.patch(jump)
        }
    }

    mutating func check(_ register: Int, _ type: TypeExpression, subject: String) {
        if type == .any { return }
        let index = builder.annotation(Annotation(type: type, subject: subject))
        builder.emit(.checkType, a: register, wide: index)
    }

    mutating func returnRegister(_ register: Int, span: Span) {
        builder.mark(span)
        if builder.parts.signature.result != .any { builder.emit(.checkResult, a: register) }
        emitReturn(register)
    }

    // MARK: Profiling

    /// The statement or loop round at `span` begins here.
    mutating func trace(_ span: Span) {
        guard let profile else { return }
        builder.emit(.trace, wide: profile.site(program.source, span, function: builder.parts.name))
    }

    mutating func emitReturn(_ register: Int) {
        if profile != nil { builder.emit(.trace, flag: 1) }
        let others = builder.nextRegister - builder.localCount - (builder.isTemporary(register) ? 1 : 0)
        builder.emit(.returnValue, flag: others == 0 && !builder.leavesKeys ? 1 : 0, a: register)
    }

    /// - Parameter withDefaults: whether the defaults that are literals go into the signature.
    func callSignature(_ parameters: [ParameterNode], result: TypeNode?, withDefaults: Bool = false) -> CallSignature {
        CallSignature(parameters, result: result, program.source) { withDefaults ? literal($0) : nil }
    }
}

extension Compiler {
    /// The default of a struct's field, if it is a literal that fits the field's type at a glance.
    private func literal(_ node: ParameterNode) -> Value? {
        let value: Value
        switch node.defaultValue?.kind {
        case .some(.none): value = .none
        case .integer(let number): value = .int(number)
        case .float(let number): value = .float(number)
        case .unary(.negate, _, let operand):
            switch operand.kind {
            case .integer(let number) where number != .min: value = .int(-number)
            case .float(let number): value = .float(-number)
            default: return nil
            }
        case .boolean(let flag): value = .bool(flag)
        case .string(let text): value = .string(text)
        case .list(let elements) where elements.isEmpty: value = .list([])
        case .dict(let entries) where entries.isEmpty: value = .dict([])
        default: return nil
        }
        var copy = value
        let check = BuiltinLayout.Check(field: node.type.map { TypeExpression($0) } ?? .any)
        return withUnsafeMutablePointer(to: &copy) { check.accepts($0) } ? value : nil
    }
}

extension CallSignature {
    /// The signature that parameters as written make.
    ///
    /// - Parameter literal: the default of a parameter where it can be told without running anything.
    init(_ parameters: [ParameterNode], result: TypeNode?, _ source: Source, literal: (ParameterNode) -> Value? = { _ in nil }) {
        self.init(
            parameters: parameters.map { node in
                let kind: Kind =
                    switch node.kind {
                    case .rest: .rest
                    case .options: .options
                    case .plain: node.isKeywordOnly ? .keywordOnly : .positional
                    }
                return Parameter(
                    name: node.name.text, kind: kind, type: node.type.map { TypeExpression($0) } ?? .any,
                    defaultText: node.defaultValue.map { source.text($0.span) }, defaultValue: literal(node) ?? .unset)
            },
            result: result.map { TypeExpression($0) } ?? .any)
    }
}

extension TypeExpression {
    /// The annotation as the checks at a call read it.
    init(_ node: TypeNode) {
        switch node.kind {
        case .name(let identifier): self.init(name: identifier.text)
        case .member(_, let identifier): self = .named(identifier.text)
        case .tensor(let dtype, let axes):
            self = .tensor(
                TensorType(
                    dtype: dtype.text,
                    axes: axes.map { axis in
                        switch axis.kind {
                        case .size(let size): .size(size)
                        case .name(let name): .named(name)
                        case .ellipsis: .ellipsis
                        }
                    }))
        case .generic(let identifier, let arguments):
            switch (identifier.text, arguments.count) {
            case ("list", 1): self = .list(TypeExpression(arguments[0]))
            case ("dict", 2): self = .dict(TypeExpression(arguments[0]), TypeExpression(arguments[1]))
            case ("tuple", _): self = .tuple(arguments.map { TypeExpression($0) })
            default: self.init(name: identifier.text)
            }
        case .union(let options): self = .union(options.map { TypeExpression($0) })
        case .function: self = .function
        }
    }
}
