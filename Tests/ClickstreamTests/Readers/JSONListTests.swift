import Testing
import Text

@testable import Clickstream

@Suite struct JSONListTests {
    private static let text = """
        \u{FEFF} [
          {"a": [1, {"b": "]}"}], "c": "\\\\"},
          {"d": "\\"], [{"}  ,{}
          ,
        {"e": "é😀", "f": {"g": []}}
        ]\u{20}

        """

    /// Wherever the chunks of a file end, its records are those of the whole text.
    @Test(arguments: [1, 2, 3, 5, 7, 16, 64, 1 << 18]) func chunks(of size: Int) throws {
        let file = try TemporaryFile(Self.text, name: "x.json")
        var list = try #require(try JSONList(path: file.path, chunk: size))
        var records: [JSONRecord] = []
        while let record = try list.next() { records.append(record) }
        #expect(records.map { JSONValue.object($0.object) } == (try JSONParser.parse(Self.text)).arrayValue)
        #expect(records.map(\.line) == [1, 2, 3, 4])
        #expect(try list.next() == nil)
    }

    /// Of a long list only what is read ahead is in memory.
    @Test func memory() throws {
        let element = "{\"text\": \"\(String(repeating: "x", count: 100))\"}"
        let file = try TemporaryFile("[" + Array(repeating: element, count: 5000).joined(separator: ",") + "]", name: "x.json")
        var list = try #require(try JSONList(path: file.path, chunk: 1024))
        var count = 0
        while try list.next() != nil {
            count += 1
            #expect(list.file.bytes.count < 3 * 1024)
        }
        #expect(count == 5000)
    }

    @Test(arguments: [("x.jsonl", "[]"), ("x.json", "{\"a\": 1}"), ("x.json", "")]) func otherFiles(name: String, text: String) throws {
        let file = try TemporaryFile(text, name: name)
        #expect(try JSONList(path: file.path) == nil)
    }

    @Test(arguments: [
        ("[]", ": the list is empty"),
        ("[1]", ": field \"[0]\": expected an object, found 1"),
        ("[{},\n \"a\"]", ": field \"[1]\": expected an object, found \"a\""),
        ("[{}\n {}]", ":2:2: not JSON: expected ',' or ']', found \"{\""),
        ("[{},\n]", ":2:1: not JSON: expected a value, found \"]\""),
        ("[,{}]", ":1:2: not JSON: expected a value, found \",\""),
        ("[{\"é\": 1}, {\"a\" 1}]", ":1:17: not JSON: expected ':', found \"1\""),
        ("[{},\n{\"a\":\n x}]", ":3:2: not JSON: expected a value, found \"x\""),
        ("[{]", ":1:3: not JSON: expected a key in double quotes or '}', found \"]\""),
        ("[{}] []", ":1:6: not JSON: expected the end of the text, found \"[\""),
        ("[{}", ":1:4: not JSON: expected ',' or ']', found the end of the text"),
        ("[{}, {\"a\": \"b", ":1:12: not JSON: this string is not closed; expected '\"'"),
        ("[{}, ", ":1:6: not JSON: expected a value, found the end of the text"),
    ])
    func errors(text: String, message: String) throws {
        let file = try TemporaryFile(text, name: "x.json")
        for chunk in [1, 4, 1024] {
            let error = #expect(throws: DataError.self) {
                var list = try #require(try JSONList(path: file.path, chunk: chunk))
                while try list.next() != nil {}
            }
            #expect(error?.message == file.path + message)
        }
    }
}
