import Foundation
import TestSupport
import Testing

/// The prompt as a person at a terminal meets it.
@Suite(.serialized) struct PromptTests: PromptSuite {
    let folder: Folder

    init() throws { folder = try Folder() }

    // MARK: Statements

    @Test func showsTheValueOfAnExpression() throws {
        let terminal = try start()
        #expect(terminal.current.lines.first?.hasPrefix("eft 0.") == true)
        try terminal.type("1 + 2", expecting: "3")
        try terminal.type("_ * 10", expecting: "30")
        try terminal.type("\"a\\nb\"", expecting: "'a\\nb'")
        #expect(try terminal.leave() == 0)
    }

    @Test func assignmentsAndNoneShowNothing() throws {
        let terminal = try start()
        try terminal.type("x = 1", expecting: "eft> x = 1")
        try terminal.type("none", expecting: "eft> none")
        let screen = try terminal.type("x", expecting: "1")
        #expect(screen.lines.dropFirst() == ["eft> x = 1", "eft> none", "eft> x", "1", "eft>"])
    }

    @Test func severalLinesMakeOneStatement() throws {
        let terminal = try start()
        try terminal.typeLines(["fn double(x) {", "y = x * 2", "y", "}"])
        try terminal.type("double(21)", expecting: "42")
        #expect(terminal.current.lines.dropFirst().prefix(4) == ["eft> fn double(x) {", "...>     y = x * 2", "...>     y", "...> }"])
    }

    @Test func afterErrorsOfEveryStageTheNamesAreStillThere() throws {
        let terminal = try start()
        try terminal.type("x = 41", expecting: "x = 41")
        try terminal.type("undefined_name", expecting: "error[NameError]")
        try terminal.type("x = = 2", expecting: "error[SyntaxError]")
        try terminal.type("[1][5]", expecting: "error[IndexError]")
        try terminal.type("x + 1", expecting: "42")
    }

    @Test func coloursFollowTheEnvironment() throws {
        let plain = try start(["NO_COLOR": "1"])
        try plain.type("undefined_name", expecting: "error[NameError]")
        #expect(!plain.output.contains("\u{1B}[1;3") && !plain.output.contains("\u{1B}[31"))
        let coloured = try start()
        try coloured.type("undefined_name", expecting: "error[NameError]")
        #expect(coloured.output.contains("\u{1B}[1;32meft>"))
    }

    // MARK: Editing

    @Test func editsInTheMiddleOfWideCharacters() throws {
        let terminal = try start()
        try terminal.send("s = \"日本🎉é\"")
        try terminal.send("\u{1B}[D\u{1B}[D\u{1B}[D")
        try terminal.send("x")
        try terminal.wait("the letter") { $0.cursorLine == "eft> s = \"日本x🎉é\"" }
        try terminal.send("\u{7F}\u{7F}\r")
        try terminal.type("s", expecting: "'日🎉é'")
    }

    @Test func controlCAtThePromptClearsTheLine() throws {
        let terminal = try start()
        try terminal.send("half a statem")
        try terminal.wait("the text") { $0.cursorLine == "eft> half a statem" }
        try terminal.send("\u{3}")
        try terminal.wait("a new prompt") { $0.lines.contains("eft> half a statem^C") && $0.cursorLine == "eft>" }
        try terminal.type("6 * 7", expecting: "42")
    }

    @Test func controlCInAContinuationDropsTheStatement() throws {
        let terminal = try start()
        try terminal.send("x = [\r")
        try terminal.wait("the continuation") { $0.cursorLine == "...>" }
        try terminal.send("\u{3}")
        try terminal.waitForPrompt()
        try terminal.type("6 * 7", expecting: "42")
    }

    @Test func controlDLeavesAndInAContinuationOnlyDrops() throws {
        let terminal = try start()
        try terminal.send("x = [\r")
        try terminal.wait("the continuation") { $0.cursorLine == "...>" }
        try terminal.send("\u{4}")
        try terminal.wait("the remark") { $0.text.contains("unfinished statement") && $0.cursorLine == "eft>" }
        #expect(try terminal.leave() == 0)
    }

