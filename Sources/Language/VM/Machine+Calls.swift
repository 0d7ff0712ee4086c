// Calls other than the plain case of the dispatch loop.

extension Machine {
    /// Calls what is in `slot`, its `count` arguments behind it, the last of them named by `keywords`.
    ///
    /// Returns true if a script function's frame was pushed; false if the call is done and its result is in `slot`.
    func enter(_ slot: ValuePointer, count: Int, keywords: [String], name: String) throws -> Bool {
        switch slot.tag {
        case ValueTag.function:
            let code = slot.functionCode
            if code.pointee.isPlain, count == code.pointee.parameterCount, keywords.isEmpty {
                try push(code, base: slot + 1)
                return true
            }
            let prototype = slot.object(as: FunctionObject.self).pointee.prototype
            try bindScript(prototype, slot, count: count, keywords: keywords)
            try push(prototype.code, base: slot + 1)
            return true
        case ValueTag.builtin:
            let builtin = slot.object(as: Builtin.self).pointee
            try invoke(builtin, receiver: .none, slot, count: count, keywords: keywords)
            return false
        default: break
        }
        switch slot.pointee {
        case .structType(let type):
            if keywords.isEmpty, construct(slot, slot, count: count, nil) { return false }
            try bindScript(type.prototype, slot, count: count, keywords: keywords)
            try push(type.prototype.code, base: slot + 1)
            return true
        case .boundMethod(let bound):
            if MutatingMethods.names.contains(bound.method.name), bound.receiver.isContainer {
                throw ScriptError(
                    .type, "\(bound.method.name)() changes its \(bound.receiver.typeName) and must be called on the variable itself",
                    help: "write `xs.\(bound.method.name)(…)`")
            }
            try invoke(bound.method, receiver: bound.receiver, slot, count: count, keywords: keywords)
            return false
        case .host(let object):
            if let builtin = object.callSignature {
                try invoke(builtin, receiver: slot.pointee, slot, count: count, keywords: keywords)
                return false
            }
        default: break
        }
        throw notCallable(slot.pointee)
    }

    private func notCallable(_ value: Value) -> ScriptError {
        var help: String?
        if case .none = value { help = "the function that gave it may lack a result" }
        if case .module(let module) = value { help = "call one of its functions: `\(module.name).name(…)`" }
        return ScriptError(.type, "\(value.typeNameWithArticle) cannot be called", help: help, operands: [Operators.describe(value)])
    }

    // MARK: Script functions

    private func bindScript(_ prototype: Prototype, _ slot: ValuePointer, count: Int, keywords: [String]) throws {
        let signature = prototype.signature
        let parameterCount = signature.parameters.count
        guard slot + (max(parameterCount, count) + 2) <= stackEnd else { throw Machine.recursionError(frameLimit) }
        let arguments = slot + 1
        if keywords.isEmpty, signature.restIndex == nil, signature.optionsIndex == nil, count <= signature.positionalCount {
            var index = count
            while index < parameterCount {
                if signature.parameters[index].isRequired { throw Binder.missing(prototype.name, signature, given: count, keywords: []) }
                (arguments + index).storeUnset()
                index += 1
            }
        } else {
            try Binder.bind(name: prototype.name, signature, arguments, count: count, keywords: keywords)
        }
        guard prototype.checksArguments else { return }
        var axes: [String: Int] = [:]
        for (index, parameter) in signature.parameters.enumerated() where parameter.type != .any {
            if (arguments + index).isUnset { continue }
            let kind = parameter.kind
            if kind == .rest || kind == .options {
                try checkEach(arguments + index, parameter, prototype.name)
                continue
            }
            try TypeCheck.require(parameter.type, arguments + index, interpreter, axes: &axes) {
                "\(prototype.name)() argument `\(parameter.name)`"
            }
        }
        if !axes.isEmpty { self.axes[frameCount] = axes }
    }

