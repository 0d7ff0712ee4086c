import CKernels

extension Fused {
    /// Self-attention softmax(q kᵀ / √d) v within each sequence and head, with dropout of the probabilities (Vaswani et al. 2017).
    ///
    /// q, k and v are [tokens, hidden]; head h is the columns h d ..< (h + 1) d with d = hidden / heads. Probabilities stay in the cache
    /// and are computed again for the gradient, from one number a row and head. With `causal`, a row attends only to itself and the rows of
    /// its sequence before it (Radford et al. 2019).
    public static func packedAttention(
        _ q: Tensor, _ k: Tensor, _ v: Tensor, offsets: [Int], heads: Int, causal: Bool = false, dropout: Dropout? = nil
    ) throws(TensorError) -> Tensor {
        let operation = "packed_attention"
        let span = OperationSpan(operation)
        defer { span.end() }
        let query = try Packed.matrix(q, operation, "q"), key = try Packed.matrix(k, operation, "k")
        let value = try Packed.matrix(v, operation, "v")
        try Packed.same(query, key, operation)
        try Packed.same(query, value, operation)
        let hidden = query.shape[1]
        let attention = try PackedAttention(
            [query, key, value].map { Columns($0, from: 0) }, hidden: hidden, offsets: offsets, heads: heads, causal: causal,
            dropout: dropout)
        let out = try Tensor.uninitialized(q.shape, .f32, operation)
        let records = Packed.records([q, k, v])
        let logsumexp = records ? try Tensor.uninitialized([q.shape[0], heads], .f32, operation) : nil
        try attention.forward(out, logsumexp)
        guard let logsumexp else { return out }
        let result = out.detach()
        return Tensor.recordingDense(operation, out, inputs: [q, k, v]) { dy, _ throws(TensorError) in
            var gradients: [Tensor] = []
            for _ in 0..<3 { gradients.append(try Tensor.uninitialized(dy.shape, .f32, operation)) }
            try attention.gradient(dy.contiguous(), result, logsumexp, into: gradients.map { Columns($0, from: 0) })
            return gradients
        }
    }

    /// `packedAttention` of three linear maps of x [tokens, in], each with a weight [hidden, in] and a bias [hidden]: they are one product
    /// forward and two backward, whose operands go through the cache once.
    public static func selfAttention(
        _ x: Tensor, query: EncoderLayerWeights.Linear, key: EncoderLayerWeights.Linear, value: EncoderLayerWeights.Linear, offsets: [Int],
        heads: Int, causal: Bool = false, dropout: Dropout? = nil
    ) throws(TensorError) -> Tensor {
        let operation = "packed_attention"
        let span = OperationSpan(operation)
        defer { span.end() }
        let input = try Packed.matrix(x, operation, "the input")
        let (tokens, inner, hidden) = (input.shape[0], input.shape[1], query.bias.count)
        var inputs = [x], weights: [Tensor] = [], biases: [Tensor] = []
        for (map, name) in [(query, "the queries"), (key, "the keys"), (value, "the values")] {
            inputs += [map.weight, map.bias]
            let weight = try Packed.matrix(map.weight, operation, "the weight of \(name)")
            guard weight.shape == [hidden, inner] else {
                throw TensorError(
                    .shape, operation, "the weight of \(name) must be [\(hidden), \(inner)]", operands: [map.weight])
            }
            weights.append(weight.detach())
            biases.append(try Packed.vector(map.bias, hidden, operation, "the bias of \(name)").detach())
        }
        let weight = try Tensor.concat(weights), bias = try Tensor.concat(biases)
        let projected = try Tensor.uninitialized([tokens, 3 * hidden], .f32, operation)
        try linear(.forward, [PackedProduct(input, weight, bTransposed: true, bias: bias, into: projected)])
        let attention = try PackedAttention(
            Columns.thirds(projected), hidden: hidden, offsets: offsets, heads: heads, causal: causal, dropout: dropout)
        let out = try Tensor.uninitialized([tokens, hidden], .f32, operation)
        let logsumexp = Packed.records(inputs) ? try Tensor.uninitialized([tokens, heads], .f32, operation) : nil
        try attention.forward(out, logsumexp)
        guard let logsumexp else { return out }
        let result = out.detach()
        return Tensor.recordingDense(operation, out, inputs: inputs) { dy, needs throws(TensorError) in
            let d = try Tensor.uninitialized([tokens, 3 * hidden], .f32, operation)
            try attention.gradient(dy.contiguous(), result, logsumexp, into: Columns.thirds(d))
            let dx = needs[0] ? try Tensor.uninitialized([tokens, inner], .f32, operation) : nil
            var products = dx.map { [PackedProduct(d, weight, into: $0)] } ?? []
            guard (1...6).contains(where: { needs[$0] }) else {
                try linear(.backward, products)
                return [dx] + [Tensor?](repeating: nil, count: 6)
            }
            let dw = try Tensor.uninitialized(weight.shape, .f32, operation), db = try Tensor.uninitialized(bias.shape, .f32, operation)
            products.append(PackedProduct(d, aTransposed: true, input, into: dw))
            try linear(.backward, products)
            Kernels.sum(d.elements, outer: 1, reduced: tokens, inner: 3 * hidden, into: db.newElements)
            withExtendedLifetime(d) {}
            return [dx]
                + (0..<3).flatMap { i in
                    [dw, db].map { $0.view($0.layout.sliced(axis: 0, start: i * hidden, step: 1, count: hidden)) }
                }
        }
    }

