import Tensors
import Testing

@testable import FineTuning

@Suite struct SelectorTests {
    @Test func goldenDistances() throws {
        let cases = try Golden.load().selectors.distance.array
        #expect(cases.count == 6)
        for golden in cases {
            let metric = try #require(SearchIndexInfo.Metric(rawValue: golden.metric.string))
            let index = try SearchIndexInfo(dimensions: 2, metric: metric)
            let probability = (scale: golden.scale.double, threshold: golden.prob_threshold.double)
            for probability in [nil, probability] {
                let rule = SelectionRule(isSimilarity: golden.is_similarity.bool, margin: golden.margin.double, probability: probability)
                let selector = DistBasedSelector(index, rule: rule)
                #expect(LossTests.close(golden.distances.doubles.map(selector.value), golden.values.doubles))
                // A probability of one half is the threshold itself.
                #expect(try selector.select(golden.distances.doubles.map { FoundObject(distance: $0) }) == golden.selected.array.map(\.int))
            }
        }
    }

    /// The reference pads objects with zero vectors, which take part; here they are given as parts like others.
    @Test func goldenVectors() throws {
        let cases = try Golden.load().selectors.vectors.array
        #expect(cases.count == 12)
        for golden in cases {
            let query = try Tensor(golden.query.doubles.map(Float.init), shape: [1, 2])
            let width = golden.parts.array.map(\.array.count).max() ?? 0
            let objects = try golden.parts.array.map { parts in
                let rows = parts.array.map(\.doubles) + Array(repeating: [0, 0], count: width - parts.array.count)
                return FoundObject(vectors: try Tensor(rows.flatMap { $0.map(Float.init) }, shape: [rows.count, 2]))
            }
            let selector = try VectorsBasedSelector(
                SearchIndexInfo(
                    dimensions: 2, metric: #require(.init(rawValue: golden.metric.string)),
                    aggregation: #require(.init(rawValue: golden.aggregation.string))),
                rule: SelectionRule(isSimilarity: golden.is_similarity.bool, margin: golden.margin.double))
            #expect(LossTests.close(try selector.values(objects, query: query), golden.values.doubles))
            #expect(try selector.select(objects, query: query) == golden.selected.array.map(\.int))
        }
    }

    /// D64, D65: near objects are chosen, and one vector given once or twice counts the same.
    @Test func partsDoNotChangeWhatIsNear() throws {
        let index = try SearchIndexInfo(dimensions: 2)
        let selector = try VectorsBasedSelector(index, rule: SelectionRule(isSimilarity: false, margin: 0.2))
        let query = try Tensor([1, 0] as [Float], shape: [1, 2])
        let once = FoundObject(vectors: try Tensor([1, 0.1] as [Float], shape: [1, 2]))
        let twice = FoundObject(vectors: try Tensor([1, 0.1, 1, 0.1] as [Float], shape: [2, 2]))
        let far = FoundObject(vectors: try Tensor([0, 1] as [Float], shape: [1, 2]))
        #expect(try selector.select([far, once, twice], query: query) == [1, 2])
        let values = try selector.values([once, twice], query: query)
        #expect(abs(values[0] - values[1]) < 1e-6)
    }

    /// Scaled, cosines are (1 + cos) / 2 and dot products z-scores: of 1, 0, -1 they are 1, 0, -1 (torch.std, unbiased, is 1).
    @Test func scaling() throws {
        let query = try Tensor([1, 0] as [Float], shape: [1, 2])
        let objects = try [[1, 0], [0, 1], [-1, 0]].map { FoundObject(vectors: try Tensor($0.map(Float.init), shape: [1, 2])) }
        for (metric, expected) in [(SearchIndexInfo.Metric.cosine, [1, 0.5, 0]), (.dot, [1, 0, -1])] {
            let selector = try VectorsBasedSelector(
                SearchIndexInfo(dimensions: 2, metric: metric), rule: SelectionRule(isSimilarity: true, margin: 0.2), scaleToOne: true)
            #expect(LossTests.close(try selector.values(objects, query: query), expected))
        }
    }

    @Test func errors() throws {
        let index = try SearchIndexInfo(dimensions: 2)
        let rule = SelectionRule(isSimilarity: false, margin: 0.2)
        let selector = try VectorsBasedSelector(index, rule: rule)
        let query = try Tensor([1, 0] as [Float], shape: [1, 2])
        #expect(throws: FineTuningError.self) { try selector.select([], query: nil) }
        #expect(throws: FineTuningError.self) { try selector.select([FoundObject(distance: 1)], query: query) }
        #expect(throws: FineTuningError.self) { try selector.select([FoundObject(vectors: Tensor.zeros([1, 3]))], query: query) }
        #expect(throws: FineTuningError.self) { try DistBasedSelector(index, rule: rule).select([FoundObject()]) }
        #expect(throws: FineTuningError.self) { try VectorsBasedSelector(index, rule: rule, softminTemperature: 0) }
        #expect(throws: FineTuningError.self) { try SearchIndexInfo(dimensions: 0) }
    }
}
