import Text

/// An argument of a call with what it is.
struct StaticArgument {
    let node: Argument
    let type: StaticType
    /// What a shape rule is told of it.
    let fact: ArgumentFact
}

extension TypeWalk {
    func call(_ call: Call, _ span: Span) -> StaticType {
        if case .attribute(let base, let name) = call.callee.kind, MutatingMethods.names.contains(name.text), let root = base.placeRoot {
            return mutatingCall(call, base, name, root, span)
        }
        let callee = expression(call.callee)
        // What a function does with a block that it is given it may do inside a `try`.
        if case .function(let function) = callee, function.hasTry, call.arguments.contains(where: { $0.value.isFunction }) {
            return self.call(callee, call, report.catching(nil) { arguments(call) }, span)
        }
        return self.call(callee, call, arguments(call), span)
    }

    func arguments(_ call: Call) -> [StaticArgument] {
        call.arguments.map { argument in
            let type = expression(argument.value)
            switch argument.kind {
            case .rest: _ = iterate(type, at: argument.value.span)
            case .options:
                if !type.isUnknown, type.members.allSatisfy({ $0.typeName != nil && $0.typeName != "dict" && !$0.isHost }) {
                    report.add(
                        .argumentType, "`**` needs a dict, not \(type.described)", at: argument.value.span, label: type.label)
                }
            default: break
            }
            return StaticArgument(node: argument, type: type, fact: fact(type, argument.value))
        }
    }

    /// What is known of a value, the value itself where it is a literal.
    func fact(_ type: StaticType, _ expression: Expression) -> ArgumentFact {
        switch expression.kind {
        case .boolean(let flag): .constant(.bool(flag))
        case .float(let number): .constant(.float(number))
        case .string(let text): .constant(.string(text))
        default: type.fact
        }
    }

    private func call(_ callee: StaticType, _ call: Call, _ arguments: [StaticArgument], _ span: Span) -> StaticType {
        switch callee {
        case .unknown, .never, .callable: return .unknown
        case .function(let function): return self.call(function, call, arguments, span)
        case .builtin(let builtin): return self.call(builtin, nil, call, arguments, span)
        case .method(let receiver, let builtin):
            notePure(receiver, builtin, span)
            return self.call(builtin, receiver, call, arguments, span)
        case .structType(let structure):
            let bound = bind(arguments, structure.signature, structure.name, span)
            checkTypes(bound, structure.signature, structure.name)
            return .structure(structure)
        case .object(let object):
            if let builtin = object.callSignature { return self.call(builtin, nil, call, arguments, span) }
            if object.isCallable { return .unknown }
        case .host(let host):
            guard let builtin = host.call else { return .unknown }
            return self.call(builtin, nil, call, arguments, span)
        case .union(let members):
            if members.contains(where: { $0.isCallable != false }) { return .unknown }
        default: break
        }
        var help: String?
        if case .none = callee { help = "the function that gave it may lack a result" }
        if case .module(let module) = callee { help = "call one of its functions: `\(module.name).name(…)`" }
        report.add(
            .notCallable, "\(callee.described) cannot be called", at: call.callee.span, label: callee.label, help: help)
        return .unknown
    }

    // MARK: Functions of scripts

    private func call(_ function: StaticFunction, _ call: Call, _ arguments: [StaticArgument], _ span: Span) -> StaticType {
        let signature = function.signature
        let bound = bind(arguments, signature, function.name, span)
        var axes = AxisUnifier()
        checkTypes(bound, signature, function.name, &axes)
        if signature.result != .any {
            if signature.result.namesTensor { return StaticType(SignatureShapes.fact(signature.result, &axes), as: signature.result) }
            return function.owner.type(signature.result)
        }
        var known: [Int: StaticType] = [:]
        for (index, argument) in bound where signature.parameters[index].type == .any && signature.parameters[index].kind != .rest {
            switch argument.type {
            case .host, .tensor, .structure: known[index] = argument.type
            default: break
            }
        }
        if !known.isEmpty, let special = function.owner.specialized(function, known, level: level) { return special }
        return function.owner.result(of: function)
    }

