import Foundation
import TestSupport
import Testing

/// Ctrl-C, Ctrl-Z and signals while something runs.
@Suite struct InterruptPromptTests: PromptSuite {
    let folder: Folder
    let columns = 160

    init() throws { folder = try Folder() }

    // MARK: What can be interrupted

    @Test(arguments: [
        "while true { }", "for i in range(9223372036854775807) { }", "fn f() { while true { y = 1 } }; f()",
        "[i * i for i in range(10 ** 12)]",
        "sum(range(10 ** 15))", "xs = []; while true { xs = [1] + xs[:3] }",
        "sorted(list(range(4000000)), key = x => (x * 7919) % 1000003)",
        "time.sleep(600)", "{i: 1 for i in range(10 ** 12)}", "min([x % 7 for x in range(10 ** 12)])",
    ])
    func theLanguage(_ statement: String) throws {
        let terminal = try start()
        try terminal.type("import time", expecting: "import time")
        try terminal.type("x = 42", expecting: "x = 42")
        try terminal.interrupt(statement)
        try terminal.type("x", expecting: "42")
    }

    @Test func aSort() throws {
        let terminal = try start()
        try terminal.type("xs = [(i * 7919) % 1000003 for i in range(1500000)]", expecting: "xs =")
        try terminal.interrupt("for i in range(100) { ys = sorted(xs) }")
        try terminal.type("len(xs)", expecting: "1500000")
    }

    @Test func aRegularExpressionThatTriesAllWays() throws {
        let terminal = try start()
        try terminal.type("import re", expecting: "import re")
        try terminal.interrupt("re.search(\"(a|aa)+$\", \"a\" * 60 + \"b\")")
        try terminal.type("re.search(\"b+\", \"abb\")[\"text\"]", expecting: "'bb'")
    }

    @Test func aBigProduct() throws {
        let terminal = try start()
        try terminal.type("a = ones(6000, 6000)", expecting: "a =")
        try terminal.interrupt("b = a @ a @ a @ a", after: 0.3)
        try terminal.type("b", expecting: "NameError")
        try terminal.type("(a[:2] @ a)[0, 0].item()", expecting: "6000.0")
    }

    /// Each takes seconds in one operation of the engine.
    @Test(arguments: ["c = randn(12000, 12000)", "c = b.sort(dim = 0)"])
    func oneLongOperation(_ statement: String) throws {
        let terminal = try start()
        try terminal.type("b = arange(40000000) % 1000", expecting: "b =")
        try terminal.interrupt(statement)
        try terminal.type("c", expecting: "NameError")
    }

    @Test func anEvaluation() throws {
        let terminal = try startTraining()
        try terminal.interrupt("while true { tuner.validation_step(train[0]) }", after: 0.2)
        try terminal.type("model.encode([\"a\"]).shape", expecting: "(1, ")
    }

    @Test func aBarGoesWithItsWork() throws {
        let terminal = try start()
        try terminal.type("import time", expecting: "import time")
        try terminal.send("bar = progress(\"work\", total = 9000); for i in range(9000) { bar.advance(); time.sleep(0.01) }\r")
        try terminal.wait("the bar") { $0.cursorLine.hasPrefix("work") && $0.cursorLine.contains("%") }
        try terminal.send("\u{3}")
        let screen = try terminal.wait("the prompt") { $0.text.contains("error[Interrupted]") && $0.cursorLine == "eft>" }
        #expect(!screen.lines.contains { $0.hasPrefix("work") && $0.contains("%") })
    }

    @Test func readingALargeFile() throws {
        try folder.write("", to: "large.txt")
        truncate(folder.path + "/large.txt", 3 << 30)
        let terminal = try start()
        try terminal.interrupt("t = read_text(\"large.txt\")")
        try terminal.type("6 * 7", expecting: "42")
    }

