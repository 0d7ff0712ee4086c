extension Prelude {
    static let conversions = Namespace(
        "conversions",
        [
            Builtin(
                "int", "(x = 0, base: int = 10) -> int", doc: "A whole number: of a float without its decimals, of a text, of a bool.",
                example: "int(\"12\") == 12 and int(-1.7) == -1", quick: Quick.int
            ) { call in
                switch call[0] {
                case .int: return call[0]
                case .bool(let flag): return .int(flag ? 1 : 0)
                case .float(let number):
                    guard let whole = Int(exactly: number.rounded(.towardZero)) else {
                        throw ScriptError(.numeric, "\(FloatText.repr(number)) does not fit an int")
                    }
                    return .int(whole)
                case .string(let text):
                    let base = try call.int(1)
                    if base == 10, let number = Numerals.plainInt(text) { return .int(number) }
                    return .int(try Numerals.int(text.text, base: base))
                case .host(let object):
                    if let number = try object.numericValue() {
                        guard let whole = Int(exactly: number.rounded(.towardZero)) else {
                            throw ScriptError(.numeric, "\(FloatText.repr(number)) does not fit an int")
                        }
                        return .int(whole)
                    }
                default: break
                }
                throw call.mismatch(0, expected: "a number or a str")
            },
            Builtin(
                "float", "(x = 0.0) -> float", doc: "A float: of an int, of a text such as \"1e-3\" or \"inf\".",
                example: "float(\"1e-3\") == 0.001", quick: Quick.float
            ) { call in
                switch call[0] {
                case .int(let number): return .float(Double(number))
                case .float: return call[0]
                case .bool(let flag): return .float(flag ? 1 : 0)
                case .string(let text): return .float(try Numerals.float(text.text))
                case .host(let object):
                    if let number = try object.numericValue() { return .float(number) }
                default: break
                }
                throw call.mismatch(0, expected: "a number or a str")
            },
            Builtin("str", "(x = \"\") -> str", doc: "The text that print shows.", example: "str(1.0) == \"1.0\"") { call in
                if case .string = call[0] { return call[0] }
                if case .int(let number) = call[0] { return .string(StringObject.decimal(number)) }
                return .string(call[0].display)
            },
            Builtin("repr", "(x) -> str", doc: "The text that the prompt shows: texts in quotes.", example: "repr(\"a\") == \"'a'\"") {
                call in .string(call[0].repr)
            },
            Builtin(
                "bool", "(x) -> bool", doc: "Whether a number is not 0, a text or collection not empty; none is false.",
                example: "bool(1) and not bool([])"
            ) { call in
                switch call[0] {
                case .bool: return call[0]
                case .none: return .bool(false)
                case .int(let number): return .bool(number != 0)
                case .float(let number): return .bool(number != 0)
                case .host(let object):
                    if let number = try object.numericValue() { return .bool(number != 0) }
                    if let help = object.conditionHelp {
                        throw ScriptError(
                            .type, "\(call[0].typeNameWithArticle) is neither true nor false", help: help, operands: [object.summary])
                    }
                    return .bool(try object.length().map { $0 > 0 } ?? true)
                default: return .bool((try? call.interpreter.length(call[0])).map { $0 > 0 } ?? true)
                }
            },
            Builtin(
                "list", "(xs = []) -> list", doc: "The items of anything that can be looped over.",
                example: "list(\"ab\") == [\"a\", \"b\"]"
            ) { call in
                if case .list = call[0] { return call[0] }
                return .list(try call.iterable(0))
            },
            Builtin(
                "tuple", "(xs = []) -> tuple", doc: "The items of anything that can be looped over, as a tuple.",
                example: "tuple([1, 2]) == (1, 2)"
            ) { call in
                if case .tuple = call[0] { return call[0] }
                return .tuple(try call.iterable(0))
            },
            Builtin(
                "dict", "(pairs = [], **entries) -> dict", doc: "A dict of pairs, of another dict, or of the entries given by name.",
                example: "dict(a = 1) == {\"a\": 1}"
            ) { call in
                let result: DictObject
                if case .dict(let other) = call[0] {
                    result = DictObject(copying: other)
                } else {
                    result = DictObject()
                    for (key, value) in try DictMethods.pairs(call.iterable(0)) { try result.put(key, value) }
                }
                for pair in try call.dict(1).pairs { result.set(pair.key, pair.value) }
                return .dict(result)
            },
            Builtin("chr", "(code: int) -> str", doc: "The character of a code.", example: "chr(97) == \"a\"") { call in
                guard let code = UInt32(exactly: try call.int(0)), let scalar = Unicode.Scalar(code) else {
                    throw ScriptError(.value, "\(call[0].repr) is not the code of a character")
                }
                return .string(String(Character(scalar)))
            },
            Builtin("ord", "(character: str) -> int", doc: "The code of a character.", example: "ord(\"a\") == 97") { call in
                let scalars = Array(try call.string(0).unicodeScalars)
                guard scalars.count == 1 else { throw ScriptError(.type, "ord() needs one character, not \(scalars.count)") }
                return .int(Int(scalars[0].value))
            },
            Builtin("hex", "(x: int) -> str", doc: "The number in base 16.", example: "hex(255) == \"0xff\"") { call in
                .string(Numerals.prefixed(try call.int(0), "0x", 16))
            },
            Builtin("bin", "(x: int) -> str", doc: "The number in base 2.", example: "bin(5) == \"0b101\"") { call in
                .string(Numerals.prefixed(try call.int(0), "0b", 2))
            },
            Builtin("oct", "(x: int) -> str", doc: "The number in base 8.", example: "oct(8) == \"0o10\"") { call in
                .string(Numerals.prefixed(try call.int(0), "0o", 8))
            },
            Builtin(
                "format", "(x, spec: str = \"\") -> str", doc: "A value under a format such as \".3f\", as in f-strings.",
                example: "format(1.5, \".2f\") == \"1.50\""
            ) { call in
                let spec = try FormatSpec(call.string(1))
                return .string(spec.isEmpty ? call[0].display : try spec.format(call[0]))
            },
        ])
}

