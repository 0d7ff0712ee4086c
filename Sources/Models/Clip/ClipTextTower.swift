import Tensors

/// CLIP's text encoder with its projection, on packed batches.
///
/// Attention is causal, so what padding there would be behind a text's end could not be seen from it: nothing is padded.
final class ClipTextTower {
    private let configuration: ClipConfiguration
    private let words: Parameter
    private let positions: Parameter
    let stack: LayerStack<ClipLayer>
    private let finalNorm: Norm
    private let projection: Parameter

    init(_ configuration: ClipConfiguration, _ source: ParameterSource) throws {
        self.configuration = configuration
        let hidden = configuration.text.hiddenSize
        words = try source.parameter("text_model.embeddings.token_embedding.weight", [configuration.vocabularySize, hidden])
        positions = try source.parameter("text_model.embeddings.position_embedding.weight", [configuration.positions, hidden])
        stack = try LayerStack(configuration.text.layers, embeddings: [words, positions]) {
            try ClipLayer("text_model.encoder.layers.\($0).", configuration.text, isCausal: true, source)
        }
        finalNorm = try Norm("text_model.final_layer_norm", size: hidden, source)
        projection = try source.parameter("text_projection.weight", [configuration.projectionSize, hidden])
    }

    var parameters: [Parameter] {
        [words, positions] + stack.layers.flatMap(\.parameters) + finalNorm.parameters + [projection]
    }

    /// One vector for each text, [n, projection]. Every text has at least one token and no more than there are positions.
    func callAsFunction(_ batch: TokenBatch, _ dropout: DropoutStreams?) throws -> Tensor {
        let hidden = try stack(batch, dropout) { batch, _ in
            let places = (0..<batch.count).flatMap { 0..<batch.length($0) }
            return try words.tensor(reading: batch.ids).gatherRows(batch.ids.map(Int.init))
                + positions.tensor(reading: places.map(Int32.init)).gatherRows(places)
        }
        // The norm goes row by row, so it is spared the rows that are not pooled.
        let ends = (0..<batch.count).map { batch.offsets[$0] + end(of: batch[$0]) }
        let pooled = try finalNorm(hidden.gatherRows(ends), eps: configuration.text.layerNormEpsilon)
        return try Fused.linear(pooled, weight: projection.tensor)
    }

    /// The place of the token that stands for a text; the first token where the text has no end.
    private func end(of ids: ArraySlice<Int32>) -> Int {
        let place =
            switch configuration.endOfText {
            case .highestID: ids.max().flatMap { ids.firstIndex(of: $0) }
            case .id(let id): ids.firstIndex(of: id)
            }
        return place.map { $0 - ids.startIndex } ?? 0
    }
}
