/// Whether values fit annotations.
enum TypeCheck {
    /// Checks a value in place; an int is widened where a float is meant.
    ///
    /// - Throws: TypeError, or ShapeError for a tensor of another shape, with `subject` as the name of the value.
    static func require(
        _ type: TypeExpression, _ value: ValuePointer, _ interpreter: Interpreter, axes: inout [String: Int], subject: () -> String
    ) throws {
        switch (type, value.tag) {
        case (.int, ValueTag.int), (.float, ValueTag.float), (.str, ValueTag.string), (.bool, ValueTag.bool), (.any, _): return
        case (.float, ValueTag.int):
            value.pointee = .float(Double(value.intPayload))
            return
        default: break
        }
        if case .tensor(let tensor) = type, case .host(let object) = value.pointee, let check = interpreter.configuration.tensorCheck {
            guard let actual = check(tensor, value.pointee, &axes) else { return }
            throw ScriptError(
                .shape, mismatch(subject(), tensor, actual), help: axesNote(tensor) { axes[$0] }, operands: [object.summary])
        }
        if fits(type, value.pointee, interpreter, axes: &axes) { return }
        throw ScriptError(
            .type, "\(subject()) must be \(name(of: type)), not \(actual(value.pointee, type, interpreter))",
            help: help(type, value.pointee),
            operands: [Operators.describe(value.pointee)])
    }

    static func mismatch(_ subject: String, _ type: TensorType, _ actual: some CustomStringConvertible) -> String {
        "\(subject) must be \(type), not \(actual)"
    }

    static func axesNote(_ tensor: TensorType, size: (String) -> Int?) -> String? {
        let named = (tensor.axes ?? []).compactMap { axis in
            if case .named(let name) = axis, let size = size(name) { "\(name) = \(size)" } else { nil }
        }
        return named.isEmpty ? nil : "in this call " + named.joined(separator: ", ")
    }

    /// "an int", "a list of str", "str or none".
    static func name(of type: TypeExpression) -> String {
        switch type {
        case .function: "a function"
        case .tensor(let tensor): tensor.dtype == "tensor" && tensor.axes == nil ? "a tensor" : "a tensor \(tensor)"
        case .union(let options): options.map { name(of: $0) }.joined(separator: " or ")
        case .list(let item?): "a list of \(item)"
        case .any: "any value"
        default: Value.withArticle(type.description)
        }
    }

    /// What a value is instead; of a list, the first item that is wrong.
    private static func actual(_ value: Value, _ type: TypeExpression, _ interpreter: Interpreter) -> String {
        guard case .list(let item?) = type, case .list(let list) = value else { return value.typeNameWithArticle }
        var axes: [String: Int] = [:]
        guard let index = list.items.firstIndex(where: { !fits(item, $0, interpreter, axes: &axes) }) else { return "a list" }
        return "a list whose item \(index) is \(list.items[index].typeNameWithArticle)"
    }

    static func help(_ type: TypeExpression, _ value: Value) -> String? {
        switch (type, value) {
        case (.int, .float(let number)) where number == number.rounded(): "convert it with int(x)"
        case (.int, .string), (.float, .string): "convert it with \(type)(x)"
        case (.str, .int), (.str, .float): "convert it with str(x)"
        case (.list, .tuple), (.list, .range), (.list, .iterator): "convert it with list(x)"
        default: nil
        }
    }

    static func fits(_ type: TypeExpression, _ value: Value, _ interpreter: Interpreter, axes: inout [String: Int]) -> Bool {
        switch type {
        case .any: return true
        case .none: return value.isNone
        case .bool: return value.asBool != nil
        case .int: return value.asInt != nil
        case .float: return value.asDouble != nil
        case .str: return if case .string = value { true } else { false }
        case .function: return value.isCallable
        case .list(let item):
            guard case .list(let list) = value else { return false }
            guard let item, item != .any else { return true }
            for element in list.buffer where !fits(item, element, interpreter, axes: &axes) { return false }
            return true
        case .tuple(let items):
            guard case .tuple(let tuple) = value else { return false }
            guard let items else { return true }
            guard items.count == tuple.count else { return false }
            for (item, element) in zip(items, tuple.buffer) where !fits(item, element, interpreter, axes: &axes) { return false }
            return true
        case .dict(let key, let item):
            guard case .dict(let dict) = value else { return false }
            guard let key, let item, key != .any || item != .any else { return true }
            for pair in dict.pairs {
                if !fits(key, pair.key, interpreter, axes: &axes) || !fits(item, pair.value, interpreter, axes: &axes) { return false }
            }
            return true
        case .tensor(let tensor):
            guard case .host = value, let check = interpreter.configuration.tensorCheck else { return false }
            return check(tensor, value, &axes) == nil
        case .named(let name):
            switch name {
            case "range", "iterator", "module", "type": return value.typeName == name
            case "number": return value.asDouble != nil
            case "error":
                if case .error = value { return true }
                return false
            default: return value.typeName == name
            }
        case .union(let options):
            for option in options where fits(option, value, interpreter, axes: &axes) { return true }
            return false
        }
    }

    /// Whether a builtin's parameter is checked before its body runs. Tensor shapes are left to the operations, whose messages say more.
    static func isCheckedForBuiltins(_ type: TypeExpression) -> Bool {
        switch type {
        case .any, .tensor, .named: false
        case .union(let options): options.allSatisfy { isCheckedForBuiltins($0) }
        default: true
        }
    }
}
