import Testing

@testable import Clickstream

@Suite struct SessionsReaderTests {
    private func load(_ text: String, items: ItemsSet? = nil) throws -> [FineTuningInput] {
        let file = try TemporaryFile(text, name: "sessions.jsonl")
        return try SessionsReader(items: items).load(file.path)
    }

    @Test func everyField() throws {
        let text = #"""
            {"query": "red shoes", "results": ["a", 2, "c"], "events": ["c"]}
            {"query": {"text": "boots", "lang": "en"}, "results": ["a#0", "b"], "events": ["a#0"], "ranks": [0.5, null], "timestamp": 1700000000,
             "event_types": [2], "part_to_object_dict": {"a#0": "a"}, "is_irrelevant": true, "page": 3}
            {"query": "x", "results": ["a", "b"], "events": [], "ranks": {"b": 1, "a": -0.5}, "timestamp": null}
            """#.replacingOccurrences(of: "1700000000,\n", with: "1700000000,")
        let sessions = try load(text)
        #expect(sessions.count == 3)
        #expect(sessions[0].results == ["a", "2", "c"] && sessions[0].events == ["c"] && sessions[0].lacksRanks)
        #expect(sessions[0].query.label == "red shoes")
        guard case .item(let query) = sessions[1].query else {
            Issue.record("expected an item")
            return
        }
        #expect(query == TextQueryItem(text: "boots", fields: ["lang": "en"]))
        #expect(sessions[1].rank(of: "a#0") == 0.5 && sessions[1].lacksRanks)
        #expect(sessions[1].timestamp == 1_700_000_000 && sessions[1].eventTypes == [2] && sessions[1].objectID(of: "a#0") == "a")
        #expect(!sessions[1].isIrrelevant && sessions[2].isIrrelevant)
        #expect(sessions[2].rank(of: "a") == -0.5 && sessions[2].rank(of: "b") == 1 && !sessions[2].lacksRanks)
        #expect(sessions[1].origin?.description.hasSuffix("sessions.jsonl, line 2") == true)
    }

    @Test(arguments: [
        (#"{"query": "q", "results": []}"#, "field \"events\": missing"),
        (#"{"query": 7, "results": [], "events": []}"#, "field \"query\": expected a text, or an object with a text, found 7"),
        (#"{"query": {"txt": "x"}, "results": [], "events": []}"#, "field \"query.text\": missing"),
        (#"{"query": "q", "results": ["a", "a"], "events": []}"#, "field \"results[1]\": the result \"a\" was already listed at 0"),
        (#"{"query": "q", "results": "a", "events": []}"#, "field \"results\": expected a list of ids, found \"a\""),
        (
            #"{"query": "q", "results": ["a", "b"], "events": [], "ranks": [1]}"#,
            "field \"ranks\": expected one rank per result: 2, not 1, found [1]"
        ),
        (
            #"{"query": "q", "results": ["a"], "events": [], "ranks": ["x"]}"#,
            "field \"ranks[0]\": expected a finite number or null, found \"x\""
        ),
        (
            #"{"query": "q", "results": ["a"], "events": [], "ranks": [1e999]}"#,
            "field \"ranks[0]\": expected a finite number or null, found Infinity"
        ),
        (#"{"query": "q", "results": ["a"], "events": [], "ranks": {}}"#, "field \"ranks\": no rank for the result \"a\""),
        (
            #"{"query": "q", "results": ["a"], "events": [], "ranks": {"a": 1, "b": 1}}"#,
            "field \"ranks\": a rank for \"b\", which is not among the results"
        ),
        (
            #"{"query": "q", "results": ["a"], "events": ["a"], "event_types": []}"#,
            "field \"event_types\": expected one number per event: 1, not 0, found []"
        ),
        (
            #"{"query": "q", "results": [], "events": [], "timestamp": 1.5}"#,
            "field \"timestamp\": expected whole seconds since 1970, found 1.5"
        ),
        (
            #"{"query": "q", "results": ["p"], "events": [], "part_to_object_dict": {"p": []}}"#,
            "field \"part_to_object_dict.p\": expected an id (a string that is not empty, or a whole number), found []"
        ),
    ])
    func errorsNameLineAndField(line: String, message: String) throws {
        let error = try #require(throws: DataError.self) { try load("\n" + line) }
        #expect(error.message.hasSuffix("sessions.jsonl:2: " + message), "\(error.message)")
    }

    @Test func idsMustJoinToItems() throws {
        let items = try ItemsSet(rows: [.init(id: "shoe-1", item: "x"), .init(id: "boot-1", item: "y")])
        #expect(try load(#"{"query": "q", "results": ["shoe-1", "boot-1"], "events": ["boot-1"]}"#, items: items).count == 1)
        let error = try #require(throws: DataError.self) {
            try load(#"{"query": "q", "results": ["shoe-1"], "events": ["boot-2"]}"#, items: items)
        }
        #expect(error.kind == .unknownID && error.field == "events[0]" && error.help == "did you mean \"boot-1\"?")
    }
}
