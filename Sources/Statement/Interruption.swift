import Synchronization

/// The user's wish that the work under way ends: Ctrl-C. One for each interpreter.
///
/// `request` may be called from any thread. The virtual machine looks at calls and loop rounds, the engine between its operations and inside
/// those that take long. The engine finds the wish of the work that runs on its thread, and does not look while `Interruption.holdOff` runs a
/// part that must not be left half-done, such as an optimizer's update.
public final class Interruption: Sendable {
    @TaskLocal private static var current: Interruption?
    private static let pending = Atomic<Int>(0)

    private let isPending = Atomic<Bool>(false)
    private let requests = Atomic<Int>(0)
    private let holds = Atomic<Int>(0)

    public init() {}

    deinit { take() }

    /// Asks for an end.
    public func request() {
        requests.add(1, ordering: .relaxed)
        if !isPending.exchange(true, ordering: .relaxed) { Self.pending.add(1, ordering: .relaxed) }
    }

    /// Whether an end is asked for and nobody has taken notice yet.
    ///
    /// What must not be left half-done is waited for once; a second wish is not made to wait.
    @inline(__always) public var isRequested: Bool {
        isPending.load(ordering: .relaxed) && (holds.load(ordering: .relaxed) == 0 || requests.load(ordering: .relaxed) > 1)
    }

    /// Takes notice: the work is about to end.
    public func take() {
        if isPending.exchange(false, ordering: .relaxed) { Self.pending.subtract(1, ordering: .relaxed) }
    }

    /// How often an end was asked for since `reset`.
    public var count: Int { requests.load(ordering: .relaxed) }

    /// Forgets all wishes: new work begins.
    public func reset() {
        take()
        requests.store(0, ordering: .relaxed)
    }

    /// Runs `body` as work that this wish is about.
    public func covering<R>(_ body: () throws -> R) rethrows -> R { try Self.$current.withValue(self, operation: body) }

    /// Whether the work on this thread is to end.
    @inline(__always) public static var isRequested: Bool {
        pending.load(ordering: .relaxed) != 0 && (current?.isRequested ?? false)
    }

    /// Ends the work on this thread if that is asked for.
    @inline(__always) public static func check() throws(Interrupted) {
        if isRequested { throw Interrupted() }
    }

    /// Runs `body` to its end: the first wish waits until it is over.
    public static func holdOff<R, E: Error>(_ body: () throws(E) -> R) throws(E) -> R {
        guard let current else { return try body() }
        current.holds.add(1, ordering: .relaxed)
        defer { current.holds.subtract(1, ordering: .relaxed) }
        return try body()
    }
}

/// The work ended because the user asked for it.
public struct Interrupted: Error, Hashable, CustomStringConvertible {
    public init() {}
    public var description: String { "interrupted" }
}
