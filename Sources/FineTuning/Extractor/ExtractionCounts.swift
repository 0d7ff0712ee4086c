/// What became of the sessions that were passed to an extractor: nothing is dropped without being counted.
public struct ExtractionCounts: Equatable, Sendable, CustomStringConvertible {
    /// Pairs of sessions seen.
    public internal(set) var batchElements = 0
    /// Left out: no relevant session, or one without clicks.
    public internal(set) var withoutClicks = 0
    /// Relevant sessions with nothing unclicked, or nothing left of it after down-sampling.
    public internal(set) var withoutNegatives = 0
    /// Relevant sessions all of whose pairs the thresholds filtered out.
    public internal(set) var filteredOut = 0
    /// Pairs (clicked, not clicked) that the thresholds removed, and that were kept, lent ones included.
    public internal(set) var pairsRemoved = 0
    public internal(set) var pairs = 0
    /// Clicks of the batches, the other clicks' items that each is told from, and how many of those were masked as known positives.
    public internal(set) var clicks = 0
    public internal(set) var inBatchNegatives = 0
    public internal(set) var maskedNegatives = 0

    /// Share of the in-batch negatives that are known positives, 0 to 1; nil when there were none.
    public var maskingRate: Double? { inBatchNegatives > 0 ? Double(maskedNegatives) / Double(inBatchNegatives) : nil }

    public init() {}

    static func + (a: ExtractionCounts, b: ExtractionCounts) -> ExtractionCounts {
        var sum = a
        sum.batchElements += b.batchElements
        sum.withoutClicks += b.withoutClicks
        sum.withoutNegatives += b.withoutNegatives
        sum.filteredOut += b.filteredOut
        sum.pairsRemoved += b.pairsRemoved
        sum.pairs += b.pairs
        sum.clicks += b.clicks
        sum.inBatchNegatives += b.inBatchNegatives
        sum.maskedNegatives += b.maskedNegatives
        return sum
    }

    public var description: String {
        "\(batchElements) sessions gave \(pairs) pairs; \(withoutClicks) had no click, \(withoutNegatives) nothing unclicked, "
            + "\(filteredOut) only pairs outside the thresholds (\(pairsRemoved) pairs removed)"
    }
}
