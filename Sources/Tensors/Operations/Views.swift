/// Operations that give the same elements under another layout, without copying where strides allow.
extension Tensor {
    /// The same elements in row-major order under another shape; one size may be -1 and is worked out. A view if strides allow.
    public func reshape(_ dims: [Int]) throws(TensorError) -> Tensor {
        let target = try resolvedShape(dims)
        try target.check("reshape", dtype)
        if target == shape { return self }
        let span = OperationSpan("reshape")
        defer { span.end() }
        let value: Tensor
        if let layout = layout.reshaped(target) {
            value = view(layout)
        } else {
            let copy = try contiguous()
            value = copy.view(Layout(target, strides: target.contiguousStrides, offset: copy.layout.offset))
        }
        let original = shape.dims
        return Tensor.recordingDense("reshape", value, inputs: [self]) { dy, _ throws(TensorError) in [try dy.reshape(original)] }
    }

    private func resolvedShape(_ dims: [Int]) throws(TensorError) -> Shape {
        var dims = dims
        let unknown = dims.indices.filter { dims[$0] == -1 }
        guard unknown.count <= 1, dims.allSatisfy({ $0 >= -1 }) else {
            throw TensorError(.reshapeSizes(Shape(dims)), operands: [self])
        }
        if let axis = unknown.first {
            dims[axis] = 1
            let known = Shape(dims).count
            dims[axis] = known == 0 ? 0 : count / known
            if known == 0, count == 0 {
                throw TensorError(.value, "reshape", "-1 could be any size beside a size of 0", operands: [self])
            }
        }
        guard Shape(dims).count == count else {
            var asked = dims
            if let axis = unknown.first { asked[axis] = -1 }
            throw TensorError(.reshape(count, Shape(asked)), operands: [self])
        }
        return Shape(dims)
    }

    /// All elements in one axis.
    public func flatten() throws(TensorError) -> Tensor { try reshape([count]) }

    /// The axes `start...end` made into one.
    public func flatten(from start: Int, through end: Int = -1) throws(TensorError) -> Tensor {
        if rank == 0 { return try reshape([1]) }
        let first = try Axis.resolve(start, rank: rank, "flatten", of: self), last = try Axis.resolve(end, rank: rank, "flatten", of: self)
        guard first <= last else { throw TensorError(.flattenOrder(start, end), operands: [self]) }
        let merged = Shape(Array(shape.dims[first...last])).count
        return try reshape(shape.dims[..<first] + [merged] + shape.dims[(last + 1)...])
    }

    /// Axes in another order: axis i of the result is axis `order[i]` of this.
    public func permute(_ order: [Int]) throws(TensorError) -> Tensor {
        guard order.count == rank else {
            throw TensorError(.permuteCount(order.count, rank), operands: [self])
        }
        var resolved: [Int] = []
        for axis in order { resolved.append(try Axis.resolve(axis, rank: rank, "permute", of: self)) }
        guard Set(resolved).count == rank else {
            throw TensorError(.permuteTwice(order), operands: [self])
        }
        return permuted("permute", resolved)
    }

    /// Two axes swapped.
    public func transpose(_ i: Int, _ j: Int) throws(TensorError) -> Tensor {
        let i = try Axis.resolve(i, rank: rank, "transpose", of: self), j = try Axis.resolve(j, rank: rank, "transpose", of: self)
        if i == j { return self }
        var order = Array(0..<rank)
        order.swapAt(i, j)
        return permuted("transpose", order)
    }

    /// The axes in reverse order; for a matrix its transpose.
    public var transposed: Tensor { rank < 2 ? self : permuted("transpose", Array((0..<rank).reversed())) }

    private func permuted(_ name: String, _ order: [Int]) -> Tensor {
        let span = OperationSpan(name)
        defer { span.end() }
        var inverse = order
        for (to, from) in order.enumerated() { inverse[from] = to }
        return Tensor.recordingDense(name, view(layout.permuted(order)), inputs: [self]) { dy, _ in
            [dy.view(dy.layout.permuted(inverse))]
        }
    }

    /// Stretched to `dims` by broadcasting, without a copy; -1 keeps an axis.
    public func expand(_ dims: [Int]) throws(TensorError) -> Tensor {
        let span = OperationSpan("expand")
        defer { span.end() }
        let extra = dims.count - rank
        let target = Shape(dims.enumerated().map { $1 == -1 && $0 >= extra ? shape.dims[$0 - extra] : $1 })
        guard extra >= 0, target.dims.allSatisfy({ $0 >= 0 }), shape.broadcasts(to: target) else {
            throw TensorError(.expand(shape, target), operands: [self])
        }
        try target.check("expand", dtype)
        return Tensor.recordingDense("expand", view(layout.expanded(to: target)), inputs: [self]) { dy, _ in [dy] }
    }

    /// Without the axes of size 1, or without that one axis, whose size must be 1.
    public func squeeze(_ axis: Int? = nil) throws(TensorError) -> Tensor {
        var dims = shape.dims
        if let axis {
            let resolved = try Axis.resolve(axis, rank: rank, "squeeze", of: self)
            guard dims[resolved] == 1 else {
                throw TensorError(.squeeze(axis, dims[resolved]), operands: [self])
            }
            dims.remove(at: resolved)
        } else {
            dims.removeAll { $0 == 1 }
        }
        return try reshape(dims)
    }

    /// With an axis of size 1 put before `axis`.
    public func unsqueeze(_ axis: Int) throws(TensorError) -> Tensor {
        let resolved = try Axis.resolve(axis, rank: rank, "unsqueeze", of: self, inserting: true)
        var dims = shape.dims
        dims.insert(1, at: resolved)
        return try reshape(dims)
    }
}
