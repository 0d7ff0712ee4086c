import Foundation
import Tensors
import TestSupport
import Testing

@testable import Models

@Suite struct EmbeddingsGoldenTests {
    struct Line: Decodable {
        let text: String
        let embedding: [Double]
    }

    struct Forward: Decodable {
        struct Values: Decodable {
            let queries: [String: [Float]]
            let items: [String: [Float]]
            let last_hidden_state_first_item_cls: [Float]
        }
        let forward: Values
        let items: [String: String]
    }

    /// sentence-transformers 6.2 in float64, normalised.
    @Test func miniLMAgreesWithSentenceTransformers() throws {
        try requireMiniLM()
        let model = try EmbeddingModel.load(from: Fixtures.miniLM)
        let lines = try Fixtures.lines("embeddings_minilm.jsonl").map { try JSONDecoder().decode(Line.self, from: Data($0.utf8)) }
        #expect(lines.count == 120)
        let ours = try model.encode(lines.map(\.text)).floats()
        let worst = zip(ours, lines.flatMap(\.embedding)).map { abs(Double($0) - $1) }.max() ?? .infinity
        #expect(ours.count == 120 * 384)
        #expect(worst < 2e-5, "largest difference of a component")
        print("all-MiniLM-L6-v2: largest difference of a component \(worst)")
    }

    /// transformers 5.23, pooler_output.
    @Test func tinyBertAgreesWithTransformers() throws {
        let model = try EmbeddingModel.load(Fixtures.url("tiny_bert").path)
        let golden = try JSONDecoder().decode(Forward.self, from: Fixtures.data("tiny_bert_forward.json"))
        var worst: Float = 0
        for (query, expected) in golden.forward.queries {
            worst = max(worst, zip(try model.forwardQuery(query).floats(), expected).map { abs($0 - $1) }.max() ?? .infinity)
        }
        let ids = golden.forward.items.keys.sorted()
        let items = try model.forwardItems(ids.map { golden.items[$0] ?? "" })
        #expect(items.shape == [ids.count, 32])
        worst = max(worst, zip(items.floats(), ids.flatMap { golden.forward.items[$0] ?? [] }).map { abs($0 - $1) }.max() ?? .infinity)
        #expect(worst < 1e-5)
    }
}
