import Testing

@testable import Text

@Suite struct JSONDocumentTests {
    private func parse(_ text: String) throws -> JSONValue { try JSONParser.parse(Array(text.utf8)) }

    @Test func valuesOfEveryKind() throws {
        let tree = try parse(#" {"a": [1, -2.5e3, true, false, null], "b": {"c": "x\né\u00e9\ud83d\ude42\/\"\\"}, "d": 9007199254740993} "#)
        let list = try #require(tree["a"]?.arrayValue)
        #expect(list.map(\.doubleValue) == [1, -2500, nil, nil, nil])
        #expect(list[2].boolValue == true && list[3].boolValue == false && list[4] == .null)
        #expect(tree["b"]?["c"]?.stringValue == "x\néé🙂/\"\\")
        // Beyond 2^53, where a Double would have rounded it.
        #expect(tree["d"]?.intValue == 9_007_199_254_740_993)
        let text = try JSONWriter(indent: 2).string(tree)
        #expect(try JSONWriter(indent: 2).string(JSONParser.parse(Array(text.utf8))) == text)
    }

    /// U+F900 and U+8C48 are canonically equivalent: one key for a `String` dictionary, two pieces for a vocabulary.
    @Test func keysAreComparedByteByByte() throws {
        let tree = try parse("{\"\u{F900}\": 1, \"\u{8C48}\": 2}")
        #expect(tree["\u{F900}"]?.intValue == 1 && tree["\u{8C48}"]?.intValue == 2)
    }

    @Test(arguments: [
        "", "{", "[1,", "[1 2]", "{\"a\" 1}", "{\"a\":1,}", "{a:1}", "\"abc", "\"\\x\"", "\"\\u12\"", "nul", "01x", "+1", "1 2", "inf",
        "0x10", "\"\u{1}\"",
        "--1",
    ]) func brokenTextIsRefused(_ text: String) { #expect(throws: JSONError.self) { try parse(text) } }

    @Test func invalidBytesAndDeepNestingAreRefused() {
        #expect(throws: JSONError.self) { try JSONParser.parse([0x22, 0xFF, 0x22]) }
        #expect(throws: JSONError.self) { try parse(String(repeating: "[", count: 100_000)) }
    }

    @Test func repeatedKeysAreRemembered() throws {
        let object = try #require(try parse(#"{"a": 1, "b": {"a": 2}, "a": 3}"#).objectValue)
        #expect(object["a"] == 3 && object.keys == ["a", "b"] && object.repeatedKeys == ["a"])
    }
}
