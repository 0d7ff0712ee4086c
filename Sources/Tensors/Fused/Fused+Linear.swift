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
        try Products.run([PackedProduct(input, matrix, bTransposed: true, bias: shift, into: y)], operation)
        return Tensor.recordingDense(operation, y, inputs: [x, weight] + (bias.map { [$0] } ?? [])) { dy, needs throws(TensorError) in
            let dy = try dy.contiguous()
            var products: [PackedProduct] = []
            let dx = needs[0] ? try Tensor.uninitialized([rows, inner], .f32, operation) : nil
            if let dx { products.append(PackedProduct(dy, matrix, into: dx)) }
            let dw = needs[1] ? try Tensor.uninitialized([outer, inner], .f32, operation) : nil
            if let dw { products.append(PackedProduct(dy, aTransposed: true, input, into: dw)) }
            try Products.run(products, operation)
            guard shift != nil else { return [dx, dw] }
            guard needs[2] else { return [dx, dw, nil] }
            let db = try Tensor.uninitialized([outer], .f32, operation)
            Kernels.sum(dy.elements, outer: 1, reduced: rows, inner: outer, into: db.newElements)
            withExtendedLifetime(dy) {}
            return [dx, dw, db]
        }
    }
}
