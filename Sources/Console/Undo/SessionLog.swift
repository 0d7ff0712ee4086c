import Synchronization

/// The inputs of a session that ran and were not taken back, in order: what a recovery file is made of.
///
/// The thread that hears of signals reads it while a statement runs.
public final class SessionLog: Sendable {
    private struct State: Sendable {
        var inputs: [(text: String, id: UInt64)] = []
        var undone: Set<UInt64> = []
    }

    private let state = Mutex(State())

    func add(_ text: String, id: UInt64) { state.withLock { $0.inputs.append((text, id)) } }

    /// Leaves an input out because it was taken back, or takes it in again.
    func mark(_ id: UInt64, undone: Bool) {
        state.withLock { state in
            if undone { state.undone.insert(id) } else { state.undone.remove(id) }
        }
    }

    func clear() { state.withLock { $0 = State() } }

    var statements: [String] {
        state.withLock { state in state.inputs.filter { !state.undone.contains($0.id) }.map(\.text) }
    }
}
