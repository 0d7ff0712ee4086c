import CKernels

extension Fused {
    /// x Wᵀ + b for x [tokens, in], weight [out, in] and bias [out]: the bias costs no pass of its own, and every gradient comes out in its
    /// parameter's own order of elements.
    public static func linear(_ x: Tensor, weight: Tensor, bias: Tensor? = nil) throws(TensorError) -> Tensor {
        let operation = "linear"
        let span = OperationSpan(operation)
        defer { span.end() }
        let input = try Packed.matrix(x, operation, "the input"), matrix = try Packed.matrix(weight, operation, "the weight")
        let (rows, inner, outer) = (input.shape[0], input.shape[1], matrix.shape[0])
        guard matrix.shape[1] == inner else {
            throw TensorError(
                .shape, operation, "the input's last axis must be the weight's second: input [tokens, in], weight [out, in]",
                operands: [x, weight])
        }
        var shift: Tensor?
        if let bias { shift = try Packed.vector(bias, outer, operation, "the bias") }
        let y = try Tensor.uninitialized([rows, outer], .f32, operation)
        try multiply(input, false, matrix, true, shift, y, operation)
        return Tensor.recordingDense(operation, y, inputs: [x, weight] + (bias.map { [$0] } ?? [])) { dy, needs throws(TensorError) in
            let dy = try dy.contiguous()
            var gradients: [Tensor?] = [nil, nil]
            if needs[0] {
                let dx = try Tensor.uninitialized([rows, inner], .f32, operation)
                try multiply(dy, false, matrix, false, nil, dx, operation)
                gradients[0] = dx
            }
            if needs[1] {
                let dw = try Tensor.uninitialized([outer, inner], .f32, operation)
                try multiply(dy, true, input, false, nil, dw, operation)
                gradients[1] = dw
            }
            guard shift != nil else { return gradients }
            guard needs[2] else { return gradients + [nil] }
            let db = try Tensor.uninitialized([outer], .f32, operation)
            Kernels.sum(dy.elements, outer: 1, reduced: rows, inner: outer, into: db.newElements)
            withExtendedLifetime(dy) {}
            return gradients + [db]
        }
    }

    /// out = op(a) op(b), or that plus a bias in every row. All contiguous matrices whose sizes fit (the callers' doing).
    private static func multiply(
        _ a: Tensor, _ aTransposed: Bool, _ b: Tensor, _ bTransposed: Bool, _ bias: Tensor?, _ out: Tensor, _ operation: String
    ) throws(TensorError) {
        defer { withExtendedLifetime((a, b, bias, out)) {} }
        do throws(BLASError) {
            // BLAS wants row strides of at least 1, also where there are no elements.
            try BLAS.gemm(
                m: out.shape[0], n: out.shape[1], k: a.shape[aTransposed ? 0 : 1],
                MatrixOperand(a.base(Float.self), rowStride: max(a.shape[1], 1), transposed: aTransposed),
                MatrixOperand(b.base(Float.self), rowStride: max(b.shape[1], 1), transposed: bTransposed),
                rowBias: bias?.base(Float.self), into: out.mutableBase(Float.self), rowStride: max(out.shape[1], 1))
        } catch { throw TensorError(.value, operation, error.description) }
    }
}
