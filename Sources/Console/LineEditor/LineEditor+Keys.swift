import CLibEdit
import Foundation

/// The functions that libedit calls: the prompt, the reader, and the keys that are ours.
extension LineEditor {
    /// libedit's key for "a paste is ready": a control character that no keyboard sends.
    static let pasteKey: Unicode.Scalar = "\u{9D}"
    /// What the arrows up and down become: another line of a block, or an entry of the history that has what is left of the cursor in it.
    private static let lineKeys: (up: Unicode.Scalar, down: Unicode.Scalar) = ("\u{9E}", "\u{9F}")
    private static let historyKeys: (up: Unicode.Scalar, down: Unicode.Scalar) = ("\u{9B}", "\u{9C}")
    /// What Home and End become, and Ctrl-A and Ctrl-E in a block: libedit's own go to the ends of the whole block.
    private static let edgeKeys: (start: Unicode.Scalar, end: Unicode.Scalar) = ("\u{99}", "\u{9A}")
    private static let privateKeys = [
        pasteKey, lineKeys.up, lineKeys.down, historyKeys.up, historyKeys.down, edgeKeys.start, edgeKeys.end,
    ]
    static let indentation = 4

    func configure() {
        _ = eft_el_set_client_data(handle, Unmanaged.passUnretained(self).toOpaque())
        WideText("emacs").withPointer { _ = eft_el_set_editor(handle, $0) }
        _ = eft_el_set_signal(handle, 0)
        // Ctrl-C and Ctrl-Z arrive as characters, so that they keep their place among the keys around them.
        WideText("-isig").withPointer { _ = eft_el_set_terminal_mode(handle, $0) }
        _ = eft_history_set_size(history, Int32.max)
        _ = eft_el_set_history(handle, history)
        _ = eft_el_set_prompt(handle, { LineEditor.of($0)?.prompt.pointer }, 1)
        _ = eft_el_set_reader(handle, { LineEditor.of($0)?.readCharacter(into: $1) ?? 0 })
        el_source(handle, nil)
        // After ~/.editrc, since choosing vi or emacs there resets the key maps.
        bind("\t", "eft-complete", "Complete the name left of the cursor") { handle, _ in
            LineEditor.of(handle)?.completeAtCursor() ?? UInt8(CC_ERROR)
        }
        bind("\u{4}", "eft-end-or-delete", "Leave on an empty line, else delete the next character") { handle, _ in
            LineEditor.of(handle)?.endOrDelete() ?? UInt8(CC_ERROR)
        }
        for (bracket, name) in [(")", "eft-close-round"), ("]", "eft-close-square"), ("}", "eft-close-curly")] {
            bind(bracket, name, "Close a bracket, one level out") { handle, key in
                LineEditor.of(handle)?.closeBracket(key) ?? UInt8(CC_ERROR)
            }
        }
        bind(String(Self.pasteKey), "eft-paste", "Insert pasted text as one block", alternative: true) { handle, _ in
            LineEditor.of(handle)?.insertPaste() ?? UInt8(CC_ERROR)
        }
        bind(String(Self.lineKeys.up), "eft-line-up", "Go to the line above in a block", alternative: true) { handle, _ in
            LineEditor.of(handle)?.moveLine(-1) ?? UInt8(CC_ERROR)
        }
        bind(String(Self.lineKeys.down), "eft-line-down", "Go to the line below in a block", alternative: true) { handle, _ in
            LineEditor.of(handle)?.moveLine(1) ?? UInt8(CC_ERROR)
        }
        bind(String(Self.edgeKeys.start), "eft-line-start", "Go to the start of the line", alternative: true) { handle, _ in
            LineEditor.of(handle)?.moveToEdge(start: true) ?? UInt8(CC_ERROR)
        }
        bind(String(Self.edgeKeys.end), "eft-line-end", "Go to the end of the line", alternative: true) { handle, _ in
            LineEditor.of(handle)?.moveToEdge(start: false) ?? UInt8(CC_ERROR)
        }
        bind(Self.historyKeys.up, to: "ed-search-prev-history")
        bind(Self.historyKeys.down, to: "ed-search-next-history")
    }

    private func bind(_ key: Unicode.Scalar, to command: String) {
        WideText(String(key)).withPointer { key in
            WideText(command).withPointer {
                _ = eft_el_bind(handle, key, $0)
                _ = eft_el_bind_alternative(handle, key, $0)
            }
        }
    }

