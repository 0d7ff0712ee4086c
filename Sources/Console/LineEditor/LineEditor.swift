import CLibEdit
import Foundation

/// Reads lines from the terminal with libedit: emacs or vi keys, `~/.editrc`, history, completion, pasted blocks.
///
/// One exists per process. A line may hold several lines of text, when a statement was recalled or pasted.
public final class LineEditor {
    /// How reading a line ended.
    public enum Outcome: Equatable {
        case line(String)
        /// Ctrl-C: the line is dropped.
        case interrupted
        /// Ctrl-D on an empty line, or the terminal went away.
        case end
        /// SIGTERM or SIGHUP.
        case terminated
    }

    /// Completes the text left of the cursor.
    public typealias Completing = (_ textBeforeCursor: String) -> Completions

    let handle: OpaquePointer
    let history: OpaquePointer
    let input: TerminalInput
    var complete: Completing = { _ in .none }
    /// Text of the statement's earlier lines, which completion sees before the line.
    var earlierLines = ""
    var outcome = Outcome.end
    /// Whether the last key was an arrow that went through the history.
    var isInHistory = false
    /// A paste read but not yet put into the line.
    var paste = ""
    /// The prompt as libedit wants it: `\u{1}` brackets the escape codes, and a plain character must follow each.
    private(set) var prompt = WideText("")
    private(set) var promptColumns = 0
    private let styled: Bool
    /// Names and help of our key functions; libedit keeps pointers to them.
    var keptTexts: [WideText] = []

    /// Opens the editor on the standard streams; nil when libedit cannot use the terminal.
    public init?(signals: SignalWatch?, colour: Bool) {
        eft_use_utf8()
        guard let handle = eft_el_init("eft"), let history = history_winit() else { return nil }
        self.handle = handle
        self.history = history
        input = TerminalInput(signals: signals, bound: EditorBindings.ofUser.keys)
        styled = colour
        configure()
    }

    deinit {
        history_wend(history)
        el_end(handle)
    }

    /// Reads one line, drawn after `prompt`. `prefill` is put into the line as if typed.
    public func readLine(prompt: String, prefill: String = "") -> Outcome {
        promptColumns = Terminal.columns(prompt)
        self.prompt = WideText(styled ? "\u{1}\u{1B}[1;32m\u{1}\(prompt.dropLast())\u{1}\u{1B}[0m\u{1}\(prompt.suffix(1))" : prompt)
        outcome = .end
        paste = ""
        isInHistory = false
        // libedit switches the terminal only after it has drawn the prompt; keys pressed in between would be echoed by the kernel.
        _ = eft_el_prepare_terminal(handle, 1)
        eft_write_terminal("\u{1B}[?2004h")
        defer { eft_write_terminal("\u{1B}[?2004l") }
        if !prefill.isEmpty {
            paste = prefill
            WideText(String(Self.pasteKey)).withPointer { el_wpush(handle, $0) }
        }
        var count: Int32 = 0
        guard let text = el_wgets(handle, &count), count > 0 else { return outcome }
        var scalars = WideText.scalars(text, count: Int(count))
        if scalars.last == "\n" { scalars.removeLast() }
        return .line(String(scalars))
    }

    /// What has been typed since the last line, and whether Ctrl-C was among it. See `TerminalInput`.
    func takeTypedAhead() -> (bytes: [UInt8], isInterrupted: Bool) { input.takeTypedAhead() }

    /// Makes these bytes the next to be read.
    func putBack(_ bytes: [UInt8]) { input.putBack(bytes) }

    /// True when more input has already arrived.
    public var hasInputWaiting: Bool { input.hasMore }

    /// Makes `statements`, oldest first, what the history keys go through.
    func setHistory(_ statements: [String]) {
        _ = eft_history_clear(history)
        for statement in statements { addHistory(statement) }
    }

    func addHistory(_ statement: String) {
        WideText(statement).withPointer { _ = eft_history_enter(history, $0) }
    }

    /// The line as it stands and where the cursor is in it, in scalars.
    var currentLine: (text: String.UnicodeScalarView, cursor: Int) {
        guard let info = el_wline(handle)?.pointee, let buffer = info.buffer, let last = info.lastchar, let cursor = info.cursor else {
            return ("".unicodeScalars, 0)
        }
        return (WideText.scalars(buffer, count: last - buffer), cursor - buffer)
    }

    func insert(_ text: String) {
        WideText(text).withPointer { _ = el_winsertstr(handle, $0) }
    }
}

/// A wide-character string with a stable address, for libedit.
final class WideText {
    private let storage: UnsafeMutablePointer<wchar_t>
    private let count: Int

    init(_ text: String) {
        let scalars = text.unicodeScalars.filter { $0.value != 0 }
        count = scalars.count + 1
        storage = .allocate(capacity: count)
        var end = storage
        for scalar in scalars {
            end.initialize(to: wchar_t(bitPattern: scalar.value))
            end += 1
        }
        end.initialize(to: 0)
    }

    deinit { storage.deallocate() }

    /// Valid while this object lives.
    var pointer: UnsafeMutablePointer<wchar_t> { storage }

    func withPointer(_ body: (UnsafePointer<wchar_t>) -> Void) { withExtendedLifetime(self) { body(storage) } }

    /// The `count` characters at `pointer`; one that is no Unicode scalar becomes U+FFFD.
    static func scalars(_ pointer: UnsafePointer<wchar_t>, count: Int) -> String.UnicodeScalarView {
        var view = String.UnicodeScalarView()
        for wide in UnsafeBufferPointer(start: pointer, count: count) {
            view.append(Unicode.Scalar(UInt32(bitPattern: wide)) ?? "\u{FFFD}")
        }
        return view
    }
}
