import Testing

@testable import Clickstream

@Suite struct QrelsTests {
    private func load(_ text: String) throws -> Qrels {
        let file = try TemporaryFile(text, name: "qrels.tsv")
        return try Qrels.load(file.path)
    }

    @Test(arguments: [
        "q1\ta\t1\nq2\tb\t0\nq1\tc\t2\n",
        "query-id\tcorpus-id\tscore\nq1\ta\t1\nq2\tb\t0.0\n\nq1\tc\t2",
        "q1 0 a 1\r\nq2  0  b 0\r\nq1 0 c 2\r\n",
        "q1\t0\ta\t1\nq2\tQ0\tb\t0\nq1\t0\tc\t2\n",
    ])
    func columns(text: String) throws {
        let qrels = try load(text)
        #expect(qrels.queries == ["q1", "q2"] && qrels.count == 3)
        #expect(qrels["q1"] == [.init(item: "a", grade: 1), .init(item: "c", grade: 2)])
        #expect(qrels["q2"] == [.init(item: "b", grade: 0)])
        #expect(qrels["q3"] == [])
    }

    @Test func twoColumnsMeanGradeOne() throws {
        #expect(try load("query\titem\nred shoes\ta\n")["red shoes"] == [.init(item: "a", grade: 1)])
    }

    @Test(arguments: [
        ("q\ta\t1\nq\tb\tx\n", ":2: field \"grade\": expected a whole number, found \"x\""),
        ("q\ta\t1\nq\tb\t0.5\n", ":2: field \"grade\": expected a whole number, found \"0.5\""),
        ("q\ta\t1\nq\tb\n", ":2: expected 3 columns as above, found 2"),
        ("q\n", ":1: expected 2 to 4 columns (query, item, grade), found 1"),
        ("q\ta\t1\n\nq\ta\t2\n", ":3: query \"q\" and item \"a\" were already judged in line 1"),
        ("q\t\t1\n", ":1: field \"item\": an empty id"),
        ("query-id\tcorpus-id\tscore\n", ": the file holds no judgements"),
    ])
    func errors(text: String, message: String) throws {
        let error = try #require(throws: DataError.self) { try load(text) }
        #expect(error.message.hasSuffix("qrels.tsv" + message), "\(error.message)")
    }
}
