import Testing

@testable import Clickstream

@Suite struct SessionReportTests {
    func input(_ query: String, _ results: [String], _ events: [String], ranks: [String: Double?]? = nil) throws -> FineTuningInput {
        try FineTuningInput(query: .text(query), events: events, results: results, ranks: ranks, origin: nil)
    }

    @Test func countsAndReasons() throws {
        let items = try ItemsSet(rows: ["a", "b", "c", "c"].map { .init(id: $0, text: $0) })
        let report = SessionReport(
            [
                try input("boots", ["a", "b"], ["a"], ranks: ["a": 1, "b": 0.5]),
                try input("boots", ["a", "b"], ["a"]),
                try input("bag", ["b"], ["b"]),
                try input("hat", ["a", "b"], ["b", "a"]),
                try input("sock", ["a", "zz"], []),
                try input("none", [], []),
                try input("odd", ["a", "b", "c"], ["c", "gone"]),
            ], items: items)
        #expect(report.sessions == 7)
        #expect(report.queries == 6)
        #expect(report.trainable == 3)
        #expect(report.obstacles == [.oneResult: 1, .allClicked: 1, .noClick: 1, .noResults: 1])
        #expect(report.trainable + report.obstacles.values.reduce(0, +) == report.sessions)
        #expect(report.duplicates == 1)
        #expect(report.strayEvents == 1)
        #expect(report.withoutRanks == 5)
        #expect(report.shown == [6, 5, 1])
        #expect(report.clicked == [4, 1, 1])
        #expect(report.clickRate(at: 1) == 0.2)
        #expect(report.clickRate(at: 3) == nil)
        #expect(report.unknownIDs?.ids == 2)
        #expect(report.unknownIDs?.sessions == 2)
        #expect(report.unknownIDs?.examples.map(\.id) == ["zz", "gone"])
        #expect(report.repeatedItems == 1)
        #expect(
            report.description == """
                7 sessions, 6 distinct queries, 12 results, 7 clicks
                3 can train
                1 cannot: no results
                1 cannot: no click (they still lend negatives when not_irrelevant_only is false)
                1 cannot: one result
                1 cannot: all results clicked
                5 lack ranks (preprocess_inputs computes them)
                1 repeat an earlier session
                1 events are not among their session's results
                2 result ids in 2 sessions have no item:
                    'zz' in session 'sock'
                    'gone' in session 'odd'
                1 item ids have several rows
                click rate by position: 1: 0.667  2: 0.200  3: 1.000
                """)
    }

    @Test func nothingToDescribe() {
        #expect(SessionReport([]).description == "0 sessions, 0 distinct queries, 0 results, 0 clicks\n0 can train")
    }
}
