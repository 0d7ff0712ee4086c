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
}

/// One encoder layer: self-attention and a feed-forward block, each followed by residual and layer normalisation
/// (Devlin et al. 2018; Vaswani et al. 2017, post-norm).
struct BertLayer {
    let query: Dense
    let key: Dense
    let value: Dense
    let attentionOutput: Dense
    let attentionNorm: Norm
    let intermediate: Dense
    let output: Dense
    let outputNorm: Norm

    init(_ index: Int, _ configuration: BertConfiguration, _ source: ParameterSource) throws {
        let name = "encoder.layer.\(index)."
        let (hidden, inner) = (configuration.hiddenSize, configuration.intermediateSize)
        query = try Dense(name + "attention.self.query", inputs: hidden, outputs: hidden, source)
        key = try Dense(name + "attention.self.key", inputs: hidden, outputs: hidden, source)
        value = try Dense(name + "attention.self.value", inputs: hidden, outputs: hidden, source)
        attentionOutput = try Dense(name + "attention.output.dense", inputs: hidden, outputs: hidden, source)
        attentionNorm = try Norm(name + "attention.output.LayerNorm", size: hidden, source)
        intermediate = try Dense(name + "intermediate.dense", inputs: hidden, outputs: inner, source)
        output = try Dense(name + "output.dense", inputs: inner, outputs: hidden, source)
        outputNorm = try Norm(name + "output.LayerNorm", size: hidden, source)
    }

    /// In the order of Hugging Face's `named_parameters()`.
    var parameters: [Parameter] {
        query.parameters + key.parameters + value.parameters + attentionOutput.parameters + attentionNorm.parameters
            + intermediate.parameters + output.parameters + outputNorm.parameters
    }

    /// [tokens, hidden] to the same shape. `dropout` is nil outside of training.
    func callAsFunction(
        _ x: Tensor, offsets: [Int], _ configuration: BertConfiguration, _ dropout: DropoutStreams?
    ) throws(TensorError) -> Tensor {
        let context = try Fused.selfAttention(
            x, query: query.weights, key: key.weights, value: value.weights, offsets: offsets, heads: configuration.heads,
            dropout: dropout?.next(configuration.attentionDropout))
        let attended = try join(attentionOutput, context, residual: x, attentionNorm, configuration, dropout)
        let inner = try activate(attended, configuration.activation)
        return try join(output, inner, residual: attended, outputNorm, configuration, dropout)
    }

    /// The same without gradient and dropout, in one operation: a text's rows come out the same to the bit in whatever batch it is.
    func constant(_ x: Tensor, offsets: [Int], _ configuration: BertConfiguration) throws(TensorError) -> Tensor {
        let weights = EncoderLayerWeights(
            query: query.weights, key: key.weights, value: value.weights, attentionOutput: attentionOutput.weights,
            attentionNorm: attentionNorm.weights, intermediate: intermediate.weights, output: output.weights, outputNorm: outputNorm.weights
        )
        let activation: EncoderLayerWeights.Activation =
            switch configuration.activation {
            case .gelu: .gelu
            case .geluTanh: .geluTanh
            case .relu: .relu
            case .silu: .silu
            }
        return try Fused.encoderLayer(
            x, weights, offsets: offsets, heads: configuration.heads, activation: activation, eps: configuration.layerNormEpsilon)
    }

    /// The end of either block: layer normalisation of the residual and the dense layer's output, which dropout thins out.
    private func join(
        _ dense: Dense, _ x: Tensor, residual: Tensor, _ norm: Norm, _ configuration: BertConfiguration, _ dropout: DropoutStreams?
    ) throws(TensorError) -> Tensor {
        guard let dropout = dropout?.next(configuration.hiddenDropout) else {
            return try .layerNorm(
                dense(x, residual: residual), weight: norm.weight.tensor, bias: norm.bias.tensor, eps: configuration.layerNormEpsilon)
        }
        return try Fused.residualLayerNorm(
            dense.product(x), residual: residual, norm.weight.tensor, norm.bias.tensor, eps: configuration.layerNormEpsilon,
            inputBias: dense.bias.tensor, dropout: dropout)
    }

    private func activate(_ x: Tensor, _ activation: BertConfiguration.Activation) throws(TensorError) -> Tensor {
        switch activation {
        case .gelu: try Fused.biasGelu(intermediate.product(x), bias: intermediate.bias.tensor)
        case .geluTanh: try (intermediate.product(x) + intermediate.bias.tensor).geluTanh()
        case .relu: try (intermediate.product(x) + intermediate.bias.tensor).relu()
        case .silu: try (intermediate.product(x) + intermediate.bias.tensor).silu()
        }
    }
}
