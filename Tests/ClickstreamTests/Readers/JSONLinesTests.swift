import Foundation
import Testing

@testable import Clickstream

/// A file that lives as long as the test that made it.
final class TemporaryFile {
    let path: String

    init(_ text: String, name: String = "data.jsonl") throws { path = try Self.write(Data(text.utf8), name) }
    init(bytes: [UInt8], name: String = "data.jsonl") throws { path = try Self.write(Data(bytes), name) }
    deinit { try? FileManager.default.removeItem(at: URL(fileURLWithPath: path).deletingLastPathComponent()) }

    private static func write(_ data: Data, _ name: String) throws -> String {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let url = folder.appendingPathComponent(name)
        try data.write(to: url)
        return url.path
    }
}

@Suite struct JSONLinesTests {
    private func failure(_ file: TemporaryFile, _ body: (JSONRecord) throws -> Void = { _ in }) throws -> DataError {
        try #require(throws: DataError.self) { for record in try JSONLines.read(file.path) { try body(record) } }
    }

    @Test func readsRecordsWithTheirLines() throws {
        let file = try TemporaryFile("\u{FEFF}{\"id\": 1}\r\n\n  \t\n{\"id\": \"b\", \"x\": [1, \"2\"]}")
        let records = try JSONLines.read(file.path)
        #expect(records.map(\.line) == [1, 4])
        #expect(try records[0].identifier("id") == "1")
        #expect(try records[1].identifiers("x") == ["1", "2"])
    }

    /// Any chunk size gives the same lines, also when it cuts a character or a line end.
    @Test func chunksDoNotMatter() throws {
        let file = try TemporaryFile("é\r\n\nab\n\r\nlast é")
        for chunk in 1...20 {
            let reader = try LineReader(path: file.path, chunk: chunk)
            var lines: [String] = []
            while try reader.advance() { lines.append(try reader.text()) }
            #expect(lines == ["é", "", "ab", "", "last é"])
            #expect(try !reader.advance())
            #expect(reader.line == 5)
        }
    }

    @Test func brokenLine() throws {
        let error = try failure(TemporaryFile("{\"id\": 1}\n{\"id\": 2"))
        #expect(error.kind == .syntax && error.line == 2 && error.column == 9)
        #expect(error.message.hasSuffix("data.jsonl:2:9: not JSON: expected ',' or '}', found the end of the text"))
        #expect(error.help?.contains("cut off") == true)
    }

    @Test func invalidUTF8() throws {
        let error = try failure(TemporaryFile(bytes: Array("{}\n{\"é\": \"".utf8) + [0xFF] + Array("\"}".utf8)))
        #expect(error.kind == .encoding && error.line == 2 && error.column == 8)
        #expect(error.problem == "byte 0xff is not valid UTF-8")
    }

    @Test(arguments: ["", "\n\n", "\u{FEFF}"])
    func emptyFile(text: String) throws {
        let error = try failure(TemporaryFile(text))
        #expect(error.kind == .empty)
    }

    @Test func notAnObject() throws {
        let error = try failure(TemporaryFile("{}\n[1]"))
        #expect(error.kind == .type && error.line == 2 && error.message.hasSuffix(":2: expected an object, found [1]"))
    }

    @Test func missingFieldSuggestsTheOneMeant() throws {
        let file = try TemporaryFile("{\"query\": \"a\", \"result\": [], \"evnts\": []}")
        let error = try failure(file) { _ = try $0.identifiers("results") }
        #expect(error.description.hasSuffix(":1: field \"results\": missing; did you mean \"result\"? present: query, result, evnts"))
        #expect(try failure(file) { _ = try $0.string("title") }.help == "present: query, result, evnts")
    }

    @Test func wrongTypes() throws {
        let file = try TemporaryFile("{\"a\": [1, null], \"b\": \"\", \"c\": null}")
        #expect(try failure(file) { _ = try $0.identifiers("a") }.field == "a[1]")
        #expect(try failure(file) { _ = try $0.identifier("b") }.value == "\"\"")
        #expect(try failure(file) { _ = try $0.string("c") }.message.hasSuffix("field \"c\": expected a value, found null"))
        #expect(try failure(file) { _ = try $0.string("a") }.message.hasSuffix("expected a string, found [1, null]"))
    }

    @Test func filesThatCannotBeRead() throws {
        let file = try TemporaryFile("{}", name: "sessions.jsonl")
        let folder = URL(fileURLWithPath: file.path).deletingLastPathComponent().path
        var error = try #require(throws: DataError.self) { try JSONLines.read(folder + "/session.jsonl") }
        #expect(error.kind == .file && error.help == "did you mean \"sessions.jsonl\"?")
        error = try #require(throws: DataError.self) { try JSONLines.read(folder) }
        #expect(error.problem == "this is a folder, expected a file")
    }
}
