import Foundation

/// Lines of standard input when it is no terminal that can be edited on. Invalid UTF-8 is repaired, `\r\n` ends a line too.
///
/// The prompt's program and `input()` share the one of standard input, so that neither swallows the other's lines; the line editor, which
/// reads the terminal by itself, leaves here what was typed ahead.
final class LineStream: @unchecked Sendable {
    // Used by the interpreter's thread only.
    static let standard = LineStream()

    private let descriptor: Int32
    private var buffer: [UInt8] = []
    /// Where the first line that was not given out starts.
    private var start = 0
    private var atEnd = false
    /// How often a waiting reader looks whether Ctrl-C was pressed, in milliseconds.
    private static let patience: Int32 = 50

    init(descriptor: Int32 = STDIN_FILENO) { self.descriptor = descriptor }

    /// The next line without its end; nil at the end of the input, or once `isInterrupted` says so.
    func next(isInterrupted: () -> Bool = { false }) -> String? {
        while true {
            if let end = buffer[start...].firstIndex(of: UInt8(ascii: "\n")) {
                defer { start = end + 1 }
                return text(start..<end)
            }
            if atEnd {
                // A terminal goes on after its Ctrl-D.
                atEnd = isatty(descriptor) == 0
                guard start < buffer.count else { return nil }
                defer { start = buffer.count }
                return text(start..<buffer.count)
            }
            while !isReady(within: Self.patience) { if isInterrupted() { return nil } }
            fill()
        }
    }

    /// Bytes that were read from the same terminal by somebody else come first. Enter was a carriage return to them.
    func insert(_ bytes: [UInt8]) {
        let returned = bytes.map { $0 == UInt8(ascii: "\r") ? UInt8(ascii: "\n") : $0 }
        buffer.insert(contentsOf: returned, at: start)
    }

    /// What was read and not given out.
    func takeRest() -> [UInt8] {
        defer { (buffer, start) = ([], 0) }
        return Array(buffer[start...])
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
            guard isReady(within: Self.patience) else { return nil }
            let offset = from - start
            fill()
            from = start + offset
        }
    }

    private func text(_ range: Range<Int>) -> String {
        let bytes = buffer[range]
        return String(decoding: bytes.last == UInt8(ascii: "\r") ? bytes.dropLast() : bytes, as: UTF8.self)
    }

    private func isReady(within milliseconds: Int32) -> Bool {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&waiting, 1, milliseconds) > 0
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
