import Synchronization
import Testing

@testable import Clickstream

@Suite struct PairedFineTuningInputsDatasetTests {
    func inputs(clicked: Int, clickless: Int) throws -> [FineTuningInput] {
        let first = try (0..<clicked).map { try FineTuningInput(query: .text("c\($0)"), events: ["x\($0)"], results: ["x\($0)", "y"]) }
        let second = try (0..<clickless).map { try FineTuningInput(query: .text("n\($0)"), events: [], results: ["z\($0)"]) }
        return first + second
    }

    func labels(_ dataset: PairedFineTuningInputsDataset) -> [[String?]] {
        dataset.pairs.map { [$0.notIrrelevant?.query.label, $0.irrelevant?.query.label] }
    }

    @Test func cyclesTheShorterKind() throws {
        #expect(
            labels(try PairedFineTuningInputsDataset(inputs: inputs(clicked: 3, clickless: 2)))
                == [["c0", "n0"], ["c1", "n1"], ["c2", "n0"]])
        #expect(
            labels(try PairedFineTuningInputsDataset(inputs: inputs(clicked: 1, clickless: 3)))
                == [["c0", "n0"], ["c0", "n1"], ["c0", "n2"]])
    }

    @Test func countCutsBoth() throws {
        let dataset = try PairedFineTuningInputsDataset(inputs: inputs(clicked: 3, clickless: 2), inputsCount: 2)
        #expect(labels(dataset) == [["c0", "n0"], ["c1", "n1"]])
        #expect(dataset.count == 2)
    }

    @Test func withoutClicklessSessionsPairsHaveOneSide() throws {
        let warnings = Mutex<[String]>([])
        try Warnings.received(by: { text in warnings.withLock { $0.append(text) } }) {
            let dataset = try PairedFineTuningInputsDataset(
                inputs: inputs(clicked: 3, clickless: 0), randomize: true, inputsCount: 1, randomState: 1)
            #expect(labels(dataset) == [["c0", nil], ["c1", nil], ["c2", nil]])
        }
        #expect(warnings.withLock { $0.count } == 1)
    }

    @Test func onlyClicklessSessionsIsAnError() throws {
        let clickless = try inputs(clicked: 0, clickless: 2)
        let error = #expect(throws: ClickstreamError.self) { try PairedFineTuningInputsDataset(inputs: clickless) }
        #expect(error?.condition == "List of not irrelevant inputs is empty")
        #expect(try PairedFineTuningInputsDataset(inputs: []).count == 0)
    }

    @Test func shufflesBothKindsBySeed() throws {
        let all = try inputs(clicked: 40, clickless: 40)
        let plain = try PairedFineTuningInputsDataset(inputs: all)
        let first = try PairedFineTuningInputsDataset(inputs: all, randomize: true, randomState: 5)
        #expect(labels(first) == labels(try PairedFineTuningInputsDataset(inputs: all, randomize: true, randomState: 5)))
        #expect(labels(first) != labels(try PairedFineTuningInputsDataset(inputs: all, randomize: true, randomState: 6)))
        // Independently: the partners of the plain pairing are torn apart, yet every session is there once.
        #expect(labels(first) != labels(plain))
        #expect(Set(labels(first).map { $0[0] }).count == 40)
        #expect(Set(labels(first).map { $0[1] }).count == 40)
        #expect(labels(first).count { $0[0]?.dropFirst() == $0[1]?.dropFirst() } < 10)
    }

    @Test func unitesResultIDs() throws {
        let dataset = try PairedFineTuningInputsDataset(inputs: inputs(clicked: 2, clickless: 1))
        #expect(dataset.notIrrelevantIDs == ["x0", "x1", "y"])
        #expect(dataset.irrelevantIDs == ["z0"])
        #expect(throws: ClickstreamError.self) { try dataset.pair(at: 2) }
        #expect(throws: ClickstreamError.self) { try dataset.pair(at: -1) }
    }
}