    @Test(arguments: [
        ("\n", "t = read_lines(\"large.txt\")"), ("1,", "import json; t = json.parse(\"[\" + read_text(\"large.txt\") + \"1]\")"),
    ])
    func readingManyLittleParts(_ part: String, _ statement: String) throws {
        try folder.write(String(repeating: part, count: 20_000_000), to: "large.txt")
        let terminal = try start()
        try terminal.interrupt(statement, after: 0.3)
        try terminal.type("t", expecting: "NameError")
    }

    @Test func readingSessions() throws {
        let line = try String(contentsOf: Fixtures.url("shop/sessions.jsonl"), encoding: .utf8)
        try folder.write(String(repeating: line, count: 400), to: "many.jsonl")
        let terminal = try start()
        try terminal.interrupt("for i in range(1000) { s = load_sessions(\"many.jsonl\") }")
        try terminal.type("6 * 7", expecting: "42")
    }

    @Test func encodingManyTexts() throws {
        let terminal = try startTraining()
        try terminal.interrupt("model.encode([f\"number {i}\" for i in range(200000)])", after: 0.3)
        try terminal.type("model.encode([\"a\"]).shape", expecting: "(1, ")
    }

    @Test func aBackwardPassOverAndOver() throws {
        let terminal = try start()
        try terminal.type("p = parameter(ones(300, 300))", expecting: "p =")
        try terminal.interrupt("while true { sum((p @ p) * 0.1).backward() }", after: 0.2)
        try terminal.type("p.grad.shape", expecting: "(300, 300)")
        try terminal.type("%undo", expecting: "took back")
        try terminal.type("p.grad is none", expecting: "true")
    }

    @Test func aScriptThatRunsInTheSession() throws {
        try folder.write("# %% One\nx = 1\nprint(\"begun\")\nwhile true { }\n# %% Two\nx = 2\n", to: "cells.eft")
        let terminal = try start()
        try terminal.send("%run cells.eft\r")
        try terminal.wait("the loop") { $0.lines.contains("begun") }
        try terminal.send("\u{3}")
        try terminal.wait("the interrupt") { $0.text.contains("error[Interrupted]") && $0.cursorLine == "eft>" }
        try terminal.type("x", expecting: "1")
    }

    @Test func measuringTime() throws {
        let terminal = try start()
        try terminal.send("%timeit while true { }\r")
        Thread.sleep(forTimeInterval: 0.2)
        try terminal.send("\u{3}")
        try terminal.wait("the interrupt") { $0.text.contains("error[Interrupted]") && $0.cursorLine == "eft>" }
    }

    // MARK: Between Enter and the statement

    /// The terminal hands out characters until the line has been read, then signals; in between the prompt is left. A signal drops what the
    /// terminal has not shown yet, the typed line perhaps.
    @Test func rightBehindEnter() throws {
        let terminal = try start()
        for round in 0..<40 {
            let count = terminal.current.lines.count
            try terminal.send(round == 0 ? "while true { }\r\u{3}" : "while true { }\r")
            if round > 0 {
                usleep(UInt32(round) * 50)
                try terminal.send("\u{3}")
            }
            try terminal.wait("the interrupt of round \(round)", limit: 20) {
                $0.lines.dropFirst(count - 1).contains { $0.contains("error[Interrupted]") } && $0.cursorLine == "eft>"
            }
        }
        try terminal.type("6 * 7", expecting: "42")
    }

    @Test func rightBehindTheEnterOfACommand() throws {
        let terminal = try start()
        for command in ["%timeit while true { }", "%time while true { }", "!sleep 600"] {
            let count = terminal.current.lines.count
            try terminal.send(command + "\r\u{3}")
            try terminal.wait("the interrupt of `\(command)`", limit: 20) {
                $0.lines.dropFirst(count - 1).contains { $0.contains("error[Interrupted]") } && $0.cursorLine == "eft>"
            }
        }
    }

    @Test func whatIsTypedBehindItIsRead() throws {
        let terminal = try start()
        try terminal.send("while true { }\r\u{3}6 * 7\r")
        try terminal.wait("the next statement") { $0.lines.contains("42") && $0.cursorLine == "eft>" }
    }