    /// Products that a profile counts among the linear maps.
    private static func linear(_ pass: OperationPass, _ products: [PackedProduct]) throws(TensorError) {
        let span = OperationSpan("linear", pass)
        defer { span.end() }
        try Products.run(products, "linear")
    }
}

/// As many columns as the user says of a contiguous f32 matrix, from one on.
private struct Columns {
    let matrix: Tensor
    let first: Int

    init(_ matrix: Tensor, from first: Int) { (self.matrix, self.first) = (matrix, first) }

    /// The three parts of a matrix of three times as many columns.
    static func thirds(_ matrix: Tensor) -> [Columns] { (0..<3).map { Columns(matrix, from: $0 * (matrix.shape[1] / 3)) } }

    var base: UnsafePointer<Float> { matrix.base(Float.self) + first }
    var mutableBase: UnsafeMutablePointer<Float> { matrix.mutableBase(Float.self) + first }
    /// Distance between rows.
    var row: Int { matrix.shape[1] }
}

/// The operands of an attention layer, checked.
private struct PackedAttention: Sendable {
    let query: Columns, key: Columns, value: Columns
    let hidden: Int
    let offsets: [Int64]
    let heads: Int
    let causal: Bool
    let dropout: eft_dropout

    private static let operation = "packed_attention"

    /// Queries, keys and values, `hidden` columns each and equally many rows.
    init(_ operands: [Columns], hidden: Int, offsets: [Int], heads: Int, causal: Bool, dropout: Dropout?) throws(TensorError) {
        (query, key, value, self.hidden, self.heads) = (operands[0], operands[1], operands[2], hidden, heads)
        try Packed.offsets(offsets, rows: query.matrix.shape[0], Self.operation)
        guard heads > 0, hidden > 0, hidden % heads == 0 else {
            throw TensorError(.value, Self.operation, "\(hidden) columns do not split into \(heads) heads", operands: [query.matrix])
        }
        self.offsets = offsets.map(Int64.init)
        self.causal = causal
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

    /// `dy` is contiguous [tokens, hidden]; the gradients of queries, keys and values are written.
    func gradient(_ dy: Tensor, _ out: Tensor, _ logsumexp: Tensor, into gradients: [Columns]) throws(TensorError) {
        // q kᵀ again, dp, dv, dq and dk.
        OperationObservation.current?.multiplied(operations: 5 * productOperations)
        let (dq, dk, dv) = (gradients[0], gradients[1], gradients[2])
        try run([dy, out, logsumexp] + gradients.map(\.matrix)) { layer in
            layer.out = out.mutableBase(Float.self)
            layer.logsumexp = logsumexp.mutableBase(Float.self)
            layer.dout = dy.base(Float.self)
            (layer.dq, layer.dk, layer.dv) = (dq.mutableBase, dk.mutableBase, dv.mutableBase)
            (layer.dout_row, layer.dq_row, layer.dk_row, layer.dv_row) = (hidden, dq.row, dk.row, dv.row)
            return eft_attention_gradient(&layer)
        }
    }

    /// Fills in what both directions read and calls `body`; all tensors live until it returns.
    private func run(_ tensors: [Tensor], _ body: (inout eft_attention) -> Bool) throws(TensorError) {
        let done = offsets.withUnsafeBufferPointer { offsets in
            var layer = eft_attention()
            (layer.q, layer.k, layer.v) = (query.base, key.base, value.base)
            (layer.q_row, layer.k_row, layer.v_row, layer.out_row) = (query.row, key.row, value.row, hidden)
            layer.offsets = offsets.baseAddress
            layer.sequences = offsets.count - 1
            layer.heads = heads
            layer.size = hidden / heads
            layer.scale = 1 / Float(hidden / heads).squareRoot()
            layer.causal = causal
            layer.dropout = dropout
            return body(&layer)
        }
        withExtendedLifetime((self, tensors)) {}
        if !done { throw TensorError(.memory, Self.operation, "no memory for the scores of a sequence", operands: [query.matrix]) }
    }
}
