import Clickstream
import Testing

@testable import FineTuning

@Suite struct ConfidenceTests {
    @Test func confidencesAreThoseOfTheReference() throws {
        let cases = try Golden.load().confidences.array
        #expect(cases.count == 12)
        for golden in cases {
            let (ranks, clicks) = (golden.ranks.doubles, golden.clicks.doubles)
            #expect(DummyConfidences().confidences(ranks: ranks, clicks: clicks) == golden.dummy.doubles)
            for window in [2, 3, 5] {
                let values = try WindowedConfidences(windowSize: window).confidences(ranks: ranks, clicks: clicks)
                #expect(LossTests.close(values, golden["calculate_window_\(window)"].doubles), "\(ranks) \(clicks) \(window)")
            }
        }
    }

    @Test func checksItsArguments() throws {
        for bad in [1, 0, -3] {
            let error = #expect(throws: FineTuningError.self) { try WindowedConfidences(windowSize: bad) }
            #expect(error?.message == "window_size should be an integer with value more than 1: \(bad)")
        }
        #expect(throws: FineTuningError.self) { try WindowedConfidences().confidences(ranks: [1], clicks: []) }
    }

    @Test func aWindowOverAllResultsWarnsOnce() throws {
        let warnings = Collected()
        try Warnings.received(by: { warnings.append($0) }) {
            let calculator = try WindowedConfidences(windowSize: 3)
            _ = try calculator.confidences(ranks: [1, 2, 3, 4], clicks: [1, 0, 0, 0])
            #expect(warnings.texts.isEmpty)
            for _ in 0..<2 { _ = try calculator.confidences(ranks: [1, 2, 3], clicks: [1, 0, 0]) }
            _ = try calculator.confidences(ranks: [], clicks: [])
        }
        #expect(warnings.texts.count == 1 && warnings.texts.first?.contains("window_size 3") == true)
    }
}
