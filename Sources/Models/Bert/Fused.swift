import Tensors

struct Dropout {
    let probability: Double
    var generator: Philox
    func mask(_ shape: Shape) throws -> Tensor {
        var generator = generator
        return try generator.dropoutMask(shape, probability: probability)
    }
}

/// Composed forms of the fused operations.
enum Fused {
    static func embeddingSum(words: Tensor, positions: Tensor, types: Tensor, tokenIds: [Int32], positionIds: [Int32]) throws -> Tensor {
        try words.gatherRows(tokenIds.map(Int.init)) + positions.gatherRows(positionIds.map(Int.init))
            + types.gatherRows(Array(repeating: 0, count: tokenIds.count))
    }
    static func biasGelu(_ x: Tensor, bias: Tensor) throws -> Tensor { try (x + bias).gelu() }
    static func residualLayerNorm(_ x: Tensor, residual: Tensor, _ weight: Tensor, _ bias: Tensor, eps: Double) throws -> Tensor {
        try Tensor.layerNorm(x + residual, weight: weight, bias: bias, eps: eps)
    }
    static func dropout(_ x: Tensor, _ dropout: Dropout) throws -> Tensor { try x * dropout.mask(x.shape) }
    static func packedAttention(_ q: Tensor, _ k: Tensor, _ v: Tensor, offsets: [Int], heads: Int, dropout: Dropout?) throws -> Tensor {
        let hidden = q.shape[1], size = hidden / heads
        var parts: [Tensor] = []
        for i in 0..<offsets.count - 1 {
            let rows = Array(offsets[i]..<offsets[i + 1])
            func split(_ x: Tensor) throws -> Tensor { try x.gatherRows(rows).reshape([rows.count, heads, size]).transpose(0, 1) }
            let scores = try split(q).matmul(split(k).transpose(-1, -2)) / Double(size).squareRoot()
            var weights = try scores.softmax(dim: -1)
            if let dropout { weights = try weights * dropout.mask(weights.shape) }
            parts.append(try weights.matmul(split(v)).transpose(0, 1).reshape([rows.count, hidden]))
        }
        return try Tensor.concat(parts, dim: 0)
    }
    static func segmentMean(_ x: Tensor, offsets: [Int]) throws -> Tensor {
        try Tensor.concat(
            (0..<offsets.count - 1).map { try x.gatherRows(Array(offsets[$0]..<offsets[$0 + 1])).mean(dim: [0], keepdim: true) }, dim: 0)
    }
    static func segmentFirst(_ x: Tensor, offsets: [Int]) throws -> Tensor { try x.gatherRows(Array(offsets.dropLast())) }
}
