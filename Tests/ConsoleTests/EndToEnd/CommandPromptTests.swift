import Foundation
import TestSupport
import Testing

/// Commands that show where time went, what the session holds, and how values look.
@Suite struct CommandPromptTests: PromptSuite {
    let folder: Folder
    let columns = 110

    init() throws { folder = try Folder() }

    @Test func aProfileShowsLinesOfFunctionsAndOperations() throws {
        let terminal = try start()
        try terminal.typeLines(["fn loss(w) {", "y = w @ w", "mean(y ** 2)", "}"])
        try terminal.type("w = parameter(ones(20, 20))", expecting: "w =")
        try terminal.type("%profile for i in range(7) { loss(w).backward() }", expecting: "operation")
        let lines = terminal.current.lines
        #expect(lines.contains { $0.contains("y = w @ w") && $0.contains("prompt[1]:2") && $0.split(separator: " ").contains("7") })
        #expect(lines.contains { $0.contains("matmul") && $0.hasSuffix("forward") })
        #expect(lines.contains { $0.contains("matmul") && $0.hasSuffix("backward") })
        // A second one starts from nothing, and the statement is one like any other.
        try terminal.type("%profile a = loss(w)", expecting: "statements")
        #expect(terminal.current.lines.suffix(20).contains { $0.contains("y = w @ w") && $0.split(separator: " ").contains("1") })
        try terminal.type("%undo", expecting: "took back: a = loss(w)")
        try terminal.type("%profile", expecting: "usage: %profile STATEMENT")
    }

    @Test func aProfileOfAStatementThatFailsIsShown() throws {
        let terminal = try start()
        try terminal.type("%profile x = [1][int(\"5\")]", expecting: "statements")
        #expect(terminal.current.text.contains("error[IndexError]"))
    }

    @Test func whosShowsShapesMemoryAndGradients() throws {
        let terminal = try start()
        try terminal.type("a = zeros(100, 10)", expecting: "a =")
        try terminal.type("w = parameter(ones(3))", expecting: "w =")
        try terminal.type("%whos", expecting: "gradient")
        #expect(terminal.current.lines.contains { $0.split(separator: " ") == ["a", "tensor", "3.9", "KiB", "f32[100,", "10]"] })
        #expect(terminal.current.lines.contains { $0.hasPrefix("w ") && $0.contains("wanted") })
        try terminal.type("sum(w).backward()", expecting: "backward")
        try terminal.type("%whos", expecting: "yes")
    }

    @Test func infoTellsHowMuchTheFrozenLayersCacheHelped() throws {
        let terminal = try start(columns: 200)
        try terminal.type("%info", expecting: "nothing looked up in this session")
        try terminal.type("m = load_model(\"\(Fixtures.url("tiny_bert").path)\")", expecting: "m =")
        try terminal.type("m.freeze(layers = 1)", expecting: "freeze")
        try terminal.type("x = [m.encode_batch([], [\"red boots\"]) for i in range(4)]", expecting: "x =")
        try terminal.type("%info", expecting: "3 of 4 texts found in this session (75 %)")
    }

    @Test func helpFitsTheWindow() throws {
        let terminal = try start(columns: 60)
        try terminal.type("fit?", expecting: "defined at")
        let lines = terminal.current.lines.dropFirst(2)
        #expect(lines.allSatisfy { $0.count < 60 } && lines.contains { $0.hasPrefix("trainer.fit(tuner: EmbeddingsFineTuner") })
        try terminal.type("?len", expecting: "Number of items")
        try terminal.typeLines(["fn twice(x) {", "2 * x", "}"])
        try terminal.type("twice??", expecting: "fn twice(x) {")
    }

    @Test func allOfATensorIsShownToTheLastDigit() throws {
        let terminal = try start()
        try terminal.type("t = tensor([[0.1, 2.0], [float(\"nan\"), 1.5]])", expecting: "t =")
        try terminal.type("show(t, all = true)", expecting: "[[0.1  2.0]")
        #expect(terminal.current.lines.contains("  [nan  1.5]]"))
        try terminal.type("0.1 + 0.2", expecting: "0.30000000000000004")
    }

    @Test func aTunerIsSavedAsAScript() throws {
        let terminal = try startTraining()
        try terminal.type("tuner.training_step(train[0]).shape", expecting: "()")
        try terminal.send("%save again.eft model params\r")
        try terminal.wait("the check") { $0.text.contains("made again, not compared: model, params") && $0.cursorLine == "eft>" }
        let text = try folder.read("again.eft")
        #expect(text.contains("load_model(") && text.contains("tuner.training_step(train[0])") && !text.contains("%"))
        let other = try start()
        try other.type("%run again.eft", expecting: "%run again.eft")
        let look = "sum(model.encode([\"a\", \"b\"])).item()"
        #expect(try other.value(look) == terminal.value(look))
    }

    @Test func curvesGrowDuringAFit() throws {
        let terminal = try startTraining()
        try terminal.send("r = fit(tuner, data, epochs = 4, batch_size = 2, plot = true)\r")
        try terminal.wait("the picture") { $0.text.contains("train") && $0.text.contains("⠒⠒") && $0.cursorLine == "eft>" }
        try terminal.type("r.status", expecting: "'finished'")
    }

    @Test func anEditorThatFailsRunsNothing() throws {
        let terminal = try start(["EDITOR": "false"])
        try terminal.type("x = 1", expecting: "x = 1")
        try terminal.type("%edit", expecting: "nothing was run")
    }

    @Test func aCommandStopsAtControlC() throws {
        let terminal = try start()
        try terminal.send("!echo begun; sleep 60\r")
        try terminal.wait("the start") { $0.lines.contains("begun") }
        // Not at once: a shell may miss a signal that comes between its commands.
        Thread.sleep(forTimeInterval: 0.5)
        try terminal.send("\u{3}")
        try terminal.wait("the prompt") {
            ($0.text.contains("ended by signal 2") || $0.text.contains("exit status 130")) && $0.cursorLine == "eft>"
        }
        try terminal.type("6 * 7", expecting: "42")
    }
}
