import Statement
import Tensors

/// One layer of a transformer on packed batches, [tokens, hidden] to the same.
protocol EncoderLayer {
    /// In the order of Hugging Face's `named_parameters()`.
    var parameters: [Parameter] { get }
    /// `dropout` is nil outside of training.
    func callAsFunction(_ x: Tensor, offsets: [Int], _ dropout: DropoutStreams?) throws(TensorError) -> Tensor
    /// The same without gradient and dropout, in one operation: a sequence's rows come out the same to the bit in whatever batch it is.
    func constant(_ x: Tensor, offsets: [Int]) throws(TensorError) -> Tensor
}

/// The layers of an encoder, of which the lowest may be frozen together with the embeddings below them.
final class LayerStack<Layer: EncoderLayer> {
    let layers: [Layer]
    /// What is frozen with the lowest layers, and without any of them.
    private let embeddingParameters: [Parameter]
    /// Number of the lowest layers that are constants, together with the embeddings; nil when nothing is frozen.
    @Undoable private(set) var frozenLayers: Int?
    /// Outputs of the frozen layers for inputs seen before.
    let frozenCache = FrozenCache()
    /// Whether a layer's inner results are computed again for its gradient instead of being kept.
    @Undoable var checkpointsLayers = false

    /// `layer` makes the layer of a place.
    init(_ count: Int, embeddings: [Parameter], _ layer: (Int) throws -> Layer) throws {
        embeddingParameters = embeddings
        // Grown one by one: an absurd number in the configuration must end at a missing tensor, not in a huge allocation.
        var layers: [Layer] = []
        while layers.count < count { layers.append(try layer(layers.count)) }
        self.layers = layers
    }

    /// Makes the embeddings and the lowest `count` layers constants. Earlier freezes are not undone. At least one layer must stay
    /// trainable.
    func freeze(layers count: Int) throws(ModelError) {
        guard count >= 0 else {
            throw ModelError(.invalidArgument, "the number of fixed layers must not be negative", expected: "0 or more", found: "\(count)")
        }
        guard count < layers.count else {
            throw ModelError(
                .invalidArgument, "Number of fixed layers (\(count)) >= number of existing layers (\(layers.count))",
                help: "Fix at most \(layers.count - 1) layers")
        }
        frozenLayers = Swift.max(frozenLayers ?? 0, count)
        for parameter in frozenParameters { parameter.isTrainable = false }
    }

    /// Lets the frozen layers train again, and forgets what they gave; the parameters are the owner's to set free.
    func unfreeze() {
        frozenLayers = nil
        frozenCache.clear()
    }

    private var frozenParameters: [Parameter] { embeddingParameters + layers.prefix(frozenLayers ?? 0).flatMap(\.parameters) }

    /// The last layer's output, [tokens, hidden]. Frozen layers record no gradient and never drop. `embed` makes the lowest layer's input.
    func callAsFunction<Batch: FrozenCache.Batch>(
        _ batch: Batch, _ dropout: DropoutStreams?, embed: (Batch, DropoutStreams?) throws -> Tensor
    ) throws -> Tensor {
        guard let frozenLayers else { return try run(layers[...], embed(batch, dropout), batch.offsets, dropout) }
        return try run(layers.dropFirst(frozenLayers), constantPart(batch, embed: embed), batch.offsets, dropout)
    }

    /// The output of the frozen layers, which never changes for an input: the embeddings alone when no layer is frozen.
    func constantPart<Batch: FrozenCache.Batch>(_ batch: Batch, embed: (Batch, DropoutStreams?) throws -> Tensor) throws -> Tensor {
        try noGrad {
            try frozenCache.output(of: batch, frozen: frozenParameters) { batch in
                try run(layers.prefix(frozenLayers ?? 0), embed(batch, nil), batch.offsets, nil)
            }
        }
    }

    private func run(_ layers: ArraySlice<Layer>, _ start: Tensor, _ offsets: [Int], _ dropout: DropoutStreams?) throws -> Tensor {
        try layers.reduce(start) { x, layer in
            if dropout == nil, !GradMode.isEnabled { return try layer.constant(x, offsets: offsets) }
            guard checkpointsLayers, GradMode.isEnabled else { return try layer(x, offsets: offsets, dropout) }
            let masks = dropout?.copy()
            // Takes the numbers of the layer's masks, so that the next layer draws its own.
            var first: DropoutStreams? = dropout
            return try Tensor.checkpoint(x, layer.parameters) { x throws(TensorError) in
                defer { first = nil }
                return try layer(x, offsets: offsets, first ?? masks?.copy())
            }
        }
    }
}
