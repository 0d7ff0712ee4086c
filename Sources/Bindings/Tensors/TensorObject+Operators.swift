import Language
import Tensors

extension Tensor {
    /// A tensor, or a number as a 0-d tensor of a type that does not widen `other`; nil for anything else.
    init?(operand: Value, beside other: Tensor) throws {
        switch operand {
        case .host(let object):
            guard let object = object as? TensorObject else { return nil }
            self = object.tensor
        case .float(let value):
            try self.init(scalar: value, dtype: other.dtype == .f64 ? .f64 : .f32)
        case .int(let value):
            let dtype: DType = other.dtype.isFloating ? other.dtype : Int32(exactly: value) == nil ? .f64 : .i32
            try self.init(scalar: Double(value), dtype: dtype)
        case .bool(let value):
            try self.init(scalar: value ? 1 : 0, dtype: .bool)
        default: return nil
        }
    }
}

extension TensorObject {
    static func apply(_ operation: HostBinaryOperator, _ left: Tensor, _ right: Tensor) throws -> Tensor? {
        switch operation {
        case .add: try left + right
        case .subtract: try left - right
        case .multiply: try left * right
        case .divide: try left / right
        case .floorDivide: try left.floorDivide(right)
        case .modulo: try left.remainder(right)
        case .power: try left.pow(right)
        case .matmul: try left.matmul(right)
        case .equal: try left.equal(right)
        case .notEqual: try left.notEqual(right)
        case .less: try left.less(right)
        case .lessEqual: try left.lessEqual(right)
        case .greater: try left.greater(right)
        case .greaterEqual: try left.greaterEqual(right)
        case .bitAnd: try left.logicalAnd(right)
        case .bitOr: try left.logicalOr(right)
        case .bitXor: try left.notEqual(right)
        case .shiftLeft, .shiftRight: nil
        }
    }
}
