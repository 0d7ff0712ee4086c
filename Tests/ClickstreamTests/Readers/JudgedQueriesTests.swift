import Foundation
import Testing

@testable import Clickstream

/// Sessions of a BEIR folder.
@Suite struct JudgedQueriesTests {
    private func load(queries: String, judgements: String) throws -> [FineTuningInput] {
        let file = try TemporaryFile(queries, name: "queries.jsonl")
        let folder = URL(fileURLWithPath: file.path).deletingLastPathComponent()
        try FileManager.default.createDirectory(at: folder.appendingPathComponent("qrels"), withIntermediateDirectories: true)
        try Data(judgements.utf8).write(to: folder.appendingPathComponent("qrels/train.tsv"))
        return try SessionsReader().load(.path(folder.path))
    }

    private static let queries = (1...300).map { "{\"_id\": \"q\($0)\", \"text\": \"text \($0)\"}\n" }.joined()

    /// Queries in any order, texts longer than what is read at once, judgements with and without a header.
    @Test func textsAreFoundByID() throws {
        let long = String(repeating: "long ", count: 3000)
        let sessions = try load(
            queries: Self.queries + "{\"_id\": \"long\", \"text\": \"\(long)\"}\n",
            judgements: "query-id\tcorpus-id\tscore\n" + [300, 1, 299, 2, 17].map { "q\($0)\ta\t1\nq\($0)\tb\t0\n" }.joined()
                + "long\tc\t3\n")
        #expect(sessions.map(\.query.label) == ["text 300", "text 1", "text 299", "text 2", "text 17", long])
        #expect(sessions.map(\.results) == Array(repeating: ["a", "b"], count: 5) + [["c"]])
        #expect(sessions.map(\.events) == Array(repeating: ["a"], count: 5) + [["c"]])
        #expect(sessions[1].origin?.description.hasSuffix("train.tsv, line 4") == true)
    }

    @Test func judgementsThatAreApartAreOneSession() throws {
        let sessions = try load(queries: Self.queries, judgements: "q1 0 a 1\nq2 0 b 0\nq1 0 c 0\n")
        #expect(sessions.map(\.results) == [["a", "c"], ["b"]])
    }

    @Test func theLastOfSeveralTextsCounts() throws {
        let sessions = try load(queries: "{\"_id\": 1, \"text\": \"a\"}\n{\"_id\": \"1\", \"text\": \"b\"}\n", judgements: "1\ta\t1\n")
        #expect(sessions.map(\.query.label) == ["b"])
    }

    @Test(arguments: [
        ("q1\ta\t1\nq9999\ta\t1\n", "train.tsv:2: no query has the id \"q9999\""),
        ("q1\ta\t1\nq2\ta\t1\nq2\tb\t1\nq2\ta\t0\n", "train.tsv:4: query \"q2\" and item \"a\" were already judged in line 2"),
        ("q1\ta\t1\nq2\ta\t1\nq1\tb\t1\nq2\ta\t0\n", "train.tsv:4: query \"q2\" and item \"a\" were already judged in line 2"),
        ("q1\ta\tx\nq2\tb\tc\n", "train.tsv:2: field \"grade\": expected a whole number, found \"c\""),
        ("\n", "train.tsv: the file holds no judgements"),
    ])
    func errors(judgements: String, message: String) throws {
        let error = try #require(throws: DataError.self) { try load(queries: Self.queries, judgements: judgements) }
        #expect(error.message.hasSuffix(message), "\(error.message)")
    }

    @Test(arguments: [
        ("q1\ta\t1\nq1\tb\t1\nq2\ta\t1\n", true), ("q1\ta\t1\nq2\tb\t1\nq1\tc\t1\n", false), ("  q1 a 1\nq1  b 1\n", true),
        ("a b\tx\t1\na c\tx\t1\na b\ty\t1\n", false), ("a b\tx\t1\n\na b\ty\t1\n", true),
    ])
    func groups(text: String, isGrouped: Bool) throws {
        let file = try TemporaryFile(text, name: "qrels.tsv")
        #expect(try QrelsReader.isGrouped(file.path) == isGrouped)
    }
}
