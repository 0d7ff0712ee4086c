import Foundation
import Tensors
import TestSupport
import Testing
import Text

@testable import Models

/// Small random directories as transformers and sentence-transformers save them, beside the vectors that they compute
/// (`Tests/Fixtures/models/generate.py`).
@Suite struct ModelDirectoriesTests {
    struct Expected {
        let texts: [String]
        let vectors: [String: [[Double]]]

        static func load() throws -> Expected {
            let file = try JSONParser.parse(String(decoding: Fixtures.data("models/vectors.json"), as: UTF8.self))
            let rows = (file["vectors"]?.objectValue ?? JSONObject()).map { name, matrix in
                (name, (matrix.arrayValue ?? []).map { ($0.arrayValue ?? []).compactMap(\.doubleValue) })
            }
            return Expected(
                texts: (file["texts"]?.arrayValue ?? []).compactMap(\.stringValue), vectors: Dictionary(uniqueKeysWithValues: rows))
        }
    }

    static let names = ["cls", "max_silu", "sqrt_relu", "dense", "e5-small-v2", "prompts", "prefixed_f16", "sharded_bf16"]

    static func model(_ name: String) throws -> EmbeddingModel { try EmbeddingModel.load(Fixtures.url("models/" + name).path) }

    static func check(_ model: EmbeddingModel, _ name: String) throws {
        let expected = try Expected.load()
        let rows = try #require(expected.vectors[name])
        let values = try model.encode(expected.texts).doubles()
        #expect(values.count == rows.joined().count && model.dimension == rows[0].count)
        let error = zip(values, rows.joined()).map { abs($0 - $1) / max(1, abs($1)) }.max() ?? 1
        #expect(error < 2e-5, "\(name): \(error)")
    }

    @Test(arguments: names) func vectors(_ name: String) throws { try Self.check(Self.model(name), name) }