    private static func of(_ handle: OpaquePointer?) -> LineEditor? {
        guard let handle, let data = eft_el_client_data(handle) else { return nil }
        return Unmanaged<LineEditor>.fromOpaque(data).takeUnretainedValue()
    }

    private func bind(_ key: String, _ name: String, _ help: String, alternative: Bool = false, _ function: eft_edit_function) {
        let name = WideText(name)
        let help = WideText(help)
        keptTexts += [name, help]
        _ = eft_el_add_function(handle, name.pointer, help.pointer, function)
        WideText(key).withPointer {
            _ = eft_el_bind(handle, $0, name.pointer)
            if alternative { _ = eft_el_bind_alternative(handle, $0, name.pointer) }
        }
    }

    // MARK: Reading

    /// Gives libedit its next character; deals with pastes and signals on the way.
    private func readCharacter(into character: UnsafeMutablePointer<wchar_t>?) -> Int32 {
        guard let character else { return -1 }
        while true {
            switch input.next() {
            case .scalar("\u{3}"):
                return interruptLine(character)
            case .scalar("\u{1A}"):
                suspend()
            case .scalar(let scalar):
                isInHistory = false
                if scalar == "\u{1}" || scalar == "\u{5}", currentLine.text.contains("\n") {
                    character.pointee = wchar_t(bitPattern: (scalar == "\u{1}" ? Self.edgeKeys.start : Self.edgeKeys.end).value)
                    return 1
                }
                character.pointee = wchar_t(bitPattern: Self.privateKeys.contains(scalar) ? 0xFFFD : scalar.value)
                return 1
            case .edge(let start):
                isInHistory = false
                character.pointee = wchar_t(bitPattern: (start ? Self.edgeKeys.start : Self.edgeKeys.end).value)
                return 1
            case .arrow(let up):
                character.pointee = wchar_t(bitPattern: arrowKey(up: up).value)
                return 1
            case .paste(let text):
                paste = PastedText.clean(text)
                character.pointee = wchar_t(bitPattern: Self.pasteKey.value)
                return 1
            case .event(.resize):
                resize()
            case .event(.suspend):
                suspend()
            case .event(.interrupt):
                return interruptLine(character)
            case .event(.terminate):
                leaveLine("")
                outcome = .terminated
                errno = EINTR
                return -1
            case .end:
                outcome = .end
                return 0
            }
        }
    }

    /// Ctrl-C: ends reading without a line.
    private func interruptLine(_ character: UnsafeMutablePointer<wchar_t>) -> Int32 {
        leaveLine("^C")
        outcome = .interrupted
        character.pointee = 0
        errno = EINTR
        return -1
    }

