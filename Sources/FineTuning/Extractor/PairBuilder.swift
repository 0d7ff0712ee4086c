import Clickstream
import Tensors

/// A session made ready for pairing: which of its objects each event and each kept unclicked result is.
struct PairedSession {
    let session: RankedSession
    /// Position in `session.objects`, and confidence, of each event.
    let events: [(object: Int, confidence: Double)]
    /// The same of each kept unclicked result.
    let negatives: [(object: Int, confidence: Double)]
}

/// Chooses pairs by index, so that the features of a whole batch are a few gathers.
struct PairBuilder {
    let minimum: Double
    let maximum: Double
    /// Rank of every object of the batch, as numbers, and whether they were computed in f64.
    let values: [Double]
    let isDouble: Bool

    private(set) var positives: [Int] = []
    private(set) var negatives: [Int] = []
    private(set) var positiveConfidences: [Double] = []
    private(set) var negativeConfidences: [Double] = []
    /// Whether a pair is a clickless session's, which was lent its positive.
    private(set) var isLent: [Bool] = []
    private(set) var removed = 0

    init(ranks: Tensor, minimum: Double, maximum: Double) {
        values = ranks.doubles()
        isDouble = ranks.dtype == .f64
        self.minimum = minimum
        self.maximum = maximum
    }

    /// Adds every event × every unclicked result of a session whose gap lies strictly between the thresholds; events are the slow index.
    ///
    /// `base` is the position of the session's first object in the batch. Returns the range of the pairs added.
    mutating func addPairs(of session: PairedSession, base: Int) -> Range<Int> {
        let start = positives.count
        for event in session.events {
            for other in session.negatives {
                let (a, b) = (values[base + event.object], values[base + other.object])
                guard RankGaps.lies(a, b, between: minimum, and: maximum, isDouble: isDouble) else {
                    removed += 1
                    continue
                }
                append(base + event.object, base + other.object, event.confidence, other.confidence, lent: false)
            }
        }
        return start..<positives.count
    }

    /// Adds the k-th of `pairs`' positives against the k-th unclicked result of a clickless session, without filtering.
    mutating func lend(_ pairs: Range<Int>, to session: PairedSession, base: Int) {
        for (pair, other) in zip(pairs, session.negatives) {
            append(positives[pair], base + other.object, positiveConfidences[pair], other.confidence, lent: true)
        }
    }

    private mutating func append(
        _ positive: Int, _ negative: Int, _ positiveConfidence: Double, _ negativeConfidence: Double, lent: Bool
    ) {
        isLent.append(lent)
        positives.append(positive)
        negatives.append(negative)
        positiveConfidences.append(positiveConfidence)
        negativeConfidences.append(negativeConfidence)
    }

    /// Keeps the pairs that the order asks for, in its order.
    mutating func select(_ order: [ExamplesType], isSimilarity: Bool) {
        guard !order.isEmpty, order != [.allExamples] else { return }
        let sign = isSimilarity ? 1.0 : -1.0
        let gaps = zip(positives, negatives).map { sign * (values[$0] - values[$1]) }
        let chosen = ExamplesSelection(gaps: gaps, isLent: isLent).indices(order)
        positives = chosen.map { positives[$0] }
        negatives = chosen.map { negatives[$0] }
        positiveConfidences = chosen.map { positiveConfidences[$0] }
        negativeConfidences = chosen.map { negativeConfidences[$0] }
        isLent = chosen.map { isLent[$0] }
    }

    /// The features of all pairs; empty when there are none.
    func features(ranks: Tensor, isSimilarity: Bool) throws -> FineTuningFeatures {
        guard !positives.isEmpty else { return FineTuningFeatures() }
        let shape = Shape([positives.count])
        return try FineTuningFeatures(
            positiveRanks: ranks.gatherRows(positives), negativeRanks: ranks.gatherRows(negatives),
            target: Tensor.full(shape, isSimilarity ? 1 : -1, dtype: ranks.dtype),
            positiveConfidences: Tensor(positiveConfidences, shape: shape).to(ranks.dtype),
            negativeConfidences: Tensor(negativeConfidences, shape: shape).to(ranks.dtype))
    }
}
