import Foundation
import Text

/// The small files of a model directory, kept in memory, so that a model can be saved after its source is gone or replaced.
struct DirectoryFiles: Sendable {
    let path: String
    /// Path relative to the directory, and content.
    private(set) var contents: [(path: String, data: Data)] = []
    /// What the names in the weight file begin with.
    let prefix: String
    /// Buffers of the weight file that are no parameters but belong to it, such as the position ids of older files.
    let buffers: [StoredTensor]

    private static let transformerFiles = [
        "config.json", "sentence_bert_config.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "vocab.txt",
        "added_tokens.json",
    ]
    private static let rootFiles = ["config_sentence_transformers.json", "README.md"]

    init(_ directory: URL, _ modules: SentenceModules, _ source: ParameterSource) throws(ModelError) {
        let folder = modules.transformerPath.isEmpty ? "" : modules.transformerPath + "/"
        try self.init(
            directory, files: Self.transformerFiles.map { folder + $0 } + Self.rootFiles + modules.files, prefix: source.prefix,
            buffers: [source.weights.stored(source.prefix + "embeddings.position_ids")].compactMap { $0 })
    }

    /// Those of `files` that are there; the paths are relative to the directory.
    init(_ directory: URL, files: [String], prefix: String, buffers: [StoredTensor]) throws(ModelError) {
        path = directory.path
        self.prefix = prefix
        self.buffers = buffers
        var seen: Set<String> = []
        for path in files where seen.insert(path).inserted {
            let url = directory.appendingPathComponent(path)
            guard FileManager.default.fileExists(atPath: url.path) else { continue }
            contents.append((path, Data(try ModelFile.read(url))))
        }
    }

    func data(_ path: String) -> Data? { contents.first { $0.path == path }?.data }

    mutating func set(_ path: String, _ data: Data) {
        contents.removeAll { $0.path == path }
        contents.append((path, data))
    }

    mutating func set(_ path: String, _ tree: JSONValue) throws(JSONWriteError) {
        set(path, Data((try JSONWriter(indent: 2).string(tree) + "\n").utf8))
    }

    /// Says in a configuration that says something else that the weights are float32, as they are written: by it transformers chooses the
    /// type that it loads them with.
    mutating func stateFloat32(in path: String) throws {
        guard var tree = try data(path).flatMap({ try ModelFile.parse(Array($0), path: path).objectValue }) else { return }
        let fields = ["dtype", "torch_dtype"].filter { tree[$0] != nil && tree[$0] != .string("float32") }
        for field in fields { tree[field] = .string("float32") }
        if !fields.isEmpty { try set(path, .object(tree)) }
    }
}
