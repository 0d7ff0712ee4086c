import Foundation
import TestSupport
import Testing

/// Taking statements back at the prompt, and stepping through a training.
@Suite struct UndoPromptTests {
    private let folder: Folder

    init() throws { folder = try Folder() }

    private func start(_ environment: [String: String] = [:]) throws -> PseudoTerminal {
        try ChildProcess.prompt(folder: folder, columns: 100, rows: 30, environment: environment)
    }

    /// A prompt with a tuner on the little shop.
    private func startTraining(_ environment: [String: String] = [:]) throws -> PseudoTerminal {
        try TrainingSession.write(to: folder)
        let terminal = try start(environment)
        try terminal.type("%run shop.eft", expecting: "ready")
        return terminal
    }

    /// What an expression shows.
    private func value(_ expression: String, in terminal: PseudoTerminal) throws -> String {
        let count = terminal.current.lines.count
        try terminal.send(expression + "\r")
        let screen = try terminal.wait("a value of \(expression)") { $0.lines.count >= count + 2 && $0.cursorLine == "eft>" }
        return screen.lines[screen.lines.count - 2]
    }

    @Test func statementsGoAndComeBack() throws {
        let terminal = try start()
        try terminal.type("xs = [1]", expecting: "xs = [1]")
        try terminal.type("xs.append(2)", expecting: "append")
        try terminal.type("%undo", expecting: "took back: xs.append(2)")
        #expect(try value("xs", in: terminal) == "[1]")
        try terminal.type("%redo", expecting: "did again: xs.append(2)")
        #expect(try value("xs", in: terminal) == "[1, 2]")
        try terminal.type("%redo", expecting: "nothing was taken back")
        try terminal.type("%undo 2", expecting: "took back: xs = [1]")
        try terminal.type("xs", expecting: "NameError")
        try terminal.type("%undo", expecting: "there is nothing to take back")
        try terminal.type("%undo x", expecting: "usage: %undo")
    }

    @Test func twentyFiveStatementsGoAndComeBack() throws {
        let terminal = try start()
        for number in 1...25 { try terminal.type("x = \(number)", expecting: "x = \(number)") }
        try terminal.type("%undo 24", expecting: "took back: x = 2")
        #expect(try value("x", in: terminal) == "1")
        try terminal.type("%redo 24", expecting: "did again: x = 25")
        #expect(try value("x", in: terminal) == "25")
    }

    @Test func aTrainingStepIsTakenBackBitForBit() throws {
        let terminal = try startTraining()
        let look = "sum(model.encode(texts)).item()"
        let before = try value(look, in: terminal)
        try terminal.type("tuner.training_step(train[0]).shape", expecting: "()")
        let after = try value(look, in: terminal)
        #expect(before != after)
        try terminal.type("tuner.training_step(train[1]).shape", expecting: "()")
        let second = try value(look, in: terminal)
        try terminal.type("%undo", expecting: "took back: tuner.training_step(train[1])")
        #expect(try value(look, in: terminal) == after)
        try terminal.type("%undo", expecting: "took back: tuner.training_step(train[0])")
        #expect(try value(look, in: terminal) == before)
        // The same steps from there lead to the same bits: dropout, optimizer and sampling were taken back too.
        try terminal.type("tuner.training_step(train[0]).shape", expecting: "()")
        try terminal.type("tuner.training_step(train[1]).shape", expecting: "()")
        #expect(try value(look, in: terminal) == second)
    }

    @Test func aStatementThatFailsAfterTrainingLeavesNothing() throws {
        let terminal = try startTraining()
        let look = "(sum(model.encode(texts)).item(), tuner.counts)"
        let before = try value(look, in: terminal)
        try terminal.type("for b in train { tuner.training_step(b) }; 1 // 0", expecting: "error[")
        #expect(try value(look, in: terminal) == before)
    }

