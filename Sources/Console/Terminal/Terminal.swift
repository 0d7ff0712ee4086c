import Bindings
import CLibEdit
import Foundation
import Text

/// What the standard streams are connected to, and how to write for it.
public enum Terminal {
    /// True when the prompt can edit lines: keyboard and screen are a terminal that knows cursor movement.
    public static var isInteractive: Bool {
        isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1 && !isDumb
    }

    /// `TERM` is unset or `dumb`: no escape codes at all.
    public static var isDumb: Bool {
        guard let name = getenv("TERM").map({ String(cString: $0) }) else { return true }
        return name.isEmpty || name == "dumb"
    }

    /// Colour is welcome on `descriptor`: a terminal, not dumb, and `NO_COLOR` unset or empty (no-color.org).
    public static func hasColour(_ descriptor: Int32) -> Bool { StatusLine.hasColour(descriptor) }

    /// Columns of the window: the terminal's answer, else `COLUMNS`, else 80.
    public static func width(_ descriptor: Int32 = STDOUT_FILENO) -> Int {
        var columns: Int32 = 0
        var rows: Int32 = 0
        eft_window_size(descriptor, &columns, &rows)
        if columns > 0 { return Int(columns) }
        if let text = getenv("COLUMNS"), let value = Int(String(cString: text)), value > 0 { return value }
        return 80
    }

    /// Columns that `text` takes on a terminal: two for wide characters, none for combining marks.
    public static func columns(_ text: some StringProtocol) -> Int {
        DisplayWidth.columns(text)
    }
}

/// Text attributes as escape codes, or nothing where they are not welcome.
struct TextStyle {
    let enabled: Bool

    func bold(_ text: String) -> String { wrap(text, "1") }
    func dim(_ text: String) -> String { wrap(text, "2") }
    func green(_ text: String) -> String { wrap(text, "32") }
    func cyan(_ text: String) -> String { wrap(text, "36") }

    private func wrap(_ text: String, _ code: String) -> String { enabled ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text }
}
