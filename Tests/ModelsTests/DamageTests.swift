import Foundation
import TestSupport
import Testing

@testable import Models

/// Every defect of a model directory is an error that names the file, the place in it, and what was expected.
@Suite struct DamageTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let kind: ModelError.Kind
        /// What the error's text must contain.
        let says: [String]
        let damage: @Sendable (URL) throws -> Void
        var testDescription: String { name }

        init(_ name: String, _ kind: ModelError.Kind, _ says: [String], _ damage: @escaping @Sendable (URL) throws -> Void) {
            self.name = name
            self.kind = kind
            self.says = says
            self.damage = damage
        }

        /// Replaces text in a file of the directory.
        static func edit(
            _ name: String, _ file: String, _ old: String, _ new: String, _ kind: ModelError.Kind, _ says: [String]
        ) -> Case {
            Case(name, kind, [file] + says) { directory in
                try ModelsTests.edit(directory.appendingPathComponent(file)) {
                    #expect($0.contains(old), "the fixture no longer holds what this case replaces")
                    return $0.replacing(old, with: new)
                }
            }
        }

        /// Changes the weight file.
        static func weights(
            _ name: String, _ kind: ModelError.Kind, _ says: [String], _ change: @escaping @Sendable (inout RawSafetensors) -> Void
        ) -> Case {
            Case(name, kind, ["model.safetensors"] + says) { directory in
                let url = directory.appendingPathComponent("model.safetensors")
                var raw = try RawSafetensors(url)
                change(&raw)
                try raw.write(to: url)
            }
        }

        static func remove(_ file: String, also other: String? = nil) -> Case {
            Case("no \(file)", .missingFile, [file, "no such file"]) { directory in
                for name in [file, other].compactMap({ $0 }) {
                    try FileManager.default.removeItem(at: directory.appendingPathComponent(name))
                }
            }
        }
    }

    static let norm = "embeddings.LayerNorm.weight"

    static let configuration: [Case] = [
        .remove("config.json"),
        .edit("broken JSON", "config.json", "\"hidden_act\"", "hidden_act", .malformed, ["invalid JSON", "line"]),
        .edit(
            "another kind of model", "config.json", "\"model_type\": \"bert\"", "\"model_type\": \"roberta\"", .unsupported,
            ["model_type", "expected bert", "roberta"]),
        .edit("no kind of model", "config.json", "\"model_type\"", "\"kind\"", .malformed, ["model_type", "missing"]),
        .edit("activation", "config.json", "\"gelu\"", "\"mish\"", .unsupported, ["hidden_act", "mish", "gelu_new"]),
        .edit("decoder", "config.json", "\"is_decoder\": false", "\"is_decoder\": true", .unsupported, ["is_decoder"]),
        .edit(
            "heads", "config.json", "\"num_attention_heads\": 4", "\"num_attention_heads\": 5", .malformed,
            ["num_attention_heads", "divisor of 32"]),
        .edit("no layers", "config.json", "\"num_hidden_layers\": 2", "\"num_hidden_layers\": -2", .malformed, ["positive", "-2"]),
        .edit(
            "a string for a size", "config.json", "\"hidden_size\": 32", "\"hidden_size\": \"32\"", .malformed, ["hidden_size", "number"]),
        .edit(
            "dropout", "config.json", "\"hidden_dropout_prob\": 0.0", "\"hidden_dropout_prob\": 1.0", .malformed,
            ["hidden_dropout_prob", "1.0"]),
        .edit(
            "fewer embeddings than tokens", "config.json", "\"vocab_size\": 148", "\"vocab_size\": 100", .malformed, ["vocab_size", "147"]),
        Case("an absurd number of layers", .missingTensor, ["encoder.layer.2."]) {
            try edit($0.appendingPathComponent("config.json")) {
                $0.replacing("\"num_hidden_layers\": 2", with: "\"num_hidden_layers\": 2000000000")
            }
        },
        Case("more layers than weights", .missingTensor, ["model.safetensors", "encoder.layer.2.attention.self.query.weight", "[32, 32]"]) {
            try edit($0.appendingPathComponent("config.json")) {
                $0.replacing("\"num_hidden_layers\": 2", with: "\"num_hidden_layers\": 3")
            }
        },
    ]

    static let weights: [Case] = [
        .remove("model.safetensors"),
        Case("an empty file", .truncated, ["model.safetensors", "8 bytes"]) {
            try Data().write(to: $0.appendingPathComponent("model.safetensors"))
        },
        Case("cut in the header", .truncated, ["model.safetensors", "inside the header"]) { try cut($0, to: 1000) },
        Case("cut in the tensors", .truncated, ["model.safetensors", "behind the end", "tensor "]) { try cut($0, to: 50_000) },
        Case("no safetensors at all", .malformed, ["model.safetensors", "not a safetensors file"]) {
            try Data(repeating: 0x50, count: 5000).write(to: $0.appendingPathComponent("model.safetensors"))
        },
        Case("a header that is no JSON", .malformed, ["model.safetensors", "invalid JSON"]) {
            try (Data([20, 0, 0, 0, 0, 0, 0, 0]) + Data(repeating: 0x50, count: 5000)).write(
                to: $0.appendingPathComponent("model.safetensors"))
        },
        .weights("a tensor less", .missingTensor, ["tensor \(norm)", "[32]"]) { $0.header[norm] = nil },
        .weights("another shape", .wrongShape, ["tensor \(norm)", "expected [32]", "found [4, 8]"]) { $0.set(norm, "shape", [4, 8]) },
        .weights("integers", .wrongDType, ["tensor \(norm)", "found I32"]) { $0.set(norm, "dtype", "I32") },
        .weights("an unknown type", .unsupported, ["tensor \(norm)", "F8_E4M3"]) { $0.set(norm, "dtype", "F8_E4M3") },
        .weights("no type", .malformed, ["tensor \(norm)", "dtype is missing"]) { raw in
            raw.header[norm] = ["shape": [32], "data_offsets": raw.offsets(norm)]
        },
        .weights("a negative size", .malformed, ["tensor \(norm)", "shape"]) { $0.set(norm, "shape", [-32]) },
        .weights("a size that overflows", .malformed, ["tensor \(norm)", "shape"]) { $0.set(norm, "shape", [Int.max, 2]) },
        .weights("bytes that do not fit the shape", .malformed, ["tensor \(norm)", "expected 128 bytes", "found 120"]) { raw in
            let offsets = raw.offsets(norm)
            raw.set(norm, "data_offsets", [offsets[0], offsets[1] - 8])
        },
        .weights("offsets behind the end", .truncated, ["tensor \(norm)"]) { $0.set(norm, "data_offsets", [1 << 40, 1 << 40 + 128]) },
        .weights("offsets backwards", .malformed, ["tensor \(norm)", "data_offsets"]) { $0.set(norm, "data_offsets", [128, 0]) },
        .weights("overlap", .malformed, ["overlap", "embeddings.LayerNorm.bias"]) { raw in
            raw.set(norm, "data_offsets", raw.offsets("embeddings.LayerNorm.bias").map { $0 + 4 })
        },
        Case("only a pickle", .missingFile, ["model.safetensors", "pytorch_model.bin", "safe_serialization"]) { directory in
            try FileManager.default.moveItem(
                at: directory.appendingPathComponent("model.safetensors"), to: directory.appendingPathComponent("pytorch_model.bin"))
        },
    ]

    static let tokenizer: [Case] = [
        .remove("vocab.txt", also: "tokenizer.json"),
        .edit(
            "BPE", "tokenizer.json", "\"type\": \"WordPiece\",\n    \"unk_token\"", "\"type\": \"BPE\",\n    \"unk_token\"", .unsupported,
            ["model.type", "expected WordPiece", "found BPE"]),
        .edit("another normaliser", "tokenizer.json", "BertNormalizer", "NFKC", .unsupported, ["normalizer.type", "NFKC"]),
        .edit("another splitter", "tokenizer.json", "BertPreTokenizer", "Metaspace", .unsupported, ["pre_tokenizer.type", "Metaspace"]),
        .edit("another frame", "tokenizer.json", "TemplateProcessing", "RobertaProcessing", .unsupported, ["post_processor.type"]),
        .edit("no unknown token", "tokenizer.json", "\"unk_token\": \"[UNK]\"", "\"unk_token\": \"<unk>\"", .malformed, ["<unk>"]),
        .edit(
            "a token matched in normalised text", "tokenizer.json", "\"normalized\": false", "\"normalized\": true", .unsupported,
            ["added_tokens[0].normalized", "[PAD]"]),
        Case("a frame outside the embeddings", .malformed, ["config.json", "vocab_size", "highest token id, 200"]) {
            try edit($0.appendingPathComponent("tokenizer.json")) {
                $0.replacing("\"ids\": [\n          2\n", with: "\"ids\": [\n          200\n")
            }
        },
        .edit("broken JSON", "tokenizer.json", "\"model\": {", "\"model\": [", .malformed, ["invalid JSON"]),
        Case("BPE by its class", .unsupported, ["tokenizer_config.json", "tokenizer_class", "GPT2Tokenizer"]) { directory in
            try FileManager.default.removeItem(at: directory.appendingPathComponent("tokenizer.json"))
            try edit(directory.appendingPathComponent("tokenizer_config.json")) { $0.replacing("BertTokenizer", with: "GPT2Tokenizer") }
        },
        Case("a vocabulary without [CLS]", .malformed, ["vocab.txt", "[CLS]"]) { directory in
            try FileManager.default.removeItem(at: directory.appendingPathComponent("tokenizer.json"))
            try edit(directory.appendingPathComponent("vocab.txt")) { $0.replacing("[CLS]\n", with: "") }
        },
        Case("a vocabulary in Latin-1", .malformed, ["vocab.txt", "UTF-8"]) { directory in
            try FileManager.default.removeItem(at: directory.appendingPathComponent("tokenizer.json"))
            try Data([0x5B, 0xE9, 0x0A]).write(to: directory.appendingPathComponent("vocab.txt"))
        },
    ]

    static let modules: [Case] = [
        modules(
            "weighted pooling", .unsupported, ["1_Pooling/config.json", "pooling_mode_weightedmean_tokens"],
            pooling: "pooling_mode_weightedmean_tokens"),
        modules("no pooling file", .missingFile, ["1_Pooling/config.json"], pooling: nil),
        modules("an unknown module", .unsupported, ["modules.json", "[2].type", "LSTM"], third: "LSTM"),
        modules("a path outside", .malformed, ["modules.json", "[2]"], third: "Normalize", path: "../2_Normalize"),
        Case("modules that are no list", .malformed, ["modules.json"]) {
            try Data("{}".utf8).write(to: $0.appendingPathComponent("modules.json"))
        },
    ]

    static func modules(
        _ name: String, _ kind: ModelError.Kind, _ says: [String], pooling: String? = "pooling_mode_mean_tokens",
        third: String = "Normalize", path: String = "2_Normalize"
    ) -> Case {
        Case(name, kind, says) { directory in
            let entries = [("Transformer", ""), ("Pooling", "1_Pooling"), (third, path)].map { type, path in
                "{\"type\": \"sentence_transformers.models.\(type)\", \"path\": \"\(path)\"}"
            }
            try Data("[\(entries.joined(separator: ","))]".utf8).write(to: directory.appendingPathComponent("modules.json"))
            let folder = directory.appendingPathComponent("1_Pooling")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            if let pooling { try Data("{\"\(pooling)\": true}".utf8).write(to: folder.appendingPathComponent("config.json")) }
        }
    }

    static func cut(_ directory: URL, to length: Int) throws {
        let url = directory.appendingPathComponent("model.safetensors")
        try Data(contentsOf: url).prefix(length).write(to: url)
    }

    @Test(arguments: configuration + weights + tokenizer + modules) func isReported(_ damage: Case) throws {
        let folder = try TemporaryFolder()
        let directory = try folder.copy(Fixtures.url("tiny_bert"))
        try damage.damage(directory)
        let error = try #require(throws: ModelError.self) { try EmbeddingModel.load(directory.path) }
        #expect(error.kind == damage.kind, "\(error)")
        for part in damage.says { #expect(error.description.contains(part), "\(error)") }
    }

    @Test func unknownNamesListWhatIsThere() throws {
        let folder = try TemporaryFolder()
        let empty = #expect(throws: ModelError.self) { try ModelStore.resolve("all-MiniLM", store: folder.url) }
        #expect(empty?.kind == .unknownModel && empty?.help?.contains("no model yet") == true)
        _ = try folder.copy(Fixtures.url("tiny_bert"), as: "all-MiniLM-L6-v2")
        _ = try folder.copy(Fixtures.url("tiny_bert"), as: "bge-small")
        let error = #expect(throws: ModelError.self) { try ModelStore.resolve("all-minilm-l6-v1", store: folder.url) }
        #expect(error?.help == "Did you mean \"all-MiniLM-L6-v2\"? Models there: all-MiniLM-L6-v2, bge-small")
        #expect(try ModelStore.resolve("bge-small", store: folder.url).lastPathComponent == "bge-small")
        #expect(#expect(throws: ModelError.self) { try ModelStore.resolve("no/such/model", store: folder.url) }?.kind == .unknownModel)
        #expect(#expect(throws: ModelError.self) { try ModelStore.resolve("", store: folder.url) }?.kind == .invalidArgument)
    }
}