    /// The annotation of `*rest` or `**options` holds for each value.
    private func checkEach(_ slot: ValuePointer, _ parameter: CallSignature.Parameter, _ function: String) throws {
        var axes: [String: Int] = [:]
        let subject = { "\(function)() argument `\(parameter.name)`" }
        if slot.tag == ValueTag.list {
            let list = Machine.uniqueList(slot)
            for index in 0..<list.count {
                try TypeCheck.require(parameter.type, list.base + index, interpreter, axes: &axes, subject: subject)
            }
        } else if case .dict(let dict) = slot.pointee {
            for pair in dict.pairs {
                var value = pair.value
                try withUnsafeMutablePointer(to: &value) {
                    try TypeCheck.require(parameter.type, $0, interpreter, axes: &axes, subject: subject)
                }
            }
        }
    }

    func checkResult(_ frame: UnsafeMutablePointer<Frame>, _ slot: ValuePointer) throws {
        let prototype = frame.pointee.prototype
        var axes = self.axes[frameCount - 1] ?? [:]
        try TypeCheck.require(prototype.signature.result, slot, interpreter, axes: &axes) { "the result of \(prototype.name)()" }
    }

    // MARK: Builtins

    /// Calls a builtin with the arguments behind `slot`; leaves the result in `slot` and the argument slots empty.
    func invoke(_ builtin: Builtin, receiver: Value, _ slot: ValuePointer, count: Int, keywords: [String]) throws {
        let layout = builtin.layout
        let arguments = slot + 1
        let used = max(layout.parameterCount, count)
        guard slot + (used + 2) <= stackEnd else { throw Machine.recursionError(frameLimit) }
        let savedTop = top
        if top < arguments + used { top = arguments + used }
        defer {
            top = savedTop
            var index = 0
            while index < used {
                (arguments + index).clear()
                index += 1
            }
        }
        if keywords.isEmpty, layout.isSimple, count <= layout.positionalCount, count >= layout.requiredCount {
            var index = count
            while index < layout.parameterCount {
                (arguments + index).store(copyOf: UnsafeMutablePointer(mutating: layout.defaults + index))
                index += 1
            }
        } else {
            try Binder.bind(name: builtin.name, builtin.signature, arguments, count: count, keywords: keywords)
            for index in 0..<layout.parameterCount where (arguments + index).isUnset { arguments[index] = layout.defaults[index] }
        }
        if layout.hasChecks { try checkArguments(builtin, layout, arguments) }
        // A builtin may run for long, so that an interrupt must not wait for the fuel of many of them: a training step is one.
        if isInterrupted { try poll() }
        do {
            slot.pointee = try builtin.body(
                BuiltinCall(interpreter: interpreter, builtin: builtin, receiver: receiver, arguments: arguments))
        } catch {
            throw explained(error, receiver: receiver, slot, count: layout.isSimple && keywords.isEmpty ? count : 0)
        }
        noteOrigin(slot)
    }

    /// The same for a builtin in a slot, by its short way if it has one.
    @inline(never) func callBuiltin(_ builtin: ValuePointer, _ slot: ValuePointer, count: Int) throws {
        try builtin.borrowed(as: Builtin.self)._withUnsafeGuaranteedRef {
            if let quick = $0.quick, quick(slot, count) { return }
            try invoke($0, receiver: .none, slot, count: count, keywords: [])
        }
    }

    private func checkArguments(_ builtin: Builtin, _ layout: BuiltinLayout, _ arguments: ValuePointer) throws {
        for index in 0..<layout.parameterCount {
            let argument = arguments + index
            if layout.checks[index].accepts(argument) { continue }
            let parameter = builtin.signature.parameters[index]
            // A default need not fit: `x: int = none` means that it may be left out.
            if parameter.defaultText == "none", argument.pointee.isNone { continue }
            var axes: [String: Int] = [:]
            try TypeCheck.require(parameter.type, argument, interpreter, axes: &axes) { "\(builtin.name)() argument `\(parameter.name)`" }
        }
    }

    // MARK: Methods, keywords, spreads

