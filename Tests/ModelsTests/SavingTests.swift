import Foundation
import Tensors
import TestSupport
import Testing

@testable import Models

@Suite struct SavingTests {
    let texts = ["waterproof boots", "", "Red LEATHER boots, for men!"]

    func bytes(_ folder: URL, _ name: String) throws -> Data { try Data(contentsOf: folder.appendingPathComponent(name)) }

    /// Every file of the real model that is no documentation of its training comes back byte by byte, the weights too.
    @Test func theRealModelComesBackByteByByte() throws {
        try requireMiniLM()
        let folder = try TemporaryFolder()
        let target = folder.url.appendingPathComponent("saved")
        try EmbeddingModel.load(from: Fixtures.miniLM).save(to: target.path)
        for name in [
            "config.json", "modules.json", "sentence_bert_config.json", "config_sentence_transformers.json", "1_Pooling/config.json",
            "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "vocab.txt", "model.safetensors",
        ] {
            #expect(try bytes(target, name) == bytes(Fixtures.miniLM, name), "\(name)")
        }
    }

    @Test func loadSaveLoadGivesTheSameVectors() throws {
        let folder = try TemporaryFolder()
        for pooling in [Pooling.pooler, .mean, .cls] {
            let model = try tinyBert(pooling: pooling)
            model.queryPrefix = "query: "
            // A trained model, not the one that was read.
            let optimizer = try SGD(model.parameters, learningRate: 0.01)
            try model.forward(model.tokenize(texts)).sum().backward()
            try optimizer.step()
            let path = folder.url.appendingPathComponent("\(pooling)").path
            try model.save(to: path)
            let again = try EmbeddingModel.load(path)
            #expect(again.pooling == pooling && again.queryPrefix == "query: " && again.maxLength == model.maxLength)
            #expect(try again.encode(texts).floats() == model.encode(texts).floats())
            #expect(again.parameterTable() == model.parameterTable())
            #expect(try again.encode(texts).floats() != tinyBert(pooling: pooling).encode(texts).floats())
            // And once more: nothing is lost or added on the way.
            let second = folder.url.appendingPathComponent("\(pooling) again").path
            try again.save(to: second)
            let names = try FileManager.default.subpathsOfDirectory(atPath: path).sorted()
            #expect(try FileManager.default.subpathsOfDirectory(atPath: second).sorted() == names)
            #expect(try bytes(URL(fileURLWithPath: second), "model.safetensors") == bytes(URL(fileURLWithPath: path), "model.safetensors"))
        }
    }

