import Clickstream
import Testing
import Text

@testable import FineTuning

@Suite struct RankingDataTests {
    static func session(_ number: Int, _ results: [String], clicked: [String]) -> ClickSession {
        ClickSession(
            sessionID: "s\(number)", searchQuery: "query \(number)", searchResults: results.map { .init(objectID: $0, rank: 0.5) },
            events: clicked.enumerated().map { .init(eventID: "\($0)", objectID: $1) })
    }

    func prepare(_ sessions: [ClickSession], loader: RankingData.Loader) throws -> RankingData {
        try RankingData.prepare(
            sessions, converter: ClickstreamSessionConverter(), splitter: TrainTestSplitter(testSizeRatio: 0.3, randomState: 1),
            retriever: TextQueryRetriever(), loader: loader, itemsSetManager: ItemSetManager(preprocessor: .text()))
    }

    @Test func loadsEachItemOnceAndDropsWhatFailed() throws {
        var sessions = (0..<10).map { Self.session($0, ["a\($0)", "b\($0)", "shared"], clicked: ["a\($0)"]) }
        // Its other result cannot be loaded, which leaves one.
        sessions.append(Self.session(10, ["a1", "lost"], clicked: ["a1"]))
        var loads: [[String]] = []
        let data = try prepare(sessions) { items in
            loads.append(items.map(\.objectID))
            return Dictionary(
                uniqueKeysWithValues: items.filter { $0.objectID != "lost" }.map {
                    ($0.objectID, ["text": .string("text of \($0.objectID)")])
                })
        }
        #expect(loads.count == 1 && loads[0].count == 22 && Set(loads[0]).count == 22)
        let inputs = try data.clickstream.dataset("train").inputs + data.clickstream.dataset("test").inputs
        #expect(inputs.count == 10 && !inputs.contains { $0.results.contains("lost") })
        for (key, dataset) in data.clickstream.entries {
            let items = try data.items.dataset(key)
            #expect(dataset.inputs.allSatisfy { $0.results.allSatisfy(items.contains) })
            #expect(items.rows.allSatisfy { $0.item.text == "text of \($0.id)" })
        }
    }

    @Test func errors() throws {
        for (sessions, text) in [
            ([], "Empty clickstream inputs list"), ([Self.session(0, [], clicked: [])], "Empty clickstream inputs"),
            ([Self.session(0, ["a", "b"], clicked: ["a"])], "No data was downloaded."),
        ] {
            let error = #expect(throws: FineTuningError.self) { try prepare(sessions) { _ in [:] } }
            #expect(error?.condition == text)
        }
    }
}
