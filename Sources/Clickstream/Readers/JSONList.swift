import Text

/// Reads a file that is one JSON list of objects as a stream of records; of a long list only some elements are in memory at a time.
///
/// A record's line is its number in the list, from 1.
struct JSONList {
    let file: FileWindow
    /// The next byte to look at, as an index in the window, and where it stands in the text, both from 1.
    private var position = 0
    private var line = 1
    private var column = 1
    private var count = 0
    private var isOver = false

    /// nil unless the file is called `.json` and begins with `[`.
    init?(path: String, chunk: Int = 1 << 18) throws(DataError) {
        guard path.lowercased().hasSuffix(".json") else { return nil }
        file = try FileWindow(path: path, chunk: chunk)
        while file.bytes.count < 3, !file.reachedEnd { try file.slide(past: 0) }
        if file.bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
        guard try nextByte() == UInt8(ascii: "[") else { return nil }
        step(to: position + 1)
    }

    /// The next element; nil at the end. An empty list is an error.
    mutating func next() throws(DataError) -> JSONRecord? {
        if isOver { return nil }
        if try nextByte() == UInt8(ascii: "]"), count == 0 { throw DataError(.empty, file: file.name, problem: "the list is empty") }
        let record = try element()
        switch try nextByte() {
        case UInt8(ascii: ","): step(to: position + 1)
        case UInt8(ascii: "]"):
            step(to: position + 1)
            isOver = true
            if try nextByte() != nil { throw unexpected(wanted: "the end of the text") }
        default: throw unexpected(wanted: "',' or ']'")
        }
        return record
    }

    /// The element that starts here.
    private mutating func element() throws(DataError) -> JSONRecord {
        let end = try elementEnd()
        let value: JSONValue
        do {
            // Where an element is missing, the parser tells what stands in its place.
            let range = position..<min(max(end, position + 1), file.bytes.count)
            value = try JSONParser.parse(file.bytes, range: range)
        } catch {
            throw DataError(
                error.kind == .encoding ? .encoding : .syntax, file: file.name, line: line + error.line - 1,
                column: error.line == 1 ? column + error.column - 1 : error.column, problem: "not JSON: " + error.message)
        }
        guard case .object(let object) = value else {
            throw DataError(.type, file: file.name, field: "[\(count)]", value: DataError.shown(value), problem: "expected an object")
        }
        step(to: end)
        count += 1
        return JSONRecord(file: file.name, line: count, object: object)
    }

    /// The next byte that is no white space, which is stepped over; nil at the end.
    private mutating func nextByte() throws(DataError) -> UInt8? {
        while true {
            let isSpace = { (byte: UInt8) in byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D }
            let found = file.bytes[position...].firstIndex { !isSpace($0) }
            step(to: found ?? file.bytes.count)
            if found != nil { return file.bytes[position] }
            if file.reachedEnd { return nil }
            try refill()
        }
    }

    /// Where the element that starts here ends: behind its last bracket, before the comma or bracket that follows, or at the file's end.
    private mutating func elementEnd() throws(DataError) -> Int {
        var index = position
        var depth = 0
        var isText = false
        while true {
            // A copy for the loop only: the window's bytes are not to be copied when it moves on.
            do {
                let bytes = file.bytes
                while index < bytes.count {
                    switch bytes[index] {
                    case UInt8(ascii: "\\") where isText: index += 1
                    case UInt8(ascii: "\""): isText.toggle()
                    case _ where isText: break
                    case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
                    case UInt8(ascii: "}"), UInt8(ascii: "]"):
                        if depth == 0 { return index }
                        depth -= 1
                        if depth == 0 { return index + 1 }
                    case UInt8(ascii: ",") where depth == 0: return index
                    default: break
                    }
                    index += 1
                }
            }
            if file.reachedEnd { return file.bytes.count }
            index -= position
            try refill()
        }
    }

    /// Reads one more chunk behind what is not yet stepped over.
    private mutating func refill() throws(DataError) {
        try file.slide(past: position)
        position = 0
    }

    /// Steps over bytes and the lines in them.
    private mutating func step(to end: Int) {
        var passed = file.bytes[position..<end]
        if let newline = passed.lastIndex(of: 0x0A) {
            line += passed.count { $0 == 0x0A }
            column = 1
            passed = passed[(newline + 1)...]
        }
        // Continuation bytes do not start a scalar.
        column += passed.count { $0 & 0xC0 != 0x80 }
        position = end
    }

    private func unexpected(wanted: String) -> DataError {
        let here = String(decoding: file.bytes[position...].prefix(4), as: UTF8.self).prefix(1)
        return DataError(
            .syntax, file: file.name, line: line, column: column,
            problem: "not JSON: expected \(wanted), found \(here.isEmpty ? "the end of the text" : JSONWriter.quoted(String(here)))")
    }
}
