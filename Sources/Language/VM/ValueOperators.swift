#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The operators on values of the language; host objects answer for themselves.
enum Operators {
    // MARK: Arithmetic

    static func binary(_ operation: BinaryOperator, _ left: Value, _ right: Value) throws -> Value {
        switch (left, right) {
        case (.int(let a), .int(let b)): return try integers(operation, a, b)
        case (.float(let a), .float(let b)): return try floats(operation, a, b, left, right)
        case (.int(let a), .float(let b)): return try floats(operation, Double(a), b, left, right)
        case (.float(let a), .int(let b)): return try floats(operation, a, Double(b), left, right)
        case (.host(let object), _):
            if let result = try object.binary(operation.host, right, reversed: false) { return result }
            if case .host(let other) = right, let result = try other.binary(operation.host, left, reversed: true) { return result }
        case (_, .host(let object)):
            if let result = try object.binary(operation.host, left, reversed: true) { return result }
        default:
            if let result = try sequences(operation, left, right) { return result }
        }
        throw unsupported(operation.rawValue, left, right)
    }

    private static func integers(_ operation: BinaryOperator, _ a: Int, _ b: Int) throws -> Value {
        let result: (partialValue: Int, overflow: Bool)
        switch operation {
        case .add: result = a.addingReportingOverflow(b)
        case .subtract: result = a.subtractingReportingOverflow(b)
        case .multiply: result = a.multipliedReportingOverflow(by: b)
        case .divide:
            if b == 0 { throw divisionByZero("division by zero") }
            return .float(quotient(a, b))
        case .floorDivide:
            if b == 0 { throw divisionByZero("integer division by zero") }
            result = a.dividedReportingOverflow(by: b)
            if !result.overflow, (a % b != 0) && ((a < 0) != (b < 0)) { return .int(result.partialValue - 1) }
        case .modulo:
            if b == 0 { throw divisionByZero("integer modulo by zero") }
            if b == -1 { return .int(0) }
            let remainder = a % b
            return .int(remainder != 0 && ((remainder < 0) != (b < 0)) ? remainder + b : remainder)
        case .power: return try power(a, b)
        case .bitAnd: return .int(a & b)
        case .bitOr: return .int(a | b)
        case .bitXor: return .int(a ^ b)
        case .shiftLeft:
            if b < 0 { throw ScriptError(.value, "negative shift count") }
            if a == 0 { return .int(0) }
            if b >= 64 { throw overflow("<<", a, b) }
            let shifted = a << b
            if shifted >> b != a { throw overflow("<<", a, b) }
            return .int(shifted)
        case .shiftRight:
            if b < 0 { throw ScriptError(.value, "negative shift count") }
            return .int(a >> min(b, 63))
        case .matmul: throw unsupported("@", .int(a), .int(b))
        }
        if result.overflow { throw overflow(operation.rawValue, a, b) }
        return .int(result.partialValue)
    }

    /// a / b correctly rounded also where the integers have more than 53 bits.
    private static func quotient(_ a: Int, _ b: Int) -> Double {
        let limit = 1 << 53
        if a.magnitude <= UInt(limit) && b.magnitude <= UInt(limit) { return Double(a) / Double(b) }
        // Scale so that the integer quotient has at least 55 bits; the remainder becomes a sticky bit.
        let dividend = a.magnitude
        let divisor = b.magnitude
        let shift = max(0, 55 - (dividend.bitWidth - dividend.leadingZeroBitCount) + (divisor.bitWidth - divisor.leadingZeroBitCount))
        let high = shift >= 64 ? dividend << (shift - 64) : (shift == 0 ? 0 : dividend >> (64 - shift))
        let low = shift >= 64 ? 0 : dividend << shift
        if high >= divisor { return Double(a) / Double(b) }
        var (whole, remainder) = divisor.dividingFullWidth((high, low))
        if remainder != 0 { whole |= 1 }
        let magnitude = Double(whole) * exp2(Double(-shift))
        return (a < 0) != (b < 0) ? -magnitude : magnitude
    }

    private static func overflow(_ operation: String, _ a: Int, _ b: Int) -> ScriptError {
        ScriptError(
            .numeric, "integer overflow: \(a) \(operation) \(b) does not fit 64 bits", help: "use floats for numbers this large: float(x)")
    }

    private static func divisionByZero(_ message: String) -> ScriptError { ScriptError(.numeric, message) }

