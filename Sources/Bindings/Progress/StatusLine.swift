import Foundation
import Synchronization

/// The one line at the bottom of a terminal that is drawn over and over; other output steps around it.
package final class StatusLine: Sendable {
    /// The status line on standard error.
    package static let standard = StatusLine()

    private let shown = Mutex(false)

    /// Whether standard error is a terminal that can be drawn on.
    package var isTerminal: Bool { isatty(STDERR_FILENO) == 1 && !isDumb }

    private var isDumb: Bool {
        guard let name = getenv("TERM") else { return true }
        return name.pointee == 0 || strcmp(name, "dumb") == 0
    }

    /// Columns of the terminal; 80 where it does not say.
    package var width: Int {
        var size = winsize()
        return ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
    }

    /// Replaces the line.
    package func draw(_ text: String) {
        shown.withLock { shown in
            Self.write("\r\(text)\u{1B}[K")
            shown = true
        }
    }

    /// Takes the line away.
    package func clear() {
        shown.withLock { Self.erase(&$0) }
    }

    /// Takes the line away while `body` writes to the screen; the next `draw` brings it back.
    package func suspend<Result>(_ body: () throws -> Result) rethrows -> Result {
        clear()
        return try body()
    }

    /// Writes a whole line of log, below which the status line goes on.
    package func log(_ line: String) {
        shown.withLock { shown in
            Self.erase(&shown)
            Self.write(line + "\n")
        }
    }

    private static func erase(_ shown: inout Bool) {
        if shown { write("\r\u{1B}[K") }
        shown = false
    }

    /// One system call, so that lines of several writers do not mix.
    private static func write(_ text: String) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            // Nobody reads it any more: a progress line is not worth an error.
            if count <= 0 { return }
            bytes = bytes.dropFirst(count)
        }
    }
}