    @Test func whatIsTypedAheadIsRead() throws {
        let terminal = try start()
        try terminal.send("name = input()\rCaroline\r\"I am \" + name\r")
        try terminal.wait("both lines") { $0.lines.contains("'I am Caroline'") && $0.cursorLine == "eft>" }
    }

    // MARK: What an interrupt leaves

    @Test func theFirstKeepsWhatWasDone() throws {
        let terminal = try start()
        let screen = try terminal.interrupt("n = 0; while true { n += 1 }")
        #expect(screen.text.contains("stopped between two steps; what was done until then stays"))
        try terminal.type("n > 100", expecting: "true")
        try terminal.type("%undo", expecting: "took back: print(\"begun\"); n = 0")
        try terminal.type("n", expecting: "NameError")
    }

    @Test func aLoopWithoutCallsIsCaught() throws {
        let terminal = try start()
        for round in 1...10 {
            try terminal.send("print(\"begun \(round)\"); try { while true { } } catch Interrupted e { print(\"caught \(round)\") }\r")
            try terminal.wait("the start") { $0.lines.contains("begun \(round)") }
            Thread.sleep(forTimeInterval: Double(round) * 0.003)
            try terminal.send("\u{3}")
            try terminal.wait("the catch") { $0.lines.suffix(2).contains { $0.hasSuffix("caught \(round)") } && $0.cursorLine == "eft>" }
        }
    }

    @Test func theSecondTakesTheStatementBack() throws {
        let terminal = try start()
        try terminal.type("x = 1", expecting: "x = 1")
        try terminal.send(
            "x = 2; print(\"begun\"); try { while true { } } catch Interrupted { print(\"caught\"); while true { } } finally { while true { } }\r"
        )
        try terminal.wait("the start") { $0.lines.contains("begun") }
        try terminal.send("\u{3}")
        try terminal.wait("the catch") { $0.lines.contains { $0.hasSuffix("caught") } }
        try terminal.send("\u{3}")
        try terminal.wait("the prompt") { $0.text.contains("(the statement was taken back)") && $0.cursorLine == "eft>" }
        try terminal.type("x * 10", expecting: "10")
    }

    @Test func theSecondTakesATrainingBack() throws {
        let terminal = try startTraining()
        try terminal.type("before = sum(model.encode(texts)).item()", expecting: "before =")
        try terminal.send(
            "print(\"begun\"); try { fit(tuner, data, epochs = 100000, batch_size = 2) } finally { print(\"waiting\"); while true { } }\r")
        try terminal.wait("the start") { $0.lines.contains("begun") }
        Thread.sleep(forTimeInterval: 0.5)
        try terminal.send("\u{3}")
        try terminal.wait("the end of fit") { $0.lines.contains { $0.hasSuffix("waiting") } }
        try terminal.send("\u{3}")
        try terminal.wait("the prompt") { $0.text.contains("(the statement was taken back)") && $0.cursorLine == "eft>" }
        try terminal.type("sum(model.encode(texts)).item() == before", expecting: "true")
    }

    @Test func fitSaysSoAndGoesOn() throws {
        let terminal = try startTraining()
        try terminal.send(
            "r = fit(tuner, data, epochs = 60, batch_size = 2, callbacks = {\"on_epoch_end\": s => if s[\"epoch\"] == 3 { print(\"going\") }})\r"
        )
        try terminal.wait("some epochs") { $0.lines.contains("going") }
        try terminal.send("\u{3}")
        try terminal.wait("what fit says") { $0.text.contains("tuner.resume() goes on") && $0.cursorLine == "eft>" }
        try terminal.type("r.status", expecting: "'interrupted'")
        try terminal.type("r.steps > 0 and r.steps < 60 * len(train)", expecting: "true")
        try terminal.type("r = tuner.resume()", expecting: "r = tuner.resume()")
        try terminal.type("(r.status, r.steps == 60 * len(train))", expecting: "('finished', true)")
        try terminal.type("tuner.resume()", expecting: "no training of this tuner was interrupted")
    }