    private static func power(_ base: Int, _ exponent: Int) throws -> Value {
        if exponent < 0 {
            if base == 0 { throw divisionByZero("0 cannot be raised to a negative power") }
            return .float(pow(Double(base), Double(exponent)))
        }
        var result = 1
        var square = base
        var left = exponent
        while left > 0 {
            if left & 1 == 1 {
                let product = result.multipliedReportingOverflow(by: square)
                if product.overflow { throw overflow("**", base, exponent) }
                result = product.partialValue
            }
            left >>= 1
            if left > 0 {
                let product = square.multipliedReportingOverflow(by: square)
                if product.overflow { throw overflow("**", base, exponent) }
                square = product.partialValue
            }
        }
        return .int(result)
    }

    private static func floats(_ operation: BinaryOperator, _ a: Double, _ b: Double, _ left: Value, _ right: Value) throws -> Value {
        switch operation {
        case .add: return .float(a + b)
        case .subtract: return .float(a - b)
        case .multiply: return .float(a * b)
        case .divide:
            if b == 0 { throw divisionByZero("float division by zero") }
            return .float(a / b)
        case .floorDivide:
            if b == 0 { throw divisionByZero("float floor division by zero") }
            return .float(floorDivision(a, b).quotient)
        case .modulo:
            if b == 0 { throw divisionByZero("float modulo by zero") }
            return .float(floorDivision(a, b).remainder)
        case .power:
            if a == 0 && b < 0 { throw divisionByZero("0.0 cannot be raised to a negative power") }
            if a < 0 && b.isFinite && b != b.rounded() {
                throw ScriptError(.numeric, "a negative number cannot be raised to a fractional power")
            }
            let result = pow(a, b)
            if result.isInfinite && a.isFinite && b.isFinite { throw ScriptError(.numeric, "float overflow: the power is too large") }
            return .float(result)
        default: throw unsupported(operation.rawValue, left, right)
        }
    }

    /// Python's `divmod` for floats: the remainder has the sign of the divisor.
    static func floorDivision(_ a: Double, _ b: Double) -> (quotient: Double, remainder: Double) {
        var remainder = fmod(a, b)
        var quotient = (a - remainder) / b
        if remainder != 0 {
            if (b < 0) != (remainder < 0) {
                remainder += b
                quotient -= 1
            }
        } else {
            remainder = b < 0 ? -0.0 : 0.0
        }
        if quotient != 0 {
            let floored = quotient.rounded(.down)
            quotient = quotient - floored > 0.5 ? floored + 1 : floored
        } else {
            quotient = (a / b) < 0 || (a / b).sign == .minus ? -0.0 : 0.0
        }
        return (quotient, remainder)
    }

    // MARK: Texts, lists, tuples, dicts

    private static func sequences(_ operation: BinaryOperator, _ left: Value, _ right: Value) throws -> Value? {
        switch (operation, left, right) {
        case (.add, .string(let a), .string(let b)):
            try MemoryLimit.requireText(a.byteCount + b.byteCount)
            return .string(StringObject.concatenate(a, b))
        case (.add, .list(let a), .list(let b)):
            try MemoryLimit.requireList(a.count + b.count)
            let list = ListObject(copying: a)
            try list.append(contentsOf: b)
            return .list(list)
        case (.add, .tuple(let a), .tuple(let b)):
            try MemoryLimit.requireList(a.count + b.count)
            return .tuple(a.items + b.items)
        case (.multiply, .string(let text), .int(let count)), (.multiply, .int(let count), .string(let text)):
            return .string(try repeated(text, count))
        case (.multiply, .list(let list), .int(let count)), (.multiply, .int(let count), .list(let list)):
            return .list(try repeated(list, count))
        case (.multiply, .tuple(let tuple), .int(let count)), (.multiply, .int(let count), .tuple(let tuple)):
            return .tuple(try repeated(tuple.items, count, "tuple"))
        case (.bitOr, .dict(let a), .dict(let b)):
            let result = DictObject(copying: a)
            for pair in b.pairs { try result.put(pair.key, pair.value) }
            return .dict(result)
        default: return nil
        }
    }

    private static func repeated(_ text: StringObject, _ times: Int) throws -> StringObject {
        try MemoryLimit.require(text.byteCount, times: times, "a str of \(text.byteCount) × \(times) bytes")
        if times <= 0 || text.byteCount == 0 { return .empty }
        return StringObject.make(count: text.byteCount * times) { bytes in
            text.withBytes { source in
                // What is there already is copied behind itself, so that short texts take few steps.
                var done = min(1, times) * source.count
                memcpy(bytes, source.baseAddress!, done)
                while done < source.count * times {
                    let more = min(done, source.count * times - done)
                    memcpy(bytes + done, bytes, more)
                    done += more
                }
            }
        }
    }

    private static func repeated(_ list: ListObject, _ times: Int) throws -> ListObject {
        try MemoryLimit.require(
            list.count, times: times, bytesEach: MemoryLimit.bytesPerItem, "a list of \(list.count) × \(times) items")
        return ListObject(repeating: list, times: max(0, times))
    }