    @Test func settings() throws {
        #expect(try Self.model("cls").pooling == .cls && Self.model("max_silu").pooling == .max)
        #expect(try Self.model("sqrt_relu").pooling == .meanSquareRootLength)
        #expect(
            try Self.model("max_silu").configuration.activation == .silu && Self.model("max_silu").configuration.layerNormEpsilon == 1e-3)
        #expect(try Self.model("prefixed_f16").configuration.activation == .geluTanh)
        #expect(
            try Self.model("dense").parameters.suffix(3).map(\.name) == [
                "2_Dense.linear.weight", "2_Dense.linear.bias", "3_Dense.linear.weight",
            ])
        for name in Self.names { #expect(try Self.model(name).maxLength == 24) }
        #expect(try EmbeddingModel.load(Fixtures.url("models/cls").path, maxLength: 5).tokenize(["red boots red boots red"]).length(0) == 5)
        #expect(throws: ModelError.self) { try EmbeddingModel.load(Fixtures.url("models/cls").path, maxLength: 2) }
    }

    @Test func prefixes() throws {
        let e5 = try Self.model("e5-small-v2"), prompts = try Self.model("prompts")
        #expect(e5.queryPrefix == "query: " && e5.itemPrefix == "passage: ")
        #expect(prompts.queryPrefix == "red " && prompts.itemPrefix == "blue ")
        #expect(try Self.model("cls").queryPrefix == "")
        // A copy under another name keeps them.
        let folder = try TemporaryFolder()
        let path = folder.url.appendingPathComponent("copy").path
        try e5.save(to: path)
        #expect(try EmbeddingModel.load(path).itemPrefix == "passage: ")
    }

    @Test(arguments: names) func savedCopies(_ name: String) throws {
        let folder = try TemporaryFolder()
        let path = folder.url.appendingPathComponent(name).path
        let model = try Self.model(name)
        // A change, so that the weights written are the ones in memory.
        for parameter in model.parameters where parameter.name.hasSuffix(".output.LayerNorm.bias") || parameter.name.contains("Dense") {
            try parameter.assign(parameter.tensor.detach() * 1.5)
        }
        try model.save(to: path)
        let again = try EmbeddingModel.load(path)
        let texts = try Expected.load().texts
        #expect(again.pooling == model.pooling && again.parameters.map(\.name) == model.parameters.map(\.name))
        #expect(try again.encode(texts).floats() == model.encode(texts).floats())
        try #expect(again.encode(texts).floats() != Self.model(name).encode(texts).floats())
    }

    /// transformers loads weights with the type that the configuration states; ours are written as float32.
    @Test(arguments: ["torch_dtype", "dtype"]) func savedConfigurationsStateTheTypeOfTheWeights(_ field: String) throws {
        let folder = try TemporaryFolder()
        let (source, copy) = (folder.url.appendingPathComponent("source"), folder.url.appendingPathComponent("copy"))
        try FileManager.default.copyItem(at: Fixtures.directory.appendingPathComponent("tiny_bert"), to: source)
        let path = source.appendingPathComponent("config.json")
        var tree = try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: path)) as? [String: Any])
        (tree["dtype"], tree["torch_dtype"]) = (nil, nil)
        tree[field] = "bfloat16"
        try JSONSerialization.data(withJSONObject: tree).write(to: path)
        try EmbeddingModel.load(source.path).save(to: copy.path)
        let saved = try JSONSerialization.jsonObject(with: Data(contentsOf: copy.appendingPathComponent("config.json"))) as? [String: Any]
        #expect(saved?[field] as? String == "float32")
        #expect(saved?.count == tree.count)
    }

    /// Dense layers are trained with the encoder: central differences of a sum over the vectors agree with the gradient.
    @Test func denseLayersHaveGradients() throws {
        let model = try Self.model("dense")
        func value() throws -> Double {
            try model.encodeBatch(queries: [], items: ["red boots"]).items.doubles().enumerated().reduce(0) {
                $0 + Double($1.offset + 1) * $1.element
            }
        }
        let vectors = try model.encodeBatch(queries: [], items: ["red boots"]).items
        let weights = try Tensor((1...vectors.count).map(Float.init), shape: vectors.shape)
        try (vectors * weights).sum().backward()
        for parameter in model.parameters.suffix(3) {
            let gradient = try #require(try parameter.grad?.dense().doubles())
            let values = parameter.tensor.detach().floats()
            for place in [0, values.count - 1] {
                var (up, down) = (values, values)
                up[place] += 1e-2
                down[place] -= 1e-2
                try parameter.assign(Tensor(up, shape: parameter.shape))
                let above = try value()
                try parameter.assign(Tensor(down, shape: parameter.shape))
                let numeric = (above - (try value())) / 2e-2
                try parameter.assign(Tensor(values, shape: parameter.shape))
                #expect(abs(numeric - gradient[place]) < 2e-3 * max(1, abs(numeric)), "\(parameter.name)[\(place)]")
            }
        }
    }

    @Test(arguments: ["roberta", "mpnet", "distilbert"]) func otherKindsAreRefusedByName(_ name: String) throws {
        let error = #expect(throws: ModelError.self) { try Self.model(name) }
        #expect(error?.kind == .unsupported && error?.found == name && error?.expected == "bert")
        #expect(error?.help?.contains("BERT encoders") == true)
    }

    /// A CLIP model, plain or in the layout of sentence-transformers, is no model of texts, and the way to load it is told.
    @Test func imageModelsAreLoadedOtherwise() throws {
        let plain = try TemporaryFolder(), sentence = try TemporaryFolder()
        try Data(#"{"model_type": "clip"}"#.utf8).write(to: plain.url.appendingPathComponent("config.json"))
        try Data(#"[{"idx": 0, "name": "0", "path": "0_CLIPModel", "type": "sentence_transformers.models.CLIPModel"}]"#.utf8)
            .write(to: sentence.url.appendingPathComponent("modules.json"))
        for (folder, found) in [(plain, "clip"), (sentence, "sentence_transformers.models.CLIPModel")] {
            let error = #expect(throws: ModelError.self) { try EmbeddingModel.load(folder.url.path) }
            #expect(error?.kind == .unsupported && error?.found == found && error?.help?.contains("TextToImageCLIPModel") == true)
        }
    }
}
