import Tensors

/// One layer of either tower of CLIP: self-attention and a feed-forward block, each of a normalised input and added to it
/// (Radford et al. 2021; Vaswani et al. 2017, pre-norm).
struct ClipLayer: EncoderLayer {
    private let tower: ClipConfiguration.Tower
    /// Whether a token sees only those before it, as in the text tower.
    private let isCausal: Bool
    private let attentionNorm: Norm
    private let query: Dense
    private let key: Dense
    private let value: Dense
    private let attentionOutput: Dense
    private let norm: Norm
    private let intermediate: Dense
    private let output: Dense

    /// `name` is what the layer's parameters begin with.
    init(_ name: String, _ tower: ClipConfiguration.Tower, isCausal: Bool, _ source: ParameterSource) throws {
        (self.tower, self.isCausal) = (tower, isCausal)
        let (hidden, inner) = (tower.hiddenSize, tower.intermediateSize)
        func map(_ part: String, _ inputs: Int, _ outputs: Int) throws -> Dense {
            try Dense(name + part, inputs: inputs, outputs: outputs, source)
        }
        key = try map("self_attn.k_proj", hidden, hidden)
        value = try map("self_attn.v_proj", hidden, hidden)
        query = try map("self_attn.q_proj", hidden, hidden)
        attentionOutput = try map("self_attn.out_proj", hidden, hidden)
        attentionNorm = try Norm(name + "layer_norm1", size: hidden, source)
        intermediate = try map("mlp.fc1", hidden, inner)
        output = try map("mlp.fc2", inner, hidden)
        norm = try Norm(name + "layer_norm2", size: hidden, source)
    }

    var parameters: [Parameter] {
        key.parameters + value.parameters + query.parameters + attentionOutput.parameters + attentionNorm.parameters
            + intermediate.parameters + output.parameters + norm.parameters
    }

    func callAsFunction(_ x: Tensor, offsets: [Int], _ dropout: DropoutStreams?) throws(TensorError) -> Tensor {
        let context = try Fused.selfAttention(
            attentionNorm(x, eps: tower.layerNormEpsilon), query: query.weights, key: key.weights, value: value.weights, offsets: offsets,
            heads: tower.heads, causal: isCausal, dropout: dropout?.next(tower.attentionDropout))
        let attended = try attentionOutput(context, residual: x)
        return try output(tower.activation(intermediate, norm(attended, eps: tower.layerNormEpsilon)), residual: attended)
    }

    func constant(_ x: Tensor, offsets: [Int]) throws(TensorError) -> Tensor {
        let weights = EncoderLayerWeights(
            query: query.weights, key: key.weights, value: value.weights, attentionOutput: attentionOutput.weights,
            attentionNorm: attentionNorm.weights, intermediate: intermediate.weights, output: output.weights, outputNorm: norm.weights)
        return try Fused.encoderLayer(
            x, weights, offsets: offsets, heads: tower.heads, activation: tower.activation.fused, eps: tower.layerNormEpsilon,
            order: .preNorm, causal: isCausal)
    }
}
