import Tensors

/// What the feed-forward block of an encoder layer applies between its two maps, under the names of Hugging Face's `hidden_act`.
public enum EncoderActivation: String, Sendable {
    case gelu
    /// GELU by its tanh approximation.
    case geluTanh = "gelu_new"
    case relu
    case silu
    /// x sigmoid(1.702 x)
    case quickGelu = "quick_gelu"

    /// The activation that a configuration names.
    init(_ file: ModelFile, _ field: String, default fallback: EncoderActivation) throws(ModelError) {
        switch try file.optionalString(field) {
        case nil: self = fallback
        case "gelu": self = .gelu
        case "gelu_new", "gelu_pytorch_tanh", "gelu_fast": self = .geluTanh
        case "relu": self = .relu
        case "silu", "swish": self = .silu
        case "quick_gelu": self = .quickGelu
        case let name:
            throw ModelError(
                .unsupported, "an activation that this library does not compute", file: file.path, field: field,
                expected: "gelu, gelu_new, quick_gelu, relu or silu", found: name)
        }
    }

    /// The name of the same activation among the fused operations'.
    var fused: EncoderLayerWeights.Activation {
        switch self {
        case .gelu: .gelu
        case .geluTanh: .geluTanh
        case .relu: .relu
        case .silu: .silu
        case .quickGelu: .quickGelu
        }
    }

    /// activation(x Wᵀ + b)
    func callAsFunction(_ dense: Dense, _ x: Tensor) throws(TensorError) -> Tensor {
        switch self {
        case .gelu: try Fused.biasGelu(dense.product(x), bias: dense.bias.tensor)
        case .geluTanh: try (dense.product(x) + dense.bias.tensor).geluTanh()
        case .relu: try (dense.product(x) + dense.bias.tensor).relu()
        case .silu: try (dense.product(x) + dense.bias.tensor).silu()
        case .quickGelu: try (dense.product(x) + dense.bias.tensor).quickGelu()
        }
    }
}
