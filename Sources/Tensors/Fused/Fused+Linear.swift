import CKernels

extension Fused {
    /// x Wᵀ + b + r for x [tokens, in], weight [out, in], bias [out] and residual [tokens, out]: bias and residual cost no pass of their own,
    /// and every gradient comes out in its parameter's own order of elements.
    public static func linear(
        _ x: Tensor, weight: Tensor, bias: Tensor? = nil, residual: Tensor? = nil
    ) throws(TensorError) -> Tensor {
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
        var start: Tensor?
        if let residual {
            start = try Packed.matrix(residual, operation, "the residual")
            guard residual.shape == y.shape else {
                throw TensorError(
                    .shape, operation, "the residual must have the result's shape [\(rows), \(outer)]", operands: [x, weight, residual])
            }
        }
        try Products.run([PackedProduct(input, matrix, bTransposed: true, bias: shift, residual: start, into: y)], operation)
        let inputs = [x, weight] + [bias, residual].compactMap { $0 }
        return Tensor.recordingDense(operation, y, inputs: inputs) { dy, needs throws(TensorError) in
            let dy = try dy.contiguous()
            var products: [PackedProduct] = []
            let dx = needs[0] ? try Tensor.uninitialized([rows, inner], .f32, operation) : nil
            if let dx { products.append(PackedProduct(dy, matrix, into: dx)) }
            let dw = needs[1] ? try Tensor.uninitialized([outer, inner], .f32, operation) : nil
            if let dw { products.append(PackedProduct(dy, aTransposed: true, input, into: dw)) }
            try Products.run(products, operation)
            let passed = residual == nil ? [] : [dy]
            guard shift != nil else { return [dx, dw] + passed }
            guard needs[2] else { return [dx, dw, nil] + passed }
            let db = try Tensor.uninitialized([outer], .f32, operation)
            Kernels.sum(dy.elements, outer: 1, reduced: rows, inner: outer, into: db.newElements)
            withExtendedLifetime(dy) {}
            return [dx, dw, db] + passed
        }
    }
}
