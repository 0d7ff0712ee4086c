/// Adam with decoupled weight decay (Loshchilov and Hutter 2019), as torch.optim.AdamW.
///
/// Rows of a table that a step does not touch decay and move on by their moments all the same, as with torch's dense gradients and unlike its
/// SparseAdam; they get these steps, bit for bit, when they are next read (`ParameterUpdates`).
public final class AdamW: BaseOptimizer, @unchecked Sendable {
    public let beta1: Double, beta2: Double, eps: Double, weightDecay: Double

    public init(
        _ parameters: [Parameter], learningRate: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8,
        weightDecay: Double = 0.01
    ) throws(TensorError) {
        guard eps >= 0, eps.isFinite, 0..<1 ~= betas.0, 0..<1 ~= betas.1 else {
            throw TensorError(.value, "adamw", "betas must be in 0..<1 and eps not negative, not \(betas) and \(eps)")
        }
        (beta1, beta2) = betas
        self.eps = eps
        self.weightDecay = weightDecay
        try super.init("adamw", parameters, learningRate, weightDecay: weightDecay)
    }

    override func rule(step count: Int) -> UpdateStep {
        .adamW(
            Kernels.AdamWStep(
                learningRate: learningRate, beta1: beta1, beta2: beta2, eps: eps, weightDecay: weightDecay, step: count))
    }
}
