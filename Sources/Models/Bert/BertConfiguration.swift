import Foundation

/// Sizes and constants of a BERT encoder, from `config.json`.
public struct BertConfiguration: Equatable, Sendable {
    public let vocabularySize: Int
    public let hiddenSize: Int
    public let layers: Int
    public let heads: Int
    public let intermediateSize: Int
    public let activation: EncoderActivation
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
        activation = try EncoderActivation(file, "hidden_act", default: .gelu)
        layerNormEpsilon = try file.number("layer_norm_eps", default: 1e-12, in: 0..<1)
        hiddenDropout = try file.number("hidden_dropout_prob", default: 0.1, in: 0..<1)
        attentionDropout = try file.number("attention_probs_dropout_prob", default: 0.1, in: 0..<1)
    }

    private static func checkKind(_ file: ModelFile) throws(ModelError) {
        let type = try file.string("model_type")
        guard type == "bert" else {
            throw ModelError(
                .unsupported, "a model of another kind", file: file.path, field: "model_type", expected: "bert", found: type,
                help: type == "clip"
                    ? "A CLIP model is loaded by load_model(directory) or TextToImageCLIPModel(directory)"
                    : "This library runs BERT encoders, such as all-MiniLM-L6-v2, bge-small-en-v1.5, gte-small and e5-small-v2, and CLIP")
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
}
