import Foundation
import Language
import Synchronization
import Testing

@testable import Bindings

/// Items, datasets and tables are cut like lists.
@Suite struct SliceTests {
    func run(_ code: String) throws -> String {
        let output = Mutex("")
        var configuration = Environment.configuration()
        configuration.output = { text in output.withLock { $0 += text } }
        _ = try Interpreter(configuration: configuration).run(Source(name: "test.eft", text: code))
        return output.withLock { $0 }
    }

    func file(_ name: String) -> String { NSTemporaryDirectory() + UUID().uuidString + name }

    @Test func itemsAreCutByPosition() throws {
        let path = file("items.jsonl")
        defer { try? FileManager.default.removeItem(atPath: path) }
        try #"{"id": "a", "text": "x"}\#n{"id": "b", "text": "y"}\#n{"id": "c", "text": "z"}\#n"#
            .write(toFile: path, atomically: true, encoding: .utf8)
        let text = try run(
            """
            items = load_items("\(path)")
            print([r["id"] for r in items[1:]], [r["id"] for r in items[::-2]], items[5:], items[-1]["id"])
            try { items[::0] } catch ValueError e { print(e.message) }
            """)
        #expect(text == "['b', 'c'] ['c', 'a'] [] c\nslice step must not be zero\n")
    }

    @Test func datasetsAreCutIntoPairs() throws {
        let path = file("sessions.jsonl")
        defer { try? FileManager.default.removeItem(atPath: path) }
        let lines = (0..<6).map { #"{"query": "q\#($0)", "results": ["a", "b"], "events": [\#($0 < 4 ? "\"a\"" : "")]}"# }
        try lines.joined(separator: "\n").write(toFile: path, atomically: true, encoding: .utf8)
        let text = try run(
            """
            data = TrainTestSplitter(test_size_ratio = 0.25, random_state = 7).split(load_sessions("\(path)"))
            pairs = [p for p in data.train]
            print(len(data.train[:2]), data.train[:2] == pairs[:2], data["train"][::-1] == pairs[::-1], data.train[99:])
            """)
        #expect(text == "2 true true []\n")
    }

    @Test func aTableIsCutIntoATableAndShowsFourDigits() {
        let rows: [[Value]] = [[.string("a"), .float(0.123456789)], [.string("b"), .float(1.23456e-9)], [.string("c"), .float(.nan)]]
        let table = TableObject(columns: ["id", "score"], rows: rows)
        #expect(table.description.contains("0.1235") && table.description.contains("1.235e-09") && table.description.contains("nan"))
        let end = try? table.index(.slice(start: .int(-1), stop: nil, step: nil))
        guard case .host(let object)? = end, let cut = object as? TableObject else {
            Issue.record("a slice of a table is a table")
            return
        }
        #expect(cut.rows.count == 1 && cut.rows[0][0].asString == "c")
    }
}
