import Foundation
import GRDB
import Testing

@testable import Clickstream

@Suite struct SessionStreamTests {
    private func load(_ text: String, _ name: String, items: ItemsSet? = nil) throws -> [FineTuningInput] {
        let file = try TemporaryFile(text, name: name)
        return try SessionsReader(items: items).load(.path(file.path))
    }

    /// One session in every form that is read: query "red shoes", a and b shown, b clicked, ranks 0.5 and unknown, at second 17.
    static let forms: [(name: String, text: String)] = [
        ("s.jsonl", #"{"query": "red shoes", "results": ["a", "b"], "events": ["b"], "ranks": [0.5, null], "timestamp": 17}"#),
        ("s.json", #"[{"query": "red shoes", "results": ["a", "b"], "events": ["b"], "ranks": {"a": 0.5, "b": null}, "timestamp": 17}]"#),
        ("s.csv", "query,results,events,ranks,timestamp\nred shoes,a b,b,0.5 null,17\n"),
        ("t.csv", "timestamp,events,query,ranks,results\n17,\"[\"\"b\"\"]\",red shoes,\"[0.5, null]\",\"[\"\"a\"\", \"\"b\"\"]\"\n"),
        ("s.tsv", "query\tresults\tevents\tranks\ttimestamp\nred shoes\ta|b\tb\t0.5|-\t17\n"),
        (
            "rows.csv",
            "session_id,query,item_id,clicked,rank,timestamp\n1,red shoes,a,0,0.5,17\n1,red shoes,b,true,,17\n"
        ),
        (
            "logged.jsonl",
            #"{"session_id": 1, "search_query": "red shoes", "created_at": 17, "search_results": [{"object_id": "a", "rank": 0.5}, {"object_id": "b"}], "events": [{"object_id": "b"}]}"#
        ),
    ]

    @Test(arguments: forms.indices) func oneSessionInEveryForm(_ index: Int) throws {
        let (name, text) = Self.forms[index]
        let sessions = try load(text, name)
        #expect(sessions.count == 1)
        let session = try #require(sessions.first)
        #expect(session.query.label == "red shoes" && session.results == ["a", "b"] && session.events == ["b"])
        #expect(session.rank(of: "a") == 0.5 && session.rank(of: "b") == nil && session.timestamp == 17)
    }

    @Test func rowsOfSessionsFollowEachOther() throws {
        let text = "session_id,query,item_id,clicked\n1,q,a,1\n1,q,b,0\n2,r,a,no\n1,q,c,1\n"
        let sessions = try load(text, "rows.csv")
        #expect(sessions.map(\.results) == [["a", "b"], ["a"], ["c"]])
        #expect(sessions.map(\.isIrrelevant) == [false, true, false])
        #expect(sessions[1].origin?.description.hasSuffix("rows.csv, line 4") == true)
        for (text, message) in [
            ("session_id,query,item_id,clicked\n1,q,a,1\n1,q,a,0\n", "already shown"),
            ("session_id,query,item_id,clicked\n1,q,a,maybe\n", "expected true or false"),
            ("session_id,query,thing,clicked\n1,q,a,1\n", "missing"),
        ] {
            let error = #expect(throws: DataError.self) { try load(text, "rows.csv") }
            #expect(error?.description.contains(message) == true)
        }
    }

    /// Repetitions are found in short sessions and in long ones.
    @Test(arguments: [2, 23, 24, 25, 60]) func aResultIsShownOnce(count: Int) throws {
        let rows = (0..<count).map { "1,q,item \($0),0,0.5\n" }.joined()
        #expect(try load("session_id,query,item_id,clicked,rank\n" + rows, "rows.csv").map(\.results.count) == [count])
        for again in Set([0, count / 2, count - 1]) {
            let error = #expect(throws: DataError.self) {
                try load("session_id,query,item_id,clicked,rank\n" + rows + "1,q,item \(again),0,\n", "rows.csv")
            }
            #expect(error?.line == count + 2 && error?.description.contains("already shown the result \"item \(again)\"") == true)
            let ids = (0..<count).map { "\"item \($0)\"" }.joined(separator: ", ")
            let list = #expect(throws: DataError.self) {
                try load("{\"query\": \"q\", \"results\": [\(ids), \"item \(again)\"], \"events\": []}", "x.jsonl")
            }
            #expect(list?.field == "results[\(count)]" && list?.description.contains("already listed at \(again)") == true)
        }
    }

    @Test func sqliteTables() throws {
        let file = try TemporaryFile("", name: "x")
        let path = URL(fileURLWithPath: file.path).deletingLastPathComponent().appendingPathComponent("log.db").path
        try DatabaseQueue(path: path).write { database in
            try database.execute(sql: "CREATE TABLE log (query TEXT, results TEXT, events TEXT, timestamp INTEGER)")
            // More than one page of the reader.
            for index in 0..<20_500 {
                try database.execute(
                    sql: "INSERT INTO log VALUES (?, ?, ?, ?)", arguments: ["q\(index)", "a b", index % 2 == 0 ? "a" : "", index])
            }
        }
        let stream = try SessionStream(.sqlite(path: path, table: "log"))
        var (count, clicked, last) = (0, 0, 0)
        while let session = try stream.next() {
            count += 1
            clicked += session.isIrrelevant ? 0 : 1
            last = session.timestamp ?? -1
        }
        #expect(count == 20_500 && clicked == 10_250 && last == 20_499)
    }

