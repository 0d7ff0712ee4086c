import Console
import Language
import Tensors

/// Listens to a script and to the tensor operations that it runs.
final class ScriptProfile: OperationObserver, StatementProfiler {
    let lines = LineProfile()
    let operations = OperationProfile()

    /// Runs `body` from the clock's start to its stop.
    func observing<R>(_ body: () throws -> R) throws -> R {
        operations.clear()
        lines.begin()
        defer { lines.end() }
        return try observingOperations(with: self, body)
    }

    func report(width: Int) -> [String] { ProfileReport(self).text(top: 12, width: width) }

    func began(_ operation: String, _ pass: OperationPass) {
        operations.began(operation, pass)
        lines.began(pass == .forward ? operation : "\(operation) (\(pass.rawValue))")
    }

    func ended() {
        lines.ended()
        operations.ended()
    }

    func allocated(bytes: Int) {
        operations.allocated(bytes: bytes)
        lines.allocated(bytes: bytes)
    }

    func multiplied(operations count: Int) { operations.multiplied(operations: count) }
}
