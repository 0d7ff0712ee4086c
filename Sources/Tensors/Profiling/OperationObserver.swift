import Synchronization

/// What an operation is part of.
public enum OperationPass: String, Sendable, CaseIterable {
    case forward, backward, update
}

/// Hears of every tensor operation as it runs, on the thread that runs it. `OperationProfile` is one.
///
/// Operations nest: a mean runs a sum and a division, whose events come between its own, and the way back runs operations too.
public protocol OperationObserver: AnyObject, Sendable {
    func began(_ operation: String, _ pass: OperationPass)
    /// The operation that began last and has not ended has ended, with a result or with an error.
    func ended()
    /// Memory was taken for a tensor, result or intermediate.
    func allocated(bytes: Int)
    /// A product does this many multiplications and additions: 2 m n k for [m, k] times [k, n].
    func multiplied(operations: Int)
}

/// Who listens. Follows the current task or thread, as `GradMode` does; while nobody listens anywhere, an operation pays for one load.
enum OperationObservation {
    @TaskLocal fileprivate static var observer: (any OperationObserver)?
    fileprivate static let listeners = Atomic<Int>(0)

    @inline(__always) static var current: (any OperationObserver)? {
        listeners.load(ordering: .relaxed) == 0 ? nil : observer
    }
}

/// Runs `body` and tells `observer` of its operations.
public func observingOperations<R, E: Error>(with observer: any OperationObserver, _ body: () throws(E) -> R) throws(E) -> R {
    OperationObservation.listeners.wrappingAdd(1, ordering: .relaxed)
    defer { OperationObservation.listeners.wrappingSubtract(1, ordering: .relaxed) }
    let result: Result<R, E> = OperationObservation.$observer.withValue(observer) {
        do throws(E) { return .success(try body()) } catch { return .failure(error) }
    }
    return try result.get()
}

/// One run of an operation under the eyes of the observer, if there is one:
/// `let span = OperationSpan("matmul"); defer { span.end() }` at the start of its body.
struct OperationSpan {
    private let observer: (any OperationObserver)?

    @inline(__always) init(_ operation: String, _ pass: OperationPass = .forward) {
        observer = OperationObservation.current
        observer?.began(operation, pass)
    }

    @inline(__always) func end() { observer?.ended() }
}
