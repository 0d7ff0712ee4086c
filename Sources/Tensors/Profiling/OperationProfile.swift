import Foundation
import Synchronization

/// Adds up what operations cost, by name and pass: the observer for tables and benchmarks.
///
/// Operations that run inside the way back or an update count there, whatever their own pass.
public final class OperationProfile: OperationObserver {
    public struct Key: Hashable, Sendable, Comparable {
        public let operation: String
        public let pass: OperationPass

        public static func < (a: Key, b: Key) -> Bool { (a.operation, a.pass.rawValue) < (b.operation, b.pass.rawValue) }
    }

    public struct Totals: Sendable {
        public var calls = 0
        /// Time inside, without that of the operations it ran.
        public var selfNanoseconds = 0
        /// Time from start to end. An operation inside one of its own name and pass is not counted again.
        public var totalNanoseconds = 0
        /// Memory taken by it and not by the operations it ran.
        public var bytes = 0
        /// Multiplications and additions of the products that it did itself.
        public var multiplications = 0

        /// Billions of multiplications and additions a second; nil where there is no product.
        public var gigaflops: Double? {
            multiplications > 0 && selfNanoseconds > 0 ? Double(multiplications) / Double(selfNanoseconds) : nil
        }
    }

    private struct Open {
        let key: Key
        let start: Int
        let isOutermost: Bool
        /// Time of the operations that ran inside.
        var inner = 0
        var bytes = 0
        var multiplications = 0
    }

    private struct State {
        var open: [Open] = []
        var running: [Key: Int] = [:]
        var totals: [Key: Totals] = [:]
        var bytesOutside = 0
    }

    private let state = Mutex(State())

    public init() {}

    /// Forgets everything.
    public func clear() { state.withLock { $0 = State() } }

    public var totals: [Key: Totals] { state.withLock { $0.totals } }

    /// Memory taken outside of any operation, as by reading weights.
    public var bytesOutside: Int { state.withLock { $0.bytesOutside } }

    public func began(_ operation: String, _ pass: OperationPass) {
        state.withLock { state in
            let outer = state.open.last?.key.pass ?? .forward
            let key = Key(operation: operation, pass: outer == .forward ? pass : outer)
            let depth = state.running[key, default: 0]
            state.running[key] = depth + 1
            state.open.append(Open(key: key, start: Self.now(), isOutermost: depth == 0))
        }
    }

    public func ended() {
        let end = Self.now()
        state.withLock { state in
            guard let run = state.open.popLast() else { return }
            let elapsed = end - run.start
            state.running[run.key, default: 1] -= 1
            var totals = state.totals[run.key] ?? Totals()
            totals.calls += 1
            totals.selfNanoseconds += elapsed - run.inner
            if run.isOutermost { totals.totalNanoseconds += elapsed }
            totals.bytes += run.bytes
            totals.multiplications += run.multiplications
            state.totals[run.key] = totals
            if !state.open.isEmpty { state.open[state.open.count - 1].inner += elapsed }
        }
    }

    public func allocated(bytes: Int) {
        state.withLock { state in
            if state.open.isEmpty { state.bytesOutside += bytes } else { state.open[state.open.count - 1].bytes += bytes }
        }
    }

    public func multiplied(operations: Int) {
        state.withLock { state in
            if !state.open.isEmpty { state.open[state.open.count - 1].multiplications += operations }
        }
    }

    /// Nanoseconds of a clock that only goes forward.
    public static func now() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }
}
