import CKernels

extension Fused {
    /// Self-attention softmax(q kᵀ / √d) v within each sequence and head, with dropout of the probabilities (Vaswani et al. 2017).
    ///
    /// q, k and v are [tokens, hidden]; head h is the columns h d ..< (h + 1) d with d = hidden / heads. Probabilities stay in the cache
    /// and are computed again for the gradient, from one number a row and head.
    public static func packedAttention(
        _ q: Tensor, _ k: Tensor, _ v: Tensor, offsets: [Int], heads: Int, dropout: Dropout? = nil
    ) throws(TensorError) -> Tensor {
        let operation = "packed_attention"
        let span = OperationSpan(operation)
        defer { span.end() }
        let attention = try PackedAttention(
            query: Packed.matrix(q, operation, "q"), key: Packed.matrix(k, operation, "k"), value: Packed.matrix(v, operation, "v"),
            offsets: offsets, heads: heads, dropout: dropout)
        let out = try Tensor.uninitialized(q.shape, .f32, operation)
        let records = Packed.records([q, k, v])
        let logsumexp = records ? try Tensor.uninitialized([q.shape[0], heads], .f32, operation) : nil
        try attention.forward(out, logsumexp)
        guard let logsumexp else { return out }
        let result = out.detach()
        return Tensor.recordingDense(operation, out, inputs: [q, k, v]) { dy, _ throws(TensorError) in
            try attention.gradient(dy, result, logsumexp)
        }
    }
}

/// The operands of an attention layer, checked.
private struct PackedAttention: Sendable {
    let query: Tensor, key: Tensor, value: Tensor
    let offsets: [Int64]
    let heads: Int
    let dropout: eft_dropout

    private static let operation = "packed_attention"

    init(query: Tensor, key: Tensor, value: Tensor, offsets: [Int], heads: Int, dropout: Dropout?) throws(TensorError) {
        try Packed.same(query, key, Self.operation)
        try Packed.same(query, value, Self.operation)
        try Packed.offsets(offsets, rows: query.shape[0], Self.operation)
        guard heads > 0, query.shape[1] > 0, query.shape[1] % heads == 0 else {
            throw TensorError(.value, Self.operation, "\(query.shape[1]) columns do not split into \(heads) heads", operands: [query])
        }
        (self.query, self.key, self.value, self.heads) = (query, key, value, heads)
        self.offsets = offsets.map(Int64.init)
        self.dropout = try dropout?.kernel(Self.operation) ?? eft_dropout()
    }

    /// Multiplications and additions of one product of the scores' size, over all sequences and heads.
    private var productOperations: Int {
        2 * hidden * zip(offsets, offsets.dropFirst()).reduce(0) { $0 + Int($1.1 - $1.0) * Int($1.1 - $1.0) }
    }

    func forward(_ out: Tensor, _ logsumexp: Tensor?) throws(TensorError) {
        // q kᵀ and p v.
        OperationObservation.current?.multiplied(operations: 2 * productOperations)
        try run([out] + (logsumexp.map { [$0] } ?? [])) { layer in
            layer.out = out.mutableBase(Float.self)
            layer.logsumexp = logsumexp?.mutableBase(Float.self)
            return eft_attention_forward(&layer)
        }
    }

    func gradient(_ dy: Tensor, _ out: Tensor, _ logsumexp: Tensor) throws(TensorError) -> [Tensor?] {
        // q kᵀ again, dp, dv, dq and dk.
        OperationObservation.current?.multiplied(operations: 5 * productOperations)
        let dy = try dy.contiguous()
        let dq = try Tensor.uninitialized(dy.shape, .f32, Self.operation), dk = try Tensor.uninitialized(dy.shape, .f32, Self.operation)
        let dv = try Tensor.uninitialized(dy.shape, .f32, Self.operation)
        try run([dy, out, logsumexp, dq, dk, dv]) { layer in
            layer.out = out.mutableBase(Float.self)
            layer.logsumexp = logsumexp.mutableBase(Float.self)
            layer.dout = dy.base(Float.self)
            (layer.dq, layer.dk, layer.dv) = (dq.mutableBase(Float.self), dk.mutableBase(Float.self), dv.mutableBase(Float.self))
            (layer.dout_row, layer.dq_row, layer.dk_row, layer.dv_row) = (hidden, hidden, hidden, hidden)
            return eft_attention_gradient(&layer)
        }
        return [dq, dk, dv]
    }

    private var hidden: Int { query.shape[1] }

    /// Fills in what both directions read and calls `body`; all tensors, contiguous [tokens, hidden], live until it returns.
    private func run(_ tensors: [Tensor], _ body: (inout eft_attention) -> Bool) throws(TensorError) {
        let done = offsets.withUnsafeBufferPointer { offsets in
            var layer = eft_attention()
            (layer.q, layer.k, layer.v) = (query.base(Float.self), key.base(Float.self), value.base(Float.self))
            (layer.q_row, layer.k_row, layer.v_row, layer.out_row) = (hidden, hidden, hidden, hidden)
            layer.offsets = offsets.baseAddress
            layer.sequences = offsets.count - 1
            layer.heads = heads
            layer.size = hidden / heads
            layer.scale = 1 / Float(hidden / heads).squareRoot()
            layer.dropout = dropout
            return body(&layer)
        }
        withExtendedLifetime((self, tensors)) {}
        if !done { throw TensorError(.memory, Self.operation, "no memory for the scores of a sequence", operands: [query]) }
    }
}
