import Tensors

/// A linear map x Wᵀ + b with its parameters; weights are [out, in] as in PyTorch.
struct Dense {
    let weight: Parameter
    let bias: Parameter

    init(_ name: String, inputs: Int, outputs: Int, _ source: ParameterSource) throws {
        weight = try source.parameter(name + ".weight", [outputs, inputs])
        bias = try source.parameter(name + ".bias", [outputs])
    }

    var parameters: [Parameter] { [weight, bias] }
    var weights: EncoderLayerWeights.Linear { EncoderLayerWeights.Linear(weight: weight.tensor, bias: bias.tensor) }

    func callAsFunction(_ x: Tensor, residual: Tensor? = nil) throws(TensorError) -> Tensor {
        try Fused.linear(x, weight: weight.tensor, bias: bias.tensor, residual: residual)
    }

    /// x Wᵀ alone, for an operation that adds the bias itself.
    func product(_ x: Tensor) throws(TensorError) -> Tensor { try Fused.linear(x, weight: weight.tensor) }
}

/// The parameters of a layer normalisation.
struct Norm {
    let weight: Parameter
    let bias: Parameter

    init(_ name: String, size: Int, _ source: ParameterSource) throws {
        weight = try source.parameter(name + ".weight", [size])
        bias = try source.parameter(name + ".bias", [size])
    }

    var parameters: [Parameter] { [weight, bias] }
    var weights: EncoderLayerWeights.Linear { EncoderLayerWeights.Linear(weight: weight.tensor, bias: bias.tensor) }

    func callAsFunction(_ x: Tensor, eps: Double) throws(TensorError) -> Tensor {
        try Tensor.layerNorm(x, weight: weight.tensor, bias: bias.tensor, eps: eps)
    }
}
