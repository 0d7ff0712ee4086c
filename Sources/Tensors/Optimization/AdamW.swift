import Foundation

/// Adam with decoupled weight decay (Loshchilov and Hutter 2019), in PyTorch's order of operations.
public final class AdamW: Optimizer, @unchecked Sendable {
    public let parameters: [Parameter]
    public var learningRate: Double
    public let beta1: Double, beta2: Double, eps: Double, weightDecay: Double
    private var steps: [Int]
    private var first: [Tensor?]
    private var second: [Tensor?]

    public init(
        _ parameters: [Parameter], learningRate: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8,
        weightDecay: Double = 0.01
    ) throws(TensorError) {
        guard learningRate >= 0, weightDecay >= 0, eps >= 0, 0..<1 ~= betas.0, 0..<1 ~= betas.1 else {
            throw TensorError(
                .value, "adamw", "needs learning_rate, weight_decay and eps of at least 0 and betas in 0..<1",
                help: "got \(learningRate), \(weightDecay), \(eps), \(betas)")
        }
        self.parameters = parameters
        self.learningRate = learningRate
        (beta1, beta2) = betas
        self.eps = eps
        self.weightDecay = weightDecay
        steps = Array(repeating: 0, count: parameters.count)
        first = Array(repeating: nil, count: parameters.count)
        second = first
    }

    public func step() throws(TensorError) {
        try noGrad { () throws(TensorError) in
            for (i, parameter) in parameters.enumerated() {
                guard parameter.isTrainable, let gradient = parameter.grad else { continue }
                steps[i] += 1
                let g = try gradient.dense()
                let zeros = try Tensor.zeros(g.shape, dtype: g.dtype)
                let m = try (first[i] ?? zeros) * beta1 + g * (1 - beta1)
                let v = try (second[i] ?? zeros) * beta2 + g * g * (1 - beta2)
                (first[i], second[i]) = (m, v)
                let t = Double(steps[i])
                let denominator = try v.sqrt() / (1 - pow(beta2, t)).squareRoot() + eps
                parameter.value =
                    try parameter.value * (1 - learningRate * weightDecay) - m / denominator * (learningRate / (1 - pow(beta1, t)))
            }
        }
    }

    public var state: OptimizerState {
        get throws(TensorError) {
            var tensors: [String: Tensor] = [:]
            for i in parameters.indices {
                tensors["\(i).first_moment"] = first[i]
                tensors["\(i).second_moment"] = second[i]
            }
            return OptimizerState(learningRate: learningRate, steps: steps, tensors: tensors)
        }
    }

    public func restore(_ state: OptimizerState) throws(TensorError) {
        guard state.steps.count == parameters.count else {
            throw TensorError(.value, "restore", "the state has \(state.steps.count) parameters, this optimizer \(parameters.count)")
        }
        learningRate = state.learningRate
        steps = state.steps
        for i in parameters.indices {
            first[i] = state.tensors["\(i).first_moment"]
            second[i] = state.tensors["\(i).second_moment"]
        }
    }
}
