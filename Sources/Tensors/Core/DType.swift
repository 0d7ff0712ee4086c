/// Element type of a tensor.
public enum DType: String, Hashable, Sendable, CaseIterable, CustomStringConvertible {
    case f32, f64, i32, bool

    /// Bytes of one element.
    public var size: Int {
        switch self {
        case .f32, .i32: 4
        case .f64: 8
        case .bool: 1
        }
    }

    /// Whether gradients can flow through elements of this type.
    public var isFloating: Bool { self == .f32 || self == .f64 }

    public var description: String { rawValue }

    /// bool < i32 < f32 < f64: the category first, the width second.
    private var order: Int {
        switch self {
        case .bool: 0
        case .i32: 1
        case .f32: 2
        case .f64: 3
        }
    }

    /// The smallest type that holds both operands' values.
    ///
    /// As in PyTorch a 0-d operand does not widen a floating tensor: f32[n] with f64[] stays f32.
    static func promoted(_ a: Tensor, _ b: Tensor) -> DType {
        promoted(a.dtype, isScalar: a.rank == 0, b.dtype, isScalar: b.rank == 0)
    }

    /// The same of operands of which only that is known.
    package static func promoted(_ a: DType, isScalar aIsScalar: Bool, _ b: DType, isScalar bIsScalar: Bool) -> DType {
        if a.isFloating, b.isFloating, a != b, aIsScalar != bIsScalar { return aIsScalar ? b : a }
        return promoted(a, b)
    }

    /// The smallest type that holds both types' values.
    package static func promoted(_ a: DType, _ b: DType) -> DType { a.order >= b.order ? a : b }
}

/// A Swift type that tensors store as it is.
public protocol TensorElement: BitwiseCopyable, Sendable {
    static var dtype: DType { get }
}

extension Float: TensorElement { public static var dtype: DType { .f32 } }
extension Double: TensorElement { public static var dtype: DType { .f64 } }
extension Int32: TensorElement { public static var dtype: DType { .i32 } }
/// One byte, always 0 or 1: only comparisons and conversions write it.
extension Bool: TensorElement { public static var dtype: DType { .bool } }

/// f32 and f64, the types that kernels with gradients exist for.
package protocol FloatingElement: TensorElement, KernelElement {}
extension Float: FloatingElement {}
extension Double: FloatingElement {}

extension DType {
    /// The Swift type of a floating dtype, to call a generic kernel with; f32's for the others, which never get there.
    var element: any FloatingElement.Type { self == .f64 ? Double.self : Float.self }
}
