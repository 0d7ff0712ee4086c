import Tensors

/// BERT's embeddings and encoder layers on packed batches.
final class BertEncoder {
    let configuration: BertConfiguration
    let words: Parameter
    let positions: Parameter
    let types: Parameter
    let norm: Norm
    let stack: LayerStack<BertLayer>
    /// The dense layer of `pooler_output`; some models are stored without it.
    let pooler: Dense?

    init(_ configuration: BertConfiguration, _ source: ParameterSource, needsPooler: Bool, poolerWeights: WeightFiles? = nil) throws {
        self.configuration = configuration
        let hidden = configuration.hiddenSize
        words = try source.parameter("embeddings.word_embeddings.weight", [configuration.vocabularySize, hidden])
        positions = try source.parameter("embeddings.position_embeddings.weight", [configuration.positions, hidden])
        types = try source.parameter("embeddings.token_type_embeddings.weight", [configuration.tokenTypes, hidden])
        norm = try Norm("embeddings.LayerNorm", size: hidden, source)
        stack = try LayerStack(configuration.layers, embeddings: [words, positions, types] + norm.parameters) {
            try BertLayer($0, configuration, source)
        }
        let poolerSource = poolerWeights.map(ParameterSource.init(dense:)) ?? source
        let hasPooler = needsPooler || source.contains("pooler.dense.weight")
        pooler = hasPooler ? try Dense("pooler.dense", inputs: hidden, outputs: hidden, poolerSource) : nil
    }

    /// In the order of Hugging Face's `named_parameters()`.
    var parameters: [Parameter] {
        [words, positions, types] + norm.parameters + stack.layers.flatMap(\.parameters) + (pooler?.parameters ?? [])
    }

    /// Makes the embeddings and all layers trainable.
    func unfreeze() {
        stack.unfreeze()
        for parameter in parameters { parameter.isTrainable = true }
    }

    /// The last layer's output, [tokens, hidden]. Frozen layers record no gradient and never drop.
    func callAsFunction(_ batch: TokenBatch, _ dropout: DropoutStreams?) throws -> Tensor {
        try stack(batch, dropout, embed: embed)
    }

    func embed(_ batch: TokenBatch, _ dropout: DropoutStreams?) throws -> Tensor {
        var positionIDs: [Int32] = []
        positionIDs.reserveCapacity(batch.ids.count)
        for text in 0..<batch.count { positionIDs.append(contentsOf: 0..<Int32(batch.length(text))) }
        let sum = try Fused.embeddingSum(
            words: words.tensor(reading: batch.ids), positions: positions.tensor(reading: positionIDs), types: types.tensor(reading: [0]),
            tokenIds: batch.ids, positionIds: positionIDs)
        let normalized = try norm(sum, eps: configuration.layerNormEpsilon)
        guard let dropout = dropout?.next(configuration.hiddenDropout) else { return normalized }
        return try Fused.dropout(normalized, dropout)
    }

    /// One vector for each text, [n, hidden].
    func pool(_ hidden: Tensor, offsets: [Int], _ pooling: Pooling) throws -> Tensor {
        switch pooling {
        case .mean: return try Fused.segmentMean(hidden, offsets: offsets)
        case .cls: return try Fused.segmentFirst(hidden, offsets: offsets)
        case .max: return try segments(hidden, offsets) { segment throws(TensorError) in try segment.max(dim: [0], keepdim: true) }
        case .meanSquareRootLength:
            let roots = zip(offsets.dropFirst(), offsets).map { Float($0 - $1).squareRoot() }
            return try Fused.segmentMean(hidden, offsets: offsets) * Tensor(roots, shape: [roots.count, 1])
        case .pooler:
            let first = try Fused.segmentFirst(hidden, offsets: offsets)
            guard let pooler else { throw ModelError(.missingTensor, "the model has no pooler", tensor: "pooler.dense.weight") }
            return try pooler(first).tanh()
        }
    }

    /// One row for each text, made of its rows by `reduce`.
    private func segments(
        _ hidden: Tensor, _ offsets: [Int], _ reduce: (Tensor) throws(TensorError) -> Tensor
    ) throws(TensorError) -> Tensor {
        var rows: [Tensor] = []
        for (start, stop) in zip(offsets, offsets.dropFirst()) {
            rows.append(try reduce(hidden.index([.slice(start: start, stop: stop)])))
        }
        return try Tensor.concat(rows, dim: 0)
    }
}
