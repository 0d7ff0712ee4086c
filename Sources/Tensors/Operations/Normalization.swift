extension Tensor {
    /// (x - mean) / √(var + eps) over the last axis, times `weight`, plus `bias` (Ba et al. 2016).
    public static func layerNorm(_ x: Tensor, weight: Tensor, bias: Tensor, eps: Double = 1e-5) throws(TensorError) -> Tensor {
        let span = OperationSpan("layer_norm")
        defer { span.end() }
        guard x.rank >= 1, x.dtype.isFloating, weight.shape == [x.shape[-1]], bias.shape == weight.shape else {
            throw TensorError(.layerNorm, operands: [x, weight, bias])
        }
        let weight = try weight.to(x.dtype), bias = try bias.to(x.dtype)
        let input = try x.contiguous(), scale = try weight.contiguous(), shift = try bias.contiguous()
        let rows = Shape(Array(x.shape.dims.dropLast()))
        let y = try uninitialized(x.shape, x.dtype, "layer_norm")
        let mean = try uninitialized(rows, x.dtype, "layer_norm"), rstd = try uninitialized(rows, x.dtype, "layer_norm")
        func forward<T: FloatingElement>(_ type: T.Type) {
            // All contiguous: y as x, mean and rstd one for each row, weight and bias one for each column.
            Kernels.layerNorm(
                input.buffer(T.self), weight: scale.buffer(T.self), bias: shift.buffer(T.self), eps: eps, columns: scale.count,
                into: y.mutableBuffer(T.self), mean: mean.mutableBuffer(T.self), rstd: rstd.mutableBuffer(T.self))
            withExtendedLifetime((input, scale, shift, y, mean, rstd)) {}
        }
        try EarlyEnd.allowing("layer_norm", x.count) { forward(x.dtype.element) }
        return recordingDense("layer_norm", y, inputs: [x, weight, bias]) { dy, _ throws(TensorError) in
            let dy = try dy.contiguous()
            let dx = try uninitialized(dy.shape, dy.dtype, "layer_norm")
            let dw = try uninitialized(scale.shape, dy.dtype, "layer_norm"), db = try uninitialized(scale.shape, dy.dtype, "layer_norm")
            func backward<T: FloatingElement>(_ type: T.Type) {
                // As above; dw and db as weight.
                Kernels.layerNormGradient(
                    dy.buffer(T.self), x: input.buffer(T.self), weight: scale.buffer(T.self), mean: mean.buffer(T.self),
                    rstd: rstd.buffer(T.self), columns: scale.count, into: dx.mutableBuffer(T.self), dweight: dw.mutableBuffer(T.self),
                    dbias: db.mutableBuffer(T.self))
                withExtendedLifetime((dy, input, scale, mean, rstd, dx)) {}
                withExtendedLifetime((dw, db)) {}
            }
            backward(dy.dtype.element)
            return [dx, dw, db]
        }
    }

    /// x / max(|x|, eps) along an axis, |x| the Euclidean length.
    public func normalize(dim: Int = -1, eps: Double = 1e-12) throws(TensorError) -> Tensor {
        let span = OperationSpan("normalize")
        defer { span.end() }
        return try self / Tensor.maximum(norm(dim: [dim], keepdim: true), eps)
    }

    /// Cosine of the angle between vectors along an axis: a·b / (max(|a|, eps) max(|b|, eps)); other axes broadcast.
    public static func cosineSimilarity(_ a: Tensor, _ b: Tensor, dim: Int = 1, eps: Double = 1e-8) throws(TensorError) -> Tensor {
        let span = OperationSpan("cosine_similarity")
        defer { span.end() }
        let rank = Swift.max(a.rank, b.rank)
        let axis = try Axis.resolve(dim, rank: rank, "cosine_similarity", of: a.rank >= b.rank ? a : b) - rank
        guard -axis <= a.rank, -axis <= b.rank, a.shape[axis] == b.shape[axis] else {
            throw TensorError(.cosineAxis(dim), operands: [a, b])
        }
        let unit = try (a / maximum(a.norm(dim: [axis], keepdim: true), eps), b / maximum(b.norm(dim: [axis], keepdim: true), eps))
        return try (unit.0 * unit.1).sum(dim: [axis])
    }
}
