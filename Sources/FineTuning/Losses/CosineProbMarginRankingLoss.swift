import Tensors

/// Probabilistic margin loss scaled to cosine ranks: a pair costs sigmoid(400 d - 6), so that a few hundredths of a gap decide.
public final class CosineProbMarginRankingLoss: ProbMarginRankingLoss {
    override func adjusted(_ d: Tensor) throws(TensorError) -> Tensor { try d * 400 - 6 }
}
