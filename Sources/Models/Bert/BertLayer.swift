import Tensors

/// One encoder layer: self-attention and a feed-forward block, each followed by residual and layer normalisation
/// (Devlin et al. 2018; Vaswani et al. 2017, post-norm).
struct BertLayer: EncoderLayer {
    private let configuration: BertConfiguration
    let query: Dense
    let key: Dense
    let value: Dense
    let attentionOutput: Dense
    let attentionNorm: Norm
    let intermediate: Dense
    let output: Dense
    let outputNorm: Norm

    init(_ index: Int, _ configuration: BertConfiguration, _ source: ParameterSource) throws {
        self.configuration = configuration
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

    var parameters: [Parameter] {
        query.parameters + key.parameters + value.parameters + attentionOutput.parameters + attentionNorm.parameters
            + intermediate.parameters + output.parameters + outputNorm.parameters
    }

    func callAsFunction(_ x: Tensor, offsets: [Int], _ dropout: DropoutStreams?) throws(TensorError) -> Tensor {
        let context = try Fused.selfAttention(
            x, query: query.weights, key: key.weights, value: value.weights, offsets: offsets, heads: configuration.heads,
            dropout: dropout?.next(configuration.attentionDropout))
        let attended = try join(attentionOutput, context, residual: x, attentionNorm, dropout)
        let inner = try configuration.activation(intermediate, attended)
        return try join(output, inner, residual: attended, outputNorm, dropout)
    }

    func constant(_ x: Tensor, offsets: [Int]) throws(TensorError) -> Tensor {
        let weights = EncoderLayerWeights(
            query: query.weights, key: key.weights, value: value.weights, attentionOutput: attentionOutput.weights,
            attentionNorm: attentionNorm.weights, intermediate: intermediate.weights, output: output.weights, outputNorm: outputNorm.weights
        )
        return try Fused.encoderLayer(
            x, weights, offsets: offsets, heads: configuration.heads, activation: configuration.activation.fused,
            eps: configuration.layerNormEpsilon)
    }

    /// The end of either block: layer normalisation of the residual and the dense layer's output, which dropout thins out.
    private func join(
        _ dense: Dense, _ x: Tensor, residual: Tensor, _ norm: Norm, _ dropout: DropoutStreams?
    ) throws(TensorError) -> Tensor {
        guard let dropout = dropout?.next(configuration.hiddenDropout) else {
            return try .layerNorm(
                dense(x, residual: residual), weight: norm.weight.tensor, bias: norm.bias.tensor, eps: configuration.layerNormEpsilon)
        }
        return try Fused.residualLayerNorm(
            dense.product(x), residual: residual, norm.weight.tensor, norm.bias.tensor, eps: configuration.layerNormEpsilon,
            inputBias: dense.bias.tensor, dropout: dropout)
    }
}
