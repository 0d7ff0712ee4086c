/// Sizes of a tensor's axes, outermost first; the empty shape is a scalar's.
public struct Shape: Hashable, Sendable, ExpressibleByArrayLiteral, CustomStringConvertible {
    public let dims: [Int]

    public init(_ dims: [Int]) { self.dims = dims }
    public init(arrayLiteral dims: Int...) { self.dims = dims }

    public static var scalar: Shape { Shape([]) }

    public var rank: Int { dims.count }

    /// Number of elements; `Int.max` if the product does not fit, so that no request for it can succeed.
    public var count: Int {
        var product = 1
        var overflows = false
        for size in dims {
            if size == 0 { return 0 }
            let (value, overflow) = product.multipliedReportingOverflow(by: size)
            product = value
            overflows = overflows || overflow
        }
        return overflows ? .max : product
    }

    /// Size of `axis`, which may count from the end: -1 is the last. The axis must exist.
    public subscript(axis: Int) -> Int { dims[axis < 0 ? axis + dims.count : axis] }

    /// `[8, 384]`
    public var description: String { "[" + dims.map(String.init).joined(separator: ", ") + "]" }

    /// Row-major strides.
    var contiguousStrides: [Int] {
        var strides = [Int](repeating: 1, count: dims.count)
        var step = 1
        for axis in stride(from: dims.count - 1, through: 0, by: -1) {
            strides[axis] = step
            step = step.multipliedReportingOverflow(by: Swift.max(dims[axis], 1)).partialValue
        }
        return strides
    }

    /// The shape that both broadcast to, or nil: sizes are aligned at the end, and 1 stretches.
    static func broadcast(_ a: Shape, _ b: Shape) -> Shape? {
        if a == b { return a }
        let rank = Swift.max(a.rank, b.rank)
        var dims = [Int](repeating: 1, count: rank)
        for i in 1...Swift.max(rank, 1) where i <= rank {
            let x = i <= a.rank ? a.dims[a.rank - i] : 1
            let y = i <= b.rank ? b.dims[b.rank - i] : 1
            guard x == y || x == 1 || y == 1 else { return nil }
            dims[rank - i] = x == 1 ? y : x
        }
        return Shape(dims)
    }

    /// Refuses sizes that are negative or that no memory can hold, zeros not counted, so that later products of sizes cannot overflow.
    func check(_ operation: String, _ dtype: DType) throws(TensorError) {
        if let size = dims.first(where: { $0 < 0 }) {
            throw TensorError(.value, operation, "an axis cannot have the negative size \(size): \(self)")
        }
        let (bytes, overflow) = Shape(dims.map { Swift.max($0, 1) }).count.multipliedReportingOverflow(by: dtype.size)
        try MemoryPool.shared.check(overflow ? .max : bytes, operation)
    }

    /// Whether this shape stretches to `target` by broadcasting.
    func broadcasts(to target: Shape) -> Bool { Shape.broadcast(self, target) == target }
}

/// Resolves axes given by a user, which may count from the end.
enum Axis {
    /// `axis` in `0..<rank`; `rank` itself is allowed too if `inserting`.
    static func resolve(_ axis: Int, rank: Int, _ operation: String, of tensor: Tensor, inserting: Bool = false) throws(TensorError) -> Int
    {
        let limit = inserting ? rank + 1 : rank
        let resolved = axis < 0 ? axis.addingReportingOverflow(limit).partialValue : axis
        guard resolved >= 0, resolved < limit else {
            throw TensorError(.noAxis(operation, axis, limit: limit), operands: [tensor])
        }
        return resolved
    }

    /// Distinct axes in ascending order; nil means all.
    static func resolve(_ axes: [Int]?, rank: Int, _ operation: String, of tensor: Tensor) throws(TensorError) -> [Int] {
        guard let axes else { return Array(0..<rank) }
        var seen = [Bool](repeating: false, count: rank)
        for axis in axes {
            let resolved = try resolve(axis, rank: rank, operation, of: tensor)
            guard !seen[resolved] else {
                throw TensorError(.axisTwice(operation, axis), operands: [tensor])
            }
            seen[resolved] = true
        }
        return (0..<rank).filter { seen[$0] }
    }
}