    /// Every row is read once, whatever the numbers of the rows are and whether there are any.
    @Test(arguments: [
        "CREATE TABLE log (query TEXT, results TEXT, events TEXT)",
        "CREATE TABLE log (rowid TEXT, query TEXT, _ROWID_ TEXT, results TEXT, events TEXT)",
        "CREATE TABLE log (rowid TEXT, query TEXT, _rowid_ TEXT, results TEXT, oid TEXT, events TEXT)",
        "CREATE TABLE log (query TEXT PRIMARY KEY, results TEXT, events TEXT) WITHOUT ROWID",
        "CREATE TABLE base (query TEXT, results TEXT, events TEXT); CREATE VIEW log AS SELECT query, results, events FROM base",
    ])
    func pagesOfTables(creation: String) throws {
        let file = try TemporaryFile("", name: "x")
        let path = URL(fileURLWithPath: file.path).deletingLastPathComponent().appendingPathComponent("log.db").path
        let isNumbered = creation.hasPrefix("CREATE TABLE log (query TEXT,") && !creation.contains("WITHOUT")
        let table = creation.contains("base") ? "base" : "log"
        // Gaps, numbers below zero, and the highest there is.
        let numbers: [Int64] = [.min, -7, 0, 3] + (0..<20_000).map { 10 + 3 * $0 } + [.max]
        try DatabaseQueue(path: path).write { database in
            try database.execute(sql: creation)
            for (index, number) in numbers.enumerated() {
                let query = String(format: "q%05d", index)
                if isNumbered {
                    try database.execute(
                        sql: "INSERT INTO log (rowid, query, results, events) VALUES (?, ?, 'a b', '')", arguments: [number, query])
                } else {
                    try database.execute(sql: "INSERT INTO \(table) (query, results, events) VALUES (?, 'a b', '')", arguments: [query])
                }
            }
        }
        let sessions = try SessionsReader().load(.sqlite(path: path, table: "log"))
        #expect(sessions.map(\.query.label) == numbers.indices.map { String(format: "q%05d", $0) })
        #expect(sessions.last?.origin?.description.hasSuffix("line \(numbers.count)") == true)
    }

    /// Rows of one session need not have the same fields, nor those in the same order.
    @Test func rowsOfDifferentFields() throws {
        let text = #"""
            {"session_id": 1, "query": "q", "item_id": "a", "clicked": true}
            {"clicked": 0, "rank": 0.5, "item_id": "b", "session_id": "1"}
            {"object_id": "c", "session_id": 1, "clicked": "no", "rank": null}
            {"query": "r", "results": ["a"], "events": []}
            {"session_id": 2, "query": "s", "item_id": "a", "clicked": 1}
            """#
        let sessions = try load(text, "rows.jsonl")
        #expect(sessions.map(\.query.label) == ["q", "r", "s"])
        #expect(sessions.map(\.results) == [["a", "b", "c"], ["a"], ["a"]])
        #expect(sessions.map(\.events) == [["a"], [], ["a"]])
    }

    @Test func beirFolder() throws {
        let queries = try TemporaryFile(
            "{\"_id\": \"1\", \"text\": \"boots\"}\n{\"_id\": \"2\", \"text\": \"hats\"}\n", name: "queries.jsonl")
        let folder = URL(fileURLWithPath: queries.path).deletingLastPathComponent()
        try FileManager.default.createDirectory(at: folder.appendingPathComponent("qrels"), withIntermediateDirectories: true)
        try Data("query-id\tcorpus-id\tscore\n1\ta\t2\n1\tb\t0\n2\tc\t1\n".utf8).write(to: folder.appendingPathComponent("qrels/train.tsv"))
        let sessions = try SessionsReader().load(.path(folder.path))
        #expect(sessions.map(\.query.label) == ["boots", "hats"])
        #expect(sessions[0].results == ["a", "b"] && sessions[0].events == ["a"])
        #expect(throws: DataError.self) { try SessionsReader(split: "test").load(.path(folder.path)) }
    }

    @Test func itemsAreCheckedInEveryForm() throws {
        let items = try ItemsSet(rows: [.init(id: "a", item: "x")])
        for (name, text) in Self.forms {
            let error = #expect(throws: DataError.self) { try load(text, name, items: items) }
            #expect(error?.kind == .unknownID, "\(name)")
        }
    }

    @Test(arguments: [
        ("s.json", "[]", "the list is empty"), ("s.json", "[1]", "expected an object"), ("s.json", "[{]", "not JSON"),
        ("s.csv", "query,results,events\nq,\"[1\",a\n", "expected JSON"),
        ("s.csv", "query,results,events,ranks\nq,a b,a,x y\n", "expected a finite number"),
        ("s.csv", "query,results,events,ranks\nq,a b,a,1\n", "one rank per result"),
    ])
    func brokenFiles(name: String, text: String, message: String) throws {
        let error = #expect(throws: DataError.self) { try load(text, name) }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }
}
