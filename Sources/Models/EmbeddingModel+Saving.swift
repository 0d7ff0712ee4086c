import Foundation
import Tensors
import Text

extension EmbeddingModel {
    /// Writes the model as a directory that Hugging Face and sentence-transformers load and that gives the same vectors there.
    ///
    /// Settings and tokenizer are written as they were read, weights as float32 under their old names. The directory appears whole
    /// or not at all; a model that is there already is replaced when the new one is complete, anything else is an error. A model
    /// whose vectors are BERT's `pooler_output` gets the modules that make sentence-transformers compute the same: the vector of [CLS], a dense layer, tanh.
    public func save(to directory: String) throws {
        guard !directory.isEmpty else { throw ModelError(.invalidArgument, "the name of the directory to write is empty") }
        let target = URL(fileURLWithPath: (directory as NSString).expandingTildeInPath)
        let folder = modules.transformerPath.isEmpty ? "" : modules.transformerPath + "/"
        try AtomicFile.writeDirectory(target, disposable: Self.otherModelFiles) { root in
            for file in try savedFiles(folder: folder).contents {
                let url = root.appendingPathComponent(file.path)
                try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
                try file.data.write(to: url)
            }
            let weights = try encoder.parameters.map { try StoredTensor(files.prefix + $0.name, $0.tensor) } + files.buffers
            try SafetensorsWriter.write(
                weights, metadata: [("format", "pt")], to: root.appendingPathComponent(folder + "model.safetensors"))
            if let path = poolerPath, let pooler = encoder.pooler {
                try SafetensorsWriter.write(
                    [StoredTensor("linear.weight", pooler.weight.tensor), StoredTensor("linear.bias", pooler.bias.tensor)],
                    metadata: [("format", "pt")], to: root.appendingPathComponent(path + "/model.safetensors"))
            }
            for layer in denseLayers {
                try SafetensorsWriter.write(
                    layer.stored(), metadata: [("format", "pt")],
                    to: root.appendingPathComponent(layer.description.path + "/model.safetensors"))
            }
            // sentence-transformers expects a folder for the normalisation too, though it has nothing to keep there.
            if let path = layout.first(where: { $0.type == "Normalize" })?.path {
                try FileManager.default.createDirectory(at: root.appendingPathComponent(path), withIntermediateDirectories: true)
            }
        }
    }

    /// What directories of models hold besides what is written here, and what no longer fits once the weights are others.
    private static let otherModelFiles: Set<String> = [
        "README.md", ".gitattributes", "1_Pooling", "2_Dense", "2_Normalize", "3_Normalize", "added_tokens.json", "config.json",
        "config_sentence_transformers.json", "data_config.json", "flax_model.msgpack", "model.safetensors", "modules.json", "onnx",
        "openvino", "pytorch_model.bin", "rust_model.ot", "sentence_bert_config.json", "special_tokens_map.json", "tf_model.h5",
        "tokenizer.json", "tokenizer_config.json", "train_script.py", "training_args.bin", "vocab.txt",
    ]

    /// The modules that compute this model's vectors, and their folders.
    private var layout: [(type: String, path: String)] {
        var layout = [("Transformer", modules.transformerPath), ("Pooling", "1_Pooling")]
        if let poolerPath { layout.append(("Dense", poolerPath)) }
        layout += denseLayers.map { ("Dense", $0.description.path) }
        if normalizes { layout.append(("Normalize", "\(layout.count)_Normalize")) }
        return layout
    }

    /// Where a pooler is written as a dense layer of its own.
    private var poolerPath: String? { pooling == .pooler ? modules.poolerPath ?? (denseLayers.isEmpty ? "2_Dense" : "2_Pooler") : nil }

    private func savedFiles(folder: String) throws -> DirectoryFiles {
        var files = files
        try files.stateFloat32(in: folder + "config.json")
        if !modules.isAsStored { try describeModules(in: &files, folder: folder) }
        // Prefixes that follow from the directory's name are written down, as the copy may have another name.
        let areStated = modules.statesPrefixes || queryPrefix.isEmpty && itemPrefix.isEmpty
        if !areStated || queryPrefix != modules.queryPrefix || itemPrefix != modules.itemPrefix {
            let path = "config_sentence_transformers.json"
            var tree = try files.data(path).flatMap { try ModelFile.parse(Array($0), path: path).objectValue } ?? [:]
            var prompts = tree["prompts"]?.objectValue ?? [:]
            prompts["query"] = .string(queryPrefix)
            prompts["passage"] = .string(itemPrefix)
            tree["prompts"] = .object(prompts)
            try files.set(path, .object(tree))
        }
        return files
    }

    /// Adds what sentence-transformers needs to know of a directory that did not say it, or said something else.
    private func describeModules(in files: inout DirectoryFiles, folder: String) throws {
        let entries = layout.enumerated().map { index, module -> JSONValue in
            [
                "idx": .int(Int64(index)), "name": .string("\(index)"), "path": .string(module.path),
                "type": .string("sentence_transformers.models.\(module.type)"),
            ]
        }
        try files.set("modules.json", .array(entries))
        try files.set(
            "1_Pooling/config.json",
            [
                "word_embedding_dimension": .int(Int64(configuration.hiddenSize)),
                "pooling_mode_cls_token": .bool(pooling == .cls || pooling == .pooler),
                "pooling_mode_mean_tokens": .bool(pooling == .mean),
                "pooling_mode_max_tokens": .bool(pooling == .max),
                "pooling_mode_mean_sqrt_len_tokens": .bool(pooling == .meanSquareRootLength),
            ])
        if let poolerPath {
            try files.set(
                poolerPath + "/config.json",
                [
                    "in_features": .int(Int64(configuration.hiddenSize)), "out_features": .int(Int64(configuration.hiddenSize)),
                    "bias": true,
                    "activation_function": "torch.nn.modules.activation.Tanh",
                ])
        }
        try files.set(
            folder + "sentence_bert_config.json", ["max_seq_length": .int(Int64(maxLength)), "do_lower_case": false])
    }
}
