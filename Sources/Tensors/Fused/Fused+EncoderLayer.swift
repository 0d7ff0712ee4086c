import CKernels

/// The weights of a transformer layer, each an f32 tensor: matrices [out, in], vectors [out].
public struct EncoderLayerWeights {
    /// A linear map x Wᵀ + b.
    public struct Linear {
        let weight: Tensor
        let bias: Tensor

        public init(weight: Tensor, bias: Tensor) { (self.weight, self.bias) = (weight, bias) }
    }

    /// What the feed-forward block applies between its two maps.
    public enum Activation: Sendable { case gelu, geluTanh, relu, silu, quickGelu }

    /// Whether the norms come after the blocks (Devlin et al. 2018) or before them (Radford et al. 2021).
    public enum Order: Sendable { case postNorm, preNorm }

    let query: Linear, key: Linear, value: Linear, attentionOutput: Linear
    let attentionNorm: Linear
    let intermediate: Linear, output: Linear
    let outputNorm: Linear

    /// The norms' weights and biases are vectors [hidden].
    public init(
        query: Linear, key: Linear, value: Linear, attentionOutput: Linear, attentionNorm: Linear, intermediate: Linear, output: Linear,
        outputNorm: Linear
    ) {
        (self.query, self.key, self.value, self.attentionOutput) = (query, key, value, attentionOutput)
        (self.attentionNorm, self.intermediate, self.output, self.outputNorm) = (attentionNorm, intermediate, output, outputNorm)
    }
}

extension Fused {
    /// A whole encoder layer without gradient and dropout, [tokens, hidden] to the same. With `causal`, a row sees only itself and those
    /// of its sequence before it.
    ///
    /// Runs on products of its own, which go from block to block of rows while these are in the cache. What comes out for a sequence is the
    /// same to the bit whatever other sequences are in the batch and however many threads there are: it may be kept and used again.
    public static func encoderLayer(
        _ x: Tensor, _ weights: EncoderLayerWeights, offsets: [Int], heads: Int, activation: EncoderLayerWeights.Activation, eps: Double,
        order: EncoderLayerWeights.Order = .postNorm, causal: Bool = false
    ) throws(TensorError) -> Tensor {
        let operation = "encoder_layer"
        let span = OperationSpan(operation)
        defer { span.end() }
        let input = try Packed.matrix(x, operation, "the input")
        let (tokens, hidden) = (input.shape[0], input.shape[1])
        try Packed.offsets(offsets, rows: tokens, operation)
        guard heads > 0, hidden > 0, hidden % heads == 0 else {
            throw TensorError(.value, operation, "\(hidden) columns do not split into \(heads) heads", operands: [x])
        }
        let inner = weights.intermediate.bias.count
        var layer = eft_layer()
        var kept: [Tensor] = [input]
        func linear(_ map: EncoderLayerWeights.Linear, _ outputs: Int, _ inputs: Int, _ name: String) throws(TensorError) -> eft_dense {
            let weight = try Packed.matrix(map.weight, operation, "the weight of \(name)")
            guard weight.shape == [outputs, inputs] else {
                throw TensorError(.shape, operation, "the weight of \(name) must be [\(outputs), \(inputs)]", operands: [weight])
            }
            let bias = try Packed.vector(map.bias, outputs, operation, "the bias of \(name)")
            kept += [weight, bias]
            return eft_dense(weight: weight.base(Float.self), bias: bias.base(Float.self), outputs: outputs, inputs: inputs)
        }
        func vector(_ tensor: Tensor, _ name: String) throws(TensorError) -> UnsafePointer<Float> {
            let vector = try Packed.vector(tensor, hidden, operation, name)
            kept.append(vector)
            return vector.base(Float.self)
        }
        layer.query = try linear(weights.query, hidden, hidden, "the queries")
        layer.key = try linear(weights.key, hidden, hidden, "the keys")
        layer.value = try linear(weights.value, hidden, hidden, "the values")
        layer.attention_output = try linear(weights.attentionOutput, hidden, hidden, "the attention's output")
        layer.intermediate = try linear(weights.intermediate, inner, hidden, "the intermediate map")
        layer.output = try linear(weights.output, hidden, inner, "the output")
        layer.attention_norm_weight = try vector(weights.attentionNorm.weight, "the attention's norm")
        layer.attention_norm_bias = try vector(weights.attentionNorm.bias, "the attention's norm")
        layer.output_norm_weight = try vector(weights.outputNorm.weight, "the output's norm")
        layer.output_norm_bias = try vector(weights.outputNorm.bias, "the output's norm")
        (layer.sequences, layer.tokens, layer.hidden, layer.inner, layer.heads) = (offsets.count - 1, tokens, hidden, inner, heads)
        layer.eps = Float(eps)
        (layer.pre_norm, layer.causal) = (order == .preNorm, causal)
        layer.activation =
            switch activation {
            case .gelu: EFT_ACTIVATION_GELU
            case .geluTanh: EFT_ACTIVATION_GELU_TANH
            case .relu: EFT_ACTIVATION_RELU
            case .silu: EFT_ACTIVATION_SILU
            case .quickGelu: EFT_ACTIVATION_QUICK_GELU
            }
        let y = try Tensor.uninitialized(input.shape, .f32, operation)
        let workspace = try Tensor.uninitialized([eft_layer_workspace(&layer)], .f32, operation)
        layer.x = input.base(Float.self)
        layer.y = y.mutableBase(Float.self)
        layer.workspace = workspace.mutableBase(Float.self)
        let starts = offsets.map(Int64.init)
        let pairs = zip(offsets, offsets.dropFirst()).reduce(0) { $0 + ($1.1 - $1.0) * ($1.1 - $1.0) }
        // The six maps, and two products of the scores' size.
        OperationObservation.current?.multiplied(operations: 4 * hidden * (tokens * (2 * hidden + inner) + pairs))
        // All operands are contiguous, of the sizes that the layer states, and live until it is done.
        let done = starts.withUnsafeBufferPointer { starts in
            layer.offsets = starts.baseAddress
            return eft_layer_forward(&layer)
        }
        withExtendedLifetime((kept, y, workspace)) {}
        if !done { throw TensorError(.memory, operation, "no memory for a block of the batch", operands: [x]) }
        return y
    }
}
