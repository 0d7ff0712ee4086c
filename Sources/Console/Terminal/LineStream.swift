import Foundation

/// Lines of standard input when it is no terminal that can be edited on. Invalid UTF-8 is repaired, `\r\n` ends a line too.
final class LineStream {
    private let descriptor: Int32
    private var buffer: [UInt8] = []
    /// Where the first line that was not given out starts.
    private var start = 0
    private var atEnd = false

    init(descriptor: Int32 = STDIN_FILENO) { self.descriptor = descriptor }

    /// The next line without its end; nil at the end of the input.
    func next() -> String? {
        while true {
            if let end = buffer[start...].firstIndex(of: UInt8(ascii: "\n")) {
                defer { start = end + 1 }
                return text(start..<end)
            }
            if atEnd {
                guard start < buffer.count else { return nil }
                defer { start = buffer.count }
                return text(start..<buffer.count)
            }
            fill()
        }
    }

    /// The next line with something on it, left in place; nil when it has not arrived.
    ///
    /// A writer that is still busy gets a moment; one that waits for an answer must not be kept waiting.
    func peek() -> String? {
        var from = start
        while true {
            while let end = buffer[from...].firstIndex(of: UInt8(ascii: "\n")) {
                let line = text(from..<end)
                if line.contains(where: { !$0.isWhitespace }) { return line }
                from = end + 1
            }
            if atEnd { return from < buffer.count ? text(from..<buffer.count) : nil }
            var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&waiting, 1, 50) > 0 else { return nil }
            let offset = from - start
            fill()
            from = start + offset
        }
    }

    private func text(_ range: Range<Int>) -> String {
        let bytes = buffer[range]
        return String(decoding: bytes.last == UInt8(ascii: "\r") ? bytes.dropLast() : bytes, as: UTF8.self)
    }

    private func fill() {
        buffer.removeFirst(start)
        start = 0
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        let count = read(descriptor, &chunk, chunk.count)
        if count > 0 {
            buffer += chunk[..<count]
        } else if count == 0 || errno != EINTR {
            atEnd = true
        }
    }
}
