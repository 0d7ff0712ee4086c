import Foundation
import TestSupport
import Testing

@testable import Models

@Suite struct FilesTests {
    func parse(_ text: String) throws -> JSONTree { try JSONParser.parse(Array(text.utf8)) }

    @Test func valuesOfEveryKind() throws {
        let tree = try parse(#" {"a": [1, -2.5e3, true, false, null], "b": {"c": "x\né\u00e9\ud83d\ude42\/\"\\"}, "d": 9007199254740993} "#)
        let list = try #require(tree["a"]?.asArray)
        #expect(list.map(\.asNumber) == [1, -2500, nil, nil, nil])
        #expect(list[2].asBool == true && list[3].asBool == false && list[4].isNull)
        #expect(tree["b"]?["c"]?.asString == "x\néé🙂/\"\\")
        // Beyond 2^53, where a Double would have rounded it.
        #expect(tree["d"]?.asInteger == 9_007_199_254_740_993)
        #expect(try JSONParser.parse(Array(tree.text().utf8)).text() == tree.text())
    }

    /// U+F900 and U+8C48 are canonically equivalent: one key for a `String` dictionary, two pieces for a vocabulary.
    @Test func keysAreComparedByteByByte() throws {
        let tree = try parse("{\"\u{F900}\": 1, \"\u{8C48}\": 2}")
        #expect(tree["\u{F900}"]?.asInteger == 1 && tree["\u{8C48}"]?.asInteger == 2)
    }

    @Test(arguments: [
        "", "{", "[1,", "[1 2]", "{\"a\" 1}", "{\"a\":1,}", "{a:1}", "\"abc", "\"\\x\"", "\"\\u12\"", "nul", "01x", "+1", "1 2", "inf",
        "0x10", "\"\u{1}\"",
        "--1",
    ]) func brokenTextIsRefused(_ text: String) { #expect(throws: JSONParser.Failure.self) { try parse(text) } }

    @Test func invalidBytesAndDeepNestingAreRefused() {
        #expect(throws: JSONParser.Failure.self) { try JSONParser.parse([0x22, 0xFF, 0x22]) }
        #expect(throws: JSONParser.Failure.self) { try parse(String(repeating: "[", count: 100_000)) }
    }

    /// The layout that sentence-transformers 6.2 writes: longer type names, one name for the pooling, prompts by role.
    @Test func recentSentenceTransformersLayout() throws {
        let folder = try TemporaryFolder()
        let directory = try folder.copy(Fixtures.url("tiny_bert"))
        func write(_ path: String, _ text: String) throws {
            let url = directory.appendingPathComponent(path)
            try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: url)
        }
        try write(
            "modules.json",
            """
            [{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.base.modules.transformer.Transformer"},
             {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.sentence_transformer.modules.pooling.Pooling"},
             {"idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.base.modules.normalize.Normalize"}]
            """)
        try write("1_Pooling/config.json", #"{"embedding_dimension": 32, "pooling_mode": "mean", "include_prompt": true}"#)
        try write("2_Normalize/config.json", "{}")
        try write("config_sentence_transformers.json", #"{"prompts": {"query": "query: ", "document": "passage: "}}"#)
        let model = try EmbeddingModel.load(directory.path)
        #expect(model.pooling == .mean && model.normalizes && model.queryPrefix == "query: " && model.itemPrefix == "passage: ")
        let expected = try tinyBert(pooling: .mean).encode(["red boots"], normalize: true).floats()
        #expect(try model.encode(["red boots"]).floats() == expected)
    }
}
