import Statement

extension Interpreter {
    /// Everything that a failed test must give back.
    public struct Snapshot {
        let cells: [Value]
        let parameterCount: Int
        let testCount: Int
        let random: Xoshiro
    }

    /// The state of the session's variables and random numbers. Values are shared until somebody writes, so that this is cheap.
    public func snapshot() -> Snapshot {
        Snapshot(cells: globals.values, parameterCount: globals.parameters.count, testCount: tests.count, random: random)
    }

    /// Puts the session's variables and random numbers back; host objects keep their state.
    public func restore(_ snapshot: Snapshot) {
        globals.restore(snapshot.cells)
        globals.parameters.removeSubrange(min(snapshot.parameterCount, globals.parameters.count)...)
        tests.removeSubrange(min(snapshot.testCount, tests.count)...)
        random = snapshot.random
    }

    /// Runs `body` as one statement of the prompt: a transaction over variables, values, random numbers and the engine's objects.
    ///
    /// If it fails, or is interrupted twice, all of them are as they were before. Interrupted once it stays where it stopped, which is between
    /// two steps of the engine, and so does one that fails after it has asked for that (`keep_work`). Gives what happened and what it changed, to be taken back and done again.
    public func perform<R>(_ body: () throws -> R) -> (result: Result<R, any Error>, change: StatementChange) {
        machine.clearInterrupt()
        let before = snapshot()
        let journal = Journal()
        let result = Result { try attending { try journal.record(body) } }
        let change = StatementChange(journal, before: before, in: self)
        machine.stoppedMidway = false
        if case .failure(let error) = result {
            machine.stoppedMidway = isInterrupt(error) ? interruptCount == 1 : machine.keepsWork
            if !machine.stoppedMidway { change.swap(in: self) }
        }
        return (result, change)
    }

    private func isInterrupt(_ error: any Error) -> Bool {
        if let diagnostics = error as? Diagnostics { return diagnostics.list.contains { $0.kind == .interrupted } }
        return ScriptError(wrapping: error).kind == .interrupted
    }

    /// Whether the statement that ended last was interrupted, or failed, so that its changes stay.
    public var stoppedMidway: Bool { machine.stoppedMidway }

    /// Runs one input of a prompt in the session module: its bindings persist, `_` is the last value that is not none. See `perform`.
    ///
    /// - Throws: `Diagnostics`.
    public func execute(_ source: Source) throws -> Value { try executing(source).result.get() }

    /// The same, with what the input changed.
    public func executing(_ source: Source) -> (result: Result<Value, any Error>, change: StatementChange) {
        perform {
            let result = try run(source)
            if !result.isNone { globals.define("_", result) }
            return result
        }
    }

    /// Whether a name is one that the prompt gives to results: `_`, and `_7` for that of the seventh input.
    static func isResultName(_ name: String) -> Bool { name.first == "_" && name.dropFirst().allSatisfy(\.isNumber) }

    /// Keeps the result of an input as `_` and under its number; the one with the number `forgetting` is let go of.
    public func keepResult(_ value: Value, number: Int, forgetting: Int) {
        globals.define("_", value)
        globals.define("_\(number)", value)
        if globals["_\(forgetting)"] != nil { globals.define("_\(forgetting)", .unset) }
    }
}