    /// `save(".")`, `save("")` or `save("data")` must not cost anybody their files.
    @Test func whatIsNoModelIsNotReplaced() throws {
        let folder = try TemporaryFolder()
        let model = try tinyBert()
        let file = folder.url.appendingPathComponent("notes.txt")
        try Data("kept".utf8).write(to: file)
        // The rule itself, never a save: a broken guard must not delete the folder that the tests run in.
        let here = folder.url.appendingPathComponent("work").path
        try FileManager.default.createDirectory(atPath: here, withIntermediateDirectories: false)
        for target in [here, folder.url.path, "/"] {
            let error = #expect(throws: ModelError.self) {
                try AtomicFile.checkReplaceable(URL(fileURLWithPath: target), workingDirectory: here)
            }
            #expect(error?.problem.contains("working directory") == true, "\(target): \(String(describing: error))")
        }
        try FileManager.default.removeItem(atPath: here)
        for (target, problem) in [("", "is empty"), (file.path, "is a file"), (folder.url.path, "would be lost: notes.txt")] {
            let error = #expect(throws: ModelError.self) { try model.save(to: target) }
            #expect(error?.problem.contains(problem) == true, "\(target): \(String(describing: error))")
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["notes.txt"])
        #expect(try String(contentsOf: file, encoding: .utf8) == "kept")
        // An empty directory and a model are replaced; a model with something else beside it is not.
        let target = folder.url.appendingPathComponent("model")
        try FileManager.default.createDirectory(at: target, withIntermediateDirectories: false)
        try model.save(to: target.path)
        try model.save(to: target.path)
        try Data("kept".utf8).write(to: target.appendingPathComponent("sessions.jsonl"))
        #expect(throws: ModelError.self) { try model.save(to: target.path) }
        #expect(FileManager.default.fileExists(atPath: target.appendingPathComponent("sessions.jsonl").path))
    }

    @Test func prefixedNamesAndHalfPrecisionAreRead() throws {
        let folder = try TemporaryFolder()
        let directory = try folder.copy(Fixtures.url("tiny_bert"))
        let url = directory.appendingPathComponent("model.safetensors")
        var raw = try RawSafetensors(url)
        let expected = try tinyBert().encode(texts).floats()
        // "bert." before every name, the values rounded to bfloat16, float16 or stretched to float64 in turn.
        var header: [String: Any] = [:]
        var data = Data()
        for (index, name) in raw.header.keys.sorted().enumerated() {
            guard var entry = raw.header[name] as? [String: Any], name != "__metadata__" else { continue }
            let range = raw.offsets(name)
            let start = raw.data.startIndex
            let values: [Float] = raw.data[start + range[0]..<start + range[1]].withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
            let converted: (type: String, bytes: Data) =
                switch index % 3 {
                case 0: ("F64", values.map(Double.init).withUnsafeBytes { Data($0) })
                case 1: ("F16", values.map { Float16($0).bitPattern }.withUnsafeBytes { Data($0) })
                default: ("BF16", values.map { UInt16(($0.bitPattern + 0x8000) >> 16) }.withUnsafeBytes { Data($0) })
                }
            entry["dtype"] = converted.type
            entry["data_offsets"] = [data.count, data.count + converted.bytes.count]
            data += converted.bytes
            header["bert." + name] = entry
        }
        (raw.header, raw.data) = (header, data)
        try raw.write(to: url)
        let model = try EmbeddingModel.load(directory.path)
        let worst = zip(try model.encode(texts).floats(), expected).map { abs($0 - $1) }.max() ?? .infinity
        #expect(worst > 0 && worst < 0.1)
        #expect(model.parameters.first?.name == "embeddings.word_embeddings.weight")
        try model.save(to: directory.path)
        #expect(try SafetensorsFile(url).names.allSatisfy { $0.hasPrefix("bert.") })
        #expect(try EmbeddingModel.load(directory.path).encode(texts).floats() == model.encode(texts).floats())
    }

    @Test func shardsAreRead() throws {
        let folder = try TemporaryFolder()
        let directory = try folder.copy(Fixtures.url("tiny_bert"))
        let url = directory.appendingPathComponent("model.safetensors")
        let weights = try WeightFiles(in: directory)
        let names = weights.names.sorted()
        var map: [String: String] = [:]
        for (part, slice) in [names.prefix(10), names.dropFirst(10)].enumerated() {
            let file = "model-0000\(part + 1)-of-00002.safetensors"
            try SafetensorsWriter.write(
                slice.compactMap { weights.stored($0) }, metadata: [], to: directory.appendingPathComponent(file))
            for name in slice { map[name] = file }
        }
        try FileManager.default.removeItem(at: url)
        let index = directory.appendingPathComponent("model.safetensors.index.json")
        try JSONSerialization.data(withJSONObject: ["weight_map": map]).write(to: index)
        #expect(try EmbeddingModel.load(directory.path).encode(texts).floats() == tinyBert().encode(texts).floats())
        map["pooler.dense.bias"] = "model-00001-of-00002.safetensors"
        try JSONSerialization.data(withJSONObject: ["weight_map": map]).write(to: index)
        let error = #expect(throws: ModelError.self) { try EmbeddingModel.load(directory.path) }
        #expect(error?.kind == .missingTensor && error?.tensor == "pooler.dense.bias")
    }

    @Test func anExistingDirectoryIsReplacedOnlyOnSuccess() throws {
        let folder = try TemporaryFolder()
        let directory = try folder.copy(Fixtures.url("tiny_bert"))
        try Data("old".utf8).write(to: directory.appendingPathComponent("training_args.bin"))
        struct DiskFull: Error {}
        #expect(throws: ModelError.self) {
            try AtomicFile.writeDirectory(directory) { root in
                try Data("half".utf8).write(to: root.appendingPathComponent("config.json"))
                throw DiskFull()
            }
        }
        #expect(try EmbeddingModel.load(directory.path).dimension == 32)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["model"])
        // The model can be saved over its own source.
        try tinyBert("tiny_bert_items").save(to: directory.path)
        #expect(try EmbeddingModel.load(directory.path).encode(texts).floats() == tinyBert("tiny_bert_items").encode(texts).floats())
        #expect(!FileManager.default.fileExists(atPath: directory.appendingPathComponent("training_args.bin").path))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["model"])
    }

    @Test func aPlaceThatCannotBeWrittenIsNamed() throws {
        let error = #expect(throws: ModelError.self) { try tinyBert().save(to: "/proc/eft/model") }
        #expect(error?.kind == .writeFailed && error?.file == "/proc/eft/model")
    }
}