    private static func repeated(_ items: [Value], _ times: Int, _ what: String) throws -> [Value] {
        try MemoryLimit.require(
            items.count, times: times, bytesEach: MemoryLimit.bytesPerItem, "a \(what) of \(items.count) × \(times) items")
        if times <= 0 || items.isEmpty { return [] }
        if items.count == 1 { return [Value](repeating: items[0], count: times) }
        var result: [Value] = []
        result.reserveCapacity(items.count * times)
        for _ in 0..<times { result.append(contentsOf: items) }
        return result
    }

    static func unary(_ operation: HostUnaryOperator, _ value: Value) throws -> Value {
        switch (operation, value) {
        case (.negate, .int(let number)):
            if number == .min { throw ScriptError(.numeric, "integer overflow: -(\(number)) does not fit 64 bits") }
            return .int(-number)
        case (.negate, .float(let number)): return .float(-number)
        case (.plus, .int), (.plus, .float): return value
        case (.invert, .int(let number)): return .int(~number)
        case (_, .host(let object)):
            if let result = try object.unary(operation) { return result }
        default: break
        }
        throw ScriptError(.type, "bad operand type for unary \(operation.rawValue): \(value.typeName)", operands: [describe(value)])
    }

    // MARK: Comparison

    static func compare(_ operation: ComparisonOperator, _ left: Value, _ right: Value) throws -> Value {
        if left.asHost != nil || right.asHost != nil, let host = operation.host {
            if case .host(let object) = left {
                if let result = try object.binary(host, right, reversed: false) { return result }
            }
            if case .host(let object) = right {
                if let result = try object.binary(host, left, reversed: true) { return result }
            }
        }
        switch operation {
        case .equal: return .bool(Value.isEqual(left, right))
        case .notEqual: return .bool(!Value.isEqual(left, right))
        default: break
        }
        guard let order = try Value.order(left, right) else {
            throw ScriptError(
                .type, "\(operation.rawValue) is not supported between \(left.typeName) and \(right.typeName)",
                operands: [describe(left), describe(right)])
        }
        // 2 stands for unordered: every comparison with NaN is false.
        return switch operation {
        case .less: .bool(order == -1)
        case .lessEqual: .bool(order == -1 || order == 0)
        case .greater: .bool(order == 1)
        default: .bool(order == 1 || order == 0)
        }
    }

    /// `is`: the same none, bool or object; values of equal type and content count as the same, since copies cannot be told apart.
    static func areIdentical(_ left: Value, _ right: Value) -> Bool {
        switch (left, right) {
        case (.host(let a), .host(let b)): a === b
        case (.int, .float), (.float, .int): false
        default: Value.isEqual(left, right)
        }
    }

    // MARK: Messages

    static func describe(_ value: Value) -> String {
        if case .host(let object) = value { return object.summary }
        return value.typeName
    }

    static func unsupported(_ operation: String, _ left: Value, _ right: Value) -> ScriptError {
        ScriptError(
            .type, "unsupported operand types for \(operation): \(left.typeName) and \(right.typeName)",
            help: help(for: operation, left.typeName, right.typeName), operands: [describe(left), describe(right)])
    }

    /// What to write instead of an operation on values of types that do not have it.
    static func help(for operation: String, _ left: String?, _ right: String?) -> String? {
        switch (left, right) {
        case ("str", "int"), ("str", "float"), ("int", "str"), ("float", "str"):
            switch operation {
            case "+": "convert the number with str(x), or use an f-string: f\"...{x}...\""
            case "%" where left == "str": "use an f-string: f\"...{x:.2f}...\", or `text.format(x)`"
            default: nil
            }
        case ("bool", _), (_, "bool"): "a bool is not a number; int(x) makes 1 of true and 0 of false"
        case ("none", _), (_, "none"): "a function without a result gives none"
        default: nil
        }
    }

    static func conditionError(_ value: Value) -> ScriptError {
        let help: String =
            switch value {
            case .int, .float: "compare it with something, such as `x != 0`"
            case .string: "say what you mean: `x != \"\"` or `len(x) > 0`"
            case .list, .tuple, .dict, .range: "say what you mean: `len(x) > 0`"
            case .none: "compare with none: `x is not none`"
            case .host(let object): object.conditionHelp ?? "compare with none: `x is not none`"
            case .function, .builtin, .boundMethod: "call the function: add `()`"
            default: "compare it with something"
            }
        return ScriptError(
            .type, "a condition must be true or false, not \(value.typeNameWithArticle)", help: help, operands: [describe(value)])
    }
}
