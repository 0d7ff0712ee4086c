import Tensors
import Testing

@testable import FineTuning

@Suite struct RankerTests {
    @Test func cosineIsThatOfTheReference() throws {
        for golden in try Golden.load()["cosine_similarity_eps_1e-6"].array {
            let items = golden.items.array.map { $0.doubles.map(Float.init) }
            let query = try Tensor(golden.query.doubles.map(Float.init), shape: [1, 3])
            let ranks = try CosineRanker().ranks(query: query, items: Tensor(items.flatMap(\.self), shape: [items.count, 3]))
            #expect(LossTests.close(ranks.doubles(), golden.out.doubles))
        }
    }

    /// The vectorised rankers against one call per session. D4: the reference's cosine ran over the items instead of the components.
    @Test func oneCallForTheBatchIsOneCallPerSession() throws {
        let queries = try Tensor([Float(1), 0.5, -1, 0.25, 2, 0, 0, 0.1, 1], shape: [3, 3])
        let items = try Tensor((0..<15).map { Float($0 % 7) - 2.5 }, shape: [5, 3])
        let offsets = [0, 2, 2, 5]
        for ranker in [CosineRanker(), DotRanker(), EuclideanRanker()] as [any Ranker] {
            let single = FunctionRanker { try ranker.ranks(query: $0, items: $1) }
            let together = try ranker.ranks(queries: queries, items: items, offsets: offsets)
            #expect(together.shape == [5])
            #expect(LossTests.close(together.doubles(), try single.ranks(queries: queries, items: items, offsets: offsets).doubles()))
        }
        // |(1, .5, -1) - (-2.5, -1.5, -.5)| = sqrt(12.25 + 4 + .25)
        #expect(LossTests.close([try EuclideanRanker().ranks(queries: queries, items: items, offsets: offsets).doubles()[0]], [4.0620192]))
    }

    @Test func aFunctionOfTheWrongShapeIsToldSo() throws {
        let queries = try Tensor.ones([1, 3])
        let items = try Tensor.ones([2, 3])
        let error = #expect(throws: FineTuningError.self) {
            try FunctionRanker { _, items in items }.ranks(queries: queries, items: items, offsets: [0, 2])
        }
        #expect(error?.message == "ranker must give one rank per item: [2, 3] for 2 items")
    }
}
