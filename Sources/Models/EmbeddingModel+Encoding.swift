import Foundation
import Tensors

extension EmbeddingModel {
    /// Vectors of the texts, [n, dimension], in their order: no gradient, no dropout, no prefix.
    ///
    /// Texts are encoded `batchSize` at a time, sorted by length, each distinct one once. `normalize` overrides what the directory
    /// asks for. An empty list gives [0, dimension]. `beforeBatch` may throw, which ends the work early.
    public func encode(
        _ texts: [String], batchSize: Int = 32, normalize: Bool? = nil, beforeBatch: () throws -> Void = {}
    ) throws -> Tensor {
        guard batchSize > 0 else {
            throw ModelError(.invalidArgument, "the batch size must be positive", expected: "1 or more", found: "\(batchSize)")
        }
        let distinct = DistinctTexts(tokenize(texts))
        let order = (0..<distinct.batch.count).sorted {
            (distinct.batch.length($1), $0) < (distinct.batch.length($0), $1)
        }
        var rows = [Int](repeating: 0, count: order.count)
        for (row, text) in order.enumerated() { rows[text] = row }
        return try noGrad {
            var parts: [Tensor] = []
            var pending: [Int] = []
            var tokens = 0
            for start in stride(from: 0, to: order.count, by: batchSize) {
                try beforeBatch()
                let batch = order[start..<Swift.min(start + batchSize, order.count)]
                pending += batch
                tokens += batch.reduce(0) { $0 + distinct.batch.length($1) }
                guard tokens >= Self.tokensWorthAPass || batch.endIndex == order.count else { continue }
                parts.append(try vectors(distinct.batch.selecting(pending), normalize: normalize ?? normalizes, dropout: nil))
                (pending, tokens) = ([], 0)
            }
            guard !parts.isEmpty else { return try Tensor.zeros([0, dimension]) }
            return try Tensor.concat(parts, dim: 0).gatherRows(distinct.places.map { rows[$0] })
        }
    }

    /// Small batches are put together up to here: the weights are packed once a pass, and a text's vector does not depend on its batch.
    private static let tokensWorthAPass = 4096

    /// Vectors of tokenized texts, [n, dimension], with gradient and, while training, dropout.
    public func forward(_ batch: TokenBatch) throws -> Tensor {
        guard isTraining else { return try vectors(batch, normalize: normalizes, dropout: nil) }
        let streams = DropoutStreams(dropoutState)
        dropoutState.step &+= 1
        return try vectors(batch, normalize: normalizes, dropout: streams)
    }

    private func vectors(_ batch: TokenBatch, normalize: Bool, dropout: DropoutStreams?) throws -> Tensor {
        guard batch.count > 0 else { return try Tensor.zeros([0, dimension]) }
        let pooled = try denseLayers.reduce(encoder.pool(encoder(batch, dropout), offsets: batch.offsets, pooling)) { try $1($0) }
        return normalize ? try pooled.normalize(dim: -1, eps: 1e-12) : pooled
    }
}

/// A batch without repetitions, and where each original text went.
struct DistinctTexts {
    private(set) var batch = TokenBatch()
    /// For each text of the original batch its place in `batch`.
    private(set) var places: [Int] = []

    /// Texts are the same when their tokens are: equal tokens give equal vectors.
    init(_ original: TokenBatch) {
        var known: [ArraySlice<Int32>: Int] = [:]
        for index in 0..<original.count {
            let ids = original[index]
            let place = known[ids] ?? batch.count
            if place == batch.count {
                known[ids] = place
                batch.append(ids)
            }
            places.append(place)
        }
    }
}
