import Text

/// Reads a file line by line in chunks, so that a file larger than memory streams through.
///
/// Lines end in LF or CRLF; a byte order mark is skipped; the last line needs no end. The current line is `bytes[range]`.
final class LineReader: FileWindow {
    /// Where the current line lies in `bytes`, without its end.
    private(set) var range = 0..<0
    /// The current line's number, from 1; 0 before the first.
    private(set) var line = 0
    /// Where the next line begins in `bytes`.
    private var next = 0

    /// Where the current line begins in the file.
    var start: Int { offset + range.lowerBound }

    /// Goes on at the line that begins there in the file; lines are counted from that one on.
    func seek(to start: Int) throws(DataError) {
        next = try window(at: start)
        line = 0
    }

    /// Steps to the next line; false at the end.
    func advance() throws(DataError) -> Bool {
        var search = next
        while true {
            if let end = newline(from: search) {
                range = next..<(end > next && bytes[end - 1] == 0x0D ? end - 1 : end)
                next = end + 1
                break
            }
            search = bytes.count - next
            try refill()
            if reachedEnd, next == bytes.count { return false }
            if reachedEnd, newline(from: search) == nil {
                let hasReturn = bytes.last == 0x0D
                range = next..<(hasReturn ? bytes.count - 1 : bytes.count)
                next = bytes.count
                break
            }
        }
        line += 1
        if line == 1, range.count >= 3, bytes[range.lowerBound..<range.lowerBound + 3] == [0xEF, 0xBB, 0xBF] {
            range = range.lowerBound + 3..<range.upperBound
        }
        return true
    }

    /// Whether the current line holds nothing but spaces and tabs.
    var isBlank: Bool { bytes[range].allSatisfy { $0 == 0x20 || $0 == 0x09 } }

    /// The current line as text; an error names the line and the column of the first byte that is not UTF-8.
    func text() throws(DataError) -> String {
        if let text = String(validating: bytes[range], as: UTF8.self) { return text }
        throw invalidUTF8(at: UTF8Check.validPrefix(of: bytes, in: range))
    }

    func invalidUTF8(at offset: Int) -> DataError {
        let position = min(range.lowerBound + offset, range.upperBound - 1)
        let column = bytes[range.lowerBound..<position].count { $0 & 0xC0 != 0x80 } + 1
        return DataError(
            .encoding, file: name, line: line, column: column,
            problem: "byte 0x\(String(bytes[position], radix: 16)) is not valid UTF-8", help: "save the file as UTF-8")
    }

    private func newline(from start: Int) -> Int? {
        bytes[start...].firstIndex(of: 0x0A)
    }

    /// Drops the lines already given and reads one more chunk.
    private func refill() throws(DataError) {
        try slide(past: next)
        next = 0
    }
}
