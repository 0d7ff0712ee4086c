import Foundation
import Testing

/// Windows that change their size, terminals that are slow or can do little, and much output.
@Suite struct WindowPromptTests: PromptSuite {
    let folder: Folder

    init() throws { folder = try Folder() }

    private static let digits = "x = \"" + (0..<12).map { "\($0 % 10)abcdefgh" }.joined() + "\""

    /// The rows from the one with the last prompt on.
    private func input(_ screen: Screen) -> [String] {
        Array(screen.lines[(screen.lines.lastIndex { $0.hasPrefix("eft>") } ?? 0)...])
    }

    // MARK: Size

    @Test(arguments: [50, 60, 79, 100, 130])
    func aLongLineIsDrawnAnew(width: Int) throws {
        let terminal = try start()
        try terminal.type("\"before\"", expecting: "'before'")
        try terminal.send(Self.digits)
        try terminal.wait("the text") { self.input($0).joined() == "eft> " + Self.digits }
        terminal.resize(columns: width, rows: 24)
        try terminal.send("\u{1B}[D")
        let screen = try terminal.wait("the text once, folded at \(width)") { screen in
            let rows = self.input(screen)
            return rows.joined() == "eft> " + Self.digits && rows.dropLast().allSatisfy { $0.count == width }
        }
        #expect(screen.lines.filter { $0 == "'before'" }.count == 1)
        // The cursor is where it was: before the last quote.
        try terminal.send("!")
        try terminal.wait("the mark") { self.input($0).joined().hasSuffix("abcdefgh!\"") }
        try terminal.send("\r")
        try terminal.type("len(x)", expecting: "109")
    }

    @Test func aBlockIsDrawnAnew() throws {
        let terminal = try start()
        try terminal.send("\u{1B}[200~fn f(x) {\n    \(Self.digits)\n    x\n}\u{1B}[201~")
        try terminal.wait("the block") { $0.cursorLine == "}" }
        terminal.resize(columns: 60, rows: 24)
        try terminal.send("\u{1B}[D")
        try terminal.wait("the block once") { screen in
            let rows = self.input(screen)
            return rows.first == "eft> fn f(x) {" && rows.count == 5 && rows[1...2].joined().hasSuffix(Self.digits)
                && rows.suffix(2) == ["    x", "}"]
        }
        try terminal.send("\r")
        try terminal.waitForPrompt()
        try terminal.type("len(f(1))", expecting: "108")
    }

    @Test func valuesFitTheNewWindow() throws {
        let terminal = try start()
        try terminal.type("t = table([{\"name\": \"y\" * 70, \"value\": 1}])", expecting: "t =")
        terminal.resize(columns: 40, rows: 24)
        try terminal.send("t\r")
        try terminal.wait("the table") { $0.cursorLine == "eft>" && $0.text.contains("└") }
        let box = terminal.current.lines.suffix(7).filter { "┌│├└".contains($0.first ?? " ") }
        #expect(box.count == 5 && box.allSatisfy { $0.count <= 40 }, "\(terminal.current.text)")
    }

    // MARK: Slow, and dumb

    @Test func aSlowTerminalGetsEverythingInOrder() throws {
        let terminal = try start(pace: 20)
        try terminal.send("for i in range(300) { print(i, \"-\" * 40) }\r")
        try terminal.send("\"typed ahead\"\r")
        try terminal.wait("what was typed ahead") { $0.lines.contains("'typed ahead'") && $0.cursorLine == "eft>" }
        let printed = terminal.current.lines.filter { $0.hasSuffix("-----") }
        #expect(printed == (0..<300).map { "\($0) " + String(repeating: "-", count: 40) })
    }

    @Test func keysAreEchoedOnASlowTerminal() throws {
        let terminal = try start(pace: 1)
        try terminal.send(Self.digits + "\r")
        try terminal.send("len(x)\r")
        try terminal.wait("the value") { $0.lines.contains("108") && $0.cursorLine == "eft>" }
    }

    /// Ten megabytes by one call, and by many.
    @Test(arguments: ["print(\"y\" * 10000000)", "for i in range(100000) { print(\"y\" * 99) }"])
    func muchOutputOnASlowTerminalEndsAtControlC(statement: String) throws {
        let terminal = try start(pace: 500)
        try terminal.send(statement + "\r")
        try terminal.wait("some of it") { $0.lines.count > 50 }
        try terminal.send("\u{3}")
        try terminal.wait("the prompt") {
            $0.lines.suffix(8).contains { $0.contains("nterrupt") || $0.contains("more, not shown") } && $0.cursorLine == "eft>"
        }
        #expect(terminal.byteCount < 2_000_000)
        try terminal.type("6 * 7", expecting: "42")
    }

    @Test func whatIsPrintedAfterAnInterruptIsSeen() throws {
        let terminal = try start(pace: 500)
        try terminal.send("try { print(\"y\" * 10000000); while true { } } catch Interrupted e { print(\"caught\") }\r")
        try terminal.wait("some of it") { $0.lines.count > 50 }
        try terminal.send("\u{3}")
        try terminal.wait("the catch") { $0.lines.suffix(3).contains("caught") && $0.cursorLine == "eft>" }
        #expect(terminal.byteCount < 2_000_000)
    }

    @Test func aDumbTerminalGetsNoPromptAndNoCodes() throws {
        let terminal = try PseudoTerminal(
            [ChildProcess.program], environment: ChildProcess.environment(home: folder.path, adding: ["TERM": "dumb"]),
            directory: folder.path)
        try terminal.send("1 + 41\r")
        try terminal.wait("the value") { $0.lines.contains("42") }
        try terminal.send("undefined_name\r")
        try terminal.wait("the error") { $0.text.contains("error[NameError]") }
        try terminal.send("%quit\r")
        #expect(try terminal.exitStatus() == 0)
        #expect(!terminal.output.contains("\u{1B}") && !terminal.output.contains("eft>"))
    }
}
