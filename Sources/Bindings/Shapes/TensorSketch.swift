import Language
import Tensors

/// A tensor of which little may be known before the program runs. Its operations mirror those of `Tensor`, check for check and in their
/// order, and fail only where those must; `ShapeRuleTests` runs both side by side.
struct TensorSketch: Sendable {
    /// What its dtype may be.
    var dtypes: Set<DType>
    /// Nil if not even their number is known.
    var axes: [ShapeAxis]?
    /// The parameter that it came with.
    var name: String

    static let anyType = Set(DType.allCases)

    init(_ dtypes: Set<DType> = anyType, _ axes: [ShapeAxis]?, name: String = "") {
        self.dtypes = dtypes
        self.axes = axes
        self.name = name
    }

    init(_ facts: TensorFacts, name: String = "") {
        self.init(facts.dtype.flatMap { DType(rawValue: $0) }.map { [$0] } ?? Self.anyType, facts.axes, name: name)
    }

    static func anything(_ name: String) -> TensorSketch { TensorSketch(anyType, nil, name: name) }

    var facts: TensorFacts { TensorFacts(dtype: dtypes.count == 1 ? dtypes.first?.rawValue : nil, axes: axes) }
    var fact: ArgumentFact { .tensor(facts) }
    var rank: Int? { axes?.count }

    /// Number of elements, if all sizes are known.
    var count: Int? { axes.flatMap { $0.count() } }

    func with(axes: [ShapeAxis]?) -> TensorSketch { TensorSketch(dtypes, axes, name: name) }
    func with(_ dtypes: Set<DType>) -> TensorSketch { TensorSketch(dtypes, axes, name: name) }
    /// The same for each dtype that it may have.
    func mapped(_ change: (DType) -> DType) -> TensorSketch { with(Set(dtypes.map(change))) }
    /// Whole numbers and bools as f32.
    var real: TensorSketch { mapped { $0.isFloating ? $0 : .f32 } }

    /// `dim`, counted from the start; nil if the number of axes is not known.
    func axis(_ dim: Int, _ operation: String, inserting: Bool = false) throws -> Int? {
        guard let rank else { return nil }
        let limit = inserting ? rank + 1 : rank
        let resolved = dim < 0 ? dim.addingReportingOverflow(limit).partialValue : dim
        guard resolved >= 0, resolved < limit else { throw ShapeFailure(.noAxis(operation, dim, limit: limit), [self]) }
        return resolved
    }

    /// Distinct axes, nil meaning all; nil if the number of axes is not known.
    func axes(_ dims: [Int]?, _ operation: String) throws -> [Int]? {
        guard let rank else { return nil }
        guard let dims else { return Array(0..<rank) }
        var resolved: [Int] = []
        for dim in dims {
            guard let axis = try axis(dim, operation) else { return nil }
            guard !resolved.contains(axis) else { throw ShapeFailure(.axisTwice(operation, dim), [self]) }
            resolved.append(axis)
        }
        return resolved
    }
}

extension [ShapeAxis] {
    static func unknown(_ count: Int) -> [ShapeAxis] { Array(repeating: .unknown, count: count) }

    /// Number of elements, if all sizes are known.
    func count() -> Int? {
        var sizes: [Int] = []
        for axis in self {
            guard case .size(let size) = axis else { return nil }
            sizes.append(size)
        }
        return Shape(sizes).count
    }

    /// Whether the two cannot be one shape.
    func differs(from other: [ShapeAxis]) -> Bool {
        count != other.count || zip(self, other).contains { $0.differs(from: $1) }
    }

    /// What is known of a shape that is both.
    func merged(with other: [ShapeAxis]) -> [ShapeAxis] { zip(self, other).map { $0.merged(with: $1) } }

    func removing(_ position: Int) -> [ShapeAxis] {
        var rest = self
        rest.remove(at: position)
        return rest
    }

    func replacing(_ position: Int, with axis: ShapeAxis) -> [ShapeAxis] {
        var changed = self
        changed[position] = axis
        return changed
    }

    func inserting(_ axis: ShapeAxis, at position: Int) -> [ShapeAxis] {
        var longer = self
        longer.insert(axis, at: position)
        return longer
    }

    /// `[8, n, ?]`, as a message shows a shape.
    var text: String { "[" + map(\.description).joined(separator: ", ") + "]" }
}

extension ShapeFailure {
    /// What the operation would say of these operands.
    init(_ mistake: Mistake, _ operands: [TensorSketch]) { self.init(mistake, operands: operands.map(\.name)) }
}
