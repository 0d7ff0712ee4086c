import Clickstream
import Tensors

/// The features of a batch, and where each of their pairs comes from.
public struct Extraction {
    /// One (clicked, skipped) pair.
    public struct Pair {
        public let query: String
        /// Ids of the objects.
        public let clicked: String
        public let skipped: String
        /// Where the session was read, for messages.
        public let place: String
        /// Whether the skipped result is a clickless session's, which was lent its clicked one.
        public let isLent: Bool
    }

    public var features: FineTuningFeatures
    /// One for each entry of the features.
    public let pairs: [Pair]

    static var empty: Extraction { Extraction(features: FineTuningFeatures(), pairs: []) }

    /// The same values as constants, which hold no graph.
    var detached: Extraction {
        var copy = self
        copy.features.positiveRanks = features.positiveRanks?.detach()
        copy.features.negativeRanks = features.negativeRanks?.detach()
        copy.features.inBatch = nil
        return copy
    }
}
