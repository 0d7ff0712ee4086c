import Testing
import Text

@testable import Clickstream

@Suite struct ClickSessionTests {
    func record(_ text: String) throws -> JSONRecord {
        let value = try JSONParser.parse(Array(text.utf8))
        return JSONRecord(file: "log.jsonl", line: 4, object: try #require(value.objectValue))
    }

    static let whole = """
        {"session_id": 17, "search_query": "boots", "created_at": 1700000000, "search_meta": {"lang": "en"},
         "search_results": [{"object_id": 1, "rank": 0.5, "meta": {"shop": "a"}}, {"object_id": "2"}, {"object_id": "3", "rank": 0}],
         "events": [{"event_id": "e", "object_id": "3", "event_type": "buy", "meta": {"importance": 2.5}}, {"object_id": 1},
                    {"object_id": "gone"}]}
        """

    @Test func readsASession() throws {
        let session = try ClickSession(record: record(Self.whole))
        #expect(session.sessionID == "17")
        #expect(session.searchResults.map(\.objectID) == ["1", "2", "3"])
        #expect(session.searchResults.map(\.rank) == [0.5, nil, 0])
        #expect(session.events.map(\.eventType) == ["buy", "click", "click"])
        #expect(!session.isIrrelevant)
    }

    /// D30, D31: item ids were lost, and ranks held the importances of the clicked results only.
    @Test func convertsIt() throws {
        let (input, items) = try ClickstreamSessionConverter().convert(ClickSession(record: record(Self.whole)))
        #expect(input.results == ["1", "2", "3"])
        // In result order, and only results.
        #expect(input.events == ["1", "3"])
        #expect(input.eventTypes == [1, 2.5])
        #expect(input.ranks == ["1": 0.5, "2": nil, "3": 0])
        #expect(input.timestamp == 1_700_000_000)
        #expect(items.map(\.objectID) == ["1", "2", "3"])
        #expect(items[0].meta == ["shop": "a"])
        guard case .item(let query) = input.query else { throw Unexpected() }
        #expect(query == TextQueryItem(text: "boots", fields: ["lang": "en"]))
    }

    struct Unexpected: Error {}

    @Test func aRepeatedResultNamesTheSession() throws {
        let session = try ClickSession(
            record: record(#"{"session_id": "s1", "search_query": "boots", "search_results": [{"object_id": "a"}, {"object_id": "a"}]}"#))
        #expect(session.isIrrelevant)
        let error = #expect(throws: ClickstreamError.self) { try ClickstreamSessionConverter().convert(session) }
        #expect(
            error?.message
                == "Sizes of ranks and results are not equal: 1 ranks, 2 results; result 'a' is listed twice (session 'boots', id s1, log.jsonl, line 4)"
        )
    }

    @Test(arguments: [
        (#"{"search_query": "b", "search_results": []}"#, "session_id"),
        (#"{"session_id": "s", "search_results": []}"#, "search_query"),
        (#"{"session_id": "s", "search_query": "b"}"#, "search_results"),
        (#"{"session_id": "s", "search_query": "b", "search_results": {}}"#, "search_results"),
        (#"{"session_id": "s", "search_query": "b", "search_results": [1]}"#, "search_results[0]"),
        (#"{"session_id": "s", "search_query": "b", "search_results": [{"id": 1}]}"#, "object_id"),
        (#"{"session_id": "s", "search_query": "b", "search_results": [{"object_id": 1, "rank": "x"}]}"#, "rank"),
        (#"{"session_id": "s", "search_query": "b", "search_results": [], "created_at": 1.5}"#, "created_at"),
        (#"{"session_id": "s", "search_query": "b", "search_results": [], "events": 3}"#, "events"),
        (#"{"session_id": "s", "search_query": "b", "search_results": [], "search_meta": 3}"#, "search_meta"),
    ])
    func namesTheFieldAndLine(text: String, field: String) throws {
        let record = try record(text)
        let error = #expect(throws: DataError.self) { try ClickSession(record: record) }
        #expect(error?.field == field)
        #expect(error?.line == 4)
    }
}
