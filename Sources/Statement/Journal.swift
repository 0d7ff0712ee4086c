import Synchronization

/// What a statement changed in objects with identity, so that it can be taken back and done again, bit for bit.
///
/// How undo works, in one place. The state of such an object lies in properties marked `@Undoable`, whichever target declares it. The first
/// write of a property in a statement hands the value so far to the journal that is recording; later writes cost a comparison. Nobody looks
/// for objects, and what a statement does not write it does not pay for. Values share memory until somebody writes, so that remembering a
/// tensor is keeping a reference: an optimizer that finds its tensor shared puts the updated values into memory of their own. Taking back
/// swaps the remembered values with those of now, so that the same journal does the statement again. Without a recording journal, as in
/// `eft run`, a write pays for one load. What a journal cannot take back is said by those who do it: `cannotUndo("wrote runs.csv")`.
///
/// A journal hears of writes on the thread that runs its `record`, and of no others.
public final class Journal: @unchecked Sendable {
    @TaskLocal private static var current: Journal?
    private static let recordings = Atomic<Int>(0)
    private static let stamps = Atomic<UInt64>(0)

    /// The journal that hears of writes on this thread.
    static var recording: Journal? { recordings.load(ordering: .relaxed) == 0 ? nil : current }

    /// Names the journal that hears of writes on this thread; 0 if none does.
    public static var recordingStamp: UInt64 { recording?.stamp ?? 0 }

    /// Names this journal in the properties that it has heard of.
    public let stamp = Journal.stamps.add(1, ordering: .relaxed).newValue
    private var changes: [any Change] = []
    private var known: Set<ObjectIdentifier> = []
    /// What was done outside of the program's memory, in order, each once.
    public private(set) var effects: [String] = []
    private static let effectLimit = 50

    public init() {}

    /// Whether taking back would do nothing.
    public var isEmpty: Bool { changes.isEmpty }

    /// Runs `body` and remembers what it writes.
    public func record<R>(_ body: () throws -> R) rethrows -> R {
        Self.recordings.add(1, ordering: .relaxed)
        defer { Self.recordings.subtract(1, ordering: .relaxed) }
        return try Self.$current.withValue(self, operation: body)
    }

    /// Puts the remembered values in the place of those of now, which are remembered instead: takes back, or does again.
    public func swap() {
        for change in changes { change.swap() }
    }

    /// Runs `body` as a part of the statement that happens as a whole: if it throws, what it has written is taken back.
    public static func savepoint<R, E: Error>(_ body: () throws(E) -> R) throws(E) -> R {
        let part = Journal()
        let result: Result<R, E> = part.record {
            do throws(E) { return .success(try body()) } catch { return .failure(error) }
        }
        if let outer = recording { for effect in part.effects { outer.add(effect) } }
        switch result {
        case .success(let value):
            if let outer = recording { for change in part.changes { outer.remember(change) } }
            return value
        case .failure(let error):
            part.swap()
            throw error
        }
    }

    /// Notes something that undo will not take back, in the words that tell the user: "wrote runs.csv".
    public static func cannotUndo(_ effect: @autoclosure () -> String) { recording?.add(effect()) }

    func remember(_ change: any Change) {
        if known.insert(change.property).inserted { changes.append(change) }
    }

    /// Notes something that will not be taken back.
    public func add(_ effect: String) {
        if effects.count < Self.effectLimit, !effects.contains(effect) { effects.append(effect) }
    }
}

extension Journal: HoldsMemory {
    /// The memory of the remembered values.
    public func visitMemory(_ visit: (ObjectIdentifier, Int) -> Void) {
        for change in changes { change.visitMemory(visit) }
    }
}

/// A value that keeps pieces of memory alive, perhaps together with others.
public protocol HoldsMemory {
    /// Names each piece with its size in bytes; a piece may be named more than once.
    func visitMemory(_ visit: (ObjectIdentifier, Int) -> Void)
}

extension Optional: HoldsMemory where Wrapped: HoldsMemory {
    public func visitMemory(_ visit: (ObjectIdentifier, Int) -> Void) { self?.visitMemory(visit) }
}

extension Array: HoldsMemory where Element: HoldsMemory {
    public func visitMemory(_ visit: (ObjectIdentifier, Int) -> Void) {
        for element in self { element.visitMemory(visit) }
    }
}
