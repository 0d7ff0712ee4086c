import Foundation
import Testing

/// Keys at the prompt: moving, changing, recalling, pasting.
@Suite struct EditingPromptTests: PromptSuite {
    let folder: Folder

    init() throws { folder = try Folder() }

    private static let up = "\u{1B}[A", down = "\u{1B}[B", left = "\u{1B}[D", home = "\u{1B}[H", end = "\u{1B}[F"

    // MARK: Moving and changing

    @Test func bindingsOfTheUserWinOverOurs() throws {
        try folder.write("bind \"\\e[A\" ed-prev-history\neft:bind ^[[H em-upper-case\n", to: ".editrc")
        let terminal = try start()
        for statement in ["x = 1", "y = 2"] { try terminal.type(statement, expecting: statement) }
        // Our arrow looks for what starts with `x`; libedit's own takes the last statement, whatever stands there.
        try terminal.edit("x\u{1B}[A", expecting: "eft> y = 2")
        try terminal.edit("\u{3}", expecting: "eft>")
        try terminal.edit("abc\u{1}\u{1B}[H", expecting: "eft> ABC")
        // A key that is not bound there is ours.
        try terminal.edit("\u{3}", expecting: "eft>")
        try terminal.edit("x\u{1B}OA", expecting: "eft> x = 1")
    }

    @Test func arrowsGoThroughTheLinesOfABlock() throws {
        let terminal = try start()
        try terminal.typeLines(["fn g(x) {", "x + 2", "}"])
        try terminal.edit(Self.up, expecting: "}")
        // Any key but an arrow ends the walk through the history.
        try terminal.edit(Self.end + Self.up + Self.end + " * 10", expecting: "    x + 2 * 10")
        try terminal.edit(Self.home + "0 + ", expecting: "0 +     x + 2 * 10")
        try terminal.edit(Self.down, expecting: "}")
        try terminal.send("\r")
        try terminal.waitForPrompt()
        try terminal.type("g(4)", expecting: "24")
    }

    @Test func controlAAndEStayInTheirLineOfABlock() throws {
        let terminal = try start()
        try terminal.typeLines(["xs = [", "1,", "20", "]"])
        try terminal.edit(Self.up, expecting: "]")
        try terminal.edit("\u{1}" + Self.up + "\u{5}" + "0", expecting: "    200")
        try terminal.edit(Self.up + "\u{1}\u{4}\u{4}\u{4}", expecting: " 1,")
        try terminal.send("\r")
        try terminal.waitForPrompt()
        try terminal.type("sum(xs)", expecting: "201")
    }

    @Test func anArrowFindsWhatIsTyped() throws {
        let terminal = try start()
        for line in ["alpha = 1", "beta = 41", "gamma = 3", "beta + 1"] { try terminal.type(line, expecting: line) }
        try terminal.edit("beta =" + Self.up, expecting: "eft> beta = 41")
        try terminal.edit("\u{3}", expecting: "eft>")
        try terminal.edit("beta" + Self.up, expecting: "eft> beta + 1")
        try terminal.edit(Self.up, expecting: "eft> beta = 41")
        try terminal.edit(Self.down, expecting: "eft> beta + 1")
        try terminal.send("\r")
        try terminal.wait("the value") { $0.lines.contains("42") && $0.cursorLine == "eft>" }
    }

    @Test func killedTextComesBack() throws {
        let terminal = try start()
        try terminal.edit("3 + 39\u{1}\u{B}", expecting: "eft>")
        try terminal.edit("\u{19}", expecting: "eft> 3 + 39")
        try terminal.send("\r")
        try terminal.wait("the value") { $0.lines.contains("42") }
    }

    @Test func wordsAreSteppedOver() throws {
        let terminal = try start()
        try terminal.edit("alpha + beta", expecting: "eft> alpha + beta")
        try terminal.edit("\u{1B}b\u{1B}b1\u{1B}f", expecting: "eft> 1alpha + beta")
        try terminal.edit("\u{17}", expecting: "eft>  + beta")
    }

    @Test func controlLClearsTheScreenAndKeepsTheLine() throws {
        let terminal = try start()
        try terminal.type("1 + 2", expecting: "3")
        try terminal.send("6 * 7\u{C}")
        try terminal.wait("a clear screen") { $0.text.hasSuffix("eft> 6 * 7") && $0.row == 0 }
        try terminal.send("\r")
        try terminal.wait("the value") { $0.lines.contains("42") }
    }

    // MARK: Characters

    @Test func combiningMarksTakeNoColumn() throws {
        let terminal = try start()
        try terminal.edit("s = \"e\u{301}a\u{308}x\"", expecting: "eft> s = \"e\u{301}a\u{308}x\"")
        try terminal.edit(Self.left + Self.left + "\u{7F}\u{7F}-", expecting: "eft> s = \"e\u{301}-x\"")
        try terminal.send("\r")
        try terminal.type("len(s)", expecting: "4")
    }

    @Test func wideCharactersFoldAtTheEdge() throws {
        let terminal = try start(columns: 20)
        let text = "s = \"" + String(repeating: "日", count: 9) + "\""
        try terminal.send(text)
        // Five columns of the prompt, five of `s = "`: five wide characters fit, then four and the quote.
        try terminal.wait("two rows") { Array($0.lines.suffix(2)) == ["eft> s = \"日日日日日", "日日日日\""] }
        try terminal.send(String(repeating: Self.left, count: 6) + "\u{7F}本x")
        try terminal.wait("the change") { $0.lines.suffix(2).joined() == "eft> s = \"日日日本x日日日日日\"" }
        try terminal.send("\r")
        try terminal.type("s[3:5]", expecting: "'本x'")
    }

