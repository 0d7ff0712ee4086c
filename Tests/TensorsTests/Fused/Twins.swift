@testable import Tensors

/// The fused operations composed of plain ones, in f64: what they are held to.
enum Twin {
    static func embeddingSum(_ words: Tensor, _ positions: Tensor, _ types: Tensor, _ ids: [Int], _ places: [Int], _ kinds: [Int]) throws
        -> Tensor
    {
        try words.gatherRows(ids) + positions.gatherRows(places) + types.gatherRows(kinds)
    }

    static func biasGelu(_ x: Tensor, _ bias: Tensor) throws -> Tensor { try (x + bias).gelu() }

    static func residualLayerNorm(
        _ x: Tensor, _ residual: Tensor, _ weight: Tensor, _ bias: Tensor, eps: Double, inputBias: Tensor?, mask: Tensor?
    ) throws -> Tensor {
        var h = x
        if let inputBias { h = try h + inputBias }
        if let mask { h = try h * mask }
        h = try h + residual
        let centred = try h - h.mean(dim: [-1], keepdim: true)
        let variance = try (centred * centred).mean(dim: [-1], keepdim: true)
        return try centred / (variance + eps).sqrt() * weight + bias
    }

    /// `masks` has [heads, length, length] for each sequence.
    static func packedAttention(
        _ q: Tensor, _ k: Tensor, _ v: Tensor, offsets: [Int], heads: Int, causal: Bool = false, masks: [Tensor]?
    ) throws -> Tensor {
        let hidden = q.shape[1], size = hidden / heads
        var parts: [Tensor] = []
        for i in 0..<offsets.count - 1 where offsets[i] < offsets[i + 1] {
            let rows = Array(offsets[i]..<offsets[i + 1])
            func split(_ x: Tensor) throws -> Tensor { try x.gatherRows(rows).reshape([rows.count, heads, size]).transpose(0, 1) }
            var scores = try split(q).matmul(split(k).transpose(-1, -2)) / Double(size).squareRoot()
            if causal {
                let later = rows.indices.flatMap { i in rows.indices.map { $0 > i ? -1e30 : 0 } }
                scores = try scores + Tensor(later, shape: [rows.count, rows.count])
            }
            var weights = try scores.softmax(dim: -1)
            if let masks { weights = try weights * masks[i] }
            parts.append(try weights.matmul(split(v)).transpose(0, 1).reshape([rows.count, hidden]))
        }
        return parts.isEmpty ? try (q + k + v) * 0 : try Tensor.concat(parts, dim: 0)
    }

    static func segmentMean(_ x: Tensor, offsets: [Int]) throws -> Tensor {
        guard offsets.count > 1 else { return try x * 1 }
        return try Tensor.concat(
            (0..<offsets.count - 1).map { i in
                let rows = Array(offsets[i]..<offsets[i + 1])
                let part = try x.gatherRows(rows)
                // An empty part has the mean 0; as a sum it is still computed from x.
                return try rows.isEmpty ? part.sum(dim: [0], keepdim: true) : part.mean(dim: [0], keepdim: true)
            }, dim: 0)
    }

    /// What `dropout` multiplies with at each of `columns` positions of `row`: the layout that random.h documents, with `Philox` itself.
    static func mask(_ dropout: Dropout, row: Int, columns: Int) -> [Double] {
        let stream = dropout.generator.stream &+ dropout.generator.position &* 0x9e37_79b9_7f4a_7c15
        let random = Philox(seed: dropout.generator.seed, stream: stream)
        let threshold = UInt32(clamping: Int64((dropout.probability * 0x1p32).rounded()))
        return (0..<columns).map { at in
            let words = random.block(UInt64(row) << 32 | UInt64(at / 64 * 16 + at % 16))
            let word = [words.0, words.1, words.2, words.3][at % 64 / 16]
            return word >= threshold ? 1 / (1 - dropout.probability) : 0
        }
    }
}

/// Deterministic test values in -1...1.
func values(_ shape: Shape, seed: UInt64, scale: Double = 1) throws -> Tensor {
    var random = Philox(seed: seed)
    return try random.uniform(shape, from: -scale, to: scale)
}

/// Runs `fused` on f32 leaves and `twin` on f64 copies of them with the same cotangent, and returns the largest differences of the result
/// and of each gradient, relative to the largest value of each (at least 0.1).
func differences(
    _ inputs: [Tensor], fused: ([Tensor]) throws -> Tensor, twin: ([Tensor]) throws -> Tensor
) throws -> [Double] {
    let leaves = try inputs.map { try $0.requiringGrad() }, exact = try inputs.map { try $0.to(.f64).requiringGrad() }
    let y = try fused(leaves), expected = try twin(exact)
    var pairs = [(y.doubles(), expected.doubles())]
    let cotangent = try values(y.shape, seed: 99)
    try y.backward(cotangent: cotangent)
    try expected.backward(cotangent: cotangent.to(.f64))
    for (leaf, other) in zip(leaves, exact) {
        pairs.append((try leaf.gradient?.dense().doubles() ?? [], try other.gradient?.dense().doubles() ?? []))
    }
    return pairs.map { got, want in
        guard got.count == want.count else { return .infinity }
        let largest = want.reduce(0.1) { max($0, abs($1)) }
        return zip(got, want).reduce(0) { worst, pair in
            let difference = abs(pair.0 - pair.1) / largest
            return difference.isNaN ? .infinity : max(worst, difference)
        }
    }
}

/// The same with the kernels of a level.
func differences(
    _ inputs: [Tensor], level: Kernels.Level, fused: ([Tensor]) throws -> Tensor, twin: ([Tensor]) throws -> Tensor
) throws -> [Double] {
    try Kernels.with(level: level) { Result { try differences(inputs, fused: fused, twin: twin) } }.get()
}
