import CKernels

extension Fused {
    /// gelu(x + bias) for x [tokens, hidden] and bias [hidden].
    public static func biasGelu(_ x: Tensor, bias: Tensor) throws(TensorError) -> Tensor {
        let operation = "bias_gelu"
        let span = OperationSpan(operation)
        defer { span.end() }
        let input = try Packed.matrix(x, operation, "the input")
        let (rows, columns) = (input.shape[0], input.shape[1])
        let shift = try Packed.vector(bias, columns, operation, "the bias")
        let y = try Tensor.uninitialized(input.shape, .f32, operation)
        run(rows, columns, [input, shift, y]) { low, count in
            let i = low * columns
            eft_f32().pointee.bias_gelu(input.base(Float.self) + i, shift.base(Float.self), y.mutableBase(Float.self) + i, count, columns)
        }
        return Tensor.recordingDense(operation, y, inputs: [x, bias]) { dy, needs throws(TensorError) in
            let dy = try dy.contiguous()
            let dx = try Tensor.uninitialized(dy.shape, .f32, operation)
            let db = needs[1] ? try Tensor.zeros([columns]) : nil
            let parts = Kernels.rowParts(rows, columns: columns)
            defer { withExtendedLifetime((dy, input, shift, dx, db)) {} }
            // Parts are disjoint ranges of rows of contiguous [rows, columns] tensors that live until the end of this block.
            nonisolated(unsafe) let (d, from, to) = (dy.base(Float.self), input.base(Float.self), dx.mutableBase(Float.self))
            nonisolated(unsafe) let b = shift.base(Float.self)
            Kernels.columnSums(parts: parts, columns: columns, db?.mutableBase(Float.self), nil) { part, sum, _ in
                let low = rows * part / parts, high = rows * (part + 1) / parts, i = low * columns
                eft_f32().pointee.bias_gelu_gradient(d + i, from + i, b, to + i, sum, high - low, columns)
            }
            return [dx, db]
        }
    }

    /// layerNorm(dropout(x + inputBias) + residual) over the last axis, times `weight`, plus `bias` (Devlin et al. 2018, post-norm).
    ///
    /// x and residual are [tokens, hidden], the vectors [hidden]. `inputBias` is the bias of the product that made x.
    public static func residualLayerNorm(
        _ x: Tensor, residual: Tensor, _ weight: Tensor, _ bias: Tensor, eps: Double, inputBias: Tensor? = nil, dropout: Dropout? = nil
    ) throws(TensorError) -> Tensor {
        let operation = "residual_layer_norm"
        let span = OperationSpan(operation)
        defer { span.end() }
        let input = try Packed.matrix(x, operation, "the input"), other = try Packed.matrix(residual, operation, "the residual")
        try Packed.same(input, other, operation)
        let (rows, columns) = (input.shape[0], input.shape[1])
        let scale = try Packed.vector(weight, columns, operation, "the weight")
        let shift = try Packed.vector(bias, columns, operation, "the bias")
        var inputShift: Tensor?
        if let inputBias { inputShift = try Packed.vector(inputBias, columns, operation, "the input's bias") }
        let drop = try dropout?.kernel(operation)
        let inputs = [x, residual, weight, bias] + (inputBias.map { [$0] } ?? [])
        let records = Packed.records(inputs)

        let y = try Tensor.uninitialized(input.shape, .f32, operation)
        // What is normalised: kept for the gradient, else only written over by the result.
        let sum = records ? try Tensor.uninitialized(input.shape, .f32, operation) : y
        let mean = try Tensor.uninitialized([records ? rows : 0], .f32, operation)
        let rstd = try Tensor.uninitialized([records ? rows : 0], .f32, operation)
        run(rows, columns, [input, other, y, sum, mean, rstd, scale, shift] + (inputShift.map { [$0] } ?? [])) { low, count in
            let i = low * columns, h = sum.mutableBase(Float.self) + i
            withOptional(drop) {
                eft_f32().pointee.residual(
                    input.base(Float.self) + i, inputShift?.base(Float.self), other.base(Float.self) + i, $0, low, h, count, columns)
            }
            eft_f32().pointee.layer_norm(
                h, scale.base(Float.self), shift.base(Float.self), Float(eps), y.mutableBase(Float.self) + i,
                records ? mean.mutableBase(Float.self) + low : nil, records ? rstd.mutableBase(Float.self) + low : nil, count, columns)
        }
        return Tensor.recordingDense(operation, y, inputs: inputs) { dy, needs throws(TensorError) in
            let dy = try dy.contiguous()
            let dh = try Tensor.uninitialized(dy.shape, .f32, operation)
            let dw = try Tensor.uninitialized([columns], .f32, operation), db = try Tensor.uninitialized([columns], .f32, operation)
            Kernels.layerNormGradient(
                dy.elements, x: sum.elements, weight: scale.elements, mean: mean.elements, rstd: rstd.elements, columns: columns,
                into: dh.newElements, dweight: dw.newElements, dbias: db.newElements)
            withExtendedLifetime((dy, sum, scale, mean, rstd)) {}
            var dx = dh
            if let drop { dx = try dropped(dh, drop, operation) }
            guard inputBias != nil else { return [dx, dh, dw, db] }
            let dinput = try Tensor.uninitialized([columns], .f32, operation)
            Kernels.sum(dx.elements, outer: 1, reduced: rows, inner: columns, into: dinput.newElements)
            return [dx, dh, dw, db, dinput]
        }
    }

    /// Dropout of x [tokens, hidden].
    public static func dropout(_ x: Tensor, _ dropout: Dropout) throws(TensorError) -> Tensor {
        let span = OperationSpan("dropout")
        defer { span.end() }
        let drop = try dropout.kernel("dropout")
        let y = try dropped(Packed.matrix(x, "dropout", "the input"), drop, "dropout")
        return Tensor.recordingDense("dropout", y, inputs: [x]) { dy, _ throws(TensorError) in
            [try dropped(dy.contiguous(), drop, "dropout")]
        }
    }

    /// `x`, contiguous [rows, columns], with the same places zeroed on every call.
    private static func dropped(_ x: Tensor, _ drop: eft_dropout, _ operation: String) throws(TensorError) -> Tensor {
        let y = try Tensor.uninitialized(x.shape, .f32, operation)
        let columns = x.shape[1]
        run(x.shape[0], columns, [x, y]) { low, count in
            let i = low * columns
            withOptional(drop) {
                eft_f32().pointee.dropout(x.base(Float.self) + i, $0, low, y.mutableBase(Float.self) + i, count, columns)
            }
        }
        return y
    }

    /// Splits rows over threads. `body` gets the first row and how many; the tensors live until all is done, and what `body` writes
    /// lies in its own rows of contiguous [rows, columns] tensors.
    private static func run(_ rows: Int, _ columns: Int, _ tensors: [Tensor], _ body: (Int, Int) -> Void) {
        Parallel.rows(rows, grain: max(1, Kernels.expensiveGrain / max(columns, 1))) { body($0.lowerBound, $0.count) }
        withExtendedLifetime(tensors) {}
    }

    private static func withOptional(_ value: eft_dropout?, _ body: (UnsafePointer<eft_dropout>?) -> Void) {
        guard let value else { return body(nil) }
        withUnsafePointer(to: value) { body($0) }
    }
}
