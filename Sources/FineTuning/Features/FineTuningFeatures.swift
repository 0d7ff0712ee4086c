import Clickstream
import Tensors

/// What a loss sees: for each (clicked, not clicked) pair both ranks, how far to trust each, and the sign of a good gap.
///
/// Each part is [pairs], or nil while there is nothing of its kind. `target` is +1 for similarities and -1 for distances.
public struct FineTuningFeatures {
    public var positiveRanks: Tensor?
    public var negativeRanks: Tensor?
    public var target: Tensor?
    public var positiveConfidences: Tensor?
    public var negativeConfidences: Tensor?
    /// The clicks of the whole batch, for losses over it; nil for features that were made by hand or joined.
    public internal(set) var inBatch: InBatchFeatures?

    /// Features without any pair.
    public init() {}

    /// Throws unless all parts that are there have the same length.
    public init(
        positiveRanks: Tensor? = nil, negativeRanks: Tensor? = nil, target: Tensor? = nil, positiveConfidences: Tensor? = nil,
        negativeConfidences: Tensor? = nil
    ) throws(FineTuningError) {
        self.positiveRanks = positiveRanks
        self.negativeRanks = negativeRanks
        self.target = target
        self.positiveConfidences = positiveConfidences
        self.negativeConfidences = negativeConfidences
        try checkLengths()
    }

    private var parts: [(name: String, tensor: Tensor)] {
        [
            ("positive_ranks", positiveRanks), ("negative_ranks", negativeRanks), ("target", target),
            ("positive_confidences", positiveConfidences), ("negative_confidences", negativeConfidences),
        ].compactMap { name, tensor in tensor.map { (name, $0) } }
    }

    private func checkLengths() throws(FineTuningError) {
        let parts = parts
        guard parts.allSatisfy({ $0.tensor.rank == 1 && $0.tensor.count == parts[0].tensor.count }) else {
            throw FineTuningError(
                .value, "All non-None parameters must have the same length",
                found: parts.map { "\($0.name) \($0.tensor.shape)" }.joined(separator: ", "))
        }
    }

    /// Number of entries: of pairs, or of the side that is there.
    public var count: Int { parts.first?.tensor.count ?? 0 }

    /// Whether there are entries with both sides.
    public var hasPairs: Bool { count > 0 && positiveRanks != nil && negativeRanks != nil }

    /// Appends the entries of `other`; a part that only one of them has is taken as it is.
    public mutating func append(_ other: FineTuningFeatures) throws {
        func joined(_ a: Tensor?, _ b: Tensor?) throws -> Tensor? {
            guard let a, let b else { return a ?? b }
            return try Tensor.concat([a, b], dim: 0)
        }
        var sum = FineTuningFeatures()
        sum.positiveRanks = try joined(positiveRanks, other.positiveRanks)
        sum.negativeRanks = try joined(negativeRanks, other.negativeRanks)
        sum.target = try joined(target, other.target)
        sum.positiveConfidences = try joined(positiveConfidences, other.positiveConfidences)
        sum.negativeConfidences = try joined(negativeConfidences, other.negativeConfidences)
        try sum.checkLengths()
        self = sum
    }

    public static func += (features: inout FineTuningFeatures, other: FineTuningFeatures) throws { try features.append(other) }

    /// Keeps the pairs with `min` < |positive - negative| < `max`, both strict; does nothing while one side is missing.
    public mutating func clampDiffIn(min: Double, max: Double) throws {
        try checkLengths()
        guard let positiveRanks, let negativeRanks else { return }
        let gaps = RankGaps(positiveRanks, negativeRanks)
        try keep(gaps.indices(strictlyBetween: min, and: max))
    }

    /// Lends the positives of another session to these negatives: the first n of each, n being the shorter length.
    public mutating func usePositive(from other: FineTuningFeatures) throws {
        try checkLengths()
        try other.checkLengths()
        let kept = Swift.min(other.positiveRanks?.count ?? 0, negativeRanks?.count ?? 0)
        let first = Array(0..<kept)
        try keep(first)
        positiveRanks = try other.positiveRanks?.gatherRows(first)
        positiveConfidences = try other.positiveConfidences?.gatherRows(first)
    }

    /// The features of one entry alone.
    func only(_ index: Int) throws -> FineTuningFeatures {
        var copy = self
        try copy.keep([index])
        copy.inBatch = nil
        return copy
    }

    /// Keeps the entries at `indices` of every part.
    private mutating func keep(_ indices: [Int]) throws {
        positiveRanks = try positiveRanks?.gatherRows(indices)
        negativeRanks = try negativeRanks?.gatherRows(indices)
        target = try target?.gatherRows(indices)
        positiveConfidences = try positiveConfidences?.gatherRows(indices)
        negativeConfidences = try negativeConfidences?.gatherRows(indices)
    }
}
