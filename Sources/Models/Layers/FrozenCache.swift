import Foundation
import Images
import Synchronization
import Tensors

/// What the frozen layers give for texts or images seen before, by token ids or pixels, up to a number of bytes.
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

    /// What tells an input from all others.
    enum Key: Hashable {
        case tokens([Int32])
        case pixels(PixelValues)
    }

    /// Inputs of an encoder, each a sequence of rows.
    protocol Batch {
        /// Input i has the rows `offsets[i] ..< offsets[i + 1]`.
        var offsets: [Int] { get }
        func key(_ index: Int) -> Key
        func selecting(_ indices: [Int]) -> Self
    }

    /// Look-ups of all models' caches in this process.
    public static var total: Statistics { counts.withLock { $0 } }
    private static let counts = Mutex(Statistics())

    private struct Entry {
        /// [rows of the input, hidden]
        let output: Tensor
        var lastUse: Int
    }

    /// The most bytes of kept outputs; 0 switches the cache off.
    public var limit: Int {
        didSet { if statistics.bytes > limit { clear() } }
    }
    public private(set) var statistics = Statistics()
    private var entries: [Key: Entry] = [:]
    /// Keys of the entries, in the order in which they are asked to make room.
    private var round: [Key] = []
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

    /// The frozen part's output for a batch, [rows, hidden]: `compute` is asked for the inputs that are not here.
    func output<B: Batch>(of batch: B, frozen: [Parameter], _ compute: (B) throws -> Tensor) throws -> Tensor {
        guard limit > 0 else { return try compute(batch) }
        validate(frozen.map(\.tensor))
        let count = batch.offsets.count - 1
        var known = [Tensor?](repeating: nil, count: count)
        for input in 0..<count {
            lookUps += 1
            guard let place = entries.index(forKey: batch.key(input)) else { continue }
            entries.values[place].lastUse = lookUps
            known[input] = entries.values[place].output
        }
        let missing = known.indices.filter { known[$0] == nil }
        statistics.hits += count - missing.count
        statistics.misses += missing.count
        Self.counts.withLock {
            $0.hits += count - missing.count
            $0.misses += missing.count
        }
        if missing.isEmpty { return try Tensor.concat(known.compactMap { $0 }, dim: 0) }
        let fresh = try compute(missing.count == count ? batch : batch.selecting(missing))
        var start = 0
        for input in missing {
            let length = batch.offsets[input + 1] - batch.offsets[input]
            let rows = try fresh.index([.slice(start: start, stop: start + length)])
            start += length
            known[input] = rows
            try admit(batch.key(input), rows)
        }
        return missing.count == count ? fresh : try Tensor.concat(known.compactMap { $0 }, dim: 0)
    }

    private func validate(_ now: [Tensor]) {
        let same = weights.count == now.count && level == Kernels.level && zip(weights, now).allSatisfy { $0.sharesStorage(with: $1) }
        if same { return }
        clear()
        weights = now
        level = Kernels.level
    }

    /// Keeps a copy of `rows` if there is room or room can be made.
    private func admit(_ key: Key, _ rows: Tensor) throws {
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
