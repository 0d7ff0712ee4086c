import Language
import Tensors

/// A tensor as scripts hold it: an immutable value with NumPy's operators and indexing and torch's methods.
final class TensorObject: HostObject, @unchecked Sendable {
    private enum Content {
        case value(Tensor)
        case parameter(Parameter)
    }

    private let content: Content

    init(_ tensor: Tensor) { content = .value(tensor) }

    /// A trainable tensor, whose value optimizers change.
    init(_ parameter: Parameter) { content = .parameter(parameter) }

    var tensor: Tensor {
        switch content {
        case .value(let tensor): tensor
        case .parameter(let parameter): parameter.tensor
        }
    }

    var parameter: Parameter? { if case .parameter(let parameter) = content { parameter } else { nil } }

    override var typeName: String { "tensor" }
    override var doc: String {
        "A dense array of f32, f64, i32 or bool. Operators are elementwise and broadcast; `@` is the matrix product."
    }
    override var methods: Namespace { TensorNamespace.methods }
    override var attributeNames: [String] { ["shape", "dtype", "ndim", "T", "grad", "requires_grad"] }
    override func numericValue() throws -> Double? { tensor.count == 1 ? try tensor.item() : nil }
    override var summary: String { tensor.signature }
    override var remembersOrigin: Bool { true }
    override var isValue: Bool { parameter == nil }
    override var description: String { TensorDisplay.text(tensor) }
    override var display: String { description }
    override func shown(columns: Int, colour: Bool) -> String {
        ([description] + (TensorDisplay.statistics(tensor).map { [$0] } ?? [])).joined(separator: "\n")
    }
    override var conditionHelp: String? {
        tensor.count == 1
            ? "a tensor is never a condition by itself: take its value with `.item()`"
            : "a tensor of \(tensor.count) elements is not one truth: use `any(…)`, `all(…)`, or `.item()` of one element"
    }

    override func summary(naming axes: [String?]) -> String {
        guard axes.count == tensor.rank else { return summary }
        let sizes = zip(axes, tensor.shape.dims).map { name, size in name.map { "\($0)=\(size)" } ?? "\(size)" }
        return "\(tensor.dtype)[\(sizes.joined(separator: ", "))]"
    }

    override func attribute(_ name: String) throws -> Value? {
        switch name {
        case "shape": .tuple(tensor.shape.dims.map { .int($0) })
        case "dtype": .host(DTypeObject.of(tensor.dtype))
        case "ndim": .int(tensor.rank)
        case "T": try transposed()
        case "requires_grad": .bool(tensor.requiresGrad)
        case "grad": tensor.grad.map { .tensor($0) } ?? Value.none
        default: nil
        }
    }

    override var assignmentHelp: String? {
        "tensors do not change: `where(mask, value, x)` makes one with other items, `concat` and `stack` put tensors together"
    }

    private func transposed() throws -> Value {
        guard tensor.rank >= 2 else { return .host(self) }
        return .tensor(try tensor.transpose(-2, -1))
    }

    override func binary(_ operation: HostBinaryOperator, _ other: Value, reversed: Bool) throws -> Value? {
        guard let operand = try Tensor(operand: other, beside: tensor) else { return nil }
        let result = reversed ? try TensorObject.apply(operation, operand, tensor) : try TensorObject.apply(operation, tensor, operand)
        return result.map { .tensor($0) }
    }

    override func unary(_ operation: HostUnaryOperator) throws -> Value? {
        switch operation {
        case .negate: .tensor(try -tensor)
        case .plus: .host(self)
        case .invert: .tensor(try tensor.logicalNot())
        }
    }

    override func index(_ key: IndexKey) throws -> Value { try TensorIndexing.value(tensor, key) }

    override func visitMemory(_ visit: (ObjectIdentifier, Int) -> Void) { tensor.visitMemory(visit) }

    override func length() throws -> Int? {
        guard tensor.rank > 0 else { throw ScriptError.type("a 0-d tensor has no length", help: "take its value with `.item()`") }
        return tensor.shape[0]
    }

    override func makeIterator() throws -> ValueIterator? {
        let count = try length() ?? 0
        var next = 0
        return ClosureIterator { [tensor] in
            guard next < count else { return nil }
            defer { next += 1 }
            return .tensor(try tensor.index([.index(next)]))
        }
    }

    override func contains(_ item: Value) throws -> Bool? {
        guard let other = try Tensor(operand: item, beside: tensor) else { return false }
        return try tensor.equal(other).bools().contains(true)
    }

    override func isEqual(to other: HostObject) -> Bool {
        guard let other = other as? TensorObject else { return false }
        return tensor.dtype == other.tensor.dtype && tensor.shape == other.tensor.shape && tensor.doubles() == other.tensor.doubles()
    }

    override var hashCode: Int { tensor.shape.hashValue }
}

extension Value {
    static func tensor(_ tensor: Tensor) -> Value { .host(TensorObject(tensor)) }
}

/// An element type as a value: `f32`, `x.to(f64)`; called, it converts: `f64(x)`.
final class DTypeObject: HostObject, @unchecked Sendable {
    let dtype: DType

    private init(_ dtype: DType) { self.dtype = dtype }

    private static let all = Dictionary(uniqueKeysWithValues: DType.allCases.map { ($0, DTypeObject($0)) })

    static func of(_ dtype: DType) -> DTypeObject { all[dtype] ?? DTypeObject(dtype) }

    override var typeName: String { "dtype" }
    override var isValue: Bool { true }
    override var description: String { dtype.rawValue }
    override func isEqual(to other: HostObject) -> Bool { (other as? DTypeObject)?.dtype == dtype }

    /// `x.dtype == bool`, where `bool` is the prelude's function.
    override func binary(_ operation: HostBinaryOperator, _ other: Value, reversed: Bool) throws -> Value? {
        guard case .builtin(let builtin) = other, builtin.name == DType.bool.rawValue else { return nil }
        switch operation {
        case .equal: return .bool(dtype == .bool)
        case .notEqual: return .bool(dtype != .bool)
        default: return nil
        }
    }
    override var hashCode: Int { dtype.hashValue }
    override var callSignature: Builtin? {
        Builtin(dtype.rawValue, "(x: any) -> tensor", doc: "The numbers as a tensor of \(dtype).") { [dtype] call in
            .tensor(try Tensor(data: call[0], dtype: dtype))
        }
    }
}
