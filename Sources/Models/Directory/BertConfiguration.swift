import Foundation

/// Sizes and constants of a BERT encoder, from `config.json`.
public struct BertConfiguration: Equatable, Sendable {
    public enum Activation: String, Sendable {
        case gelu
        /// GELU by its tanh approximation.
        case geluTanh = "gelu_new"
        case relu
        case silu
    }

    public let vocabularySize: Int
    public let hiddenSize: Int
    public let layers: Int
    public let heads: Int
    public let intermediateSize: Int
    public let activation: Activation
    public let layerNormEpsilon: Double
    /// Longest text in tokens.
    public let positions: Int
    public let tokenTypes: Int
    /// Probabilities of dropping a hidden unit and an attention weight while training.
    public let hiddenDropout: Double
    public let attentionDropout: Double

    /// Reads and checks the file; models that are not plain BERT encoders are refused by name.
    init(_ file: ModelFile) throws(ModelError) {
        try Self.checkKind(file)
        vocabularySize = try file.positiveInteger("vocab_size")
        hiddenSize = try file.positiveInteger("hidden_size")
        layers = try file.positiveInteger("num_hidden_layers")
        heads = try file.positiveInteger("num_attention_heads")
        intermediateSize = try file.positiveInteger("intermediate_size")
        positions = try file.positiveInteger("max_position_embeddings")
        tokenTypes = try file.positiveInteger("type_vocab_size")
        guard hiddenSize % heads == 0 else {
            throw ModelError(
                .malformed, "hidden_size cannot be split among the heads", file: file.path, field: "num_attention_heads",
                expected: "a divisor of \(hiddenSize)", found: "\(heads)")
        }
        activation = try Self.activation(file)
        layerNormEpsilon = try Self.number("layer_norm_eps", 1e-12, 0..<1, file)
        hiddenDropout = try Self.number("hidden_dropout_prob", 0.1, 0..<1, file)
        attentionDropout = try Self.number("attention_probs_dropout_prob", 0.1, 0..<1, file)
    }

    private static func checkKind(_ file: ModelFile) throws(ModelError) {
        let type = try file.string("model_type")
        guard type == "bert" else {
            throw ModelError(
                .unsupported, "a model of another kind", file: file.path, field: "model_type", expected: "bert", found: type,
                help: (type.contains("clip") || type.contains("vit") ? "Image models are not there. " : "")
                    + "This library runs BERT encoders, such as all-MiniLM-L6-v2, bge-small-en-v1.5, gte-small and e5-small-v2")
        }
        if let positions = try file.optionalString("position_embedding_type"), positions != "absolute" {
            throw ModelError(
                .unsupported, "relative positions", file: file.path, field: "position_embedding_type", expected: "absolute",
                found: positions)
        }
        for field in ["is_decoder", "add_cross_attention"] where try file.optionalBool(field) == true {
            throw ModelError(
                .unsupported, "a decoder, not an encoder", file: file.path, field: field, expected: "false", found: "true")
        }
    }

    private static func activation(_ file: ModelFile) throws(ModelError) -> Activation {
        let name = try file.optionalString("hidden_act") ?? "gelu"
        switch name {
        case "gelu": return .gelu
        case "gelu_new", "gelu_pytorch_tanh", "gelu_fast": return .geluTanh
        case "relu": return .relu
        case "silu", "swish": return .silu
        default:
            throw ModelError(
                .unsupported, "an activation that this library does not compute", file: file.path, field: "hidden_act",
                expected: "gelu, gelu_new, relu or silu", found: name)
        }
    }

    private static func number(
        _ field: String, _ fallback: Double, _ range: Range<Double>, _ file: ModelFile
    ) throws(ModelError) -> Double {
        let value = try file.optionalNumber(field) ?? fallback
        guard range.contains(value) else {
            throw ModelError(
                .malformed, "out of range", file: file.path, field: field,
                expected: "at least \(range.lowerBound), below \(range.upperBound)",
                found: "\(value)")
        }
        return value
    }
}
