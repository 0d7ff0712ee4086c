/// Reads JSON (RFC 8259) from UTF-8 bytes in one pass.
///
/// In: bytes. Out: a `JSONValue`, or a `JSONError` that says where and what was expected.
/// A byte order mark is skipped. Nesting is limited, so that no input can exhaust the stack.
public struct JSONParser {
    /// What the grammar leaves to the reader.
    public struct Options: Sendable {
        /// How deep lists and objects may nest.
        public var depthLimit = 512
        /// A key that occurs twice in an object is an error; otherwise its last value wins, as in Python.
        public var rejectsDuplicateKeys = false
        /// Half of a surrogate pair (`\ud800`) is an error; otherwise it becomes U+FFFD, since no UTF-8 text can hold it.
        public var rejectsLoneSurrogates = false
        /// `NaN`, `Infinity` and `-Infinity` are numbers, as Python's json writes them.
        public var allowsNonFinite = false
        /// Asked between values, now and then, whether the rest is still wanted.
        public var isInterrupted: @Sendable () -> Bool = { false }

        public init() {}
    }

    let bytes: [UInt8]
    let start: Int
    let end: Int
    let options: Options
    var position: Int
    /// Values begun so far.
    private var values = 0

    /// A parser of `bytes[range]`; offsets, lines and columns of its errors count from the range's start.
    init(_ bytes: [UInt8], range: Range<Int>, options: Options) {
        self.bytes = bytes
        start = range.lowerBound
        end = range.upperBound
        position = range.lowerBound
        self.options = options
    }

    /// The one value that `text` holds.
    public static func parse(_ text: String, options: Options = Options()) throws(JSONError) -> JSONValue {
        try parse(Array(text.utf8), options: options)
    }

    /// The one value that `bytes` holds.
    public static func parse(_ bytes: [UInt8], options: Options = Options()) throws(JSONError) -> JSONValue {
        try parse(bytes, range: 0..<bytes.count, options: options)
    }

    /// The one value that `bytes[range]` holds; the range must lie inside.
    package static func parse(_ bytes: [UInt8], range: Range<Int>, options: Options = Options()) throws(JSONError) -> JSONValue {
        var parser = JSONParser(bytes, range: range, options: options)
        return try parser.document()
    }

    private mutating func document() throws(JSONError) -> JSONValue {
        if end - position >= 3, bytes[position] == 0xEF, bytes[position + 1] == 0xBB, bytes[position + 2] == 0xBF { position += 3 }
        skipSpace()
        let value = try value(depth: 0)
        skipSpace()
        guard position == end else { throw error(expected: "the end of the text") }
        return value
    }

    private mutating func value(depth: Int) throws(JSONError) -> JSONValue {
        guard position < end else { throw error(expected: "a value") }
        values &+= 1
        if values & 0xFFF == 0, options.isInterrupted() {
            throw JSONError(.interrupted, offset: position - start, line: 0, column: 0, found: "interrupted", expected: "")
        }
        switch bytes[position] {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        case UInt8(ascii: "t") where take("true"): return .bool(true)
        case UInt8(ascii: "f") where take("false"): return .bool(false)
        case UInt8(ascii: "n") where take("null"): return .null
        case UInt8(ascii: "N") where options.allowsNonFinite && take("NaN"): return .double(.nan)
        case UInt8(ascii: "I") where options.allowsNonFinite && take("Infinity"): return .double(.infinity)
        default: throw error(expected: "a value")
        }
    }

    private mutating func object(depth: Int) throws(JSONError) -> JSONValue {
        try checkDepth(depth)
        position += 1
        var object = JSONObject()
        skipSpace()
        if take(UInt8(ascii: "}")) { return .object(object) }
        while true {
            guard position < end, bytes[position] == UInt8(ascii: "\"") else {
                throw error(expected: object.isEmpty ? "a key in double quotes or '}'" : "a key in double quotes")
            }
            let keyPosition = position
            let key = try string()
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw error(expected: "':'") }
            skipSpace()
            let repeated = object.set(key, try value(depth: depth + 1))
            if repeated, options.rejectsDuplicateKeys {
                position = keyPosition
                throw error(.refused, "the key \(JSONWriter.quoted(key)) occurs twice in one object")
            }
            skipSpace()
            if take(UInt8(ascii: ",")) {
                skipSpace()
            } else if take(UInt8(ascii: "}")) {
                return .object(object)
            } else {
                throw error(expected: "',' or '}'")
            }
        }
    }

    private mutating func array(depth: Int) throws(JSONError) -> JSONValue {
        try checkDepth(depth)
        position += 1
        var elements: [JSONValue] = []
        skipSpace()
        if take(UInt8(ascii: "]")) { return .array(elements) }
        while true {
            elements.append(try value(depth: depth + 1))
            skipSpace()
            if take(UInt8(ascii: ",")) {
                skipSpace()
            } else if take(UInt8(ascii: "]")) {
                return .array(elements)
            } else {
                throw error(expected: "',' or ']'")
            }
        }
    }

    private func checkDepth(_ depth: Int) throws(JSONError) {
        if depth >= options.depthLimit { throw error(.refused, "nested deeper than \(options.depthLimit) levels") }
    }

    mutating func skipSpace() {
        while position < end {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }

    mutating func take(_ byte: UInt8) -> Bool {
        guard position < end, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    /// Takes `word` if it stands here and does not go on.
    mutating func take(_ word: StaticString) -> Bool {
        let count = word.utf8CodeUnitCount
        guard end - position >= count else { return false }
        let matches = word.withUTF8Buffer { letters in
            for index in 0..<count where bytes[position + index] != letters[index] { return false }
            return true
        }
        guard matches else { return false }
        if position + count < end, Self.isWordByte(bytes[position + count]) { return false }
        position += count
        return true
    }

    static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "_"), 0x80...0xFF:
            true
        default: false
        }
    }
}
