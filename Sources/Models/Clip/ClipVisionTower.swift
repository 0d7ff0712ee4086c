import Images
import Tensors

/// CLIP's vision transformer (Dosovitskiy et al. 2021) with its projection, on images of one size.
final class ClipVisionTower {
    private let configuration: ClipConfiguration
    private let classEmbedding: Parameter
    private let patches: Parameter
    private let positions: Parameter
    private let firstNorm: Norm
    let stack: LayerStack<ClipLayer>
    private let finalNorm: Norm
    private let projection: Parameter

    init(_ configuration: ClipConfiguration, _ source: ParameterSource) throws {
        self.configuration = configuration
        let (hidden, patch) = (configuration.vision.hiddenSize, configuration.patchSize)
        classEmbedding = try source.parameter("vision_model.embeddings.class_embedding", [hidden])
        patches = try source.parameter("vision_model.embeddings.patch_embedding.weight", [hidden, configuration.channels, patch, patch])
        positions = try source.parameter("vision_model.embeddings.position_embedding.weight", [configuration.patches + 1, hidden])
        // The name is misspelt in the models.
        firstNorm = try Norm("vision_model.pre_layrnorm", size: hidden, source)
        // The norm of the embeddings counts among them, as BERT's does: nothing below a frozen layer is trained.
        stack = try LayerStack(configuration.vision.layers, embeddings: [classEmbedding, patches, positions] + firstNorm.parameters) {
            try ClipLayer("vision_model.encoder.layers.\($0).", configuration.vision, isCausal: false, source)
        }
        finalNorm = try Norm("vision_model.post_layernorm", size: hidden, source)
        projection = try source.parameter("visual_projection.weight", [configuration.projectionSize, hidden])
    }

    var parameters: [Parameter] {
        [classEmbedding, patches, positions] + firstNorm.parameters + stack.layers.flatMap(\.parameters) + finalNorm.parameters
            + [projection]
    }

    /// One vector for each image, [n, projection]. All have the configuration's shape.
    func callAsFunction(_ images: [PixelValues], _ dropout: DropoutStreams?) throws -> Tensor {
        let batch = ImageBatch(images: images, rows: configuration.patches + 1)
        let hidden = try stack(batch, dropout) { batch, _ in try embed(batch.images) }
        let pooled = try finalNorm(Fused.segmentFirst(hidden, offsets: batch.offsets), eps: configuration.vision.layerNormEpsilon)
        return try Fused.linear(pooled, weight: projection.tensor)
    }

    /// [n · (patches + 1), hidden]: of each image the class embedding and its patches from the top left, with their positions, normalised.
    private func embed(_ images: [PixelValues]) throws -> Tensor {
        let (count, hidden, patch) = (images.count, configuration.vision.hiddenSize, configuration.patchSize)
        let (channels, side) = (configuration.channels, configuration.imageSize / patch)
        let width = channels * patch * patch
        let pixels = try Tensor(images.flatMap(\.numbers), shape: [count, channels, side, patch, side, patch])
        // A convolution whose steps are as long as its kernel is one product with the patches as rows.
        let rows = try pixels.permute([0, 2, 4, 1, 3, 5]).reshape([count * side * side, width])
        let embedded = try Fused.linear(rows, weight: patches.tensor.reshape([hidden, width])).reshape([count, side * side, hidden])
        let classes = try classEmbedding.tensor.reshape([1, 1, hidden]).expand([count, 1, hidden])
        let sum = try Tensor.concat([classes, embedded], dim: 1) + positions.tensor
        return try firstNorm(sum.reshape([count * (side * side + 1), hidden]), eps: configuration.vision.layerNormEpsilon)
    }
}

/// Images as sequences of equally many rows.
private struct ImageBatch: FrozenCache.Batch {
    let images: [PixelValues]
    let rows: Int

    var offsets: [Int] { (0...images.count).map { $0 * rows } }
    func key(_ index: Int) -> FrozenCache.Key { .pixels(images[index]) }
    func selecting(_ indices: [Int]) -> ImageBatch { ImageBatch(images: indices.map { images[$0] }, rows: rows) }
}