    @Test func controlDInsideALineDeletes() throws {
        let terminal = try start()
        try terminal.send("121\u{1}\u{4}\r")
        try terminal.wait("21") { $0.lines.contains("21") }
    }

    @Test func viKeysWorkWhenTheEditrcAsksForThem() throws {
        try folder.write("bind -v\n", to: ".editrc")
        let terminal = try start()
        // Escape, to the start, change the first character.
        try terminal.send("121")
        try terminal.wait("the text") { $0.cursorLine == "eft> 121" }
        try terminal.send("\u{1B}")
        try terminal.send("0r4\r")
        try terminal.wait("421") { $0.lines.contains("421") && $0.cursorLine == "eft>" }
        try terminal.send("\u{1B}[200~7 *\n6\u{1B}[201~\r")
        try terminal.wait("42") { $0.lines.contains("42") }
    }

    @Test func aResizeKeepsTheLine() throws {
        let terminal = try start()
        try terminal.send("\"0123456789\"")
        try terminal.wait("the text") { $0.cursorLine.hasSuffix("9\"") }
        terminal.resize(columns: 60, rows: 20)
        try terminal.send(" * 2\r")
        try terminal.wait("the value") { $0.lines.contains("'01234567890123456789'") }
    }

    // MARK: Paste

    @Test func aPasteIsOneBlock() throws {
        let terminal = try start()
        #expect(terminal.current.modes.contains(2004))
        let block = "fn f(x) {\r\n\tif x > 1 {\r\n\r\n\t\treturn \"é🎉\"\r\n\t}\r\n\t\"one\"\r\n}\r\nf(1) + f(2)\r\n"
        try terminal.send("\u{1B}[200~\(block)\u{1B}[201~")
        try terminal.wait("the block") { $0.cursorLine == "f(1) + f(2)" }
        try terminal.send("\r")
        try terminal.wait("its value") { $0.lines.contains("'oneé🎉'") && $0.cursorLine == "eft>" }
        #expect(try folder.read(".eft_history").split(separator: "\n").count == 1)
    }

    @Test func aTranscriptCanBePasted() throws {
        let terminal = try start()
        try terminal.send("\u{1B}[200~eft> a = [\n...>     20\n...> ]\neft> a[0] + 1\n21\n\u{1B}[201~\r")
        try terminal.wait("its value") { $0.lines.contains("21") && $0.cursorLine == "eft>" }
    }

    @Test func aLongScriptCanBePasted() throws {
        let terminal = try start()
        let script = (0..<300).map { "x\($0) = \($0)" }.joined(separator: "\n")
        try terminal.send("\u{1B}[200~\(script)\u{1B}[201~\r")
        try terminal.waitForPrompt()
        try terminal.type("x0 + x299", expecting: "299")
    }

    @Test func linesPastedWithoutBracketsRunToo() throws {
        let terminal = try start()
        try terminal.send("t = 0\rfor i in range(4) {\r    t += i\r}\rt\r")
        try terminal.wait("the sum") { $0.lines.contains("6") && $0.cursorLine == "eft>" }
    }

    // MARK: History

    @Test func historyLastsAndComesBackWhole() throws {
        let first = try start()
        try first.type("a = 40", expecting: "a = 40")
        try first.typeLines(["fn g(x) {", "x + 2", "}"])
        try first.type(" secret = 1", expecting: "secret")
        try first.type("a = 40", expecting: "a = 40")
        #expect(try first.leave() == 0)
        #expect(try folder.read(".eft_history") == "a = 40\nfn g(x) {\\n    x + 2\\n}\na = 40\n")

        let second = try start()
        try second.send("\u{1B}[A")
        try second.wait("the last statement") { $0.cursorLine == "eft> a = 40" }
        try second.send("\u{1B}[A")
        try second.wait("the one before") { $0.lines.suffix(3) == ["eft> fn g(x) {", "    x + 2", "}"] }
        try second.send("\r")
        try second.waitForPrompt()
        try second.type("g(40)", expecting: "42")
    }