    @inline(never) func specialCall(_ i: Instruction, _ frame: UnsafeMutablePointer<Frame>, _ slot: ValuePointer) throws -> Bool {
        if i.op == .callSpread { return try callSpread(slot) }
        return try frame.pointee.code.pointee.sites[Int(i.c)]._withUnsafeGuaranteedRef { site in
            if i.op == .callKeywords, slot.tag == ValueTag.structType, construct(slot, slot, count: Int(i.b), site) { return false }
            return switch i.op {
            case .callMethod: try callMethod(slot, count: Int(i.b), site)
            case .callMutating: try callMutating(slot, count: Int(i.b), site, frame)
            default: try enter(slot, count: Int(i.b), keywords: site.keywords, name: site.name)
            }
        }
    }

    private func callSpread(_ slot: ValuePointer) throws -> Bool {
        guard case .list(let list) = slot[1], case .dict(let dict) = slot[2] else { return false }
        slot[1] = .none
        slot[2] = .none
        let pairs = dict.pairs
        let count = list.count + pairs.count
        // The window of the call lies above the frame, where there is room for any number of arguments.
        guard top + (count + 3) <= stackEnd else { throw ScriptError(.value, "\(count) arguments are too many") }
        let window = top
        window.pointee = slot.take()
        for (index, item) in list.buffer.enumerated() { window[1 + index] = item }
        for (index, pair) in pairs.enumerated() { window[1 + list.count + index] = pair.value }
        let saved = top
        top = window + (count + 1)
        defer { top = saved }
        let keywords = pairs.map { $0.key.display }
        let floor = frameCount
        do {
            if try enter(window, count: count, keywords: keywords, name: "") {
                try StackGuard.check()
                slot.pointee = try run(until: floor)
                return false
            }
        } catch {
            for index in 0...count { (window + index).clear() }
            throw error
        }
        slot.store(movedFrom: window)
        return false
    }

    func callMethod(_ slot: ValuePointer, count: Int, _ site: Site) throws -> Bool {
        switch slot.tag {
        case ValueTag.string:
            if let method = site.stringMethod {
                if let quick = method.quick, !site.hasKeywords, quick(slot, count) { return false }
                return try callNative(method, slot, count, site)
            }
        case ValueTag.list:
            if let method = site.listMethod {
                if site.isMutating { Machine.makeListUnique(slot) }
                return try callNative(method, slot, count, site)
            }
        case ValueTag.dict:
            if let method = site.dictMethod {
                if site.isMutating { Machine.makeDictUnique(slot) }
                if let quick = method.quick, !site.hasKeywords, quick(slot, count) { return false }
                return try callNative(method, slot, count, site)
            }
        case ValueTag.module:
            if let cell = cell(of: slot, site) {
                if cell.tag == ValueTag.builtin {
                    let builtin = cell.object(as: Builtin.self).pointee
                    if let quick = builtin.quick, !site.hasKeywords, quick(slot, count) { return false }
                    try invoke(builtin, receiver: .none, slot, count: count, keywords: site.keywords)
                    return false
                }
                slot.store(copyOf: cell)
                return try enter(slot, count: count, keywords: site.keywords, name: site.name)
            }
        case ValueTag.host:
            let object = slot.object(as: HostObject.self).pointee
            let methods = object.methods
            if site.isCached(methods), let method = site.cachedMethod { return try callNative(method, slot, count, site) }
            if let method = methods[site.name] {
                site.cache(methods)
                site.cachedMethod = method
                return try callNative(method, slot, count, site)
            }
        default: break
        }
        let object = slot.pointee
        switch object {
        case .structure, .module, .host: break
        default:
            if let method = ValueMethods.table(for: object)[site.name] { return try callNative(method, slot, count, site) }
        }
        slot.pointee = try attribute(object, site.name)
        return try enter(slot, count: count, keywords: site.keywords, name: site.name)
    }

    private func callNative(_ method: Builtin, _ slot: ValuePointer, _ count: Int, _ site: Site) throws -> Bool {
        // The slot gives up the object, so that a method that changes it holds the only reference.
        let receiver = slot.take()
        try invoke(method, receiver: receiver, slot, count: count, keywords: site.keywords)
        return false
    }
}
