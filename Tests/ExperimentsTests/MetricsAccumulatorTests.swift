import Clickstream
import FineTuning
import TestSupport
import Testing
import Text

@testable import Experiments

@Suite struct MetricsAccumulatorTests {
    /// The "metrics_accumulator" block of the reference's golden values.
    @Test func agreesWithTheReference() throws {
        let golden = try #require(try JSONParser.parse([UInt8](Fixtures.data("finetuner/golden.json")))["metrics_accumulator"])
        let window = try #require(golden["window_size"]?.intValue)
        let accumulator = try MetricsAccumulator(
            "m", calcMean: true, calcSliding: true, calcMin: true, calcMax: true, windowSize: Int(window))
        let values = try #require(golden["values"]?.arrayValue)
        let expected = try #require(golden["after_each"]?.arrayValue)
        #expect(values.count == 5)
        for (value, outputs) in zip(values, expected) {
            let found = accumulator.accumulate(try MetricValue("m", try #require(value.doubleValue)))
            let wanted = try #require(outputs.arrayValue)
            #expect(found.count == wanted.count)
            for (output, pair) in zip(found, wanted) {
                #expect(output.name == pair[0]?.stringValue)
                #expect(abs(output.value - (pair[1]?.doubleValue ?? .nan)) < 1e-12)
            }
        }
    }

    @Test func givesOnlyWhatIsAskedFor() throws {
        let accumulator = try MetricsAccumulator("m", calcMax: true)
        #expect(accumulator.accumulate(try MetricValue("n", 1)).isEmpty)
        #expect(accumulator.accumulate(try MetricValue("m", 3)).map(\.name) == ["m", "max_m"])
        #expect(accumulator.accumulate(try MetricValue("m", 1)).map(\.value) == [1, 3])
        accumulator.clear()
        #expect(accumulator.accumulate(try MetricValue("m", 1)).map(\.value) == [1, 1])
    }

    @Test func refusesWhatCannotBe() throws {
        #expect(throws: FineTuningError.self) { try MetricsAccumulator("") }
        let error = try #require(throws: FineTuningError.self) { try MetricsAccumulator("m", windowSize: 1) }
        #expect(error.condition == "window_size should be an integer with value more than 1" && error.found == "1")
    }
}

@Suite struct FineTuningIterationTests {
    @Test func nameAndBack() throws {
        let iteration = FineTuningIteration(batchID: "b7", runID: "r1", pluginName: "shop")
        #expect(iteration.description == "shop / iteration / r1 / b7")
        #expect(try FineTuningIteration.parse(iteration.description) == iteration)
        #expect(try FineTuningIteration.parse("shop / iteration / initial") == FineTuningIteration(pluginName: "shop"))
    }

    @Test(arguments: ["shop", "shop / iteration / r1", "shop / round / r1 / b7", "shop / initial", "a / iteration / initial / b"])
    func otherNames(name: String) throws {
        let error = try #require(throws: FineTuningError.self) { try FineTuningIteration.parse(name) }
        #expect(error.condition == "Experiment name does not follow the pattern.")
    }
}
