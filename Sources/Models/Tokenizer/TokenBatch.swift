import Foundation

/// Token ids of several texts, one after the other without padding.
public struct TokenBatch: Equatable, Sendable {
    /// All ids, text after text.
    public var ids: [Int32]
    /// n + 1 entries: text i is `ids[offsets[i]..<offsets[i + 1]]`.
    public var offsets: [Int]

    public init() {
        ids = []
        offsets = [0]
    }

    /// Number of texts.
    public var count: Int { offsets.count - 1 }

    public func length(_ index: Int) -> Int { offsets[index + 1] - offsets[index] }

    /// The ids of one text.
    public subscript(index: Int) -> ArraySlice<Int32> { ids[offsets[index]..<offsets[index + 1]] }

    /// The texts of `indices`, in that order.
    public func selecting(_ indices: [Int]) -> TokenBatch {
        var batch = TokenBatch()
        for index in indices { batch.append(self[index]) }
        return batch
    }

    mutating func append(_ text: some Sequence<Int32>) {
        ids.append(contentsOf: text)
        offsets.append(ids.count)
    }
}

extension TokenBatch: FrozenCache.Batch {
    func key(_ index: Int) -> FrozenCache.Key { .tokens(Array(self[index])) }
}

extension TokenBatch {
    private static let textsWorthAThread = 256

    /// Ids of many texts; shares the work between `threads` when there is enough of it. `serially` tokenizes some of them.
    static func encoding(_ texts: [String], threads: Int, _ serially: @Sendable (ArraySlice<String>) -> TokenBatch) -> TokenBatch {
        let parts = Swift.min(Swift.max(threads, 1), texts.count / textsWorthAThread)
        guard parts > 1 else { return serially(texts[...]) }
        let results = PartResults(count: parts)
        DispatchQueue.concurrentPerform(iterations: parts) { part in
            results.set(part, serially(texts[texts.count * part / parts..<texts.count * (part + 1) / parts]))
        }
        var batch = TokenBatch()
        for part in results.all {
            let start = batch.ids.count
            batch.ids += part.ids
            batch.offsets += part.offsets.dropFirst().map { $0 + start }
        }
        return batch
    }
}

/// Collects what the threads made, each in its own place.
private final class PartResults: @unchecked Sendable {
    // Every access holds the lock.
    private let lock = NSLock()
    private var parts: [TokenBatch]

    init(count: Int) { parts = Array(repeating: TokenBatch(), count: count) }

    func set(_ index: Int, _ batch: TokenBatch) { lock.withLock { parts[index] = batch } }

    var all: [TokenBatch] { lock.withLock { parts } }
}
