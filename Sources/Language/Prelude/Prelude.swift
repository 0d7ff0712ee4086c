/// What every module sees without import, and the native modules.
public enum Prelude {
    public static let namespaces: [Namespace] = [core, sequences, conversions, errors, files, randomness, interrupts]
    /// For `import name`.
    public static let modules: [Namespace] = [MathModule.table, TimeModule.table, RandomModule.table, RegexModule.table]

    /// The methods of the types that are no host objects.
    public static let types = [StringMethods.table, ListMethods.table, DictMethods.table, TupleMethods.table, NumberMethods.table]

    static let core = Namespace(
        "prelude",
        [
            Builtin(
                "print", "(*values, sep: str = \" \", end: str = \"\\n\") -> none",
                doc: "Writes values, with blanks between them and a line end behind.",
                example: "print(1, 2, sep = \", \")"
            ) { call in
                let values = try call.items(0)
                let text = values.count == 1 ? values[0].display : values.map(\.display).joined(separator: try call.string(1))
                call.interpreter.configuration.output(text + (try call.string(2)))
                return .none
            },
            Builtin("input", "(prompt: str = \"\") -> str | none", doc: "Reads a line; none at the end of the input.") { call in
                let line = call.interpreter.configuration.input(try call.string(0))
                try call.interpreter.checkInterrupt()
                return line.map { .string($0) } ?? .none
            },
            Builtin("len", "(x) -> int", doc: "Number of items, or of characters of a text.", example: "len([1, 2]) == 2", quick: Quick.len)
            { call in
                .int(try call.interpreter.length(call[0]))
            },
            Builtin("abs", "(x) -> any", doc: "Absolute value.", example: "abs(-2) == 2", quick: Quick.abs) { call in
                switch call[0] {
                case .int(let number):
                    if number == .min { throw ScriptError(.numeric, "integer overflow: abs(\(number)) does not fit 64 bits") }
                    return .int(Swift.abs(number))
                case .float(let number): return .float(Swift.abs(number))
                case .host(let object):
                    if let method = object.methods["abs"] {
                        return try call.interpreter.call(.boundMethod(BoundMethod(receiver: call[0], method: method)), [])
                    }
                default: break
                }
                throw call.mismatch(0, expected: "a number")
            },
            Builtin(
                "round", "(x, digits: int | none = none) -> any",
                doc: "Nearest whole number as an int, or a float with so many decimals; halves go to the even neighbour.",
                example: "round(2.5) == 2 and round(2.675, 2) == 2.67"
            ) { call in try Rounding.round(call[0], digits: call.optionalInt(1), call) },
            Builtin("divmod", "(a, b) -> tuple", doc: "The pair (a // b, a % b).", example: "divmod(-7, 2) == (-4, 1)") { call in
                .tuple([try Operators.binary(.floorDivide, call[0], call[1]), try Operators.binary(.modulo, call[0], call[1])])
            },
            Builtin("pow", "(base, exponent) -> any", doc: "base ** exponent.", example: "pow(2, 3) == 8") { call in
                try Operators.binary(.power, call[0], call[1])
            },
            Builtin("type", "(x) -> str", doc: "The name of a value's type.", example: "type(1) == \"int\"") { call in
                .string(call[0].typeName)
            },
            Builtin(
                "fields", "(value) -> dict", doc: "The fields of a struct's value, by name.",
                example: "struct P { x: int, y: int }; assert fields(P(1, 2)) == {\"x\": 1, \"y\": 2}"
            ) { call in
                guard case .structure(let object) = call[0] else {
                    throw ScriptError(.type, "fields() takes a struct's value, not \(call[0].typeNameWithArticle)")
                }
                return .dict(object.type.signature.parameters.map { ($0.name, object.field($0.name) ?? .none) })
            },
            Builtin(
                "is_a", "(x, type) -> bool",
                doc:
                    "Whether a value is of a type, given by name (or several, as \"int | str\"), by its struct, or by its conversion function.",
                example: "is_a(1, \"int\") and is_a([1], list)", aliases: ["isinstance"]
            ) { call in
                let type: TypeExpression
                switch call[1] {
                case .string(let text):
                    do {
                        type = try SignatureParser.parseType(text.text)
                    } catch {
                        throw ScriptError(.value, "\(call[1].repr) does not name a type")
                    }
                case .structType(let declared):
                    guard case .structure(let object) = call[0] else { return .bool(false) }
                    return .bool(object.type === declared)
                case .builtin(let builtin): type = TypeExpression(name: builtin.name)
                default: throw call.mismatch(1, expected: "a type")
                }
                var axes: [String: Int] = [:]
                return .bool(TypeCheck.fits(type, call[0], call.interpreter, axes: &axes))
            },
            Builtin("callable", "(x) -> bool", doc: "Whether a value can be called.", example: "callable(len)") { call in
                .bool(call[0].isCallable)
            },
            Builtin("hash", "(x) -> int", doc: "A number that is the same for equal values.", example: "hash(1) == hash(1.0)") { call in
                .int(call[0].hashCode)
            },
        ])

