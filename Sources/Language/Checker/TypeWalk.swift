/// TypeWalk: a resolved program → what its values are, as far as that can be known before it runs, and what must fail.
///
/// Walks the code as it would run, with a type for every variable; ways are joined where they meet, loops walked until nothing changes.
/// Since values never alias and functions cannot change what is outside, a variable is what was last assigned to it.
final class TypeWalk {
    let program: Program
    let resolution: Resolution
    let report: CheckReport
    let context: CheckContext
    var frame: TypeFrame
    /// The frames under way, outermost first; the module's is the first.
    private(set) var frames: [TypeFrame]
    /// The slots of the module's names in its frame.
    private var globalSlots: [String: Int] = [:]
    /// What the module's names are, whenever a function looks: all that was ever assigned.
    private var globalTypes: [String: StaticType] = [:]
    /// The structs that annotations may name.
    var structs: [String: StaticStruct] = [:]
    /// Whether the walk only wants what the module's names are: functions are not entered.
    private(set) var isSurvey = false
    private var functions: [Int: StaticFunction] = [:]
    /// Results of calls with known arguments, by function and arguments.
    var specializations: [String: StaticType] = [:]
    /// The last call of a method that changes nothing.
    var pureCall: (span: Span, receiver: String, method: String)?
    private var declaredStructs: [Int: StaticStruct] = [:]
    /// Functions that run whenever the program gets to them, by `FunctionNode.id`; nil means all.
    var certainFunctions: Set<Int>?
    /// Levels of expressions under way; a function's result is worked out only where few are.
    var level = 0
    private static let levelLimit = 100

    init(_ program: Program, _ resolution: Resolution, _ report: CheckReport, _ context: CheckContext) {
        self.program = program
        self.resolution = resolution
        self.report = report
        self.context = context
        frame = TypeFrame(slots: resolution.module.localNames.count)
        frames = [frame]
        for name in resolution.globals { globalSlots[name] = frame.addSlot() }
    }

    var source: Source { program.source }
    var isModuleLevel: Bool { frames.count == 1 }

    /// Finds out what the module's names are.
    func survey() {
        let wasQuiet = report.isQuiet
        report.isQuiet = true
        isSurvey = true
        _ = statements(program.body)
        isSurvey = false
        report.isQuiet = wasQuiet
    }

    /// Reports what is wrong with the program.
    func run() {
        certainFunctions = Certainty.functions(of: program)
        survey()
        let fresh = TypeFrame(slots: frame.slots.count)
        frame = fresh
        frames = [fresh]
        _ = statements(program.body)
    }

    // MARK: Names

    /// What a name of the module is, seen from a function or from another module; nil if there is none.
    func globalType(_ name: String) -> StaticType? {
        guard globalSlots[name] != nil else { return nil }
        return (globalTypes[name] ?? .unknown).counted
    }

    func type(of name: Name) -> StaticType {
        switch resolution.binding(name) {
        case .local(let register): return frame.slots.indices.contains(register) ? frame.slots[register] : .unknown
        case .captured(let index): return frame.captures.indices.contains(index) ? frame.captures[index] : .unknown
        case .selfReference: return frame.function.map { .function($0) } ?? .unknown
        case .native(let text): return context.native(text)
        case .global(let text):
            if isModuleLevel, let slot = globalSlots[text] {
                let type = frame.slots[slot]
                if case .never = type { return .unknown }
                return type
            }
            if globalSlots[text] == nil {
                // A variable of the prompt: what it holds now, to code that runs now.
                guard isModuleLevel, let value = context.interpreter.globals[text] else { return .unknown }
                return context.probe == nil ? context.type(of: value) : context.typeWithItems(of: value)
            }
            let type = globalType(text) ?? .unknown
            return context.interpreter.natives[text] == nil ? type : .unknown
        case .unresolved: return .unknown
        }
    }

    /// The slot of a variable that the code under way may change; nil for an outer one.
    func slot(of name: Name) -> Int? {
        switch resolution.binding(name) {
        case .local(let register): register
        case .global(let text), .native(let text): isModuleLevel ? globalSlots[text] : nil
        case .captured, .selfReference, .unresolved: nil
        }
    }

