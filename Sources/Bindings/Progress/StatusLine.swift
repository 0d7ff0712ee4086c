import Foundation
import Synchronization

/// The line at the bottom of a terminal that is drawn over and over, with a picture above it if there is one; other output steps around them.
package final class StatusLine: Sendable {
    /// The status line on standard error.
    package static let standard = StatusLine()

    private struct State {
        /// The line, while it is on the screen.
        var line: String?
        /// The picture that goes above the line.
        var picture: [String] = []
        /// Rows of the picture that are on the screen.
        var rows = 0
    }

    private let state = Mutex(State())

    /// Whether standard error is a terminal that can be drawn on.
    package var isTerminal: Bool { isatty(STDERR_FILENO) == 1 && !isDumb }

    private var isDumb: Bool {
        guard let name = getenv("TERM") else { return true }
        return name.pointee == 0 || strcmp(name, "dumb") == 0
    }

    /// Colour is welcome on `descriptor`: a terminal, not dumb, and `NO_COLOR` unset or empty (no-color.org).
    package static func hasColour(_ descriptor: Int32) -> Bool {
        if let value = getenv("NO_COLOR"), value.pointee != 0 { return false }
        return isatty(descriptor) == 1 && !standard.isDumb
    }

    /// Columns of the terminal; 80 where it does not say.
    package var width: Int { size.columns }
    /// Rows of the terminal; 24 where it does not say.
    package var height: Int { size.rows }

    private var size: (columns: Int, rows: Int) {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else { return (80, 24) }
        return (Int(size.ws_col), Int(size.ws_row))
    }

    /// Replaces the line.
    package func draw(_ text: String) {
        state.withLock { state in
            state.line = text
            Self.paint(&state)
        }
    }

    /// Replaces the picture above the line; an empty one takes it away.
    package func draw(picture: [String]) {
        state.withLock { state in
            if picture.count < state.rows { Self.erase(&state, keepsLine: true) }
            state.picture = picture
            if state.line == nil && picture.isEmpty { return }
            state.line = state.line ?? ""
            Self.paint(&state)
        }
    }

    /// Takes line and picture away; the next `draw` brings the picture back.
    package func clear() {
        state.withLock { Self.erase(&$0) }
    }

    /// Takes the line away while `body` writes to the screen; the next `draw` brings it back.
    package func suspend<Result>(_ body: () throws -> Result) rethrows -> Result {
        clear()
        return try body()
    }

    /// Writes a whole line of log, below which the status line goes on.
    package func log(_ line: String) {
        state.withLock { state in
            Self.erase(&state)
            Self.write(line + "\n")
        }
    }

    private static func top(_ state: State) -> String { "\r" + (state.rows > 0 ? "\u{1B}[\(state.rows)A" : "") }

    private static func paint(_ state: inout State) {
        let rows = state.picture.map { $0 + "\u{1B}[K\r\n" }.joined()
        write(top(state) + rows + (state.line ?? "") + "\u{1B}[K")
        state.rows = state.picture.count
    }

    private static func erase(_ state: inout State, keepsLine: Bool = false) {
        if state.line != nil { write(top(state) + (state.rows > 0 ? "\u{1B}[J" : "\u{1B}[K")) }
        state.rows = 0
        if !keepsLine { state.line = nil }
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
