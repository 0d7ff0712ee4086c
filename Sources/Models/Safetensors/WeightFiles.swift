import Foundation
import Tensors

/// The weights of a model directory: `model.safetensors`, or the shards that `model.safetensors.index.json` lists.
struct WeightFiles {
    private let files: [SafetensorsFile]
    private let places: [String: Int]
    /// The file, or the index, that a missing tensor is missing from.
    let path: String

    init(in directory: URL) throws(ModelError) {
        let single = directory.appendingPathComponent("model.safetensors")
        let index = directory.appendingPathComponent("model.safetensors.index.json")
        if !FileManager.default.fileExists(atPath: single.path), FileManager.default.fileExists(atPath: index.path) {
            try self.init(index: ModelFile(reading: index), directory: directory)
            return
        }
        if !FileManager.default.fileExists(atPath: single.path),
            FileManager.default.fileExists(atPath: directory.appendingPathComponent("pytorch_model.bin").path)
        {
            throw ModelError(
                .missingFile, "the weights are a PyTorch pickle (pytorch_model.bin) only", file: single.path,
                help: "Save the model again with safe_serialization=True")
        }
        let file = try SafetensorsFile(single)
        let places = Dictionary(file.names.map { ($0, 0) }, uniquingKeysWith: { first, _ in first })
        self.init(files: [file], places: places, path: single.path)
    }

    private init(files: [SafetensorsFile], places: [String: Int], path: String) {
        self.files = files
        self.places = places
        self.path = path
    }

    private init(index: ModelFile, directory: URL) throws(ModelError) {
        guard let map = index.value("weight_map")?.objectValue else {
            throw index.malformed("weight_map", expected: "an object of tensor names and file names")
        }
        var files: [SafetensorsFile] = []
        var numbers: [String: Int] = [:]
        var places: [String: Int] = [:]
        for member in map {
            guard let name = member.value.stringValue, !name.isEmpty, !name.contains("/") else {
                throw ModelError(
                    .malformed, "not the name of a file beside the index", file: index.path, field: "weight_map", tensor: member.key,
                    found: member.value.kindName)
            }
            let number = numbers[name] ?? files.count
            if number == files.count {
                files.append(try SafetensorsFile(directory.appendingPathComponent(name)))
                numbers[name] = number
            }
            guard files[number].entry(member.key) != nil else {
                throw ModelError(
                    .missingTensor, "the index says it is in this file, but it is not", file: files[number].path, tensor: member.key)
            }
            places[member.key] = number
        }
        self.init(files: files, places: places, path: index.path)
    }

    var names: [String] { Array(places.keys) }

    func contains(_ name: String) -> Bool { places[name] != nil }

    /// Bytes, type and shape of a tensor as stored; nil when there is none.
    func stored(_ name: String) -> StoredTensor? {
        guard let place = places[name], let entry = files[place].entry(name) else { return nil }
        return StoredTensor(name: name, dtype: entry.dtype, shape: entry.shape, bytes: files[place].bytes(entry))
    }

    /// A weight of exactly this shape, as f32. `reason` tells where the expected shape comes from.
    func weight(_ name: String, shape: [Int], reason: String) throws -> Tensor {
        guard let place = places[name], let entry = files[place].entry(name) else {
            throw ModelError(
                .missingTensor, "missing from the weights", file: path, tensor: name, expected: "shape \(shape) (\(reason))",
                help: "The weights belong to another configuration, or are incomplete: fetch the model again")
        }
        guard entry.shape == shape else {
            throw ModelError(
                .wrongShape, "the shape does not fit the configuration", file: files[place].path, tensor: name,
                expected: "\(shape) (\(reason))", found: "\(entry.shape)", help: "config.json and the weights belong to different models")
        }
        return try files[place].tensor(name)
    }
}

/// A tensor as bytes, ready to be written.
package struct StoredTensor: Sendable {
    let name: String
    let dtype: SafetensorsDType
    let shape: [Int]
    package let bytes: Data
}
