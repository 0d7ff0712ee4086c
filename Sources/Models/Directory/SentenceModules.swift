import Foundation

/// What the sentence-transformers files of a directory ask for: pooling, normalisation, length limit, prompts.
struct SentenceModules: Equatable {
    var pooling: Pooling
    var normalizes: Bool
    /// Longest text in tokens, where the directory states one.
    var maxLength: Int?
    var queryPrefix = ""
    var itemPrefix = ""
    /// Whether the directory says what to put before texts, be it nothing.
    var statesPrefixes = false
    /// Whether the directory itself says all this; saving can then repeat its files as they are.
    var isAsStored = false
    /// Where config.json, weights and tokenizer are, relative to the directory: "" or "0_Transformer".
    var transformerPath = ""
    /// Where the pooler's weights are, if not among the encoder's.
    var poolerPath: String?
    /// Dense layers between pooling and normalisation, in order; BERT's own pooler is none of them.
    var denseLayers: [SentenceDense.Description] = []
    /// `modules.json` and the modules' own settings, relative to the directory; empty for a plain model.
    var files: [String] = []

    /// A directory without `modules.json` is a plain Hugging Face model: its own pooler, no normalisation.
    init(in directory: URL) throws(ModelError) {
        pooling = .pooler
        normalizes = false
        let url = directory.appendingPathComponent("modules.json")
        guard FileManager.default.fileExists(atPath: url.path) else { return }
        let file = try ModelFile(reading: url)
        guard let modules = file.tree.arrayValue, !modules.isEmpty else {
            throw ModelError(
                .malformed, "the modules are no list", file: file.path, expected: "a non-empty JSON array", found: file.tree.kindName)
        }
        files = ["modules.json"]
        var stages: [String] = []
        for (index, module) in modules.enumerated() {
            guard let type = module["type"]?.stringValue, let path = module["path"]?.stringValue, Self.isInside(path) else {
                throw ModelError(
                    .malformed, "the module has no type, or no path inside the directory", file: file.path, field: "[\(index)]",
                    found: module["path"]?.kindName)
            }
            stages.append(type)
            if !path.isEmpty { files.append(path + "/config.json") }
            let folder = path.isEmpty ? directory : directory.appendingPathComponent(path)
            switch type.split(separator: ".").last.map(String.init) ?? type {
            case "Transformer" where index == 0:
                transformerPath = path
                try readLengthLimit(folder)
            case "Pooling" where index == 1:
                try readPooling(folder.appendingPathComponent("config.json"))
            case "Dense" where index >= 2 && !normalizes: try readDense(path, in: folder)
            case "Dropout" where index >= 2: break
            case "Normalize" where index >= 2 && !normalizes && index == modules.count - 1: normalizes = true
            default:
                throw ModelError(
                    .unsupported, "a module that this library does not run in this place", file: file.path, field: "[\(index)].type",
                    expected: "Transformer, Pooling, perhaps Dense layers, perhaps Normalize, in this order", found: type,
                    help: type.contains("CLIP") ? "A CLIP model is loaded by load_model(directory) or TextToImageCLIPModel(directory)" : nil
                )
            }
        }
        guard stages.count >= 2 else {
            throw ModelError(
                .unsupported, "no pooling", file: file.path, expected: "Transformer, Pooling and, optionally, Normalize",
                found: stages.joined(separator: ", "))
        }
        isAsStored = true
        try readPrompts(directory.appendingPathComponent("config_sentence_transformers.json"))
    }

    static func isInside(_ path: String) -> Bool {
        !path.hasPrefix("/") && !path.split(separator: "/").contains("..")
    }

    private mutating func readLengthLimit(_ folder: URL) throws(ModelError) {
        let url = folder.appendingPathComponent("sentence_bert_config.json")
        guard FileManager.default.fileExists(atPath: url.path) else { return }
        let file = try ModelFile(reading: url)
        guard let limit = try file.optionalInteger("max_seq_length") else { return }
        guard limit >= 2 else {
            throw ModelError(
                .malformed, "too short for any text", file: file.path, field: "max_seq_length", expected: "at least 2", found: "\(limit)")
        }
        maxLength = limit
    }

    private mutating func readPooling(_ url: URL) throws(ModelError) {
        let file = try ModelFile(reading: url)
        let known: [(field: String, pooling: Pooling?)] = [
            ("pooling_mode_cls_token", .cls), ("pooling_mode_mean_tokens", .mean), ("pooling_mode_max_tokens", .max),
            ("pooling_mode_mean_sqrt_len_tokens", .meanSquareRootLength), ("pooling_mode_weightedmean_tokens", nil),
            ("pooling_mode_lasttoken", nil),
        ]
        var chosen: [(field: String, pooling: Pooling?)] = []
        for mode in known where try file.optionalBool(mode.field) == true { chosen.append(mode) }
        // Later versions of sentence-transformers write one name instead of the flags.
        if chosen.isEmpty, let name = try file.optionalString("pooling_mode") {
            chosen = [("pooling_mode", Pooling(rawValue: name).flatMap { $0 == .pooler ? nil : $0 })]
        }
        guard chosen.count == 1, let first = chosen.first, let mode = first.pooling else {
            throw ModelError(
                .unsupported, "a pooling that this library does not compute", file: file.path, field: chosen.first?.field,
                expected: "exactly one of pooling_mode_mean_tokens, _cls_token, _max_tokens and _mean_sqrt_len_tokens",
                found: chosen.isEmpty ? "none" : chosen.map(\.field).joined(separator: " + "))
        }
        pooling = mode
    }

    private mutating func readPrompts(_ url: URL) throws(ModelError) {
        guard FileManager.default.fileExists(atPath: url.path) else { return }
        let file = try ModelFile(reading: url)
        let query = try file.optionalString("prompts.query")
        queryPrefix = query ?? ""
        let passage = try file.optionalString("prompts.passage")
        let document = try file.optionalString("prompts.document")
        itemPrefix = passage ?? document ?? ""
        // Later versions of sentence-transformers write empty prompts into every directory.
        statesPrefixes = !queryPrefix.isEmpty || !itemPrefix.isEmpty
    }

    /// A dense layer with tanh on the vector of `[CLS]` is BERT's pooler, whose weights are then found there.
    private mutating func readDense(_ path: String, in folder: URL) throws(ModelError) {
        let layer = try SentenceDense.Description(path: path, try ModelFile(reading: folder.appendingPathComponent("config.json")))
        if pooling == .cls, denseLayers.isEmpty, poolerPath == nil, layer.activation == .tanh, layer.inputs == layer.outputs, layer.hasBias
        {
            pooling = .pooler
            poolerPath = path
        } else {
            denseLayers.append(layer)
        }
    }
}
