import Language
import Tensors

/// Elementwise operations and broadcasting.
extension TensorSketch {
    /// Operations that work in whole numbers keep i32 and make it of bool; the others make f32 of both.
    func elementwise(keepsIntegers: Bool) -> TensorSketch {
        mapped { $0.isFloating ? $0 : keepsIntegers ? .i32 : .f32 }
    }

    /// The shape that both broadcast to.
    static func broadcast(_ operation: String, _ a: TensorSketch, _ b: TensorSketch) throws -> [ShapeAxis]? {
        guard let x = a.axes, let y = b.axes else { return nil }
        guard let shape = broadcast(x, y) else { throw ShapeFailure(.broadcast(operation, x.text, y.text), [a, b]) }
        return shape
    }

    /// Nil if they certainly do not broadcast.
    static func broadcast(_ x: [ShapeAxis], _ y: [ShapeAxis]) -> [ShapeAxis]? {
        let rank = max(x.count, y.count)
        var axes: [ShapeAxis] = []
        for position in 0..<rank {
            let i = position - (rank - x.count), j = position - (rank - y.count)
            guard let axis = stretched(i < 0 ? .size(1) : x[i], j < 0 ? .size(1) : y[j]) else { return nil }
            axes.append(axis)
        }
        return axes
    }

    /// The size that both stretch to. A size of 1 stretches, and so an axis that is not known may.
    private static func stretched(_ a: ShapeAxis, _ b: ShapeAxis) -> ShapeAxis? {
        switch (a, b) {
        case (.size(1), _): b
        case (_, .size(1)): a
        case (.size(let x), .size(let y)): x == y ? a : nil
        case (.size, _): a
        case (_, .size): b
        case (.named(let x), .named(let y)): x == y ? a : .unknown
        default: .unknown
        }
    }

    /// What both dtypes may be promoted to.
    static func promoted(_ a: TensorSketch, _ b: TensorSketch) -> Set<DType> {
        func scalar(_ sketch: TensorSketch) -> [Bool] { sketch.rank.map { [$0 == 0] } ?? [true, false] }
        var found: Set<DType> = []
        for x in a.dtypes {
            for y in b.dtypes {
                for xIsScalar in scalar(a) {
                    for yIsScalar in scalar(b) { found.insert(DType.promoted(x, isScalar: xIsScalar, y, isScalar: yIsScalar)) }
                }
            }
        }
        return found
    }

    private static let realOperations = Set(BinaryOperation.all.filter(\.isReal).map(\.name))

    /// A row of the table of binary operations.
    static func binary(_ operation: String, _ a: TensorSketch, _ b: TensorSketch) throws -> TensorSketch {
        let shape = try broadcast(operation, a, b)
        let isReal = realOperations.contains(operation)
        return TensorSketch(Set(promoted(a, b).map { $0.isFloating ? $0 : isReal ? .f32 : .i32 }), shape, name: a.name)
    }

    /// With a number, which takes the tensor's dtype; a fraction makes f32 of whole numbers. `value` nil: not known.
    func with(number value: Double?) -> TensorSketch {
        let whole: Set<DType> = value.map { [Int32(exactly: $0) == nil ? .f32 : .i32] } ?? [.i32, .f32]
        return with(Set(dtypes.flatMap { $0.isFloating ? [$0] : whole }))
    }

    static func compared(_ operation: String, _ a: TensorSketch, _ b: TensorSketch) throws -> TensorSketch {
        TensorSketch([.bool], try broadcast(operation, a, b), name: a.name)
    }

    static func choice(_ condition: TensorSketch, _ a: TensorSketch, _ b: TensorSketch) throws -> TensorSketch {
        let pair = try broadcast("where", a, b)
        let dtypes = promoted(a, b)
        guard let pair, let mask = condition.axes else { return TensorSketch(dtypes, nil) }
        guard let shape = broadcast(pair, mask) else { throw ShapeFailure(.condition, [condition, a, b]) }
        return TensorSketch(dtypes, shape)
    }

    /// Whether this, a mask, cannot be stretched to a tensor's shape.
    func cannotCover(_ tensor: TensorSketch) -> Bool {
        guard let mask = axes, let shape = tensor.axes else { return false }
        guard mask.count <= shape.count else { return true }
        return zip(mask.reversed(), shape.reversed()).contains { own, other in own != .size(1) && own.differs(from: other) }
    }

    var isCertainlyNoMask: Bool { !dtypes.contains(.bool) }
}
