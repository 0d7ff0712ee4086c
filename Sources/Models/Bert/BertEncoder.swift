import Statement
import Tensors

/// Gives the modules of a model their parameters by name, checked against the shapes that the configuration asks for.
struct ParameterSource {
    let weights: WeightFiles
    /// What the file's names begin with: "" or "bert.".
    let prefix: String

    /// Names in the file where they are not the model's own.
    private var renamed: [String: String] = [:]

    init(_ weights: WeightFiles) {
        self.weights = weights
        prefix = weights.contains("bert.embeddings.word_embeddings.weight") ? "bert." : ""
    }

    /// The weights of a sentence-transformers `Dense` module that serves as the pooler.
    init(dense weights: WeightFiles) {
        self.weights = weights
        prefix = ""
        renamed = ["pooler.dense.weight": "linear.weight", "pooler.dense.bias": "linear.bias"]
    }

    func contains(_ name: String) -> Bool { weights.contains(prefix + name) }

    func parameter(_ name: String, _ shape: [Int]) throws -> Parameter {
        try Parameter(name, weights.weight(renamed[name] ?? prefix + name, shape: shape, reason: "from config.json"))
    }
}

/// BERT's embeddings and encoder layers on packed batches.
final class BertEncoder {
    let configuration: BertConfiguration
    let words: Parameter
    let positions: Parameter
    let types: Parameter
    let norm: Norm
    let layers: [BertLayer]
    /// The dense layer of `pooler_output`; some models are stored without it.
    let pooler: Dense?
    /// Number of the lowest layers that are constants, together with the embeddings; nil when nothing is frozen.
    @Undoable private(set) var frozenLayers: Int?
    /// Outputs of the frozen layers for texts seen before.
    let frozenCache = FrozenCache()
    /// Whether a layer's inner results are computed again for its gradient instead of being kept.
    @Undoable var checkpointsLayers = false

    init(_ configuration: BertConfiguration, _ source: ParameterSource, needsPooler: Bool, poolerWeights: WeightFiles? = nil) throws {
        self.configuration = configuration
        let hidden = configuration.hiddenSize
        words = try source.parameter("embeddings.word_embeddings.weight", [configuration.vocabularySize, hidden])
        positions = try source.parameter("embeddings.position_embeddings.weight", [configuration.positions, hidden])
        types = try source.parameter("embeddings.token_type_embeddings.weight", [configuration.tokenTypes, hidden])
        norm = try Norm("embeddings.LayerNorm", size: hidden, source)
        // Grown one by one: an absurd number in the configuration must end at a missing tensor, not in a huge allocation.
        var layers: [BertLayer] = []
        while layers.count < configuration.layers { layers.append(try BertLayer(layers.count, configuration, source)) }
        self.layers = layers
        let poolerSource = poolerWeights.map(ParameterSource.init(dense:)) ?? source
        let hasPooler = needsPooler || source.contains("pooler.dense.weight")
        pooler = hasPooler ? try Dense("pooler.dense", inputs: hidden, outputs: hidden, poolerSource) : nil
    }

    var embeddingParameters: [Parameter] { [words, positions, types] + norm.parameters }

    /// In the order of Hugging Face's `named_parameters()`.
    var parameters: [Parameter] { embeddingParameters + layers.flatMap(\.parameters) + (pooler?.parameters ?? []) }

    /// Makes the embeddings and the lowest `count` layers constants. Earlier freezes are not undone.
    func freeze(layers count: Int) {
        frozenLayers = Swift.max(frozenLayers ?? 0, count)
        for parameter in frozenParameters { parameter.isTrainable = false }
    }

    private var frozenParameters: [Parameter] { embeddingParameters + layers.prefix(frozenLayers ?? 0).flatMap(\.parameters) }

    /// Makes the embeddings and all layers trainable.
    func unfreeze() {
        frozenLayers = nil
        frozenCache.clear()
        for parameter in parameters { parameter.isTrainable = true }
    }

    /// The last layer's output, [tokens, hidden]. Frozen layers record no gradient and never drop.
    func callAsFunction(_ batch: TokenBatch, _ dropout: DropoutStreams?) throws -> Tensor {
        guard let frozenLayers else {
            return try run(layers[...], embed(batch, dropout), batch.offsets, dropout)
        }
        return try run(layers.dropFirst(frozenLayers), constantPart(batch), batch.offsets, dropout)
    }

    /// The output of the frozen layers, which never changes for a text: the embeddings alone when no layer is frozen.
    func constantPart(_ batch: TokenBatch) throws -> Tensor {
        try noGrad {
            try frozenCache.output(of: batch, frozen: frozenParameters) { batch in
                try run(layers.prefix(frozenLayers ?? 0), embed(batch, nil), batch.offsets, nil)
            }
        }
    }

    private func run(_ layers: ArraySlice<BertLayer>, _ start: Tensor, _ offsets: [Int], _ dropout: DropoutStreams?) throws -> Tensor {
        try layers.reduce(start) { x, layer in
            if dropout == nil, !GradMode.isEnabled { return try layer.constant(x, offsets: offsets, configuration) }
            guard checkpointsLayers, GradMode.isEnabled else { return try layer(x, offsets: offsets, configuration, dropout) }
            let masks = dropout?.copy()
            // Takes the numbers of the layer's masks, so that the next layer draws its own.
            var first: DropoutStreams? = dropout
            return try Tensor.checkpoint(x, layer.parameters) { [configuration] x throws(TensorError) in
                defer { first = nil }
                return try layer(x, offsets: offsets, configuration, first ?? masks?.copy())
            }
        }
    }

    private func embed(_ batch: TokenBatch, _ dropout: DropoutStreams?) throws -> Tensor {
        var positionIDs: [Int32] = []
        positionIDs.reserveCapacity(batch.ids.count)
        for text in 0..<batch.count { positionIDs.append(contentsOf: 0..<Int32(batch.length(text))) }
        let sum = try Fused.embeddingSum(
            words: words.tensor(reading: batch.ids), positions: positions.tensor(reading: positionIDs), types: types.tensor(reading: [0]),
            tokenIds: batch.ids, positionIds: positionIDs)
        let normalized = try Tensor.layerNorm(
            sum, weight: norm.weight.tensor, bias: norm.bias.tensor, eps: configuration.layerNormEpsilon)
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