    /// What a call gives when some parameters are known to be objects of the host or tensors; such a call is walked once for each kind of
    /// arguments. What the function reads of an object that the object does not have is reported in the function.
    private func specialized(_ function: StaticFunction, _ known: [Int: StaticType], level: Int) -> StaticType? {
        if isSurvey || level > 60 { return nil }
        let key = "\(function.node.id) " + known.sorted { $0.key < $1.key }.map { "\($0.key):\($0.value.label)" }.joined(separator: " ")
        if let result = specializations[key] { return result }
        guard specializations.count < 500, function.captures.isEmpty else { return nil }
        specializations[key] = .unknown
        let hasObject = known.values.contains { if case .host = $0 { true } else { false } }
        let before = (report.isQuiet, self.level)
        if !hasObject { report.isQuiet = true }
        self.level = max(level, self.level)
        let result = report.uncertain(!isCertain(function)) { body(of: function, known) }
        (report.isQuiet, self.level) = before
        specializations[key] = result
        return result
    }

    // MARK: Builtins

    private func call(
        _ builtin: Builtin, _ receiver: StaticType?, _ call: Call, _ arguments: [StaticArgument], _ span: Span
    ) -> StaticType {
        let signature = builtin.signature
        let bound = bind(arguments, signature, builtin.name, span)
        for (index, argument) in bound where TypeCheck.isCheckedForBuiltins(signature.parameters[index].type) {
            let parameter = signature.parameters[index]
            var axes = AxisUnifier()
            guard parameter.kind == .positional || parameter.kind == .keywordOnly, argument.type.fits(parameter.type, &axes) == false
            else { continue }
            mismatch(
                argument.type, parameter.type, .argumentType, subject: "\(builtin.name)() argument `\(parameter.name)`",
                at: argument.node.value.span, axes: axes)
        }
        handCallbacks(builtin, bound)
        if let result = shaped(builtin, receiver, call, arguments, span) { return result }
        return context.isPrelude(builtin) || receiver?.methods != nil
            ? PreludeResults.result(builtin, receiver, bound.mapValues(\.type), context.shapes) ?? type(builtin.signature.result)
            : type(builtin.signature.result)
    }

    /// Walks functions that a builtin calls with arguments of known types, such as a loss.
    private func handCallbacks(_ builtin: Builtin, _ bound: [Int: StaticArgument]) {
        if isSurvey || bound.isEmpty { return }
        guard let callbacks = context.callbacks(of: builtin) else { return }
        for (index, argument) in bound {
            guard let types = callbacks[builtin.signature.parameters[index].name] else { continue }
            var given = [argument.type]
            if case .list(_, let parts?) = argument.type { given = parts }
            for case .function(let function) in given {
                var known: [Int: StaticType] = [:]
                for (position, type) in types.enumerated() {
                    guard position < function.signature.parameters.count, function.signature.parameters[position].type == .any else {
                        continue
                    }
                    known[position] = self.type(type)
                }
                function.owner.walkCallback(function, known)
            }
        }
    }

    private func walkCallback(_ function: StaticFunction, _ known: [Int: StaticType]) {
        if level > 60 { return }
        report.uncertain(function.node.kind == .declaration && !isCertain(function)) { _ = body(of: function, known) }
    }

    /// By the shape rule of the row, or by the axes of its signature.
    private func shaped(
        _ builtin: Builtin, _ receiver: StaticType?, _ call: Call, _ arguments: [StaticArgument], _ span: Span
    ) -> StaticType? {
        guard let shapes = context.shapes, !call.hasSpread else { return nil }
        var row = builtin
        var subject = receiver
        var given = arguments
        // `sum(x)` of a tensor is its method.
        if receiver == nil, context.isPrelude(builtin), let first = arguments.first, case .tensor = first.type,
            case .positional = first.node.kind
        {
            guard let method = shapes.methods[builtin.name] else { return nil }
            (row, subject) = (method, first.type)
            given.removeFirst()
        }
        if let receiver = subject, !receiver.isTensor { return nil }
        if row.shape == nil, !row.signature.result.namesTensor { return nil }
        var positional: [ArgumentFact] = []
        var keywords: [(String, ArgumentFact)] = []
        for argument in given {
            if case .keyword(let name) = argument.node.kind {
                keywords.append((name.text, argument.fact))
            } else {
                positional.append(argument.fact)
            }
        }
        let facts = ShapeCall(row.name, row.signature, receiver: subject?.fact, positional: positional, keywords: keywords)
        switch row.outcome(facts) {
        case .value(let fact): return StaticType(fact, as: row.signature.result)
        case .failure(let failure):
            var labels = failure.operands.compactMap { operand(named: $0, row.signature, given, call, subject) }
            if labels.isEmpty { labels = [(span, .unknown)] }
            report.add(
                failure.kind == .shape ? .shape : .argumentType, failure.message, at: labels[0].0, label: labels[0].1.label,
                also: labels.dropFirst().map { ($0.0, $0.1.label) }, help: failure.help, kind: failure.kind)
            return .unknown
        }
    }

