import Language
import Tensors

/// The tensor that a number, nested lists, or a list of tensors become; mirrors `Tensor(data:)`.
struct DataSketch {
    private var shape: [Int] = []
    private var leaves: Set<DType> = []
    private var tensors: [TensorSketch] = []
    /// A whole number that is no i32.
    private var excess: Int?
    private let name: String

    static func tensor(_ fact: ArgumentFact, name: String, dtype: Set<DType>? = nil) throws -> TensorSketch {
        var made: TensorSketch
        switch fact {
        case .tensor(let facts): made = TensorSketch(facts, name: name)
        case .typed(.tensor(let type)): made = TensorSketch(TensorFacts(type), name: name)
        case .constant(.range(let range)): made = TensorSketch(range.count == 0 ? [.f32] : [.i32], [.size(range.count)], name: name)
        default:
            var data = DataSketch(name: name)
            made = try data.visit(fact, depth: 0) ? data.made(dtype) : TensorSketch.anything(name)
        }
        if let dtype { made.dtypes = dtype }
        return made
    }

    private init(name: String) { self.name = name }

    private func made(_ wanted: Set<DType>?) throws -> TensorSketch {
        let outer = shape.map { ShapeAxis.size($0) }
        if !tensors.isEmpty {
            let stacked = try TensorSketch.stack(tensors, dim: 0, name: name)
            return stacked.with(axes: stacked.axes.map { outer + $0.dropFirst() })
        }
        let dtype: DType = leaves.contains(.f32) || leaves.isEmpty ? .f32 : leaves.contains(.i32) ? .i32 : .bool
        if let excess, wanted ?? [dtype] == [.i32] { throw ShapeFailure(DataMistake.notWhole(Double(excess)), name) }
        return TensorSketch([dtype], outer, name: name)
    }

    /// False where something is not known.
    private mutating func visit(_ fact: ArgumentFact, depth: Int) throws -> Bool {
        guard depth < 32 else { return false }
        guard let items = fact.parts else { return try leaf(fact, depth: depth) }
        if depth == shape.count {
            guard leaves.isEmpty && tensors.isEmpty else { throw ShapeFailure(DataMistake.ragged, name) }
            shape.append(items.count)
        }
        guard depth < shape.count, shape[depth] == items.count else { throw ShapeFailure(DataMistake.ragged, name) }
        for item in items where try !visit(item, depth: depth + 1) { return false }
        return true
    }

    private mutating func leaf(_ fact: ArgumentFact, depth: Int) throws -> Bool {
        switch fact {
        case .constant(.float), .typed(.float): leaves.insert(.f32)
        case .constant(.int), .typed(.int), .size:
            leaves.insert(.i32)
            if let value = fact.int, excess == nil, Int32(exactly: value) == nil { excess = value }
        case .constant(.bool), .typed(.bool): leaves.insert(.bool)
        case .tensor(let facts): tensors.append(TensorSketch(facts, name: name))
        default: return false
        }
        guard depth == shape.count else { throw ShapeFailure(DataMistake.ragged, name) }
        guard tensors.isEmpty || leaves.isEmpty else { throw ShapeFailure(DataMistake.mixed, name) }
        return true
    }
}

extension ShapeFailure {
    fileprivate init(_ error: ScriptError, _ operand: String) {
        self.init(error.kind, error.message, help: error.help, operands: [operand])
    }
}
