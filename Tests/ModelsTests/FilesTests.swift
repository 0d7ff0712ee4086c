import Foundation
import TestSupport
import Testing

@testable import Models

@Suite struct FilesTests {
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