    @Test func historyCanBeSearched() throws {
        try folder.write("alpha = 41\nbeta = 2\n", to: ".eft_history")
        let terminal = try start()
        try terminal.send("\u{12}alph")
        try terminal.wait("the match") { $0.text.contains("alpha = 41") }
        try terminal.send("\r")
        try terminal.waitForPrompt()
        try terminal.type("alpha + 1", expecting: "42")
    }

    // MARK: Completion

    @Test func tabCompletesNames() throws {
        let terminal = try start()
        try terminal.type("learning_rate = 42", expecting: "learning_rate")
        try terminal.send("learn\t\r")
        try terminal.wait("the value") { $0.lines.contains("42") }
        try terminal.send("%ti\t\t")
        try terminal.wait("the list") { $0.text.contains("%time") && $0.text.contains("%timeit") && $0.cursorLine == "eft> %time" }
    }

    @Test func tabCompletesPathsInStrings() throws {
        try folder.write("40 + 2\n", to: "script_one.eft")
        let terminal = try start()
        try terminal.send("\"scr\t")
        try terminal.wait("the name") { $0.cursorLine == "eft> \"script_one.eft" }
        try terminal.send("\u{3}%run scr\t\r")
        try terminal.wait("the command") { $0.text.contains("%run script_one.eft") && $0.cursorLine == "eft>" }
    }

    @Test func tabAtTheStartOfALineIndents() throws {
        let terminal = try start()
        try terminal.send("\t42")
        try terminal.wait("the blanks") { $0.cursorLine == "eft>     42" }
    }

    // MARK: Interrupts and signals

    @Test func controlCEndsAnEndlessLoopAndNothingElse() throws {
        let terminal = try start()
        try terminal.type("x = 42", expecting: "x = 42")
        for round in 1...2 {
            try terminal.send("print(\"round \(round)\"); while true { y = 1 }\r")
            try terminal.wait("the start") { $0.lines.last == "round \(round)" }
            try terminal.send("\u{3}")
            try terminal.wait("the interrupt") { screen in
                screen.lines.count { $0.contains("error[Interrupted]") } == round && screen.cursorLine == "eft>"
            }
        }
        try terminal.type("x", expecting: "42")
        #expect(try terminal.leave() == 0)
    }

    @Test func aSecondControlCAlsoOnlyEndsTheStatement() throws {
        let terminal = try start()
        try terminal.send("print(\"begun\"); while true { }\r")
        try terminal.wait("the start") { $0.lines.last == "begun" }
        try terminal.send("\u{3}\u{3}")
        try terminal.wait("the interrupt") { $0.text.contains("Interrupted") && $0.cursorLine == "eft>" }
        try terminal.type("6 * 7", expecting: "42")
    }

    @Test func controlCEndsAnInput() throws {
        let terminal = try start()
        try terminal.send("name = input(\"who? \")\r")
        try terminal.wait("the question") { $0.cursorLine == "who?" }
        try terminal.send("me\r")
        try terminal.waitForPrompt()
        try terminal.type("name", expecting: "'me'")
        #expect(terminal.current.lines.dropFirst() == ["eft> name = input(\"who? \")", "who? me", "eft> name", "'me'", "eft>"])
        try terminal.send("name = input(\"again? \")\r")
        try terminal.wait("the question") { $0.cursorLine == "again?" }
        try terminal.send("\u{3}")
        try terminal.wait("the interrupt") { $0.text.contains("error[Interrupted]") && $0.cursorLine == "eft>" }
        try terminal.type("name", expecting: "'me'")
    }