    func assign(_ name: Name, _ type: StaticType) {
        guard let slot = slot(of: name) else { return }
        frame.set(slot, type)
        if isModuleLevel, globalSlots[name.text] == slot {
            globalTypes[name.text] = (globalTypes[name.text] ?? .never).joined(type.counted)
        }
    }

    /// A variable of the module was changed in place: functions may see that.
    func noteGlobal(_ name: Name, _ slot: Int) {
        guard isModuleLevel, globalSlots[name.text] == slot else { return }
        globalTypes[name.text] = (globalTypes[name.text] ?? .never).joined(frame.slots[slot].counted)
    }

    // MARK: Annotations

    func type(_ node: TypeNode) -> StaticType { type(TypeExpression(node)) }
    func type(_ type: TypeExpression) -> StaticType { StaticType(type, structs: structs, hosts: context.hosts) }

    // MARK: Functions

    /// The function that a declaration or lambda makes here. Its body is walked, for its errors, unless this is a survey.
    func make(_ node: FunctionNode) -> StaticType {
        let captures = resolution.functions[node.id].captures.map { capture -> StaticType in
            switch capture.origin {
            case .local(let register): frame.slots.indices.contains(register) ? frame.slots[register] : .unknown
            case .captured(let index): frame.captures.indices.contains(index) ? frame.captures[index] : .unknown
            case .selfReference: frame.function.map { .function($0) } ?? .unknown
            }
        }
        let function: StaticFunction
        // Without captures it is the same function whenever it is made.
        if captures.isEmpty, let known = functions[node.id] {
            function = known
        } else {
            let signature = CallSignature(node.signature.parameters, result: node.signature.result, source)
            function = StaticFunction(node: node, signature: signature, owner: self, captures: captures)
            functions[node.id] = function
        }
        if !isSurvey {
            let isCertain =
                switch node.kind {
                case .declaration: !isModuleLevel || isCertain(function)
                case .trailingBlock: true
                // Who calls it, and whether in a `try`, is not followed.
                case .lambda, .test: false
                }
            report.uncertain(!isCertain) { function.result = body(of: function, [:]) }
        }
        return .function(function)
    }

    func isCertain(_ function: StaticFunction) -> Bool { certainFunctions?.contains(function.node.id) ?? true }

    /// What a call gives. A function without annotations is walked for it, once.
    func result(of function: StaticFunction) -> StaticType {
        if function.signature.result != .any { return type(function.signature.result) }
        if let known = function.result { return known }
        if function.owner !== self { return function.owner.result(of: function, from: level) }
        if isSurvey || level > Self.levelLimit { return .unknown }
        // One that calls itself is not known while it is walked.
        function.result = .unknown
        let wasQuiet = report.isQuiet
        report.isQuiet = true
        let result = body(of: function, [:])
        report.isQuiet = wasQuiet
        function.result = result
        return result
    }

    private func result(of function: StaticFunction, from level: Int) -> StaticType {
        let before = self.level
        self.level = max(level, before)
        defer { self.level = before }
        return result(of: function)
    }

    /// Walks the body of a function with more known of some parameters than their annotations say.
    @discardableResult
    func body(of function: StaticFunction, _ arguments: [Int: StaticType]) -> StaticType {
        let node = function.node
        let scope = resolution.functions[node.id]
        let inner = TypeFrame(
            slots: scope.localNames.count, captures: function.captures, function: function,
            result: node.signature.result.map { TypeExpression($0) })
        let outer = (frame, frames, report.caught)
        frame = inner
        frames.append(inner)
        // What surrounds the place where it is made is not there when it runs, unless that is at once.
        if node.kind == .declaration { report.caught = [] }
        defer { (frame, frames, report.caught) = outer }
        for (index, parameter) in node.signature.parameters.enumerated() {
            self.parameter(parameter, function.signature.parameters[index], arguments[index])
        }
        let value = statements(node.body)
        if frame.isReachable {
            checkResult(value, of: function, at: node.body.statements.last?.span ?? node.span)
            frame.returned = frame.returned.joined(value)
        }
        let returned = frame.returned
        if case .never = returned { return .unknown }
        return returned.counted
    }

