import Foundation
import Tensors
import TestSupport

@testable import Models

/// The tests of the real model fail, rather than pass unseen, where `scripts/setup` has not fetched it.
func requireMiniLM() throws {
    struct Absent: Error, CustomStringConvertible {
        let description: String
    }
    guard FileManager.default.fileExists(atPath: Fixtures.miniLM.appendingPathComponent("config.json").path) else {
        throw Absent(description: "all-MiniLM-L6-v2 is not at \(Fixtures.miniLM.path): run scripts/setup")
    }
}

/// A random BERT with two layers of 32 units; its own pooler, no dropout.
func tinyBert(_ name: String = "tiny_bert", pooling: Pooling? = nil) throws -> EmbeddingModel {
    try EmbeddingModel.load(Fixtures.url(name).path, pooling: pooling)
}

/// A folder that is removed when the test is over.
final class TemporaryFolder {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("eft-models-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    /// A copy of a fixture directory.
    func copy(_ source: URL, as name: String = "model") throws -> URL {
        let target = url.appendingPathComponent(name)
        try FileManager.default.copyItem(at: source, to: target)
        return target
    }
}

/// The tiny model's directory with its dropout probabilities set.
func tinyBert(dropout: Double, in folder: TemporaryFolder) throws -> EmbeddingModel {
    let directory = try folder.copy(Fixtures.url("tiny_bert"))
    try edit(directory.appendingPathComponent("config.json")) { $0.replacing("_dropout_prob\": 0.0", with: "_dropout_prob\": \(dropout)") }
    return try EmbeddingModel.load(directory.path)
}

func edit(_ url: URL, _ change: (String) -> String) throws {
    try change(String(contentsOf: url, encoding: .utf8)).write(to: url, atomically: true, encoding: .utf8)
}

/// A safetensors file taken apart, to be damaged and put together again.
struct RawSafetensors {
    var header: [String: Any]
    var data: Data

    init(_ url: URL) throws {
        let all = try Data(contentsOf: url)
        let length = all.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
        header = try JSONSerialization.jsonObject(with: all.dropFirst(8).prefix(length)) as? [String: Any] ?? [:]
        data = all.dropFirst(8 + length)
    }

    func write(to url: URL) throws {
        let json = try JSONSerialization.data(withJSONObject: header)
        let length = Data((0..<8).map { UInt8(truncatingIfNeeded: json.count >> ($0 * 8)) })
        try (length + json + data).write(to: url)
    }

    /// Sets a field of a tensor's entry.
    mutating func set(_ tensor: String, _ field: String, _ value: Any) {
        var entry = header[tensor] as? [String: Any] ?? [:]
        entry[field] = value
        header[tensor] = entry
    }

    func offsets(_ tensor: String) -> [Int] { (header[tensor] as? [String: Any])?["data_offsets"] as? [Int] ?? [] }
}