    @Test func controlCEndsAFloodOfOutput() throws {
        let terminal = try start()
        try terminal.send("while true { print(\"x\" * 500) }\r")
        try terminal.wait("the flood") { $0.lines.count > 2000 }
        try terminal.send("\u{3}")
        try terminal.wait("the interrupt") { $0.lines.suffix(6).contains { $0.contains("error[Interrupted]") } && $0.cursorLine == "eft>" }
        try terminal.type("6 * 7", expecting: "42")
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: Fixtures.miniLM.path)))
    func controlCEndsLongWorkOfTheEngine() throws {
        let home = Fixtures.miniLM.deletingLastPathComponent().deletingLastPathComponent().path
        let terminal = try start(["EFT_HOME": home])
        try terminal.type("model = load_model(\"all-MiniLM-L6-v2\")", expecting: "model = ")
        try terminal.send("print(\"begun\"); model.encode([f\"number {i}\" for i in range(50000)])\r")
        try terminal.wait("the start") { $0.lines.last == "begun" }
        try terminal.send("\u{3}")
        try terminal.wait("the interrupt") { $0.text.contains("error[Interrupted]") && $0.cursorLine == "eft>" }
        try terminal.type("model.encode([\"a\"]).shape", expecting: "(1, 384)")
    }

    @Test(arguments: [SIGTERM, SIGHUP])
    func aSignalToEndKeepsTheHistory(number: Int32) throws {
        let terminal = try start()
        try terminal.type("x = 42", expecting: "x = 42")
        terminal.signal(number)
        #expect(try terminal.exitStatus() == 128 + number)
        #expect(try folder.read(".eft_history") == "x = 42\n")
    }

    @Test func aSignalToEndStopsWhatRuns() throws {
        let terminal = try start()
        try terminal.send("print(\"begun\"); while true { }\r")
        try terminal.wait("the start") { $0.lines.last == "begun" }
        terminal.signal(SIGTERM)
        #expect(try terminal.exitStatus() == 128 + SIGTERM)
    }

    @Test func stopsAndContinuesUnderAShell() throws {
        let terminal = try startUnderShell()
        try terminal.send("x = 4")
        try terminal.wait("the text") { $0.cursorLine == "eft> x = 4" }
        try terminal.send("\u{1A}")
        try terminal.wait("the shell") { $0.text.contains("Stopped") && $0.cursorLine == "$" }
        try terminal.send("fg\r")
        try terminal.wait("the line again") { $0.cursorLine == "eft> x = 4" }
        try terminal.send("2\r")
        try terminal.type("x", expecting: "42")
    }

    // MARK: Commands

    @Test func commandsAnswer() throws {
        let terminal = try start()
        try terminal.type("%who", expecting: "No names yet.")
        try terminal.type("x = 42", expecting: "x = 42")
        try terminal.type("%whos", expecting: "x     int                     42")
        try terminal.type("%pwd", expecting: folder.path)
        try terminal.type("!echo $((6 * 7)) from the shell", expecting: "42 from the shell")
        try terminal.type("!exit 3", expecting: "(exit status 3)")
        try terminal.type("%tiem x", expecting: "there is no command %tiem; did you mean %time?")
        try terminal.type("%time x", expecting: "wall")
        try terminal.type("%reset", expecting: "%reset -f")
        try terminal.send("%quit\r")
        #expect(try terminal.exitStatus() == 0)
    }

    @Test func statementsAreTimedEditedAndListed() throws {
        let terminal = try start(["EDITOR": "sed -i s/40/41/"])
        try terminal.type("a = 40", expecting: "a = 40")
        try terminal.send("%edit\r")
        try terminal.wait("the edited statement") { $0.lines.contains("a = 41") && $0.cursorLine == "eft>" }
        try terminal.type("%timeit a + 1", expecting: "each (best of 5 rounds")
        // Timing leaves no trace in the session.
        try terminal.type("_", expecting: "error[NameError]")
        try terminal.type("a + 1", expecting: "42")
        try terminal.type("%history", expecting: "1  a = 40")
        try terminal.type("%history -g TIMEIT", expecting: "%timeit a + 1")
        try terminal.type("%cd /", expecting: "/")
        try terminal.type("!pwd", expecting: "/")
    }

    @Test func aBarCleansUpAfterItself() throws {
        let terminal = try start()
        try terminal.type("import time", expecting: "import time")
        try terminal.type("bar = progress(\"work\", total = 9); time.sleep(0.2); bar.advance(3)", expecting: "bar")
        #expect(terminal.output.contains("work   33%"))
        #expect(terminal.current.lines.last == "eft>" && !terminal.current.text.contains("33%"))
        try terminal.type("bar.advance(6); print(\"done\"); bar.finish()", expecting: "done")
    }

    @Test func aScriptRunsCellByCellAndItsNamesStay() throws {
        try folder.write("param n: int = 1\n# %% First\na = n + 1\n# %% Second\nprint(a)\nb = [a][int(\"5\")]\n", to: "s.eft")
        let terminal = try start()
        try terminal.send("%run s.eft --n 41\r")
        let screen = try terminal.wait("the error") { $0.text.contains("s.eft:6:") && $0.cursorLine == "eft>" }
        #expect(screen.text.contains("── 1 · First ──") && screen.text.contains("── 2 · Second ──") && screen.lines.contains("42"))
        try terminal.type("a", expecting: "42")
        try terminal.type("%cells s.eft", expecting: "line 4  Second")
    }

    @Test func cellsAreStaleAfterAnEditOrAChange() throws {
        try folder.write("# %% Data\nxs = [1, 2]\n# %% Sum\nt = sum(xs)\n", to: "s.eft")
        let terminal = try start()
        try terminal.type("%cells s.eft", expecting: "Sum   not run")
        try terminal.type("%run s.eft", expecting: "── 2 · Sum ──")
        try terminal.type("xs.append(3)", expecting: "xs.append(3)")
        try terminal.type("%cells s.eft", expecting: "Sum   stale: `xs` is another now")
        try folder.write("# %% Data\nxs = [1, 2, 4]\n# %% Sum\nt = sum(xs)\n", to: "s.eft")
        try terminal.type("%cells s.eft", expecting: "Data  changed since it ran")
    }

    @Test func theSessionIsSavedAsAScriptThatWasRun() throws {
        let terminal = try start()
        for line in ["a = 1", "b = a + 1", "c = 9", "xs = [b]", "xs.append(a)", "seed(1); u = rand(1); v = rand(1)"] {
            try terminal.type(line, expecting: line)
        }
        try terminal.type("%save s.eft xs", expecting: "checked by running it: 1 value equal")
        #expect(
            try String(contentsOf: URL(fileURLWithPath: folder.path + "/s.eft"), encoding: .utf8)
                == "a = 1\nb = a + 1\nxs = [b]\nxs.append(a)\n")
        try terminal.type("%save s.eft v", expecting: "s.eft exists; -f overwrites it")
        try terminal.type("%save -f s.eft v", expecting: "writing all 8 statements instead")
        try terminal.type("%save t.eft nothing", expecting: "there is no `nothing` in the session")
    }

    @Test func aPlotGrowsAboveTheBarAndStays() throws {
        let terminal = try start()
        for line in [
            "import time; p = live_plot(\"loss\"); bar = progress(\"work\", total = 30)",
            "for i in range(30) { p.add(i, train = 1 / (i + 1)); bar.advance(); time.sleep(0.02) }",
        ] { try terminal.send(line + "\r") }
        try terminal.wait("the picture above the bar") { $0.text.contains("⠒⠒ train") && $0.text.contains("work") }
        try terminal.type("bar.finish(); p.finish(); print(\"after\")", expecting: "after")
        let screen = terminal.current
        #expect(screen.lines.filter { $0.contains("⠒⠒ train") }.count == 1, "drawn once, \(screen.text)")
    }

    @Test func aFileCanBeLoadedIntoTheLine() throws {
        try folder.write("y = 40\ny + 2\n", to: "s.eft")
        let terminal = try start()
        try terminal.send("%load s.eft\r")
        try terminal.wait("the text") { $0.cursorLine == "y + 2" }
        try terminal.send("\r")
        try terminal.wait("the value") { $0.lines.contains("42") }
    }

    @Test func helpExplains() throws {
        let terminal = try start()
        try terminal.type("%help", expecting: "%quit")
        try terminal.type("%time?", expecting: "%time STATEMENT")
        try terminal.type("len?", expecting: "len(")
        try terminal.type("no_such_name?", expecting: "there is nothing named no_such_name")
        try terminal.typeLines(["## Twice as much.", "fn twice(x: int) {", "2 * x", "}"])
        try terminal.type("twice?", expecting: "Twice as much.")
    }
}
