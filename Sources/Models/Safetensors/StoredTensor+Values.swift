import Foundation
import Tensors

extension StoredTensor {
    /// The bytes of a tensor of real numbers: f64 as it is, anything else as f32.
    package init(_ name: String, _ tensor: Tensor) throws {
        if tensor.dtype == .f64 {
            self.init(name: name, dtype: .f64, shape: tensor.shape.dims, bytes: tensor.doubles().withUnsafeBytes { Data($0) })
        } else {
            self.init(name: name, dtype: .f32, shape: tensor.shape.dims, bytes: tensor.floats().withUnsafeBytes { Data($0) })
        }
    }
}

extension SafetensorsFile {
    /// A tensor without any conversion: f64 stays f64, the rest is f32.
    package func exactTensor(_ name: String) throws -> Tensor {
        guard let entry = entry(name), entry.dtype == .f64 else { return try tensor(name) }
        let bytes = bytes(entry)
        return try Tensor.build(Shape(entry.shape), as: Double.self, "load") { target in
            // The header's check made the bytes hold exactly the shape's elements.
            bytes.withUnsafeBytes { UnsafeMutableRawBufferPointer(target).copyMemory(from: $0) }
        }
    }
}
