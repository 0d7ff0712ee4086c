import Tensors
import Testing

@testable import FineTuning

@Suite struct AggregatorTests {
    static func aggregator(_ name: String) -> any RanksAggregator {
        switch name {
        case "Mean": MeanAggregator()
        case "Max": MaxAggregator()
        default: MinAggregator()
        }
    }

    /// D21: all differentiable variants, empty lists and zeros were errors in the reference.
    @Test func valuesAndGradientsAreThoseOfTheReference() throws {
        let cases = try Golden.load().ranks_aggregators.array
        #expect(cases.count == 18)
        for golden in cases {
            let aggregator = Self.aggregator(golden.aggregator.string)
            let ranks = golden.ranks.doubles
            let name = "\(golden.aggregator.string) \(ranks)"
            #expect(LossTests.close([try aggregator.aggregate(ranks)], [golden.value.double]), "\(name)")
            let tensor = try Tensor(ranks.map(Float.init), shape: [ranks.count]).requiringGrad()
            let value = try aggregator.aggregate(tensor)
            #expect(LossTests.close([try value.item()], [golden.differentiable.double]), "\(name)")
            guard !golden.grad.isNull else {
                #expect(!value.requiresGrad, "\(name)")
                continue
            }
            try value.backward()
            // β = 1e5 turns a last-place difference of f32 inputs into percents of the weight.
            let absolute = ranks == [0.30001, 0.3, 0.29999] && golden.aggregator.string != "Mean" ? 2e-3 : 1e-6
            #expect(LossTests.close(tensor.grad?.doubles() ?? [], golden.grad.doubles, absolute: absolute), "\(name)")
        }
    }

    @Test func defaultsForNothing() throws {
        let golden = try Golden.load().ranks_aggregators_defaults
        #expect(MeanAggregator(ifEmptyValue: 9).aggregate([]) == golden.Mean_empty_9.double)
        #expect(MeanAggregator(ifZeroesValue: 7).aggregate([0, 0]) == golden.Mean_zeroes_7.double)
        #expect(MaxAggregator(ifEmptyValue: 9).aggregate([]) == golden.Max_empty_9.double)
        #expect(MinAggregator(ifEmptyValue: 9).aggregate([]) == golden.Min_empty_9.double)
        let empty = try Tensor.zeros([0])
        #expect(try MaxAggregator(ifEmptyValue: 9).aggregate(empty).item() == 9)
        #expect(try MeanAggregator(ifZeroesValue: 7).aggregate(Tensor.zeros([2])).item() == 7)
    }

    @Test func anyClickedPartClicksTheObject() {
        #expect(MaxClicksAggregator().aggregate([("a", [0, 1]), ("b", [0, 0]), ("c", [1])]) == [1, 0, 1])
    }
}
