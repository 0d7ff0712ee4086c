import Foundation
import GRDB
import Testing

@testable import Clickstream

@Suite struct ItemsReaderTests {
    private func load(_ text: String, _ name: String = "items.jsonl", reader: ItemsReader = ItemsReader()) throws -> ItemsSet {
        let file = try TemporaryFile(text, name: name)
        return try reader.load(.path(file.path))
    }

    private func failure(_ text: String, _ name: String = "items.jsonl", reader: ItemsReader = ItemsReader()) throws -> DataError {
        try #require(throws: DataError.self) { try load(text, name, reader: reader) }
    }

    @Test func joinsTheNamedFields() throws {
        let text = #"""
            {"sku": 7, "title": "Red shoes", "text": "Leather", "year": 2020}
            {"sku": "b", "title": "Boots", "text": null, "year": 1.5}
            """#
        let items = try load(text, reader: ItemsReader(id: "sku", text: ["title", "text", "year"]))
        #expect(items.rows.map(\.id) == ["7", "b"])
        #expect(items.rows.map(\.item) == ["Red shoes Leather 2020", "Boots 1.5"])
        #expect(items.idFieldName == "sku")
    }

    @Test func usualFieldsWithoutNames() throws {
        #expect(try load(#"{"_id": "a", "title": "", "text": "x", "other": 1}"#).rows == [.init(id: "a", item: "x")])
        #expect(try load(#"{"id": "a", "name": "grinning face"}"#).rows == [.init(id: "a", item: "grinning face")])
        #expect(try failure(#"{"key": "a", "text": "x"}"#).help == "present: key, text; name the field: load_items(…, id = …)")
    }

    @Test func duplicateIDsNameBothLines() throws {
        let text = "{\"id\": 1, \"text\": \"a\"}\n\n{\"id\": \"1\", \"text\": \"b\"}"
        let error = try failure(text)
        #expect(error.kind == .duplicate && error.line == 3)
        #expect(error.message.hasSuffix("items.jsonl:3: field \"id\": the id \"1\" was already used in line 1"))
        #expect(try load(text, reader: ItemsReader(duplicates: .keep)).rowIndices(of: "1") == [0, 1])
    }

    @Test func fieldsOfTheWrongKind() throws {
        #expect(try failure(#"{"id": "a", "text": ["x"]}"#).message.hasSuffix("field \"text\": expected a text, found [\"x\"]"))
        #expect(try failure(#"{"id": {}, "text": "x"}"#).kind == .type)
        #expect(try failure("{\"id\": 1, \"text\": \"a\"}\n{\"id\": 2, \"txt\": \"a\"}").help == "did you mean \"txt\"? present: id, txt")
    }

    @Test func itemsWithoutTextAreCounted() throws {
        let heard = Heard()
        try Warnings.received(by: { heard.add($0) }) {
            let items = try load("{\"id\": 1, \"text\": \"a\"}\n{\"id\": 2, \"text\": \"\"}\n{\"id\": 3, \"text\": null}")
            #expect(items.count == 3)
        }
        #expect(heard.texts.count == 1 && heard.texts[0].hasSuffix("2 of 3 items have no text, the first in line 2"))
    }

    @Test func csv() throws {
        let text = "id,title,text\r\n1,\"Shoes, red\",\"say \"\"hi\"\"\nthere\"\r\n2,,plain\r\n"
        let items = try load(text, "items.csv")
        #expect(items.rows.map(\.item) == ["Shoes, red say \"hi\"\nthere", "plain"])
    }

    @Test(arguments: [
        ("id,text\n1,a,b\n", ":2: expected 2 cells, as in the header (id, text), found 3"),
        ("id,text\n1,\"a\nb", ":2: field \"text\": a quoted cell that is never closed"),
        ("id,text\n1,\"a\"b\n", ":2:6: field \"text\": text after the closing quote of a cell"),
        ("id,id\n1,2\n", ":1: field \"id\": columns 1 and 2 have the same name"),
        ("id,text\n", ": the file holds nothing but its header"),
        ("", ": the file is empty"),
    ])
    func brokenCSV(text: String, message: String) throws {
        #expect(try failure(text, "items.csv").message.hasSuffix("items.csv" + message))
    }

    @Test func tsvKeepsQuotesThatDoNotQuote() throws {
        let items = try load("id\ttext\n1\t\"5\"\" screen\"\n2\t5\" screen\n3\t\"Boots\" are \"here\"\n", "items.tsv")
        #expect(items.rows.map(\.item) == ["5\" screen", "5\" screen", "\"Boots\" are \"here\""])
    }

    @Test func invalidUTF8InACell() throws {
        let file = try TemporaryFile(bytes: Array("id,text\n1,é".utf8) + [0xE9, 0x0A], name: "items.csv")
        let error = try #require(throws: DataError.self) { try ItemsReader().load(.path(file.path)) }
        #expect(error.kind == .encoding && error.line == 2 && error.column == 4)
    }

    @Test func sqlite() throws {
        let folder = try TemporaryFile("", name: "x")
        let path = URL(fileURLWithPath: folder.path).deletingLastPathComponent().path + "/shop.db"
        try DatabaseQueue(path: path).write { database in
            try database.execute(sql: "CREATE TABLE items (id INTEGER, title TEXT, text TEXT, photo BLOB)")
            try database.execute(sql: "INSERT INTO items VALUES (1, 'Red shoes', NULL, NULL), (2, 'Boots', 'warm', NULL)")
            try database.execute(sql: "CREATE TABLE orders (id)")
        }
        let items = try ItemsReader().load(.sqlite(path: path, table: "items"))
        #expect(items.rows == [.init(id: "1", item: "Red shoes"), .init(id: "2", item: "Boots warm")])

        var error = try #require(throws: DataError.self) { try ItemsReader().load(.sqlite(path: path, table: "itmes")) }
        #expect(error.help == "did you mean \"items\"? it has: items, orders")
        error = try #require(throws: DataError.self) { try ItemsReader().load(.sqlite(path: path, table: "orders")) }
        #expect(error.kind == .empty)
        error = try #require(throws: DataError.self) { try ItemsReader().load(.path(path)) }
        #expect(error.help?.contains("table = \"items\"") == true)
        let text = try TemporaryFile(String(repeating: "not a database ", count: 100), name: "x.db")
        error = try #require(throws: DataError.self) { try ItemsReader().load(.sqlite(path: text.path, table: "items")) }
        #expect(error.kind == .file && error.help == "is it an SQLite file?")
    }

    @Test func beirFolder() throws {
        let corpus = try TemporaryFile(#"{"_id": "d1", "title": "T", "text": "x", "metadata": {}}"#, name: "corpus.jsonl")
        let folder = URL(fileURLWithPath: corpus.path).deletingLastPathComponent()
        #expect(try ItemsReader().load(.path(folder.path)).rows == [.init(id: "d1", item: "T x")])
        #expect(throws: DataError.self) { try BEIRFolder(folder.path).queries() }
        try FileManager.default.createDirectory(at: folder.appendingPathComponent("qrels"), withIntermediateDirectories: true)
        try Data("query-id\tcorpus-id\tscore\nq1\td1\t2\n".utf8).write(to: folder.appendingPathComponent("qrels/test.tsv"))
        #expect(try Qrels.load(folder.path)["q1"] == [.init(item: "d1", grade: 2)])
        let error = try #require(throws: DataError.self) { try Qrels.load(folder.path, split: "dev") }
        #expect(error.help == "splits there: test")
    }

    @Test func otherEndings() throws {
        #expect(try failure("x", "items.parquet").problem == "files ending in .parquet are not read")
    }
}

/// Collects warnings.
final class Heard: @unchecked Sendable {
    private let lock = NSLock()
    private var collected: [String] = []

    func add(_ text: String) { lock.withLock { collected.append(text) } }
    var texts: [String] { lock.withLock { collected } }
}