    @Test func deletingPullsWideCharactersUpAcrossRows() throws {
        let terminal = try start(columns: 20)
        try terminal.send("s = \"a" + String(repeating: "日", count: 8) + "\"\u{1}")
        try terminal.send(String(repeating: "\u{1B}[C", count: 5) + "\u{4}")
        try terminal.wait("the rows") { Array($0.lines.suffix(2)) == ["eft> s = \"日日日日日", "日日日\""] }
        try terminal.send("\r")
        try terminal.type("len(s)", expecting: "8")
    }

    // MARK: vi

    @Test func viKeysChangeWordsAndRecall() throws {
        try folder.write("bind -v\n", to: ".editrc")
        let terminal = try start()
        try terminal.type("alpha = 40", expecting: "alpha = 40")
        try terminal.edit("beta + 2", expecting: "eft> beta + 2")
        try terminal.send("\u{1B}")
        Thread.sleep(forTimeInterval: 0.2)
        try terminal.edit("0cwalpha\u{1B}", expecting: "eft> alpha + 2")
        try terminal.send("\r")
        try terminal.wait("the value") { $0.lines.contains("42") && $0.cursorLine == "eft>" }
        try terminal.send("\u{1B}")
        Thread.sleep(forTimeInterval: 0.2)
        try terminal.edit("k", expecting: "eft> alpha + 2")
        try terminal.edit("dd", expecting: "eft>")
    }

    @Test func viKeysCompleteAndWalkThroughABlock() throws {
        try folder.write("bind -v\n", to: ".editrc")
        let terminal = try start()
        try terminal.typeLines(["learning_rates = [", "1,", "]"])
        try terminal.edit("learn\t", expecting: "eft> learning_rates")
        try terminal.edit("\u{3}", expecting: "eft>")
        // With vi's keys libedit leaves the cursor at the start.
        try terminal.edit(Self.up, expecting: "eft> learning_rates = [")
        try terminal.edit(Self.end + Self.down + Self.end + " 2", expecting: "    1, 2")
        try terminal.send("\r")
        try terminal.waitForPrompt()
        try terminal.type("sum(learning_rates)", expecting: "3")
    }

    // MARK: History

    @Test func twoSessionsShareOneHistory() throws {
        let first = try start(), second = try start()
        try first.type("from_first = 1", expecting: "from_first = 1")
        try second.type("from_second = 2", expecting: "from_second = 2")
        try second.type("shared = 3", expecting: "shared = 3")
        try first.type("shared = 3", expecting: "shared = 3")
        try first.type("last = 4", expecting: "last = 4")
        #expect(try first.leave() == 0 && second.leave() == 0)
        let third = try start()
        try third.edit(Self.up, expecting: "eft> last = 4")
        try third.edit(Self.up, expecting: "eft> shared = 3")
        try third.edit(Self.up, expecting: "eft> from_second = 2")
        try third.edit(Self.up, expecting: "eft> from_first = 1")
    }

    @Test func theSearchGoesFurtherBackAndIsLeft() throws {
        try folder.write("alpha = 1\nalpha = 2\nbeta = 3\n", to: ".eft_history")
        let terminal = try start()
        try terminal.send("\u{12}alph")
        try terminal.wait("the newest") { $0.text.contains("eft> alpha = 2") }
        try terminal.send("\u{12}")
        try terminal.wait("the one before") { $0.text.contains("eft> alpha = 1") }
        try terminal.send("\u{3}")
        try terminal.waitForPrompt()
        try terminal.type("6 * 7", expecting: "42")
    }

    @Test func resultsHaveNumbers() throws {
        let terminal = try start()
        try terminal.type("40", expecting: "40")
        try terminal.type("x = 1", expecting: "x = 1")
        try terminal.type("[7]", expecting: "[7]")
        try terminal.type("_1 + 2", expecting: "42")
        try terminal.type("_3[0] * 11", expecting: "77")
        try terminal.type("%history", expecting: "3  [7]")
        try terminal.type("_2", expecting: "NameError")
        // Looking leaves nothing to take back.
        try terminal.type("%undo", expecting: "took back: x = 1")
    }

    // MARK: Paste

    @Test func aPasteGoesIntoTheMiddleOfALine() throws {
        let terminal = try start()
        try terminal.edit("sum([])" + Self.left + Self.left, expecting: "eft> sum([])")
        try terminal.edit("\u{1B}[200~40, 2\u{1B}[201~", expecting: "eft> sum([40, 2])")
        try terminal.send("\r")
        try terminal.wait("the value") { $0.lines.contains("42") }
    }

    @Test func anUnfinishedPasteGoesOn() throws {
        let terminal = try start()
        try terminal.send("\u{1B}[200~fn f(x) {\n    x +\u{1B}[201~\r")
        try terminal.wait("the continuation") { $0.cursorLine == "...>" }
        try terminal.send("2 }\r")
        try terminal.waitForPrompt()
        try terminal.type("f(40)", expecting: "42")
    }
}
