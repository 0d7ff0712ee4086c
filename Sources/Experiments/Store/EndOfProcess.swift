import Foundation

/// What objects have to do when the process ends: a script that just ends loses no metrics, and sends what it has.
enum EndOfProcess {
    private struct Duty {
        let perform: @Sendable () -> Void
        let isGone: @Sendable () -> Bool
    }

    private static let lock = NSLock()
    // Guarded by `lock`.
    nonisolated(unsafe) private static var duties: [Duty] = []
    private static let registered: Void = { atexit { EndOfProcess.performAll() } }()

    /// Calls `work` with the object at the end if it is still there; what was added last comes first.
    static func add<Object: AnyObject & Sendable>(_ object: Object, _ work: @escaping @Sendable (Object) -> Void) {
        _ = registered
        let duty = Duty(
            perform: { [weak object] in if let object { work(object) } },
            isGone: { [weak object] in object == nil })
        lock.withLock {
            duties.removeAll { $0.isGone() }
            duties.append(duty)
        }
    }

    private static func performAll() {
        for duty in lock.withLock({ duties.reversed() }) { duty.perform() }
    }
}