    private func operand(
        named name: String, _ signature: CallSignature, _ arguments: [StaticArgument], _ call: Call, _ receiver: StaticType?
    ) -> (Span, StaticType)? {
        if name == ShapeCall.receiverName {
            if case .attribute(let base, _) = call.callee.kind { return (base.span, receiver ?? .unknown) }
            return call.arguments.first.map { ($0.value.span, receiver ?? .unknown) }
        }
        let places = signature.parameters.filter { $0.kind == .positional }
        var position = 0
        for argument in arguments {
            switch argument.node.kind {
            case .keyword(let word): if word.text == name { return (argument.node.value.span, argument.type) }
            default:
                if position < places.count
                    ? places[position].name == name : signature.restIndex.map({ signature.parameters[$0].name }) == name
                {
                    return (argument.node.value.span, argument.type)
                }
                position += 1
            }
        }
        return nil
    }

    // MARK: Changing methods

    /// `xs.append(x)`: the variable holds something else behind it.
    private func mutatingCall(_ call: Call, _ base: Expression, _ name: Identifier, _ root: Name, _ span: Span) -> StaticType {
        let receiver = expression(base)
        let callee = member(receiver, name, of: base.span)
        let arguments = self.arguments(call)
        let result = self.call(callee, call, arguments, span)
        guard receiver.members.contains(where: { $0.typeName == "list" || $0.typeName == "dict" || $0.isUnknown }) else { return result }
        checkOuter(base, receiver)
        guard let slot = slot(of: root) else { return result }
        guard case .name = base.kind else {
            widen(root, slot)
            return result
        }
        let given = arguments.first.map(\.type.counted) ?? .unknown
        switch (receiver, name.text) {
        case (.list(let item, _), "append"): frame.set(slot, .listOf(item.joined(given)))
        case (.list(let item, _), "insert"):
            frame.set(slot, .listOf(item.joined(arguments.count > 1 ? arguments[1].type.counted : .unknown)))
        case (.list(let item, _), "extend"): frame.set(slot, .listOf(item.joined(given.element(context.shapes) ?? .unknown)))
        case (.list(let item, _), "pop"), (.list(let item, _), "remove"), (.list(let item, _), "clear"), (.list(let item, _), "sort"),
            (.list(let item, _), "reverse"):
            frame.set(slot, .listOf(item))
        case (.dict, "pop"), (.dict, "popitem"), (.dict, "clear"): break
        default: frame.set(slot, receiver.widened)
        }
        noteGlobal(root, slot)
        return result
    }

    // MARK: Results that nobody uses

    private func notePure(_ receiver: StaticType, _ builtin: Builtin, _ span: Span) {
        switch receiver {
        case .str, .int, .float: if builtin.name.hasSuffix("index") { return }
        case .tensor: if builtin.name == "backward" || builtin.name == "item" { return }
        default: return
        }
        pureCall = (span, receiver.described, builtin.name)
    }

    /// A statement that computes a new text or tensor and drops it.
    func checkUnused(_ expression: Expression, _ type: StaticType) {
        guard case .call = expression.kind, let call = pureCall, call.span == expression.span, report.caught.isEmpty, !type.isNone,
            !type.isUnknown
        else { return }
        report.add(
            .unusedResult, "\(call.receiver) does not change: `\(call.method)` gives a new one, which nobody uses", at: expression.span,
            help: "assign the result: `x = x.\(call.method)(…)`")
    }
}

extension TypeExpression {
    /// Whether the type says something of a tensor's shape.
    var namesTensor: Bool {
        switch self {
        case .tensor: true
        case .tuple(let items?): items.contains { $0.namesTensor }
        case .list(let item?): item.namesTensor
        default: false
        }
    }
}

extension Expression {
    fileprivate var isFunction: Bool { if case .function = kind { true } else { false } }
}
