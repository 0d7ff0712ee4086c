/// Turns the bytes between a literal's quotes into its value.
struct StringDecoder {
    struct Problem {
        let id: String
        let message: String
        let span: Span
        let help: String?
    }

    let bytes: [UInt8]
    let range: Range<Int>
    let isRaw: Bool
    /// Whether `{{` and `}}` stand for braces.
    let isFormatted: Bool
    private(set) var problems: [Problem] = []
    private var output: [UInt8] = []
    private var position = 0

    init(bytes: [UInt8], range: Range<Int>, isRaw: Bool, isFormatted: Bool) {
        self.bytes = bytes
        self.range = range
        self.isRaw = isRaw
        self.isFormatted = isFormatted
    }

    mutating func decode() -> String {
        position = range.lowerBound
        output.reserveCapacity(range.count)
        while position < range.upperBound {
            let next = bytes[position]
            switch next {
            case UInt8(ascii: "\\") where !isRaw:
                decodeEscape()
            case UInt8(ascii: "\r") where byte(1) == UInt8(ascii: "\n"):
                position += 1
            case UInt8(ascii: "{") where isFormatted, UInt8(ascii: "}") where isFormatted:
                output.append(next)
                if byte(1) != next {
                    problem(
                        "lone-brace", "a lone `}` in an f-string", position, position + 1,
                        help: "for a brace in the text write `}}`")
                    position += 1
                } else {
                    position += 2
                }
            default:
                output.append(next)
                position += 1
            }
        }
        guard let text = String(validating: output, as: UTF8.self) else {
            problem("invalid-utf8", "the string is not UTF-8 text", range.lowerBound, range.upperBound, help: "write a byte as \\x..")
            return String(decoding: output, as: UTF8.self)
        }
        return text
    }

    private func byte(_ offset: Int) -> UInt8? {
        position + offset < range.upperBound ? bytes[position + offset] : nil
    }

    private mutating func problem(_ id: String, _ message: String, _ start: Int, _ end: Int, help: String? = nil) {
        problems.append(Problem(id: id, message: message, span: Span(start, min(end, range.upperBound)), help: help))
    }

    private static let simple: [UInt8: UInt8] = [
        UInt8(ascii: "n"): 0x0A, UInt8(ascii: "t"): 0x09, UInt8(ascii: "r"): 0x0D, UInt8(ascii: "0"): 0x00, UInt8(ascii: "a"): 0x07,
        UInt8(ascii: "b"): 0x08, UInt8(ascii: "f"): 0x0C, UInt8(ascii: "v"): 0x0B, UInt8(ascii: "e"): 0x1B, UInt8(ascii: "\\"): 0x5C,
        UInt8(ascii: "\""): 0x22, UInt8(ascii: "'"): 0x27,
    ]

    private mutating func decodeEscape() {
        let start = position
        guard let letter = byte(1) else {
            position += 1
            return
        }
        if let value = Self.simple[letter] {
            output.append(value)
            position += 2
            return
        }
        switch letter {
        case UInt8(ascii: "\n"):
            position += 2
        case UInt8(ascii: "\r") where byte(2) == UInt8(ascii: "\n"):
            position += 3
        case UInt8(ascii: "x"):
            position += 2
            append(hexadecimal(digits: 2), start, "\\x needs two hexadecimal digits")
        case UInt8(ascii: "u") where byte(2) == UInt8(ascii: "{"):
            position += 3
            let value = hexadecimal(upTo: 6)
            if byte(0) == UInt8(ascii: "}") {
                position += 1
                append(value, start, "\\u{…} needs the number of a character, in hexadecimal")
            } else {
                problem("escape", "\\u{…} needs the number of a character, in hexadecimal", start, position)
            }
        case UInt8(ascii: "u"):
            position += 2
            append(surrogatePair(hexadecimal(digits: 4)), start, "\\u needs four hexadecimal digits of a character, or \\u{…}")
        case UInt8(ascii: "U"):
            position += 2
            append(hexadecimal(digits: 8), start, "\\U needs eight hexadecimal digits of a character")
        default:
            position += 2
            while position < range.upperBound, bytes[position] & 0xC0 == 0x80 { position += 1 }
            let text = String(decoding: bytes[start..<min(position, range.upperBound)], as: UTF8.self)
            problem(
                "escape", "there is no escape `\(text)`", start, position,
                help: "for a backslash write `\\\\`, or use a raw string r\"…\"")
        }
    }

    private mutating func append(_ value: UInt32?, _ start: Int, _ message: String) {
        guard let value, let scalar = Unicode.Scalar(value) else {
            problem("escape", message, start, max(position, start + 2))
            return
        }
        output.append(contentsOf: Array(String(Character(scalar)).utf8))
    }

    /// Exactly `digits` hexadecimal digits; consumes those that are there.
    private mutating func hexadecimal(digits: Int) -> UInt32? {
        let start = position
        let value = hexadecimal(upTo: digits)
        return position - start == digits ? value : nil
    }

    private mutating func hexadecimal(upTo limit: Int) -> UInt32? {
        var value: UInt32 = 0
        var count = 0
        while count < limit, let next = byte(0), let digit = Character(UnicodeScalar(next)).hexDigitValue, next < 0x80 {
            value = value << 4 | UInt32(digit)
            position += 1
            count += 1
        }
        return count > 0 ? value : nil
    }

    /// Joins `\ud83d\ude00`, the spelling of JSON for characters beyond U+FFFF.
    private mutating func surrogatePair(_ high: UInt32?) -> UInt32? {
        guard let high, (0xD800..<0xDC00).contains(high), byte(0) == UInt8(ascii: "\\"), byte(1) == UInt8(ascii: "u") else { return high }
        let saved = position
        position += 2
        if let low = hexadecimal(digits: 4), (0xDC00..<0xE000).contains(low) {
            return 0x10000 + (high - 0xD800) << 10 + (low - 0xDC00)
        }
        position = saved
        return high
    }
}
