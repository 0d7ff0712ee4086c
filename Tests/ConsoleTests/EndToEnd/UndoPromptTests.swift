import Foundation
import Testing

/// Taking statements back at the prompt, and stepping through a training.
@Suite struct UndoPromptTests: PromptSuite {
    let folder: Folder
    let columns = 100

    init() throws { folder = try Folder() }

    @Test func statementsGoAndComeBack() throws {
        let terminal = try start()
        try terminal.type("xs = [1]", expecting: "xs = [1]")
        try terminal.type("xs.append(2)", expecting: "append")
        try terminal.type("%undo", expecting: "took back: xs.append(2)")
        #expect(try terminal.value("xs") == "[1]")
        try terminal.type("%redo", expecting: "did again: xs.append(2)")
        #expect(try terminal.value("xs") == "[1, 2]")
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
        #expect(try terminal.value("x") == "1")
        try terminal.type("%redo 24", expecting: "did again: x = 25")
        #expect(try terminal.value("x") == "25")
    }

    @Test func aTrainingStepIsTakenBackBitForBit() throws {
        let terminal = try startTraining()
        let look = "sum(model.encode(texts)).item()"
        let before = try terminal.value(look)
        try terminal.type("tuner.training_step(train[0]).shape", expecting: "()")
        let after = try terminal.value(look)
        #expect(before != after)
        try terminal.type("tuner.training_step(train[1]).shape", expecting: "()")
        let second = try terminal.value(look)
        try terminal.type("%undo", expecting: "took back: tuner.training_step(train[1])")
        #expect(try terminal.value(look) == after)
        try terminal.type("%undo", expecting: "took back: tuner.training_step(train[0])")
        #expect(try terminal.value(look) == before)
        // The same steps from there lead to the same bits: dropout, optimizer and sampling were taken back too.
        try terminal.type("tuner.training_step(train[0]).shape", expecting: "()")
        try terminal.type("tuner.training_step(train[1]).shape", expecting: "()")
        #expect(try terminal.value(look) == second)
    }

    @Test func aTrainingStepIsDoneAgainBitForBit() throws {
        let terminal = try startTraining()
        try terminal.type("tuner.training_step(train[0]).shape", expecting: "()")
        let after = try terminal.value("sum(model.encode(texts)).item()")
        try terminal.type("tuner.training_step(train[1]).shape", expecting: "()")
        let second = try terminal.value("sum(model.encode(texts)).item()")
        for _ in 1...3 {
            try terminal.type("%undo", expecting: "took back: tuner.training_step(train[1])")
            #expect(try terminal.value("sum(model.encode(texts)).item()") == after)
            try terminal.type("%redo", expecting: "did again: tuner.training_step(train[1])")
            #expect(try terminal.value("sum(model.encode(texts)).item()") == second)
        }
    }

    @Test func aWholeFitIsTakenBack() throws {
        let terminal = try startTraining()
        let look = "(sum(model.encode(texts)).item(), tuner.counts)"
        let before = try terminal.value(look)
        try terminal.type("r = fit(tuner, data, epochs = 2, batch_size = 2)", expecting: "r = fit")
        #expect(try terminal.value(look) != before)
        try terminal.type("%undo", expecting: "took back: r = fit(tuner, data")
        #expect(try terminal.value(look) == before)
        try terminal.type("r", expecting: "NameError")
    }

    @Test func aStatementThatFailsAfterTrainingLeavesNothing() throws {
        let terminal = try startTraining()
        let look = "(sum(model.encode(texts)).item(), tuner.counts)"
        let before = try terminal.value(look)
        try terminal.type("for b in train { tuner.training_step(b) }; 1 // 0", expecting: "error[")
        #expect(try terminal.value(look) == before)
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
        let first = try terminal.value("s.loss")
        try terminal.type("%step 2", expecting: "s.position = 3")
        try terminal.type("%back s 2", expecting: "s.position = 1")
        #expect(try terminal.value("s.loss") == first)
        try terminal.type("%undo 2", expecting: "s.position = 1")
        try terminal.type("%watch nope", expecting: "nope: `nope` is not defined")
        try terminal.type("%watch -d 2", expecting: "%watch -d 2")
        try terminal.type("%watch", expecting: "1  s.position = 1")
        try terminal.type("%back 5", expecting: "cannot go back 5 steps")
    }
}
