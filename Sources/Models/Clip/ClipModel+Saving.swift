import Foundation
import Tensors
import Text

extension ClipModel {
    /// Writes the model in the layout that it was read from, which Hugging Face or sentence-transformers load and which gives the same
    /// vectors there.
    ///
    /// Settings, tokenizer and image preprocessing are written as they were read, weights as float32 in one file. The directory appears
    /// whole or not at all; a model that is there already is replaced when the new one is complete, anything else is an error.
    public func save(to directory: String) throws {
        guard !directory.isEmpty else { throw ModelError(.invalidArgument, "the name of the directory to write is empty") }
        let target = URL(fileURLWithPath: (directory as NSString).expandingTildeInPath)
        let inner = folder.isEmpty ? "" : folder + "/"
        try AtomicFile.writeDirectory(target, disposable: Self.replacedFiles) { root in
            for file in try savedFiles(inner).contents {
                let url = root.appendingPathComponent(file.path)
                try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
                try file.data.write(to: url)
            }
            try SafetensorsWriter.write(
                try parameters.map { try StoredTensor($0.name, $0.tensor) } + files.buffers, metadata: [("format", "pt")],
                to: root.appendingPathComponent(inner + "model.safetensors"))
        }
    }

    private func savedFiles(_ inner: String) throws -> DirectoryFiles {
        var files = files
        try files.stateFloat32(in: inner + "config.json")
        return files
    }

    /// What directories of models hold besides what is written here, and what no longer fits once the weights are others.
    private static let replacedFiles: Set<String> = [
        "README.md", ".gitattributes", "0_CLIPModel", "1_Normalize", "added_tokens.json", "config.json",
        "config_sentence_transformers.json", "flax_model.msgpack", "merges.txt", "model.safetensors", "model.safetensors.index.json",
        "modules.json", "onnx", "openvino", "preprocessor_config.json", "processor_config.json", "pytorch_model.bin",
        "sentence_bert_config.json", "special_tokens_map.json", "tf_model.h5", "tokenizer.json", "tokenizer_config.json", "vocab.json",
    ]
}