    /// Moves below the text being edited, whichever row the cursor was on.
    private func leaveLine(_ mark: String) {
        let (text, cursor) = currentLine
        let width = Terminal.width()
        let current = ScreenPlace.of(cursor, in: text, start: promptColumns, width: width)
        let end = ScreenPlace.of(text.count, in: text, start: promptColumns, width: width)
        let down = end.row > current.row ? "\u{1B}[\(end.row - current.row)B" : ""
        eft_write_terminal("\(down)\r\(end.column > 0 ? "\u{1B}[\(end.column)C" : "")\(mark)\r\n")
    }

    /// Draws everything anew after the window changed: the terminal has folded the old text to the new width.
    private func resize() {
        let (text, cursor) = currentLine
        let row = ScreenPlace.of(cursor, in: text, start: promptColumns, width: Terminal.width()).row
        eft_write_terminal("\(row > 0 ? "\u{1B}[\(row)A" : "")\r\u{1B}[J")
        el_resize(handle)
        _ = eft_el_refresh(handle)
    }

    private func suspend() {
        _ = eft_el_prepare_terminal(handle, 0)
        eft_write_terminal("\u{1B}[?2004l")
        SignalWatch.stopProcess()
        eft_write_terminal("\u{1B}[?2004h")
        _ = eft_el_prepare_terminal(handle, 1)
        el_resize(handle)
        _ = eft_el_refresh(handle)
    }

    // MARK: Keys

    /// An arrow goes through the lines of a block, and through the history from its first and last; once in the history it stays there.
    private func arrowKey(up: Bool) -> Unicode.Scalar {
        let (text, cursor) = currentLine
        let hasLine = up ? text.prefix(cursor).contains("\n") : text.dropFirst(cursor).contains("\n")
        if hasLine, !isInHistory { return up ? Self.lineKeys.up : Self.lineKeys.down }
        isInHistory = true
        return up ? Self.historyKeys.up : Self.historyKeys.down
    }

    /// Moves the cursor to the start or the end of its line of a block.
    private func moveToEdge(start: Bool) -> UInt8 {
        let (text, cursor) = currentLine
        let distance = start ? -lineBeforeCursor().count : text.dropFirst(cursor).prefix { $0 != "\n" }.count
        el_cursor(handle, Int32(distance))
        return UInt8(CC_REFRESH)
    }

    /// Moves the cursor to the line above (-1) or below (1) of its block, to the same place in it or to its end.
    private func moveLine(_ step: Int) -> UInt8 {
        let (text, cursor) = currentLine
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(\.count)
        var line = 0
        var start = 0
        while line < lines.count - 1, cursor > start + lines[line] {
            start += lines[line] + 1
            line += 1
        }
        let target = line + step
        guard lines.indices.contains(target) else { return UInt8(CC_ERROR) }
        let targetStart = step < 0 ? start - lines[target] - 1 : start + lines[line] + 1
        el_cursor(handle, Int32(targetStart + min(cursor - start, lines[target]) - cursor))
        return UInt8(CC_REFRESH)
    }

    private func insertPaste() -> UInt8 {
        insert(paste)
        paste = ""
        return UInt8(CC_REFRESH)
    }

    private func endOrDelete() -> UInt8 {
        let (text, cursor) = currentLine
        if text.allSatisfy({ $0 == " " || $0 == "\t" }) {
            eft_write_terminal("\r\n")
            return UInt8(CC_EOF)
        }
        guard cursor < text.count else { return UInt8(CC_ERROR) }
        el_cursor(handle, 1)
        el_deletestr(handle, 1)
        return UInt8(CC_REFRESH)
    }

    /// The part of the cursor's own line that is left of it.
    private func lineBeforeCursor() -> Substring.UnicodeScalarView {
        let (text, cursor) = currentLine
        let before = text.prefix(cursor)
        guard let newline = before.lastIndex(of: "\n") else { return before }
        return before[before.index(after: newline)...]
    }

    private func closeBracket(_ key: Int32) -> UInt8 {
        let before = lineBeforeCursor()
        if !before.isEmpty, before.allSatisfy({ $0 == " " }) {
            el_deletestr(handle, Int32(min(before.count, Self.indentation)))
        }
        insert(Unicode.Scalar(UInt32(bitPattern: key)).map { String(Character($0)) } ?? "")
        return UInt8(CC_REFRESH)
    }

    private func completeAtCursor() -> UInt8 {
        let blank = lineBeforeCursor()
        if blank.allSatisfy({ $0 == " " || $0 == "\t" }) {
            insert(String(repeating: " ", count: Self.indentation - blank.count % Self.indentation))
            return UInt8(CC_REFRESH)
        }
        let (text, cursor) = currentLine
        let before = String(String.UnicodeScalarView(text.prefix(cursor)))
        let completions = complete(earlierLines + before)
        switch completions.action {
        case .insert(let replacing, let inserted):
            el_deletestr(handle, Int32(replacing))
            insert(inserted)
            return UInt8(CC_REFRESH)
        case .show(let listing):
            showBelow(listing(Terminal.width()))
            return UInt8(CC_REDISPLAY)
        case .nothing:
            return UInt8(CC_REFRESH_BEEP)
        }
    }

    /// Writes lines below the text being edited, and leaves the cursor where libedit's redraw expects it.
    private func showBelow(_ lines: [String]) {
        let (text, cursor) = currentLine
        let width = Terminal.width()
        let last = ScreenPlace.of(text.count, in: text, start: promptColumns, width: width).row
        let current = ScreenPlace.of(cursor, in: text, start: promptColumns, width: width).row
        let down = String(repeating: "\r\n", count: last - current + 1)
        eft_write_terminal(down + lines.map { $0 + "\r\n" }.joined() + String(repeating: "\r\n", count: current))
    }
}
