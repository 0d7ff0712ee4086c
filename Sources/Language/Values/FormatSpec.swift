import Foundation

/// Python's format mini-language: `[[fill]align][sign][#][0][width][,|_][.precision][type]`.
struct FormatSpec {
    private(set) var fill: Character = " "
    private(set) var align: Character?
    private(set) var sign: Character = "-"
    private(set) var alternate = false
    private(set) var width = 0
    private(set) var grouping: Character?
    private(set) var precision: Int?
    private(set) var type: Character?
    let isEmpty: Bool
    private let text: String

    /// Widths and precisions beyond this are refused.
    private static let limit = 100_000

    /// - Throws: ValueError for a text that is not a format.
    init(_ text: String) throws {
        self.text = text
        isEmpty = text.isEmpty
        var rest = Substring(text)
        let aligns = "<>^="
        if let second = rest.dropFirst().first, aligns.contains(second), let first = rest.first {
            fill = first
            align = second
            rest = rest.dropFirst(2)
        } else if let first = rest.first, aligns.contains(first) {
            align = first
            rest = rest.dropFirst()
        }
        if let first = rest.first, first == "+" || first == "-" || first == " " {
            sign = first
            rest = rest.dropFirst()
        }
        if rest.first == "#" {
            alternate = true
            rest = rest.dropFirst()
        }
        if rest.first == "0" {
            if align == nil {
                fill = "0"
                align = "="
            }
            rest = rest.dropFirst()
        }
        width = try FormatSpec.number(&rest, text) ?? 0
        if let first = rest.first, first == "," || first == "_" {
            grouping = first
            rest = rest.dropFirst()
        }
        if rest.first == "." {
            rest = rest.dropFirst()
            guard let digits = try FormatSpec.number(&rest, text) else { throw FormatSpec.invalid(text) }
            precision = digits
        }
        if let first = rest.first {
            guard "bcdeEfFgGnosxX%".contains(first) else {
                throw ScriptError(.value, "unknown format type `\(first)` in `\(text)`", help: "such as `.3f`, `d`, `>10`, `,`, `.1%`, `e`")
            }
            type = first
            rest = rest.dropFirst()
        }
        if !rest.isEmpty { throw FormatSpec.invalid(text) }
    }

    private static func number(_ rest: inout Substring, _ text: String) throws -> Int? {
        let digits = rest.prefix { $0.isASCII && $0.isNumber }
        if digits.isEmpty { return nil }
        rest = rest.dropFirst(digits.count)
        guard let value = Int(digits), value <= limit else { throw invalid(text) }
        return value
    }

    private static func invalid(_ text: String) -> ScriptError {
        ScriptError(.value, "invalid format `\(text)`", help: "such as `.3f`, `d`, `>10`, `,`, `.1%`, `e`")
    }

    func format(_ value: Value) throws -> String {
        switch value {
        case .int(let number): return try format(number)
        case .float(let number): return try format(number, defaultType: nil)
        case .string(let string):
            guard type == nil || type == "s", grouping == nil else { throw mismatch(value) }
            var body = string.text
            if let precision { body = String(String.UnicodeScalarView(body.unicodeScalars.prefix(precision))) }
            if align == "=" && fill != "0" { throw mismatch(value) }
            return padded(body, sign: "", align: align == "=" ? "<" : align ?? "<")
        case .host(let object):
            if type != "s", let number = try object.numericValue() { return try format(number, defaultType: nil) }
            guard type == nil || type == "s" else { throw mismatch(value) }
            return padded(value.display, sign: "", align: align ?? "<")
        default:
            guard type == nil || type == "s", precision == nil else { throw mismatch(value) }
            return padded(value.display, sign: "", align: align ?? "<")
        }
    }

    private func mismatch(_ value: Value) -> ScriptError {
        ScriptError(.value, "format `\(text)` does not fit \(value.typeNameWithArticle)", operands: [Operators.describe(value)])
    }

    private func signText(_ isNegative: Bool) -> String { isNegative ? "-" : (sign == "-" ? "" : String(sign)) }

