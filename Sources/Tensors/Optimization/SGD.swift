/// Stochastic gradient descent with weight decay: p ← p - η (g + λ p).
public final class SGD: Optimizer, @unchecked Sendable {
    public let parameters: [Parameter]
    public var learningRate: Double
    public let weightDecay: Double
    private var steps: [Int]

    public init(_ parameters: [Parameter], learningRate: Double, weightDecay: Double = 0) throws(TensorError) {
        guard learningRate >= 0, weightDecay >= 0 else {
            throw TensorError(.value, "sgd", "learning rate and weight decay must not be negative: \(learningRate), \(weightDecay)")
        }
        self.parameters = parameters
        self.learningRate = learningRate
        self.weightDecay = weightDecay
        steps = Array(repeating: 0, count: parameters.count)
    }

    public func step() throws(TensorError) {
        for (i, parameter) in parameters.enumerated() {
            guard parameter.isTrainable, let gradient = parameter.grad else { continue }
            steps[i] += 1
            let g = try gradient.dense()
            parameter.value = try noGrad { () throws(TensorError) in
                try parameter.value - (g + parameter.value * weightDecay) * learningRate
            }
        }
    }

    public var state: OptimizerState {
        get throws(TensorError) { OptimizerState(learningRate: learningRate, steps: steps, tensors: [:]) }
    }

    public func restore(_ state: OptimizerState) throws(TensorError) {
        guard state.steps.count == parameters.count else {
            throw TensorError(.value, "restore", "the state has \(state.steps.count) parameters, this optimizer \(parameters.count)")
        }
        learningRate = state.learningRate
        steps = state.steps
    }
}
