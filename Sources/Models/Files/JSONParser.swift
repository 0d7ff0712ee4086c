/// Parses one JSON document (RFC 8259) from bytes. Strict; nesting is limited so that a hostile file cannot exhaust the stack.
struct JSONParser {
    struct Failure: Error {
        let offset: Int
        let message: String
    }

    static let maximumDepth = 100

    private let bytes: [UInt8]
    private var cursor = 0
    private var depth = 0

    static func parse(_ bytes: [UInt8]) throws(Failure) -> JSONTree {
        var parser = JSONParser(bytes: bytes)
        let value = try parser.value()
        parser.skipSpace()
        guard parser.cursor == bytes.count else { throw parser.failure("text after the end of the document") }
        return value
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private func failure(_ message: String) -> Failure { Failure(offset: cursor, message: message) }

    private var current: UInt8? { cursor < bytes.count ? bytes[cursor] : nil }

    private mutating func skipSpace() {
        while cursor < bytes.count, bytes[cursor] == 0x20 || bytes[cursor] == 0x0A || bytes[cursor] == 0x0D || bytes[cursor] == 0x09 {
            cursor += 1
        }
    }

    private mutating func value() throws(Failure) -> JSONTree {
        skipSpace()
        guard let first = current else { throw failure("the document ends where a value should be") }
        switch first {
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        default: return try number()
        }
    }

    private mutating func enter() throws(Failure) {
        depth += 1
        if depth > Self.maximumDepth { throw failure("more than \(Self.maximumDepth) levels of nesting") }
        cursor += 1
        skipSpace()
    }

    private mutating func object() throws(Failure) -> JSONTree {
        try enter()
        var members: [JSONTree.Member] = []
        if current == UInt8(ascii: "}") {
            cursor += 1
            depth -= 1
            return .object(members)
        }
        while true {
            skipSpace()
            guard current == UInt8(ascii: "\"") else { throw failure("a member's name in quotes is missing") }
            let key = try string()
            skipSpace()
            guard current == UInt8(ascii: ":") else { throw failure("':' is missing after \"\(key.prefix(40))\"") }
            cursor += 1
            members.append(JSONTree.Member(key: key, value: try value()))
            skipSpace()
            guard let next = current else { throw failure("the document ends inside an object") }
            cursor += 1
            if next == UInt8(ascii: "}") { break }
            guard next == UInt8(ascii: ",") else {
                cursor -= 1
                throw failure("',' or '}' is missing after the value of \"\(key.prefix(40))\"")
            }
        }
        depth -= 1
        return .object(members)
    }

    private mutating func array() throws(Failure) -> JSONTree {
        try enter()
        var elements: [JSONTree] = []
        if current == UInt8(ascii: "]") {
            cursor += 1
            depth -= 1
            return .array(elements)
        }
        while true {
            elements.append(try value())
            skipSpace()
            guard let next = current else { throw failure("the document ends inside an array") }
            cursor += 1
            if next == UInt8(ascii: "]") { break }
            guard next == UInt8(ascii: ",") else {
                cursor -= 1
                throw failure("',' or ']' is missing in an array")
            }
        }
        depth -= 1
        return .array(elements)
    }

    private mutating func literal(_ text: StaticString, _ value: JSONTree) throws(Failure) -> JSONTree {
        let length = text.utf8CodeUnitCount
        guard cursor + length <= bytes.count, bytes[cursor..<cursor + length].elementsEqual(String(describing: text).utf8) else {
            throw failure("not a JSON value")
        }
        cursor += length
        return value
    }

    private mutating func number() throws(Failure) -> JSONTree {
        let start = cursor
        var isInteger = true
        scan: while let byte = current {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): break
            case UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"): isInteger = false
            default: break scan
            }
            cursor += 1
        }
        let text = String(decoding: bytes[start..<cursor], as: UTF8.self)
        if isInteger, let value = Int(text) { return .integer(value) }
        // Double(String) also accepts "inf" and hexadecimal, which the scan above has already excluded.
        guard start < cursor, text.first != "+", let value = Double(text), value.isFinite else {
            cursor = start
            throw failure("not a JSON value")
        }
        return .number(value)
    }

    private mutating func string() throws(Failure) -> String {
        cursor += 1
        let start = cursor
        while cursor < bytes.count, bytes[cursor] != UInt8(ascii: "\""), bytes[cursor] != UInt8(ascii: "\\"), bytes[cursor] >= 0x20 {
            cursor += 1
        }
        if current == UInt8(ascii: "\"") {
            guard let text = String(validating: bytes[start..<cursor], as: UTF8.self) else { throw failure("invalid UTF-8 in a string") }
            cursor += 1
            return text
        }
        return try stringWithEscapes(from: start)
    }

    private mutating func stringWithEscapes(from start: Int) throws(Failure) -> String {
        var unescaped = Array(bytes[start..<cursor])
        while let byte = current {
            cursor += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let text = String(validating: unescaped, as: UTF8.self) else { throw failure("invalid UTF-8 in a string") }
                return text
            case UInt8(ascii: "\\"): unescaped.append(contentsOf: try escape())
            case 0..<0x20: throw failure("a control character in a string")
            default: unescaped.append(byte)
            }
        }
        throw failure("the document ends inside a string")
    }

    /// The UTF-8 of one escape sequence; the cursor is behind its backslash. A lone surrogate becomes U+FFFD.
    private mutating func escape() throws(Failure) -> [UInt8] {
        guard let kind = current else { throw failure("the document ends inside a string") }
        cursor += 1
        switch kind {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [kind]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0C]
        case UInt8(ascii: "n"): return [0x0A]
        case UInt8(ascii: "r"): return [0x0D]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "u"):
            var units = [try hexadecimal()]
            if units[0] & 0xFC00 == 0xD800, cursor + 1 < bytes.count, bytes[cursor] == UInt8(ascii: "\\"),
                bytes[cursor + 1] == UInt8(ascii: "u")
            {
                cursor += 2
                units.append(try hexadecimal())
            }
            return Array(String(decoding: units, as: UTF16.self).utf8)
        default: throw failure("an unknown escape sequence in a string")
        }
    }

    private mutating func hexadecimal() throws(Failure) -> UInt16 {
        guard cursor + 4 <= bytes.count else { throw failure("the document ends inside a string") }
        var value: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = Character(Unicode.Scalar(bytes[cursor])).hexDigitValue else {
                throw failure("\\u needs four hexadecimal digits")
            }
            value = value << 4 | UInt16(digit)
            cursor += 1
        }
        return value
    }
}
