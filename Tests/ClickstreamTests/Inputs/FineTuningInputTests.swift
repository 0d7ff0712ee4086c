import Testing

@testable import Clickstream

@Suite struct FineTuningInputTests {
    func input(_ results: [String], events: [String] = [], parts: [String: String]? = nil) throws -> FineTuningInput {
        try FineTuningInput(query: .item(TextQueryItem(text: "boots")), events: events, results: results, partToObject: parts)
    }

    @Test func eventsDecideRelevance() throws {
        #expect(try input(["a", "b"]).isIrrelevant)
        let clicked = try input(["a", "b", "c"], events: ["b", "zz"])
        #expect(!clicked.isIrrelevant)
        // In result order, and an event outside the results is no error.
        #expect(clicked.notEvents == ["a", "c"])
        #expect(clicked.count == 3)
    }

    @Test func ranksMustMatchResults() {
        let error = #expect(throws: ClickstreamError.self) {
            try FineTuningInput(
                query: .text("boots"), events: [], results: ["a", "b"], ranks: ["a": 0.5], origin: "sessions.jsonl, line 3")
        }
        #expect(
            error?.message == "Sizes of ranks and results are not equal: 1 ranks, 2 results (session 'boots', sessions.jsonl, line 3)")
    }

    @Test func aResultMayNotRepeat() {
        for ranks in [nil, ["a": 0.5, "b": nil]] as [[String: Double?]?] {
            let error = #expect(throws: ClickstreamError.self) {
                try FineTuningInput(query: .text("boots"), events: [], results: ["a", "b", "a"], ranks: ranks)
            }
            #expect(
                error?.message
                    == "Sizes of ranks and results are not equal: 2 ranks, 3 results; result 'a' is listed twice (session 'boots')")
        }
    }

    @Test func eachResultNeedsItsEntry() {
        let error = #expect(throws: ClickstreamError.self) {
            try FineTuningInput(query: .text("boots"), events: [], results: ["a", "b"], ranks: ["a": 1, "c": 2])
        }
        #expect(error?.message == "No such ID (b) in provided ranks dict (session 'boots')")
        #expect(throws: ClickstreamError.self) {
            try FineTuningInput(query: .text("boots"), events: [], results: ["a"], ranks: ["a": .nan])
        }
    }

    @Test func ranksMayBeUnknown() throws {
        let input = try FineTuningInput(query: .text("boots"), events: [], results: ["a", "b"], ranks: ["a": 0.5, "b": nil])
        #expect(input.lacksRanks)
        #expect(input.rank(of: "a") == 0.5)
        #expect(input.rank(of: "b") == nil)
        try input.setRanks(["a": 0.5, "b": 0.25])
        #expect(!input.lacksRanks)
    }

    @Test func removesResultsByID() throws {
        let input = try input(["a", "b", "c"], events: ["a"])
        input.removeResults(["a", "c", "unknown"])
        #expect(input.results == ["b"])
        #expect(input.events == [])
        #expect(Set(input.ranks.keys) == ["b"])
        #expect(input.isIrrelevant)
    }

    @Test func removesPartsByObject() throws {
        let input = try input(["a:0", "a:1", "b:0", "c"], events: ["a:1", "b:0"], parts: ["a:0": "a", "a:1": "a", "b:0": "b"])
        #expect(input.objectID(of: "a:1") == "a")
        #expect(input.objectID(of: "c") == "c")
        // 'c' is not in the part map, so it stays although it is named.
        input.removeResults(["a", "c"])
        #expect(input.results == ["b:0", "c"])
        #expect(input.events == ["b:0"])
        #expect(input.partToObject == ["b:0": "b"])
    }
}
