import Foundation

extension ClipModel {
    /// Loads a model by its name in the model folder, or from a directory in Hugging Face or sentence-transformers layout.
    ///
    /// `maxLength` shortens the directory's limit of tokens in a text. Every defect of the directory is a `ModelError` that names file and
    /// field.
    public static func load(_ nameOrDirectory: String, maxLength: Int? = nil) throws -> ClipModel {
        try load(from: ModelStore.resolve(nameOrDirectory), maxLength: maxLength)
    }

    static func load(from url: URL, maxLength: Int? = nil) throws -> ClipModel {
        if let maxLength, maxLength < 3 {
            throw ModelError(.invalidArgument, "the longest text must have at least 3 tokens", expected: "3 or more", found: "\(maxLength)")
        }
        let directory = try ClipDirectory(url)
        let file = try ModelFile(
            reading: directory.folder.appendingPathComponent("config.json"),
            help: "A CLIP directory holds config.json, model.safetensors and a tokenizer: check the path, or fetch the model again")
        let configuration = try ClipConfiguration(file)
        let tokenizer = try BytePairFile.load(from: directory.folder)
        guard tokenizer.vocabularySize <= configuration.vocabularySize else {
            throw ModelError(
                .malformed, "the tokenizer has more tokens than the model has embeddings", file: file.path, field: "text_config.vocab_size",
                expected: "more than the highest token id, \(tokenizer.vocabularySize - 1)", found: "\(configuration.vocabularySize)",
                help: "The tokenizer and the weights belong to different models")
        }
        let limit = Swift.min(maxLength ?? .max, tokenizer.definition.maxLength ?? .max, configuration.positions)
        guard limit >= 2 else {
            throw ModelError(
                .malformed, "too few positions for any text", file: file.path, field: "text_config.max_position_embeddings",
                expected: "at least 2", found: "\(configuration.positions)")
        }
        return try ClipModel(directory, configuration, tokenizer, maxLength: limit, WeightFiles(in: directory.folder))
    }

    /// Whether a name or a directory means a CLIP model.
    public static func isStored(in nameOrDirectory: String) -> Bool {
        (try? ModelStore.resolve(nameOrDirectory)).map(ClipDirectory.isStored) ?? false
    }
}
