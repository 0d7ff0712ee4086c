extension Interpreter {
    /// Everything that a failed statement must give back.
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

    /// Runs one input of a prompt in the session module: its bindings persist, `_` is the last value that is not none.
    /// If it fails, all bindings and values are as they were before.
    ///
    /// - Throws: `Diagnostics`.
    public func execute(_ source: Source) throws -> Value {
        let before = snapshot()
        do {
            let result = try run(source)
            if !result.isNone { globals.define("_", result) }
            return result
        } catch {
            restore(before)
            throw error
        }
    }
}
