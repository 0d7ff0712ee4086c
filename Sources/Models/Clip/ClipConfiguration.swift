/// Sizes and constants of a CLIP model (Radford et al. 2021), from its `config.json`.
///
/// A field that is missing has the value that Hugging Face's `CLIPTextConfig` and `CLIPVisionConfig` give it.
public struct ClipConfiguration: Equatable, Sendable {
    /// What both towers have.
    public struct Tower: Equatable, Sendable {
        public let hiddenSize: Int
        public let layers: Int
        public let heads: Int
        public let intermediateSize: Int
        public let activation: EncoderActivation
        public let layerNormEpsilon: Double
        /// Probability of dropping an attention weight while training.
        public let attentionDropout: Double
    }

    /// Which token of a text becomes its vector.
    public enum EndOfText: Equatable, Sendable {
        /// That of the highest id, as in models whose configuration says 2 whatever the tokenizer has.
        case highestID
        /// The first of this id.
        case id(Int32)
    }

    public let text: Tower
    public let vocabularySize: Int
    /// Longest text in tokens.
    public let positions: Int
    public let endOfText: EndOfText

    public let vision: Tower
    /// Height and width of an image.
    public let imageSize: Int
    /// Height and width of a patch, a divisor of `imageSize`.
    public let patchSize: Int
    public let channels: Int

    /// Length of the vectors of both towers.
    public let projectionSize: Int

    /// Reads and checks the file.
    init(_ file: ModelFile) throws(ModelError) {
        let type = try file.string("model_type")
        guard type == "clip" else {
            throw ModelError(
                .unsupported, "a model of another kind", file: file.path, field: "model_type", expected: "clip", found: type,
                help: "TextToImageCLIPModel takes models such as openai/clip-vit-base-patch32 and sentence-transformers/clip-ViT-B-32")
        }
        text = try Self.tower(file, "text_config", hidden: 512, heads: 8, inner: 2048)
        vocabularySize = try file.positiveInteger("text_config.vocab_size", default: 49408)
        positions = try file.positiveInteger("text_config.max_position_embeddings", default: 77)
        let end = try file.optionalInteger("text_config.eos_token_id") ?? 49407
        guard let id = Int32(exactly: end), id >= 0 else {
            throw ModelError(
                .malformed, "not a token id", file: file.path, field: "text_config.eos_token_id", expected: "0 or more", found: "\(end)")
        }
        endOfText = id == 2 ? .highestID : .id(id)
        vision = try Self.tower(file, "vision_config", hidden: 768, heads: 12, inner: 3072)
        imageSize = try file.positiveInteger("vision_config.image_size", default: 224)
        patchSize = try file.positiveInteger("vision_config.patch_size", default: 32)
        channels = try file.positiveInteger("vision_config.num_channels", default: 3)
        guard imageSize % patchSize == 0 else {
            throw ModelError(
                .malformed, "the image cannot be cut into patches", file: file.path, field: "vision_config.patch_size",
                expected: "a divisor of \(imageSize)", found: "\(patchSize)")
        }
        guard channels == 3 else {
            throw ModelError(
                .unsupported, "images of another kind", file: file.path, field: "vision_config.num_channels",
                expected: "3 (red, green, blue)", found: "\(channels)")
        }
        projectionSize = try file.positiveInteger("projection_dim", default: 512)
    }

    /// Patches in an image.
    var patches: Int { (imageSize / patchSize) * (imageSize / patchSize) }

    private static func tower(
        _ file: ModelFile, _ part: String, hidden: Int, heads: Int, inner: Int
    ) throws(ModelError) -> Tower {
        guard file.value(part)?.objectValue != nil else { throw file.malformed(part, expected: "an object") }
        let tower = Tower(
            hiddenSize: try file.positiveInteger(part + ".hidden_size", default: hidden),
            layers: try file.positiveInteger(part + ".num_hidden_layers", default: 12),
            heads: try file.positiveInteger(part + ".num_attention_heads", default: heads),
            intermediateSize: try file.positiveInteger(part + ".intermediate_size", default: inner),
            activation: try EncoderActivation(file, part + ".hidden_act", default: .quickGelu),
            layerNormEpsilon: try file.number(part + ".layer_norm_eps", default: 1e-5, in: 0..<1),
            attentionDropout: try file.number(part + ".attention_dropout", default: 0, in: 0..<1))
        guard tower.hiddenSize % tower.heads == 0 else {
            throw ModelError(
                .malformed, "hidden_size cannot be split among the heads", file: file.path, field: part + ".num_attention_heads",
                expected: "a divisor of \(tower.hiddenSize)", found: "\(tower.heads)")
        }
        return tower
    }
}
