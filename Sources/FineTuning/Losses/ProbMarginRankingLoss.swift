import Statement
import Tensors

/// Probabilistic margin loss: each pair costs the probability that it is ordered wrongly, trusted as far as its less certain click.
///
/// With d = margin - target (positive - negative) a pair costs sigmoid(d); the loss is mean(cost · min(confidences)).
public class ProbMarginRankingLoss: RankingLoss, Fingerprinted {
    @Undoable public private(set) var margin: Double
    /// Whether the mean of small gaps is added, which draws near-ties closer.
    public let doFineSmallDifference: Bool

    /// Throws unless `baseMargin` is positive.
    public init(baseMargin: Double = 1, doFineSmallDifference: Bool = false) throws(FineTuningError) {
        guard baseMargin > 0, baseMargin.isFinite else {
            throw FineTuningError(.value, "base_margin must be a positive numeric value", found: "\(baseMargin)")
        }
        margin = baseMargin
        self.doFineSmallDifference = doFineSmallDifference
    }

    public func setMargin(_ margin: Double) { self.margin = margin }

    public var fingerprint: String { "\(type(of: self))" + (doFineSmallDifference ? " with the fine term" : "") }

    /// The argument of the sigmoid, of d.
    func adjusted(_ d: Tensor) throws(TensorError) -> Tensor { d }

    /// Scalar loss; 0 without gradient when there are no pairs.
    public func loss(_ features: FineTuningFeatures) throws -> Tensor {
        guard features.hasPairs, let positive = features.positiveRanks, let negative = features.negativeRanks else {
            return try Tensor(scalar: 0)
        }
        guard let target = features.target, let positiveTrust = features.positiveConfidences,
            let negativeTrust = features.negativeConfidences
        else {
            throw FineTuningError(.value, "features need a target and confidences", help: "take them from the FeaturesExtractor")
        }
        let gap = try positive - negative
        let d = try margin - target * gap
        // sigmoid itself, not 1/(1+exp(·)): the literal formula has a NaN gradient in f32 once exp overflows.
        let cost = try adjusted(d).sigmoid() * Tensor.minimum(positiveTrust, negativeTrust)
        let loss = try cost.mean()
        return doFineSmallDifference ? try loss + fine(gap) : loss
    }

    private func fine(_ gap: Tensor) throws -> Tensor {
        guard margin > 0 else {
            throw FineTuningError(
                .value, "margin must be positive when do_fine_small_difference is set", found: "\(margin)",
                help: "the fine term's steepness is 100 / margin")
        }
        return try SmallValues.differentiableMean(of: gap, threshold: margin, steepness: (1 / margin * 100).rounded(.towardZero))
    }
}
