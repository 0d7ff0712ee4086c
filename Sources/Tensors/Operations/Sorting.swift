import Statement

extension Tensor {
    /// Positions that sort the elements along an axis, as i32. Equal elements keep their order; nan counts as largest.
    public func argsort(dim: Int = -1, descending: Bool = false) throws(TensorError) -> Tensor {
        let span = OperationSpan("argsort")
        defer { span.end() }
        let axis = try Axis.resolve(dim, rank: Swift.max(rank, 1), "argsort", of: self)
        if rank == 0 { return try Tensor([Int32(0)], shape: []) }
        let moved = view(layout.swapped(axis, rank - 1))
        let width = shape.dims[axis]
        let values = try moved.elements(Double.self, "argsort")
        let result = try Tensor.build(moved.shape, as: Int32.self, "argsort") { out throws(TensorError) in
            var comparisons = 0
            for start in stride(from: 0, to: values.count, by: Swift.max(width, 1)) {
                comparisons &+= 1
                let order = try Self.positions(width) { i, j in
                    comparisons &+= 1
                    if comparisons >= 0xFFFF {
                        comparisons = 0
                        try Interruption.check()
                    }
                    let x = values[start + i], y = values[start + j]
                    if x.isNaN || y.isNaN { return x.isNaN == y.isNaN ? i < j : descending == x.isNaN }
                    return x == y ? i < j : (x < y) != descending
                }
                for (place, position) in order.enumerated() { out[start + place] = Int32(truncatingIfNeeded: position) }
            }
        }
        return result.view(result.layout.swapped(axis, rank - 1))
    }

    /// `0..<count` sorted by an order that throws nothing but `Interrupted`.
    private static func positions(_ count: Int, _ isBefore: (Int, Int) throws -> Bool) throws(TensorError) -> [Int] {
        do { return try (0..<count).sorted(by: isBefore) } catch { throw TensorError(.interrupted, "argsort", "interrupted") }
    }

    /// The elements sorted along an axis, and the positions they came from.
    public func sort(dim: Int = -1, descending: Bool = false) throws(TensorError) -> (values: Tensor, indices: Tensor) {
        let span = OperationSpan("sort")
        defer { span.end() }
        let indices = try argsort(dim: dim, descending: descending)
        if rank == 0 { return (self, indices) }
        return (try takeAlong(indices, dim: dim), indices)
    }

    /// The k largest (or smallest) elements along an axis, best first, and their positions.
    public func topk(_ k: Int, dim: Int = -1, largest: Bool = true) throws(TensorError) -> (values: Tensor, indices: Tensor) {
        let span = OperationSpan("topk")
        defer { span.end() }
        let axis = try Axis.resolve(dim, rank: rank, "topk", of: self)
        guard k >= 0, k <= shape.dims[axis] else {
            throw TensorError(.topk(k, shape.dims[axis]), operands: [self])
        }
        let order = try argsort(dim: axis, descending: largest)
        let indices = try order.view(order.layout.sliced(axis: axis, start: 0, step: 1, count: k)).contiguous()
        return (try takeAlong(indices, dim: axis), indices)
    }
}
