/// The inputs of a session that ran and were not taken back, in order: what a recovery file is made of.
final class SessionLog {
    private var inputs: [(text: String, id: UInt64)] = []
    private var undone: Set<UInt64> = []

    func add(_ text: String, id: UInt64) { inputs.append((text, id)) }

    /// Leaves an input out because it was taken back, or takes it in again.
    func mark(_ id: UInt64, undone isUndone: Bool) {
        if isUndone { undone.insert(id) } else { undone.remove(id) }
    }

    func clear() {
        inputs = []
        undone = []
    }

    var statements: [String] { inputs.filter { !undone.contains($0.id) }.map(\.text) }
}
