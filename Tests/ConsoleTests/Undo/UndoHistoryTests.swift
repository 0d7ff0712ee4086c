import Language
import Testing

@testable import Console

@Suite struct UndoHistoryTests {
    private let interpreter = Interpreter()

    private func run(_ text: String, _ history: UndoHistory) throws {
        let (result, change) = interpreter.executing(Source(name: "prompt", text: text))
        _ = try result.get()
        history.add(UndoHistory.Entry(text: text, change: change))
    }

    private func x() throws -> Int? { interpreter.lookup("x")?.asInt }

    @Test func goesBackAndForth() throws {
        let history = UndoHistory(limit: 1 << 20)
        for number in 1...25 { try run("x = \(number)", history) }
        for number in stride(from: 24, through: 1, by: -1) {
            #expect(history.undo(in: interpreter)?.text == "x = \(number + 1)")
            #expect(try x() == number)
        }
        _ = history.undo(in: interpreter)
        #expect(try x() == nil)
        #expect(history.undo(in: interpreter) == nil)
        for number in 1...25 {
            #expect(history.redo(in: interpreter) != nil)
            #expect(try x() == number)
        }
        #expect(history.redo(in: interpreter) == nil)
    }

    @Test func aNewStatementEndsWhatCouldBeDoneAgain() throws {
        let history = UndoHistory(limit: 1 << 20)
        try run("x = 1", history)
        try run("x = 2", history)
        _ = history.undo(in: interpreter)
        try run("x = 3", history)
        #expect(history.redo(in: interpreter) == nil)
        _ = history.undo(in: interpreter)
        #expect(try x() == 1)
    }

    /// A list of a thousand ints is 16 kB.
    @Test func theOldestGoWhenTheMemoryIsUsedUp() throws {
        let history = UndoHistory(limit: 100_000)
        try run("xs = list(range(1000))", history)
        for number in 0..<20 { try run("xs[0] = \(number)", history) }
        #expect(history.bytes <= 100_000)
        #expect(history.done.count == 6)
        #expect(history.forgotten == 15)
        while history.undo(in: interpreter) != nil {}
        #expect(history.bytes <= 100_000)
        #expect(interpreter.lookup("xs")?.asItems?.first?.asInt == 13)
        #expect(history.summary.contains("15 older ones were let go"))
    }

    @Test func theLastStatementStaysWhateverItHolds() throws {
        let history = UndoHistory(limit: 0)
        try run("xs = list(range(1000))", history)
        try run("xs.append(1)", history)
        #expect(history.done.count == 1)
        _ = history.undo(in: interpreter)
        #expect(interpreter.lookup("xs")?.asItems?.count == 1000)
    }

    @Test func amountsAreReadable() {
        #expect(
            [0, 1023, 1024, 10_000_000, 283_000_000, 6 << 30].map(ByteCount.text) == [
                "0 B", "1023 B", "1.0 KiB", "9.5 MiB", "270 MiB", "6.0 GiB",
            ])
    }
}
