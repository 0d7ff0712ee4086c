import Language
import Tensors

/// Holds values against annotations such as `f32[n, d]`.
enum TensorAnnotation {
    /// What `value` is, if that is not what the annotation says; axes met for the first time are entered in `axes`.
    static func mismatch(_ type: TensorType, _ value: Value, _ axes: inout [String: Int]) -> String? {
        guard case .host(let object) = value, let tensor = (object as? TensorObject)?.tensor else { return value.typeNameWithArticle }
        guard type.dtype == "tensor" || type.dtype == tensor.dtype.rawValue else { return tensor.signature }
        guard let expected = type.axes else { return nil }
        return fits(tensor.shape.dims[...], expected[...], &axes) ? nil : tensor.signature
    }

    private static func fits(_ dims: ArraySlice<Int>, _ axes: ArraySlice<TensorType.Axis>, _ known: inout [String: Int]) -> Bool {
        guard let first = axes.first else { return dims.isEmpty }
        if first == .ellipsis {
            let rest = axes.dropFirst()
            guard dims.count >= rest.count else { return false }
            return fits(dims.suffix(rest.count), rest, &known)
        }
        guard let size = dims.first else { return false }
        switch first {
        case .size(let wanted): guard size == wanted else { return false }
        case .named(let name):
            if let earlier = known[name] { guard size == earlier else { return false } } else { known[name] = size }
        case .ellipsis: break
        }
        return fits(dims.dropFirst(), axes.dropFirst(), &known)
    }
}
