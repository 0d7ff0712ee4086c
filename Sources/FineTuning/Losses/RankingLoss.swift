import Tensors

/// What training minimises: a scalar of the features of a batch.
public protocol RankingLoss: AnyObject {
    /// The loss of the pairs, differentiable in the ranks.
    func loss(_ features: FineTuningFeatures) throws -> Tensor
    /// Sets the gap of ranks that is asked for; the tuner calls it with the run's margin.
    func setMargin(_ margin: Double)
    /// Whether the loss reads `features.inBatch`: it then has something to learn from without any skipped result.
    var readsInBatch: Bool { get }
}

extension RankingLoss {
    public var readsInBatch: Bool { false }
}
