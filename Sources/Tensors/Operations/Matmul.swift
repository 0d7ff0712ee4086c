extension Tensor {
    /// Matrix product of [..., m, k] and [..., k, n]; leading axes broadcast, a 1-d operand is a row (left) or column (right).
    public func matmul(_ other: Tensor) throws(TensorError) -> Tensor {
        let span = OperationSpan("matmul")
        defer { span.end() }
        guard rank >= 1, other.rank >= 1 else {
            throw TensorError(.scalarMatmul, operands: [self, other])
        }
        let dtype = DType.promoted(self, other)
        guard dtype.isFloating else {
            throw TensorError(.integerMatmul, operands: [self, other])
        }
        let inner = (shape[-1], other.rank == 1 ? other.shape[0] : other.shape[-2])
        guard inner.0 == inner.1 else {
            throw TensorError(.matmulInner(shape.dims, other.shape.dims), operands: [self, other])
        }
        let a = try to(dtype), b = try other.to(dtype)
        let left = rank == 1 ? try a.unsqueeze(0) : a
        let right = other.rank == 1 ? try b.unsqueeze(1) : b
        let product = try left.batchedProduct(right)
        var dims = product.shape.dims
        if other.rank == 1 { dims.removeLast() }
        if rank == 1 { dims.remove(at: dims.count - (other.rank == 1 ? 1 : 2)) }
        return try product.reshape(dims)
    }

    /// The product of operands of rank 2 or more with equal inner sizes.
    private func batchedProduct(_ other: Tensor) throws(TensorError) -> Tensor {
        // A matrix on the right meets all rows of the left at once.
        if other.rank == 2, rank > 2, layout.reshaped(Shape([shape.dims.dropLast().reduce(1, *), shape[-1]])) != nil {
            let rows = try reshape([shape.dims.dropLast().reduce(1, *), shape[-1]])
            return try rows.batchedProduct(other).reshape(shape.dims.dropLast() + [other.shape[-1]])
        }
        let result = try Product.apply(self, other)
        let a = detach(), b = other.detach()
        return Tensor.recordingDense("matmul", result, inputs: [self, other]) { dy, needs throws(TensorError) in
            [
                needs[0] ? try Product.apply(dy, b.swapped, like: a.layout) : nil,
                needs[1] ? try Product.apply(a.swapped, dy, like: b.layout) : nil,
            ]
        }
    }
}

extension Tensor {
    /// The last two axes swapped, without a gradient.
    fileprivate var swapped: Tensor { view(layout.swapped(rank - 2, rank - 1)) }
}

/// Products of matrices and batches of matrices, without gradients.
enum Product {
    /// [..., m, k] times [..., k, n] for one floating dtype; leading axes broadcast.
    static func apply(_ a: Tensor, _ b: Tensor) throws(TensorError) -> Tensor {
        let m = a.shape[-2], k = a.shape[-1], n = b.shape[-1]
        guard let batch = Shape.broadcast(Shape(Array(a.shape.dims.dropLast(2))), Shape(Array(b.shape.dims.dropLast(2)))) else {
            throw TensorError(.matmulLeading, operands: [a, b])
        }
        let result = try Tensor.uninitialized(Shape(batch.dims + [m, n]), a.dtype, "matmul")
        if result.count == 0 { return result }
        let left = try Operand(a), right = try Operand(b)
        try run(a.dtype.element, left, right, batch, result, (m, n, k))
        return result
    }

    /// The product, laid out in memory like an operand that it is the gradient of: the gradient of a transposed weight
    /// is transposed too, so that the weight's own needs no copy.
    static func apply(_ a: Tensor, _ b: Tensor, like operand: Layout) throws(TensorError) -> Tensor {
        let strides = operand.strides.suffix(2)
        guard strides.first == 1, strides.last != 1 else { return try apply(a, b) }
        return try apply(b.swapped, a.swapped).swapped
    }

    private static func run<T: FloatingElement>(
        _ type: T.Type, _ left: Operand, _ right: Operand, _ batch: Shape, _ result: Tensor, _ size: (m: Int, n: Int, k: Int)
    ) throws(TensorError) {
        let out = result.mutableBase(T.self)
        let a = left.tensor.base(T.self), b = right.tensor.base(T.self)
        defer { withExtendedLifetime((left.tensor, right.tensor, result)) {} }
        let steps = [left, right].map { operand in
            let matrix = operand.tensor.shape.dims.suffix(2)
            return Array(operand.tensor.layout.expanded(to: Shape(batch.dims + matrix)).strides.dropLast(2))
        }
        var done = 0
        var failure: BLASError?
        // Each operand's layout addresses only elements inside its storage; the result's matrices lie one after the other.
        Odometer.run(batch.dims, steps) { offsets in
            if failure != nil { return }
            do throws(BLASError) {
                try BLAS.gemm(
                    m: size.m, n: size.n, k: size.k,
                    MatrixOperand(a + offsets[0], rowStride: left.leading, transposed: left.isTransposed),
                    MatrixOperand(b + offsets[1], rowStride: right.leading, transposed: right.isTransposed),
                    into: out + done, rowStride: size.n)
            } catch { failure = error }
            done += size.m * size.n
        }
        if let failure { throw failure.tensorError("matmul") }
    }

    /// A side of the product as BLAS takes it: one of its last two strides is 1 and the other is the leading dimension.
    private struct Operand {
        let tensor: Tensor
        let isTransposed: Bool
        let leading: Int

        init(_ source: Tensor) throws(TensorError) {
            let rows = source.shape[-2], columns = source.shape[-1]
            let strides = source.layout.strides.suffix(2).map { $0 }
            if (columns == 1 || strides[1] == 1) && (rows == 1 || strides[0] >= max(columns, 1)) {
                (tensor, isTransposed, leading) = (source, false, rows == 1 ? max(columns, 1) : strides[0])
            } else if (rows == 1 || strides[0] == 1) && (columns == 1 || strides[1] >= max(rows, 1)) {
                (tensor, isTransposed, leading) = (source, true, columns == 1 ? max(rows, 1) : strides[1])
            } else {
                (tensor, isTransposed, leading) = (try source.contiguous(), false, max(columns, 1))
            }
        }
    }
}