    private func format(_ number: Int) throws -> String {
        let radix: Int
        var prefix = ""
        switch type {
        case nil, "d", "n": radix = 10
        case "b": (radix, prefix) = (2, "0b")
        case "o": (radix, prefix) = (8, "0o")
        case "x": (radix, prefix) = (16, "0x")
        case "X": (radix, prefix) = (16, "0X")
        case "c":
            guard let code = UInt32(exactly: number), let scalar = Unicode.Scalar(code) else {
                throw ScriptError(.value, "\(number) is not the code of a character")
            }
            return padded(String(Character(scalar)), sign: "", align: align ?? "<")
        case "s": throw mismatch(.int(number))
        default: return try format(Double(number), defaultType: type)
        }
        if precision != nil {
            throw ScriptError(.value, "a precision does not go with an int: `\(text)`", help: "use `.\(precision ?? 0)f` for decimals")
        }
        var digits = String(number.magnitude, radix: radix, uppercase: type == "X")
        if let grouping { digits = grouped(digits, by: radix == 10 ? 3 : 4, grouping) }
        return padded(digits, sign: signText(number < 0) + (alternate ? prefix : ""), align: align ?? ">")
    }

    private func format(_ number: Double, defaultType: Character?) throws -> String {
        let type = defaultType ?? type
        if type == "d" || type == "x" || type == "b" || type == "o" || type == "X" || type == "c" || type == "s" {
            throw ScriptError(.value, "format `\(text)` is for ints, not floats", help: "use `.0f`, or convert with int(x)")
        }
        let isNegative = number.sign == .minus && !number.isNaN
        let magnitude = number.magnitude
        var body: String
        if !number.isFinite {
            body = number.isNaN ? "nan" : "inf"
            if let type, type.isUppercase { body = body.uppercased() }
            if type == "%" { body += "%" }
        } else {
            switch type {
            case "f", "F": body = FormatSpec.printf("f", magnitude, precision ?? 6)
            case "e", "E": body = FormatSpec.printf(type == "E" ? "E" : "e", magnitude, precision ?? 6)
            case "%": body = FormatSpec.printf("f", magnitude * 100, precision ?? 6) + "%"
            case "g", "G", "n": body = FormatSpec.printf(type == "G" ? "G" : "g", magnitude, precision ?? 6)
            default:
                if let precision {
                    body = FormatSpec.general(magnitude, precision)
                } else {
                    body = FloatText.repr(magnitude)
                }
            }
        }
        if let grouping {
            let whole = body.prefix { $0.isNumber }
            body = grouped(String(whole), by: 3, grouping) + body.dropFirst(whole.count)
        }
        return padded(body, sign: signText(isNegative), align: align ?? ">")
    }

    /// `.n` without a type: as `g`, but with at least one digit behind the point.
    private static func general(_ number: Double, _ precision: Int) -> String {
        let body = printf("g", number, max(1, precision))
        let exponent = number == 0 ? 0 : Int(floor(log10(number)))
        if body.contains("e") || body.contains(".") { return body }
        // Python switches to the exponent one digit earlier here than `g` does.
        if exponent >= max(1, precision) - 1 && precision > 0 && body.count >= precision {
            return printf("e", number, max(0, precision - 1)).replacing(/\.?0+e/, with: "e")
        }
        return body + ".0"
    }

    private static func printf(_ conversion: String, _ number: Double, _ precision: Int) -> String {
        String(format: "%.\(precision)\(conversion)", number)
    }

    private func grouped(_ digits: String, by size: Int, _ separator: Character) -> String {
        var result: [Character] = []
        for (index, digit) in digits.reversed().enumerated() {
            if index > 0, index % size == 0 { result.append(separator) }
            result.append(digit)
        }
        return String(result.reversed())
    }

    private func padded(_ body: String, sign: String, align: Character) -> String {
        let missing = width - body.unicodeScalars.count - sign.unicodeScalars.count
        if missing <= 0 { return sign + body }
        func fills(_ count: Int) -> String { String(repeating: fill, count: count) }
        switch align {
        case "<": return sign + body + fills(missing)
        case "^": return fills(missing / 2) + sign + body + fills(missing - missing / 2)
        case "=":
            if fill == "0", grouping != nil { return sign + groupedZeros(body, missing) }
            return sign + fills(missing) + body
        default: return fills(missing) + sign + body
        }
    }

    /// Zero padding goes on with the groups: `f"{1234:010,}"` is `00,001,234`.
    private func groupedZeros(_ body: String, _ missing: Int) -> String {
        guard let grouping else { return body }
        let whole = String(body.prefix { $0.isNumber || $0 == grouping })
        let tail = body.dropFirst(whole.count)
        let target = whole.count + missing
        var digits = whole.filter { $0 != grouping }
        while grouped(digits, by: 3, grouping).count < target { digits = "0" + digits }
        return grouped(digits, by: 3, grouping) + tail
    }
}
