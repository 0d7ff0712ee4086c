import Tensors
import Testing

@testable import FineTuning

@Suite struct TorchBasedAdjusterTests {
    static func matrices(_ golden: Golden) throws -> [Tensor] {
        try golden.array.map { element in
            let rows = element.array.map(\.doubles)
            return try Tensor(rows.flatMap { $0.map(Float.init) }, shape: [rows.count, rows.first?.count ?? 0])
        }
    }

    /// 4e-4: ten AdamW steps of 0.1 divide by gradients that are near zero in places.
    @Test func golden() throws {
        let cases = try Golden.load().adjuster.array
        #expect(cases.count == 6)
        for golden in cases {
            let query = golden.before.query.array.map(\.doubles)
            let index = try SearchIndexInfo(
                dimensions: query[0].count, metric: #require(.init(rawValue: golden.metric.string)),
                aggregation: #require(.init(rawValue: golden.aggregation.string)))
            let adjuster = try TorchBasedAdjuster(
                index, adjustmentRate: golden.adjustment_rate.double, numIterations: golden.num_iterations.int,
                softminTemperature: golden.softmin_temperature.double)
            let input = ImprovementInput(
                sessionID: "s", query: try Tensor(query.flatMap { $0.map(Float.init) }, shape: [query.count, query[0].count]),
                clickedElements: try Self.matrices(golden.before.clicked), nonClickedElements: try Self.matrices(golden.before.non_clicked))
            let adjusted = try #require(try adjuster.adjustVectors([input]).first)
            for (elements, expected) in [
                (adjusted.clickedElements, golden.after.clicked), (adjusted.nonClickedElements, golden.after.non_clicked),
            ] {
                let values = elements.flatMap { $0.doubles() }
                let expected = expected.array.flatMap { $0.array.flatMap(\.doubles) }
                #expect(values.count == expected.count)
                let error = zip(values, expected).map { abs($0 - $1) }.max() ?? 1
                #expect(error < 1e-4, "\(golden.metric.string) \(golden.aggregation.string): \(error)")
            }
        }
    }

    /// D63: inputs of different sizes, or without a skipped element, ended in an error.
    @Test func inputsOfAnySize() throws {
        func vector(_ x: Float, _ y: Float) throws -> Tensor { try Tensor([x, y], shape: [1, 2]) }
        let adjuster = try TorchBasedAdjuster(SearchIndexInfo(dimensions: 2))
        let inputs = [
            ImprovementInput(sessionID: "1", query: try vector(1, 0), clickedElements: [try vector(0.6, 0.8)], nonClickedElements: []),
            ImprovementInput(
                sessionID: "2", query: try vector(0, 1), clickedElements: [try vector(0.8, 0.6), try vector(0.6, 0.8)],
                nonClickedElements: [try vector(0.6, 0.8)]),
        ]
        let adjusted = try adjuster.adjustVectors(inputs)
        func cosine(_ a: Tensor, _ b: Tensor) throws -> Double { try Tensor.cosineSimilarity(a, b, dim: 1, eps: 1e-8).item() }
        for (before, after) in zip(inputs, adjusted) {
            for (old, new) in zip(before.clickedElements, after.clickedElements) {
                #expect(try cosine(before.query, new) > cosine(before.query, old))
            }
            for (old, new) in zip(before.nonClickedElements, after.nonClickedElements) {
                #expect(try cosine(before.query, new) < cosine(before.query, old))
            }
        }
        #expect(try adjuster.adjustVectors([]).isEmpty)
        #expect(throws: FineTuningError.self) {
            try adjuster.adjustVectors([
                ImprovementInput(sessionID: "1", query: Tensor.zeros([1, 3]), clickedElements: [], nonClickedElements: [])
            ])
        }
        #expect(throws: FineTuningError.self) { try TorchBasedAdjuster(SearchIndexInfo(dimensions: 2), adjustmentRate: 0) }
    }
}
