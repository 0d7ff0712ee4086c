import Tensors

/// In-batch softmax: each click is to be found among the clicked items of the whole batch (Henderson et al. 2017, and others since).
///
/// The loss is the mean over clicks of -log softmax(scale · cosines)[own item]. Another row's item that is known to be clicked for the
/// same query is no negative of it, unless `masksKnown` is off.
public final class InBatchSoftmaxLoss: RankingLoss, Fingerprinted {
    public let scale: Double
    public let masksKnown: Bool
    public var fingerprint: String { "InBatchSoftmaxLoss(scale \(scale), known positives \(masksKnown ? "masked" : "as negatives"))" }
    public var readsInBatch: Bool { true }

    /// Throws unless `scale` is positive.
    public init(scale: Double = 20, masksKnown: Bool = true) throws(FineTuningError) {
        guard scale > 0, scale.isFinite else {
            throw FineTuningError(.value, "scale must be a positive number", found: "\(scale)")
        }
        self.scale = scale
        self.masksKnown = masksKnown
    }

    /// A softmax has no margin.
    public func setMargin(_ margin: Double) {}

    public func loss(_ features: FineTuningFeatures) throws -> Tensor {
        guard let batch = features.inBatch, batch.rowCount > 0 else { return try Tensor(scalar: 0) }
        let (queries, items) = try batch.matrices()
        var scores = try queries.normalize().matmul(items.normalize().transpose(0, 1)) * scale
        if masksKnown, batch.known.contains(true) {
            // Far below any score of a cosine, and finite: a row without negatives left costs 0, not nan.
            let penalty = try Tensor(batch.known.map { $0 ? -1e9 : 0 }, shape: [batch.rowCount, batch.rowCount])
            scores = try scores + penalty.to(scores.dtype)
        }
        return try Tensor.crossEntropy(scores, Tensor((0..<batch.rowCount).map { Int32($0) }, shape: [batch.rowCount]))
    }
}
