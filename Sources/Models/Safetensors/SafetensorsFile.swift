import Foundation
import Text
import Tensors

/// A safetensors file, mapped into memory: opening reads the header alone, tensors are copied out when asked for.
public struct SafetensorsFile {
    public let path: String
    let header: SafetensorsHeader
    private let data: Data
    private let index: [String: Int]

    /// Opens and checks the file: a damaged header, overlapping or missing bytes, an unknown element type are errors here.
    public init(_ url: URL) throws(ModelError) {
        path = url.path
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory), !isDirectory.boolValue else {
            throw ModelError(.missingFile, "no such file", file: path, help: "A model directory keeps its weights there: fetch it again")
        }
        do {
            FileReads.note(path)
            data = try Data(contentsOf: url, options: .alwaysMapped)
        } catch {
            throw ModelError(.unreadableFile, "cannot be read: \(error.localizedDescription)", file: path)
        }
        let length = try SafetensorsHeader.length(data.prefix(8), fileSize: data.count, path: path)
        header = try SafetensorsHeader(
            Array(data.dropFirst(8).prefix(length)), dataStart: 8 + length, fileSize: data.count, path: path)
        index = Dictionary(header.entries.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The tensors' names in the order of their bytes.
    public var names: [String] { header.entries.map(\.name) }

    func entry(_ name: String) -> SafetensorsHeader.Entry? { index[name].map { header.entries[$0] } }

    /// Element type and sizes of a tensor; nil when the file has none of that name.
    public func info(_ name: String) -> (dtype: SafetensorsDType, shape: [Int])? { entry(name).map { ($0.dtype, $0.shape) } }

    /// The bytes of a tensor as they lie in the file.
    func bytes(_ entry: SafetensorsHeader.Entry) -> Data { data.subdata(in: entry.bytes) }

    /// A tensor as f32; f16, bf16 and f64 are converted (f64 rounds to nearest).
    public func tensor(_ name: String) throws -> Tensor {
        guard let entry = entry(name) else {
            throw ModelError(.missingTensor, "the file has no such tensor", file: path, tensor: name)
        }
        guard entry.dtype.isFloatingPoint else {
            throw ModelError(
                .wrongDType, "a weight must hold real numbers", file: path, tensor: name, expected: "F32, F16, BF16 or F64",
                found: entry.dtype.rawValue, help: "Convert the weights to float32")
        }
        return try Tensor.build(Shape(entry.shape), as: Float.self, "load") { copy(entry, into: $0) }
    }

    /// Fills `target`, which has one place for each element.
    private func copy(_ entry: SafetensorsHeader.Entry, into target: UnsafeMutableBufferPointer<Float>) {
        data.withUnsafeBytes { all in
            // The header's check made the range lie inside the mapping and hold exactly the shape's elements. Loads are
            // unaligned because the format does not promise alignment.
            let source = UnsafeRawBufferPointer(rebasing: all[entry.bytes])
            switch entry.dtype {
            case .f32: UnsafeMutableRawBufferPointer(target).copyMemory(from: source)
            case .f16:
                for i in target.indices {
                    target[i] = Float(Float16(bitPattern: source.loadUnaligned(fromByteOffset: i * 2, as: UInt16.self)))
                }
            case .bf16:
                for i in target.indices {
                    target[i] = Float(bitPattern: UInt32(source.loadUnaligned(fromByteOffset: i * 2, as: UInt16.self)) << 16)
                }
            case .f64:
                for i in target.indices { target[i] = Float(source.loadUnaligned(fromByteOffset: i * 8, as: Double.self)) }
            case .i32, .i64, .u8, .bool: target.update(repeating: 0)
            }
        }
    }
}
