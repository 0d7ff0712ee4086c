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
    @Test(arguments: Kernels.Level.available) func miniLMAgreesWithSentenceTransformers(_ level: Kernels.Level) throws {
        try requireMiniLM()
        let model = try EmbeddingModel.load(from: Fixtures.miniLM)
        let lines = try Fixtures.lines("embeddings_minilm.jsonl").map { try JSONDecoder().decode(Line.self, from: Data($0.utf8)) }
        #expect(lines.count == 120)
        let ours = try Kernels.with(level: level) { Result { try model.encode(lines.map(\.text)).floats() } }.get()
        let worst = zip(ours, lines.flatMap(\.embedding)).map { abs(Double($0) - $1) }.max() ?? .infinity
        #expect(ours.count == 120 * 384)
        #expect(worst < 2e-5, "largest difference of a component")
        print("all-MiniLM-L6-v2 at \(level): largest difference of a component \(worst)")
    }

    /// transformers 5.23, pooler_output.
    @Test(arguments: Kernels.Level.available) func tinyBertAgreesWithTransformers(_ level: Kernels.Level) throws {
        let model = try EmbeddingModel.load(Fixtures.url("tiny_bert").path)
        let golden = try JSONDecoder().decode(Forward.self, from: Fixtures.data("tiny_bert_forward.json"))
        let ids = golden.forward.items.keys.sorted(), queries = golden.forward.queries.keys.sorted()
        let (vectors, items) = try Kernels.with(level: level) {
            Result {
                (
                    try queries.map { try model.forwardQuery($0).floats() },
                    try model.forwardItems(ids.map { .text(golden.items[$0] ?? "") })
                )
            }
        }.get()
        #expect(items.shape == [ids.count, 32])
        let found = vectors.flatMap(\.self) + items.floats()
        let expected = queries.flatMap { golden.forward.queries[$0] ?? [] } + ids.flatMap { golden.forward.items[$0] ?? [] }
        #expect(found.count == expected.count)
        let worst = zip(found, expected).map { abs($0 - $1) }.max() ?? .infinity
        #expect(worst < 1e-5)
    }
}
