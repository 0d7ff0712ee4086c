/// Stochastic gradient descent with weight decay, p ← p - η (g + λ p), and momentum if asked, as torch.optim.SGD.
public final class SGD: BaseOptimizer, @unchecked Sendable {
    public let weightDecay: Double, momentum: Double
    public let nesterov: Bool

    public init(
        _ parameters: [Parameter], learningRate: Double, weightDecay: Double = 0, momentum: Double = 0, nesterov: Bool = false
    ) throws(TensorError) {
        guard momentum >= 0, momentum.isFinite, !nesterov || momentum > 0 else {
            throw TensorError(.value, "sgd", "momentum must not be negative, and positive for nesterov, not \(momentum)")
        }
        self.weightDecay = weightDecay
        self.momentum = momentum
        self.nesterov = nesterov
        try super.init("sgd", parameters, learningRate, weightDecay: weightDecay)
    }

    override func rule(step count: Int) -> UpdateStep {
        momentum == 0
            ? .sgd(rate: learningRate, decay: weightDecay)
            : .momentum(rate: learningRate, decay: weightDecay, momentum: momentum, nesterov: nesterov)
    }
}
