import Foundation
import Tensors

/// What a model is made of, read from its directory.
struct DirectoryParts {
    let tokenizer: WordPieceTokenizer
    let encoder: BertEncoder
    let denseLayers: [SentenceDense]
    let modules: SentenceModules
    let maxLength: Int
    let files: DirectoryFiles
}

extension EmbeddingModel {
    /// Loads a model by its name in the model folder, or from a directory in Hugging Face or sentence-transformers layout.
    ///
    /// `pooling` overrides what the directory says, `maxLength` shortens its limit. An E5 model, which its name tells, gets its prefixes
    /// unless the directory states some. Every defect of the directory is a `ModelError` that names file and field.
    public static func load(_ nameOrDirectory: String, pooling: Pooling? = nil, maxLength: Int? = nil) throws -> EmbeddingModel {
        try load(from: ModelStore.resolve(nameOrDirectory), pooling: pooling, maxLength: maxLength)
    }

    /// A model of the E5 family: mean of the tokens, normalised, `query: ` before queries and `passage: ` before items.
    public static func e5(_ nameOrDirectory: String, maxLength: Int? = nil) throws -> EmbeddingModel {
        let model = try load(from: ModelStore.resolve(nameOrDirectory), pooling: .mean, normalizes: true, maxLength: maxLength)
        model.queryPrefix = "query: "
        model.itemPrefix = "passage: "
        return model
    }

    static func load(
        from directory: URL, pooling: Pooling? = nil, normalizes: Bool? = nil, maxLength: Int? = nil
    ) throws -> EmbeddingModel {
        if let maxLength, maxLength < 3 {
            throw ModelError(.invalidArgument, "the longest text must have at least 3 tokens", expected: "3 or more", found: "\(maxLength)")
        }
        var modules = try SentenceModules(in: directory)
        if let pooling, pooling != modules.pooling {
            modules.pooling = pooling
            modules.poolerPath = nil
            modules.isAsStored = false
        }
        if let normalizes, normalizes != modules.normalizes {
            modules.normalizes = normalizes
            modules.isAsStored = false
        }
        let folder = modules.transformerPath.isEmpty ? directory : directory.appendingPathComponent(modules.transformerPath)
        let file = try ModelFile(
            reading: folder.appendingPathComponent("config.json"),
            help: "A model directory holds config.json, model.safetensors and tokenizer.json: check the path, or fetch the model again")
        let configuration = try BertConfiguration(file)
        let tokenizer = try TokenizerFile.load(from: folder)
        try check(tokenizer, against: configuration, file)
        let weights = try WeightFiles(in: folder)
        let source = ParameterSource(weights, prefix: weights.contains("bert.embeddings.word_embeddings.weight") ? "bert." : "")
        let dense = try modules.poolerPath.map { try WeightFiles(in: directory.appendingPathComponent($0)) }
        let encoder = try BertEncoder(configuration, source, needsPooler: modules.pooling == .pooler, poolerWeights: dense)
        var denseLayers: [SentenceDense] = []
        for layer in modules.denseLayers {
            let width = denseLayers.last?.description.outputs ?? configuration.hiddenSize
            denseLayers.append(try SentenceDense(layer, width: width, in: directory))
        }
        if !modules.statesPrefixes, try isE5(directory, file) {
            modules.queryPrefix = "query: "
            modules.itemPrefix = "passage: "
        }
        let limit = Swift.min(maxLength ?? .max, modules.maxLength ?? tokenizer.definition.maxLength ?? configuration.positions)
        return EmbeddingModel(
            DirectoryParts(
                tokenizer: tokenizer, encoder: encoder, denseLayers: denseLayers, modules: modules,
                maxLength: Swift.min(limit, configuration.positions),
                files: try DirectoryFiles(directory, modules, source)))
    }

    /// Whether this is one of the E5 models that were trained with `query: ` and `passage: ` (Wang et al. 2022), by its own name or the
    /// directory's; those trained with instructions are not.
    private static func isE5(_ directory: URL, _ file: ModelFile) throws(ModelError) -> Bool {
        [directory.lastPathComponent, try file.optionalString("_name_or_path") ?? ""].contains { name in
            name.lowercased().contains(/(^|[^a-z0-9])(multilingual-)?e5-(small|base|large)(-v2|-unsupervised)?$/)
        }
    }

    /// Every id that the tokenizer can give must have a row in the word embeddings.
    private static func check(
        _ tokenizer: WordPieceTokenizer, against configuration: BertConfiguration, _ file: ModelFile
    ) throws(ModelError) {
        let definition = tokenizer.definition
        let special = definition.addedTokens.map(\.id) + [definition.classID, definition.separatorID]
        let highest = special.map(Int.init).reduce(tokenizer.vocabularySize - 1, Swift.max)
        guard highest < configuration.vocabularySize else {
            throw ModelError(
                .malformed, "the tokenizer has more tokens than the model has embeddings", file: file.path, field: "vocab_size",
                expected: "more than the highest token id, \(highest)", found: "\(configuration.vocabularySize)",
                help: "The tokenizer and the weights belong to different models")
        }
    }
}
