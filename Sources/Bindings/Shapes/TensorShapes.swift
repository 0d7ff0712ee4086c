import Language
import Tensors

/// Operators, attributes and indexing of tensors, before anything runs.
enum TensorShapes {
    static let host = HostShapes(
        methods: TensorNamespace.methods, attribute: attribute, binary: binary, unary: unary, index: TensorIndexShapes.outcome)

    static func attribute(_ value: ArgumentFact, _ name: String) -> ArgumentFact? {
        switch value {
        case .tensor(let facts): attribute(of: facts, name)
        case .typed(.tensor(let type)): attribute(of: TensorFacts(type), name)
        case .typed(.named(let type)): attribute(of: type, name)
        default: nil
        }
    }

    private static func attribute(of tensor: TensorFacts, _ name: String) -> ArgumentFact? {
        switch name {
        case "shape": tensor.axes.map { .list($0.map { .size($0) }) } ?? .typed(.tuple(nil))
        case "ndim": tensor.axes.map { .constant(.int($0.count)) } ?? .typed(.int)
        case "dtype": tensor.dtype.flatMap { DType(rawValue: $0) }.map { .constant(.host(DTypeObject.of($0))) } ?? .typed(.named("dtype"))
        case "T": TensorSketch(tensor).swapped.fact
        case "requires_grad": .typed(.bool)
        default: nil
        }
    }

    /// Attributes of the engine's objects that are tensors, or sizes of tensors.
    private static func attribute(of type: String, _ name: String) -> ArgumentFact? {
        switch (type, name) {
        case ("EmbeddingModel", "dimension"), ("TextToImageCLIPModel", "dimension"), ("TwoTowerModel", "dimension"),
            ("HeadModel", "dimension"):
            .typed(.int)
        case ("TextToImageCLIPModel", "image_size"): .typed(.int)
        default: nil
        }
    }

    static func binary(_ operation: HostBinaryOperator, _ left: ArgumentFact, _ right: ArgumentFact) -> ShapeOutcome {
        outcome {
            let (a, b) = try Operand.pair(left, right, names: ("left", "right"))
            // A list is no operand.
            if left.parts != nil || right.parts != nil { return .unknown }
            return try applied(operation, a, b)?.fact ?? .unknown
        }
    }

    private static func applied(_ operation: HostBinaryOperator, _ a: TensorSketch, _ b: TensorSketch) throws -> TensorSketch? {
        switch operation {
        case .add: try .binary("add", a, b)
        case .subtract: try .binary("sub", a, b)
        case .multiply: try .binary("mul", a, b)
        case .divide: try .binary("div", a, b)
        case .floorDivide: try .binary("floor_divide", a, b)
        case .modulo: try .binary("remainder", a, b)
        case .power: try .binary("pow", a, b)
        case .matmul: try a.matmul(b)
        case .equal: try .compared("equal", a, b)
        case .notEqual, .bitXor: try .compared("not_equal", a, b)
        case .less: try .compared("less", a, b)
        case .lessEqual: try .compared("less_equal", a, b)
        case .greater: try .compared("greater", a, b)
        case .greaterEqual: try .compared("greater_equal", a, b)
        case .bitAnd: try .compared("logical_and", a, b)
        case .bitOr: try .compared("logical_or", a, b)
        case .shiftLeft, .shiftRight: nil
        }
    }

    static func unary(_ operation: HostUnaryOperator, _ facts: TensorFacts) -> ShapeOutcome {
        let x = TensorSketch(facts, name: "x")
        return switch operation {
        case .negate: .value(x.elementwise(keepsIntegers: true).fact)
        case .plus: .value(x.fact)
        case .invert: .value(x.with([.bool]).fact)
        }
    }

    static func outcome(_ body: () throws -> ArgumentFact) -> ShapeOutcome {
        do { return .value(try body()) } catch let failure as ShapeFailure { return .failure(failure) } catch { return .unknown }
    }
}
