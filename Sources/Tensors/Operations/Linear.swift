extension Tensor {
    /// x Wᵀ + b for x [..., in], weight [out, in] and bias [out].
    public static func linear(_ x: Tensor, weight: Tensor, bias: Tensor? = nil) throws(TensorError) -> Tensor {
        let span = OperationSpan("linear")
        defer { span.end() }
        guard weight.rank == 2, x.rank >= 1, x.shape[-1] == weight.shape[1] else {
            throw TensorError(.linear, operands: [x, weight])
        }
        if let bias, bias.shape != [weight.shape[0]] {
            throw TensorError(.linearBias(weight.shape[0]), operands: [x, weight, bias])
        }
        let product = try x.matmul(weight.transposed)
        guard let bias else { return product }
        return try product + bias
    }

    /// Attention softmax(q kᵀ · scale + mask) v for q [..., n, d], k [..., m, d], v [..., m, e] (Vaswani et al. 2017).
    ///
    /// `scale` is 1/√d unless given. The mask broadcasts to [..., n, m]: bool keeps what is true, numbers are added.
    public static func scaledDotProductAttention(
        _ q: Tensor, _ k: Tensor, _ v: Tensor, mask: Tensor? = nil, scale: Double? = nil
    ) throws(TensorError) -> Tensor {
        let span = OperationSpan("scaled_dot_product_attention")
        defer { span.end() }
        guard q.rank >= 2, k.rank >= 2, v.rank >= 2, q.shape[-1] == k.shape[-1], k.shape[-2] == v.shape[-2] else {
            throw TensorError(.attention, operands: [q, k, v])
        }
        let scale = scale ?? 1 / Double(Swift.max(q.shape[-1], 1)).squareRoot()
        var scores = try q.matmul(k.transpose(-1, -2)) * scale
        if let mask {
            if mask.dtype == .bool {
                scores = try Tensor.where(mask, scores, Tensor(scalar: -.infinity, dtype: scores.dtype))
            } else {
                scores = try scores + mask
            }
        }
        return try scores.softmax(dim: -1).matmul(v)
    }
}
