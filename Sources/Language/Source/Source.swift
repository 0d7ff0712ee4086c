/// A piece of program text and where it came from: its UTF-8 bytes and a table of line starts.
///
/// The bytes are kept as they were read: they may hold invalid UTF-8, NUL, `\r\n` or a byte order mark.
public final class Source: Sendable {
    /// What diagnostics call it: a path, or `<prompt>`.
    public let name: String
    public let bytes: [UInt8]
    /// The byte offset where each line begins; never empty.
    package let lineStarts: [UInt32]

    public init(name: String, bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
        var starts: [UInt32] = [0]
        bytes.withUnsafeBufferPointer { buffer in
            for index in buffer.indices where buffer[index] == UInt8(ascii: "\n") {
                starts.append(UInt32(clamping: index + 1))
            }
        }
        lineStarts = starts
    }

    public convenience init(name: String, text: String) {
        self.init(name: name, bytes: Array(text.utf8))
    }

    public var text: String { String(decoding: bytes, as: UTF8.self) }

    /// The text under `span`; invalid UTF-8 is repaired, a span outside the source is clamped.
    public func text(_ span: Span) -> String {
        let lower = min(Int(span.start), bytes.count)
        let upper = min(max(Int(span.end), lower), bytes.count)
        return String(decoding: bytes[lower..<upper], as: UTF8.self)
    }

    public var lineCount: Int { lineStarts.count }

    /// The zero-based index of the line that holds the byte at `offset`.
    package func lineIndex(at offset: UInt32) -> Int {
        var low = 0
        var high = lineStarts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if lineStarts[middle] <= offset { low = middle } else { high = middle }
        }
        return low
    }

    /// The bytes of a line (zero-based) without its line ending; an empty range past the end.
    package func lineRange(_ index: Int) -> Range<Int> {
        guard lineStarts.indices.contains(index) else { return bytes.count..<bytes.count }
        let start = Int(lineStarts[index])
        var end = index + 1 < lineStarts.count ? Int(lineStarts[index + 1]) - 1 : bytes.count
        if end > start, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
        return start..<max(start, end)
    }

    /// A line's text (one-based), without its line ending.
    public func line(_ number: Int) -> String { String(decoding: bytes[lineRange(number - 1)], as: UTF8.self) }

    /// Line and column, both counted from one; the column counts characters, not bytes.
    public func position(of offset: UInt32) -> (line: Int, column: Int) {
        let offset = min(offset, UInt32(clamping: bytes.count))
        let line = lineIndex(at: offset)
        let range = lineRange(line)
        let end = min(max(Int(offset), range.lowerBound), max(range.upperBound, range.lowerBound))
        // A line of megabytes is not worth decoding for a column number.
        if end - range.lowerBound > 100_000 { return (line + 1, end - range.lowerBound + 1) }
        var start = range.lowerBound
        if line == 0, bytes.starts(with: [0xEF, 0xBB, 0xBF]) { start = min(3, end) }
        let prefix = bytes[start..<max(start, end)]
        return (line + 1, String(decoding: prefix, as: UTF8.self).count + 1)
    }
}
