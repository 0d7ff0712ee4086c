import Foundation

/// Where the parts of a CLIP model are in a directory: in Hugging Face's layout, or in that of sentence-transformers, whose one module is
/// the model, perhaps with a normalisation behind it.
struct ClipDirectory {
    let url: URL
    /// Where config.json, weights and tokenizer are, relative to the directory: "" or "0_CLIPModel".
    let path: String
    /// Whether the vectors are divided by their length.
    let normalizes: Bool

    /// Whether a directory's configuration says that it is a CLIP model; what cannot be read is none.
    static func isStored(in url: URL) -> Bool {
        guard let directory = try? ClipDirectory(url) else { return false }
        return (try? ModelFile(reading: directory.folder.appendingPathComponent("config.json")).optionalString("model_type")) == "clip"
    }

    init(_ url: URL) throws(ModelError) {
        self.url = url
        let modules = url.appendingPathComponent("modules.json")
        guard FileManager.default.fileExists(atPath: modules.path) else {
            (path, normalizes) = ("", false)
            return
        }
        let file = try ModelFile(reading: modules)
        let entries = file.tree.arrayValue ?? []
        let kinds = entries.map { $0["type"]?.stringValue?.split(separator: ".").last.map(String.init) ?? "nothing" }
        // Later versions of sentence-transformers call the module Transformer, whatever it holds.
        guard ["CLIPModel", "Transformer"].contains(kinds.first), kinds.count == 1 || kinds.dropFirst() == ["Normalize"],
            let path = entries.first?["path"]?.stringValue, SentenceModules.isInside(path)
        else {
            throw ModelError(
                .unsupported, "modules that this library does not run", file: file.path,
                expected: "CLIPModel, perhaps Normalize, in folders of the directory", found: kinds.joined(separator: ", "))
        }
        self.path = path
        normalizes = kinds.count == 2
    }

    var folder: URL { path.isEmpty ? url : url.appendingPathComponent(path) }

    /// The small files of the model, relative to the directory.
    var files: [String] {
        let inner = path.isEmpty ? "" : path + "/"
        let model = [
            "config.json", "preprocessor_config.json", "processor_config.json", "sentence_bert_config.json", "tokenizer.json",
            "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "vocab.json", "merges.txt",
        ]
        return model.map { inner + $0 } + ["modules.json", "config_sentence_transformers.json", "README.md"]
    }
}
