import FineTuning
import Language

/// A tuner's state between two steps, as scripts hold it.
final class SnapshotObject: HostObject, @unchecked Sendable {
    let snapshot: TunerSnapshot

    init(_ snapshot: TunerSnapshot) { self.snapshot = snapshot }

    override var typeName: String { "TunerSnapshot" }
}

/// The random numbers of the script that a tuner belongs to.
final class ScriptRandom: RandomState {
    private let interpreter: Interpreter

    init(_ interpreter: Interpreter) { self.interpreter = interpreter }

    var words: [UInt64] {
        get { interpreter.randomWords }
        set { interpreter.randomWords = newValue }
    }
}