    @Test func whatMustNotBeHalfDoneIsDone() throws {
        let terminal = try start()
        try terminal.send(
            "n = uninterrupted { print(\"begun\"); i = 0; while i < 3000000 { i += 1 }; i }; print(\"whole\"); while true { }\r")
        try terminal.wait("the start") { $0.lines.contains("begun") }
        try terminal.send("\u{3}")
        try terminal.wait("the interrupt") { $0.text.contains("error[Interrupted]") && $0.cursorLine == "eft>" }
        try terminal.type("n", expecting: "3000000")
    }

    // MARK: Stopping and resizing

    @Test func aStatementStopsAndContinues() throws {
        let terminal = try startUnderShell()
        try terminal.send("n = 0; print(\"begun\"); while true { n += 1 }\r")
        try terminal.wait("the start") { $0.lines.contains("begun") }
        try terminal.send("\u{1A}")
        try terminal.wait("the shell") { $0.text.contains("Stopped") && $0.cursorLine == "$" }
        try terminal.send("fg\r")
        try terminal.wait("the program again") { $0.cursorLine != "$" }
        Thread.sleep(forTimeInterval: 0.1)
        try terminal.send("\u{3}")
        try terminal.wait("the interrupt") { $0.text.contains("error[Interrupted]") && $0.cursorLine == "eft>" }
        try terminal.type("n > 0", expecting: "true")
    }

    @Test func aResizeWhileAStatementRunsIsSeenAfterwards() throws {
        let terminal = try start()
        try terminal.send("print(\"begun\"); while true { }\r")
        try terminal.wait("the start") { $0.lines.contains("begun") }
        terminal.resize(columns: 60, rows: 20)
        try terminal.send("\u{3}")
        try terminal.wait("the interrupt") { $0.text.contains("error[Interrupted]") && $0.cursorLine == "eft>" }
        try terminal.type("6 * 7", expecting: "42")
    }

    // MARK: The end by a signal

    @Test(arguments: [SIGTERM, SIGHUP])
    func theSourceIsKept(number: Int32) throws {
        let first = try start()
        try first.type("x = 42", expecting: "x = 42")
        try first.typeLines(["fn f(y) {", "x + y", "}"])
        try first.type("z = 1", expecting: "z = 1")
        try first.type("%undo", expecting: "took back: z = 1")
        try first.type("nonsense", expecting: "NameError")
        first.signal(number)
        #expect(try first.exitStatus() == 128 + number)

        let second = try start()
        let line = try #require(second.current.lines.first { $0.contains("%load ~/.eft_recovery/") })
        let path = try #require(line.components(separatedBy: "%load ").last)
        let text = try folder.read(path.replacingOccurrences(of: "~/", with: ""))
        #expect(text.split(separator: "\n").dropFirst() == ["x = 42", "fn f(y) {", "    x + y", "}"])
        try second.send("%load \(path)\r")
        try second.wait("the text") { $0.cursorLine.hasSuffix("}") }
        try second.send("\r")
        try second.waitForPrompt()
        try second.type("f(0)", expecting: "42")

        let third = try start()
        #expect(!third.current.text.contains("recovery"))
    }

    @Test func theSourceIsKeptWhileAStatementRuns() throws {
        let first = try start()
        try first.type("x = 42", expecting: "x = 42")
        try first.send("print(\"begun\"); while true { }\r")
        try first.wait("the start") { $0.lines.contains("begun") }
        first.signal(SIGTERM)
        #expect(try first.exitStatus() == 128 + SIGTERM)
        let second = try start()
        #expect(second.current.text.contains("%load ~/.eft_recovery/"))
    }

    @Test func aSessionWithoutStatementsLeavesNothing() throws {
        let first = try start()
        first.signal(SIGTERM)
        #expect(try first.exitStatus() == 128 + SIGTERM)
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/.eft_recovery"))
    }
}