    @Test func whatStaysIsSaid() throws {
        let terminal = try start()
        try terminal.type("write_text(\"a.txt\", \"a\"); x = 1", expecting: "x = 1")
        try terminal.type("!true", expecting: "!true")
        try terminal.type("%undo", expecting: "not taken back: wrote a.txt, the shell command `true`")
        try terminal.type("write_text(\"b.txt\", \"a\"); 1 // 0", expecting: "(not taken back: wrote b.txt)")
        #expect(try folder.read("a.txt") == "a")
    }

    @Test func theMemoryIsBoundAndShown() throws {
        let terminal = try start(["EFT_UNDO_MIB": "1"])
        try terminal.type("xs = list(range(20000))", expecting: "xs =")
        for number in 1...8 { try terminal.type("xs[0] = \(number)", expecting: "xs[0] = \(number)") }
        let screen = try terminal.type("%undo list", expecting: "of at most 1.0 MiB")
        #expect(screen.text.contains("older ones were let go"))
        try terminal.type("%info", expecting: "of at most 1.0 MiB")
        try terminal.type("%undo 20", expecting: "let go to save memory (EFT_UNDO_MIB")
    }

    @Test func lookingIsNoStatementToTakeBack() throws {
        let terminal = try start()
        try terminal.type("x = 1", expecting: "x = 1")
        try terminal.type("x + 41", expecting: "42")
        try terminal.type("print(x)", expecting: "print")
        try terminal.type("%undo", expecting: "took back: x = 1")
    }

    @Test func resetForgetsWhatCouldBeTakenBack() throws {
        let terminal = try start()
        try terminal.type("x = 1", expecting: "x = 1")
        try terminal.type("%reset -f", expecting: "%reset")
        try terminal.type("%undo", expecting: "there is nothing to take back")
    }

    @Test func stepsForwardsAndBackWithAWatch() throws {
        let terminal = try startTraining()
        try terminal.type("%step", expecting: "there is nothing to step through")
        try terminal.type("s = step_through(tuner, train)", expecting: "s =")
        try terminal.type("%watch s.position", expecting: "1  s.position = 0")
        try terminal.type("%step", expecting: "s.position = 1")
        let first = try value("s.loss", in: terminal)
        try terminal.type("%step 2", expecting: "s.position = 3")
        try terminal.type("%back s 2", expecting: "s.position = 1")
        #expect(try value("s.loss", in: terminal) == first)
        try terminal.type("%undo 2", expecting: "s.position = 1")
        try terminal.type("%watch nope", expecting: "nope: `nope` is not defined")
        try terminal.type("%watch -d 2", expecting: "%watch -d 2")
        try terminal.type("%watch", expecting: "1  s.position = 1")
        try terminal.type("%back 5", expecting: "cannot go back 5 steps")
    }
}

/// A small training for the prompt: items, sessions, a model of two layers.
enum TrainingSession {
    static func write(to folder: Folder) throws {
        let shop = Fixtures.url("shop").path
        try folder.write(
            """
            items = load_items("\(shop)/items.jsonl", id = "id", text = ["title", "text"])
            data = TrainTestSplitter(test_size_ratio = 0.25, random_state = 7).split(load_sessions("\(shop)/sessions.jsonl"))
            model = load_model("\(Fixtures.url("tiny_bert").path)")
            params = FineTuningParams(num_fixed_layers = 1, query_lr = 5e-2, items_lr = 5e-2, query_weight_decay = 0.0, items_weight_decay = 0.0,
                                      margin = 0.1, not_irrelevant_only = true, negative_downsampling = 0.7)
            tracker = ExperimentsManager(main_metric = "test_loss", plugin_name = "test", accumulators = default_accumulators(), is_loss = true)
            tuner = EmbeddingsFineTuner(model, DatasetDict(train = items, test = items), TextQueryRetriever(), ProbMarginRankingLoss(), params, tracker)
            tuner.preprocess_inputs(data)
            model.train()
            train = batches(data.train, size = 2)
            texts = ["red shoes", "a leather bag"]
            print("ready")
            """, to: "shop.eft")
    }
}
