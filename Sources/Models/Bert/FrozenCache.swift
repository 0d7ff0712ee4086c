import Foundation
import Synchronization
import Tensors

/// What the frozen layers give for texts seen before, by token ids, up to a number of bytes.
///
/// Nothing stale can come out: the cache holds on to the weights that it was filled with, and is emptied when the frozen parameters are no
/// longer these very tensors (an update of one that is held makes a copy), when another number of layers is frozen, or when the
/// kernels change. A text's values do not depend on its batch (`Fused.encoderLayer`), so they are the same bits with and without the cache.
///
/// Epochs go through the same texts in turn. Throwing out the least recently used one would then drop each text just before it is needed,
/// so a full cache keeps what it has; only texts that four times as many others have passed by make room.
public final class FrozenCache {
    /// How much use the cache was.
    public struct Statistics: Equatable, Sendable {
        public internal(set) var hits = 0
        public internal(set) var misses = 0
        /// Texts that are kept now.
        public internal(set) var texts = 0
        public internal(set) var bytes = 0
        /// Share of the looked-up texts that were there; nil before the first look-up.
        public var hitRate: Double? { hits + misses == 0 ? nil : Double(hits) / Double(hits + misses) }
    }

    /// Look-ups of all models' caches in this process.
    public static var total: Statistics { counts.withLock { $0 } }
    private static let counts = Mutex(Statistics())

    private struct Entry {
        /// [tokens of the text, hidden]
        let output: Tensor
        var lastUse: Int
    }

    /// The most bytes of kept outputs; 0 switches the cache off.
    public var limit: Int {
        didSet { if statistics.bytes > limit { clear() } }
    }
    public private(set) var statistics = Statistics()
    private var entries: [[Int32]: Entry] = [:]
    /// Keys of the entries, in the order in which they are asked to make room.
    private var round: [[Int32]] = []
    private var hand = 0
    private var lookUps = 0
    /// The frozen parameters' values that the entries were computed from, and the kernels that did it.
    private var weights: [Tensor] = []
    private var level = Kernels.level

    /// `EFT_FROZEN_CACHE_MIB` of the environment, else 256 MiB.
    public static let standardLimit = {
        let asked = ProcessInfo.processInfo.environment["EFT_FROZEN_CACHE_MIB"].flatMap(Int.init)
        return Swift.min(Swift.max(asked ?? 256, 0), 1 << 30) << 20
    }()

    init(limit: Int = standardLimit) { self.limit = limit }

    /// Forgets all outputs; the counts of hits and misses stay.
    public func clear() {
        entries = [:]
        round = []
        hand = 0
        weights = []
        (statistics.texts, statistics.bytes) = (0, 0)
    }

    /// The frozen part's output for a batch, [tokens, hidden]: `compute` is asked for the texts that are not here.
    func output(
        of batch: TokenBatch, frozen: [Parameter], _ compute: (TokenBatch) throws -> Tensor
    ) throws -> Tensor {
        guard limit > 0 else { return try compute(batch) }
        validate(frozen.map(\.tensor))
        var known = [Tensor?](repeating: nil, count: batch.count)
        for text in 0..<batch.count {
            lookUps += 1
            let key = Array(batch[text])
            guard let place = entries.index(forKey: key) else { continue }
            entries.values[place].lastUse = lookUps
            known[text] = entries.values[place].output
        }
        let missing = known.indices.filter { known[$0] == nil }
        statistics.hits += batch.count - missing.count
        statistics.misses += missing.count
        Self.counts.withLock {
            $0.hits += batch.count - missing.count
            $0.misses += missing.count
        }
        if missing.isEmpty { return try Tensor.concat(known.compactMap { $0 }, dim: 0) }
        let fresh = try compute(missing.count == batch.count ? batch : batch.selecting(missing))
        var start = 0
        for text in missing {
            let rows = try fresh.index([.slice(start: start, stop: start + batch.length(text))])
            start += batch.length(text)
            known[text] = rows
            try admit(Array(batch[text]), rows)
        }
        return missing.count == batch.count ? fresh : try Tensor.concat(known.compactMap { $0 }, dim: 0)
    }

    private func validate(_ now: [Tensor]) {
        let same = weights.count == now.count && level == Kernels.level && zip(weights, now).allSatisfy { $0.sharesStorage(with: $1) }
        if same { return }
        clear()
        weights = now
        level = Kernels.level
    }

    /// Keeps a copy of `rows` if there is room or room can be made.
    private func admit(_ key: [Int32], _ rows: Tensor) throws {
        let bytes = rows.count * rows.dtype.size
        guard entries[key] == nil else { return }
        while statistics.bytes + bytes > limit {
            guard !round.isEmpty else { return }
            hand = hand < round.count ? hand : 0
            guard let oldest = entries[round[hand]], lookUps - oldest.lastUse > 4 * entries.count else {
                hand += 1
                return
            }
            entries[round[hand]] = nil
            round.swapAt(hand, round.count - 1)
            round.removeLast()
            statistics.bytes -= oldest.output.count * oldest.output.dtype.size
        }
        entries[key] = Entry(output: try rows.copied(), lastUse: lookUps)
        round.append(key)
        statistics.bytes += bytes
        statistics.texts = entries.count
    }
}