    private func parameter(_ node: ParameterNode, _ parameter: CallSignature.Parameter, _ argument: StaticType?) {
        var type: StaticType
        switch node.kind {
        case .rest: type = .listOf(node.type.map { self.type($0) } ?? .unknown)
        case .options: type = .dictOf(.str, .unknown)
        case .plain: type = argument ?? self.type(parameter.type)
        }
        if case .tensor(let annotation) = parameter.type, case .tensor(let facts) = type { _ = frame.axes.match(annotation, facts) }
        if let value = node.defaultValue {
            let given = expression(value)
            if node.type != nil {
                require(
                    given, parameter.type, .defaultType, subject: "the default of `\(node.name.text)`", at: value.span)
            }
            if argument == nil, node.type == nil { type = .unknown }
        }
        assign(node.name, type)
    }

    /// Reports a value that does not fit an annotation.
    @discardableResult
    func require(_ value: StaticType, _ type: TypeExpression, _ rule: CheckRule, subject: String, at span: Span) -> Bool {
        guard type != .any, value.fits(type, &frame.axes) == false else { return true }
        mismatch(value, type, rule, subject: subject, at: span, axes: frame.axes)
        return false
    }

    func mismatch(_ value: StaticType, _ type: TypeExpression, _ rule: CheckRule, subject: String, at span: Span, axes: AxisUnifier) {
        if case .tensor(let tensor) = type, case .tensor(let facts) = value {
            report.add(
                .shape, TypeCheck.mismatch(subject, tensor, facts), at: span, label: value.label, help: axes.note(on: tensor))
            return
        }
        let sample = value.sample ?? .none
        var actual = value.described
        if case .list(let item?) = type, case .list(_, let parts?) = value,
            let wrong = parts.firstIndex(where: { part in
                var axes = axes
                return part.fits(item, &axes) == false
            })
        {
            actual = "a list whose item \(wrong) is \(parts[wrong].described)"
        }
        report.add(
            rule, "\(subject) must be \(TypeCheck.name(of: type)), not \(actual)", at: span, label: value.label,
            help: value.members.count == 1 ? TypeCheck.help(type, sample) : nil)
    }

    func checkResult(_ value: StaticType, of function: StaticFunction, at span: Span) {
        guard let type = frame.result, type != .any else { return }
        let subject = "the result of \(function.name)()"
        if !require(value, type, .resultType, subject: subject, at: span) || isSurvey { return }
        // An `if` without an `else` gives none.
        guard value.members.count > 1, value.mayBeNone, StaticType.none.fits(type, &frame.axes) == false else { return }
        report.add(
            .missingResult, "\(subject) must be \(TypeCheck.name(of: type)), but this may end without a value", at: span,
            help: "give the `if` an `else`")
    }

    // MARK: Structs

    /// Walks the defaults of the fields, which the constructor evaluates.
    func defaults(of node: StructNode, _ made: StaticStruct) {
        let outer = (frame, frames)
        frame = TypeFrame(slots: resolution.functions[node.id].localNames.count)
        frames.append(frame)
        defer { (frame, frames) = outer }
        for (field, parameter) in zip(node.fields, made.signature.parameters) {
            if let value = field.defaultValue {
                let given = expression(value)
                if parameter.type != .any {
                    require(given, parameter.type, .defaultType, subject: "the default of `\(field.name.text)`", at: value.span)
                }
            }
            assign(field.name, type(parameter.type))
        }
    }

    func make(_ node: StructNode) -> StaticStruct {
        if let known = declaredStructs[node.id] { return known }
        let signature = CallSignature(node.fields, result: nil, source)
        let fields = signature.parameters.map { ($0.name, type($0.type)) }
        let made = StaticStruct(name: node.name.text, signature: signature, fields: Dictionary(fields, uniquingKeysWith: { a, _ in a }))
        declaredStructs[node.id] = made
        // Annotations go by the name: two structs of one name are told apart by nothing.
        structs[node.name.text] = made
        return made
    }
}