    static let errors = Namespace(
        "errors",
        ErrorKind.allCases.map { kind in
            Builtin(
                kind.rawValue, "(message = \"\", help: str | none = none) -> error", doc: "Makes an error to raise.",
                example: "\(kind.rawValue)(\"wrong\").message == \"wrong\""
            ) { call in .error(ErrorObject(kind, call[0].display, help: try call.optionalString(1))) }
        })
}

/// Python's `round`: exact, halves to even.
enum Rounding {
    /// The float nearest to the decimal that has at least so many zeros before the point; a tie goes to the even digit.
    ///
    /// Works on the exact decimal digits: dividing by a power of ten and multiplying again would round twice more.
    private static func rounded(_ number: Double, toZeros zeros: Int) throws -> Double {
        let whole = number.magnitude.rounded(.towardZero)
        var digits = Array(try FormatSpec(".0f").format(.float(whole)).utf8).map { Int($0) - 48 }
        if digits.count < zeros { return number.sign == .minus ? -0.0 : 0 }
        let kept = digits.count - zeros
        let cut = Array(digits[kept...])
        digits.removeSubrange(kept...)
        let isBeyondHalf = whole != number.magnitude || cut.dropFirst().contains { $0 > 0 }
        let isOdd = (digits.last ?? 0) % 2 == 1
        let first = cut.first ?? 0
        var carry = first > 5 || (first == 5 && (isBeyondHalf || isOdd)) ? 1 : 0
        for index in digits.indices.reversed() where carry > 0 {
            digits[index] = (digits[index] + 1) % 10
            carry = digits[index] == 0 ? 1 : 0
        }
        if carry > 0 { digits.insert(1, at: 0) }
        let text = digits.map(String.init).joined() + "e\(zeros)"
        let result = digits.isEmpty ? 0 : Double(text) ?? .infinity
        if !result.isFinite { throw ScriptError(.numeric, "the rounded number is too large for a float") }
        return number.sign == .minus ? -result : result
    }

    static func round(_ value: Value, digits: Int?, _ call: borrowing BuiltinCall) throws -> Value {
        switch value {
        case .int(let number):
            guard let digits, digits < 0 else { return value }
            if digits < -18 { return .int(0) }
            let unit = (0..<(-digits)).reduce(1) { unit, _ in unit * 10 }
            let (_, remainder) = number.quotientAndRemainder(dividingBy: unit)
            let down = number - remainder
            let twice = remainder.magnitude.multipliedReportingOverflow(by: 2)
            let isUp = twice.overflow || twice.partialValue > UInt(unit) || (twice.partialValue == UInt(unit) && (down / unit) % 2 != 0)
            if !isUp { return .int(down) }
            let result = down.addingReportingOverflow(number < 0 ? -unit : unit)
            if result.overflow { throw ScriptError(.numeric, "integer overflow: the rounded number does not fit 64 bits") }
            return .int(result.partialValue)
        case .float(let number):
            guard let digits else {
                guard let whole = Int(exactly: number.rounded(.toNearestOrEven)) else {
                    throw ScriptError(.numeric, "\(FloatText.repr(number)) cannot be rounded to an int")
                }
                return .int(whole)
            }
            if !number.isFinite || digits > 323 { return value }
            if digits < -308 { return .float(number.sign == .minus ? -0.0 : 0) }
            if digits >= 0 { return .float(Double(try FormatSpec(".\(digits)f").format(value)) ?? number) }
            return .float(try rounded(number, toZeros: -digits))
        case .host(let object):
            if let method = object.methods["round"] {
                return try call.interpreter.call(.boundMethod(BoundMethod(receiver: value, method: method)), [])
            }
        default: break
        }
        throw call.mismatch(0, expected: "a number")
    }
}