/// Numbers in texts.
enum Numerals {
    /// The number of a text of up to 18 digits, with or without a minus; nil for anything else.
    static func plainInt(_ text: StringObject) -> Int? {
        text.withBytes { bytes in
            var index = bytes.first == UInt8(ascii: "-") ? 1 : 0
            guard bytes.count > index, bytes.count - index <= 18 else { return nil }
            var number = 0
            while index < bytes.count {
                let digit = bytes[index] &- 48
                if digit > 9 { return nil }
                number = number &* 10 &+ Int(digit)
                index += 1
            }
            return bytes[0] == UInt8(ascii: "-") ? -number : number
        }
    }

    /// The number of a text of digits with a point or an exponent; nil for anything else.
    static func plainFloat(_ text: StringObject) -> Double? {
        let isPlain = text.withBytes { bytes in
            var (digits, points, exponents, previous) = (0, 0, 0, UInt8(0))
            for (index, byte) in bytes.enumerated() {
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"): digits += 1
                case UInt8(ascii: "."):
                    points += 1
                    if exponents > 0 { return false }
                case UInt8(ascii: "e"), UInt8(ascii: "E"):
                    exponents += 1
                    if digits == 0 { return false }
                case UInt8(ascii: "-"): if index > 0, previous | 0x20 != UInt8(ascii: "e") { return false }
                case UInt8(ascii: "+"): if previous | 0x20 != UInt8(ascii: "e") { return false }
                default: return false
                }
                previous = byte
            }
            return digits > 0 && points <= 1 && exponents <= 1 && previous &- UInt8(ascii: "0") < 10
        }
        return isPlain ? Double(text.text) : nil
    }

    static func int(_ text: String, base: Int) throws -> Int {
        guard base == 0 || (2...36).contains(base) else { throw ScriptError(.value, "int() base must be 0 or from 2 to 36") }
        if base == 10, let value = Int(text) { return value }
        let trimmed = text.trimming()
        var digits = trimmed[...]
        let isNegative = digits.first == "-"
        if digits.first == "-" || digits.first == "+" { digits = digits.dropFirst() }
        var radix = base
        for (prefix, value) in [("0x", 16), ("0b", 2), ("0o", 8)]
        where digits.lowercased().hasPrefix(prefix) && (base == value || base == 0) {
            digits = digits.dropFirst(2)
            radix = value
        }
        if radix == 0 { radix = 10 }
        guard let first = digits.first, first.isASCII, first != "+", first != "-", first != "_", digits.last != "_", !digits.contains("__")
        else {
            throw invalid(text, base)
        }
        let plain = digits.filter { $0 != "_" }
        if let value = Int((isNegative ? "-" : "") + plain, radix: radix) { return value }
        if plain.allSatisfy({ $0.isASCII && ($0.hexDigitValue.map { $0 < radix } ?? ($0.isLetter && radix > 16)) }) {
            throw ScriptError(.numeric, "\(trimmed.prefix(40)) does not fit 64 bits")
        }
        throw invalid(text, base)
    }

    private static func invalid(_ text: String, _ base: Int) -> ScriptError {
        let help = Double(text.trimming()) != nil ? "it is a float: int(float(x)) drops the decimals" : nil
        return ScriptError(.value, "\(Value.quoted(String(text.prefix(80)))) is not a whole number in base \(base)", help: help)
    }

    static func float(_ text: String) throws -> Double {
        let trimmed = text.trimming()
        let lower = trimmed.lowercased()
        let unsigned = lower.drop { $0 == "+" || $0 == "-" }
        let named = ["inf", "infinity", "nan"].contains(String(unsigned))
        let isNumeral = unsigned.first.map { $0.isASCII && ($0.isNumber || $0 == ".") } ?? false
        if named || (isNumeral && !lower.contains("x") && !lower.hasSuffix("_") && !lower.contains("__")),
            let value = Double(lower.filter { $0 != "_" })
        {
            return value
        }
        throw ScriptError(.value, "\(Value.quoted(String(text.prefix(80)))) is not a number")
    }

    static func prefixed(_ number: Int, _ prefix: String, _ radix: Int) -> String {
        (number < 0 ? "-" : "") + prefix + String(number.magnitude, radix: radix)
    }
}

extension String {
    /// Without white space at both ends.
    func trimming() -> String {
        String(
            String.UnicodeScalarView(
                unicodeScalars.drop { $0.properties.isWhitespace }.reversed().drop { $0.properties.isWhitespace }.reversed()))
    }
}
