import Statement

/// What a statement changed, and how it was before: variables, random numbers, and the engine's objects by their journal.
public final class StatementChange {
    private let journal: Journal
    /// The other value of each variable that differs, by its cell.
    private var cells: [(cell: Int, value: Value)]
    private var parameters: [ScriptParameter]
    private var tests: [(name: String, body: Value)]
    private var random: Xoshiro
    /// Whether the statement changed more than the names of results.
    public let isWorthUndoing: Bool

    init(_ journal: Journal, before: Interpreter.Snapshot, in interpreter: Interpreter) {
        self.journal = journal
        let globals = interpreter.globals
        cells = globals.differences(from: before.cells)
        parameters = Array(globals.parameters.prefix(before.parameterCount))
        tests = Array(interpreter.tests.prefix(before.testCount))
        random = before.random
        isWorthUndoing =
            !journal.isEmpty || random.words != interpreter.random.words
            || cells.contains { !Interpreter.isResultName(globals.name(of: $0.cell)) }
            || parameters.count != globals.parameters.count || tests.count != interpreter.tests.count || !journal.effects.isEmpty
    }

    /// Names the statement among those of the process.
    public var id: UInt64 { journal.stamp }

    /// What was done and is not taken back: files written, runs logged.
    public var effects: [String] { journal.effects }

    /// Notes something more of the kind, done after the statement.
    public func add(effect: String) { journal.add(effect) }

    /// Takes the statement back, or does it again if it was taken back.
    public func swap(in interpreter: Interpreter) {
        let globals = interpreter.globals
        for index in cells.indices {
            let now = globals.value(of: cells[index].cell)
            globals.setValue(of: cells[index].cell, to: cells[index].value)
            cells[index].value = now
        }
        Swift.swap(&globals.parameters, &parameters)
        Swift.swap(&interpreter.tests, &tests)
        Swift.swap(&interpreter.random, &random)
        journal.swap()
    }
}

extension StatementChange: HoldsMemory {
    /// The memory of the values that are remembered: an estimate, in which large collections are sampled.
    public func visitMemory(_ visit: (ObjectIdentifier, Int) -> Void) {
        journal.visitMemory(visit)
        var left = 4096
        for cell in cells { cell.value.visitMemory(visit, &left) }
    }
}

extension ModuleObject {
    /// The cells whose value is another than in `values`, with what was there: no value, for cells made since.
    func differences(from values: [Value]) -> [(cell: Int, value: Value)] {
        var changed: [(cell: Int, value: Value)] = []
        for cell in 0..<count {
            let earlier = cell < values.count ? values[cell] : .unset
            if !(cells + cell).isIdentical(to: earlier) { changed.append((cell, earlier)) }
        }
        return changed
    }
}

extension ValuePointer {
    /// Whether the two are the same number or the same object.
    fileprivate func isIdentical(to other: Value) -> Bool {
        withUnsafeBytes(of: other) { other in
            // A value is plain bytes of this size (`Value.layoutIsAsExpected`); equal bytes are the same value.
            UnsafeRawBufferPointer(start: self, count: MemoryLayout<Value>.size).elementsEqual(other)
        }
    }
}
