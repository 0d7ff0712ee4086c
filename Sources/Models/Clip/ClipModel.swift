import Images
import Statement
import Tensors

/// A CLIP model (Radford et al. 2021): a tower that turns texts into vectors and one that turns images into vectors of the same space.
///
/// Queries are texts, items are images of `configuration.imageSize`. After loading, dropout is off and every parameter is trainable.
public final class ClipModel {
    /// Where the model was loaded from.
    public let directory: String
    public let configuration: ClipConfiguration
    public let tokenizer: BytePairTokenizer
    /// Longest text in tokens, its start and end among them; the rest is cut off.
    public let maxLength: Int
    /// Whether vectors are divided by their length.
    public let normalizes: Bool
    @Undoable public internal(set) var isTraining = false
    /// Where the masks of dropout come from, for each tower; set them to repeat a run.
    @Undoable var textDropout = DropoutState(seed: 0)
    @Undoable var imageDropout = DropoutState(seed: 0)

    /// What is done to an image before the vision tower sees it, as the directory says.
    public let preprocessing: ImagePreprocessing

    let textTower: ClipTextTower
    let visionTower: ClipVisionTower
    let folder: String
    let files: DirectoryFiles

    init(
        _ directory: ClipDirectory, _ configuration: ClipConfiguration, _ tokenizer: BytePairTokenizer, maxLength: Int,
        _ weights: WeightFiles
    ) throws {
        self.directory = directory.url.path
        self.configuration = configuration
        self.tokenizer = tokenizer
        self.maxLength = maxLength
        normalizes = directory.normalizes
        preprocessing = try ImagePreprocessing(in: directory.folder, imageSize: configuration.imageSize)
        folder = directory.path
        let source = ParameterSource(weights)
        textTower = try ClipTextTower(configuration, source)
        visionTower = try ClipVisionTower(configuration, source)
        let names = Set((textTower.parameters + visionTower.parameters).map(\.name))
        // logit_scale, which only contrastive pre-training reads, and the position ids of older files.
        let others = weights.names.filter { !names.contains($0) }.sorted().compactMap(weights.stored)
        files = try DirectoryFiles(directory.url, files: directory.files, prefix: "", buffers: others)
    }

    /// Length of a vector.
    public var dimension: Int { configuration.projectionSize }

    /// Token ids of each text, at most `maxLength` of them.
    public func tokenize(_ texts: [String]) -> TokenBatch { tokenizer.encode(texts, maxLength: maxLength, threads: Parallel.threads) }

    /// Whether training keeps only each layer's input and computes the rest again for the gradient: the same bits for less memory and
    /// about a third more time.
    public var checkpointsLayers: Bool {
        get { textTower.stack.checkpointsLayers }
        set {
            textTower.stack.checkpointsLayers = newValue
            visionTower.stack.checkpointsLayers = newValue
        }
    }

    /// All parameters but `logit_scale`, under the names of Hugging Face's `CLIPModel`; those of the text tower first.
    public var parameters: [Parameter] { textTower.parameters + visionTower.parameters }

    // MARK: Vectors

    /// Vectors of texts and images, [n, dimension], in their order: no gradient, no dropout.
    ///
    /// They are encoded `batchSize` at a time, each distinct one once. `normalize` overrides what the directory asks for. An empty list
    /// gives [0, dimension]. `beforeBatch` may throw, which ends the work early.
    public func encode(
        _ contents: [ItemContent], batchSize: Int = 32, normalize: Bool? = nil, beforeBatch: () throws -> Void = {}
    ) throws -> Tensor {
        guard batchSize > 0 else {
            throw ModelError(.invalidArgument, "the batch size must be positive", expected: "1 or more", found: "\(batchSize)")
        }
        let isNormalized = normalize ?? normalizes
        let texts = contents.compactMap(\.text)
        let tokens = DistinctTexts(tokenize(texts))
        let images = DistinctImages(try contents.enumerated().compactMap { try pixels(of: $1, place: $0, required: false) })
        return try noGrad {
            var parts = [try Tensor.zeros([0, dimension])]
            for start in stride(from: 0, to: tokens.batch.count, by: batchSize) {
                try beforeBatch()
                let batch = tokens.batch.selecting(Array(start..<Swift.min(start + batchSize, tokens.batch.count)))
                parts.append(try textVectors(batch, isNormalized, dropout: nil))
            }
            for start in stride(from: 0, to: images.images.count, by: batchSize) {
                try beforeBatch()
                let batch = images.images[start..<Swift.min(start + batchSize, images.images.count)]
                parts.append(try imageVectors(Array(batch), isNormalized, dropout: nil))
            }
            var (text, image) = (0, 0)
            let rows = contents.map { content in
                if content.text != nil {
                    defer { text += 1 }
                    return tokens.places[text]
                }
                defer { image += 1 }
                return tokens.batch.count + images.places[image]
            }
            return try Tensor.concat(parts, dim: 0).gatherRows(rows)
        }
    }

    /// Vectors of tokenized texts, [n, dimension], with gradient and, while training, dropout.
    func forward(_ batch: TokenBatch) throws -> Tensor {
        guard isTraining else { return try textVectors(batch, normalizes, dropout: nil) }
        let streams = DropoutStreams(textDropout)
        textDropout.step &+= 1
        return try textVectors(batch, normalizes, dropout: streams)
    }

    /// The same of images that `pixels(of:place:)` has checked.
    func forward(_ images: [PixelValues]) throws -> Tensor {
        guard isTraining else { return try imageVectors(images, normalizes, dropout: nil) }
        let streams = DropoutStreams(imageDropout)
        imageDropout.step &+= 1
        return try imageVectors(images, normalizes, dropout: streams)
    }

    private func textVectors(_ batch: TokenBatch, _ isNormalized: Bool, dropout: DropoutStreams?) throws -> Tensor {
        guard batch.count > 0 else { return try Tensor.zeros([0, dimension]) }
        let vectors = try textTower(batch, dropout)
        return isNormalized ? try vectors.normalize(dim: -1, eps: 1e-12) : vectors
    }

    private func imageVectors(_ images: [PixelValues], _ isNormalized: Bool, dropout: DropoutStreams?) throws -> Tensor {
        guard !images.isEmpty else { return try Tensor.zeros([0, dimension]) }
        let vectors = try visionTower(images, dropout)
        return isNormalized ? try vectors.normalize(dim: -1, eps: 1e-12) : vectors
    }

    /// The pixels of an item, which must be an image of the model's size; nil of a text where none is `required`.
    func pixels(of content: ItemContent, place: Int, required: Bool = true) throws(ModelError) -> PixelValues? {
        let shape = [configuration.channels, configuration.imageSize, configuration.imageSize]
        guard case .image(let pixels) = content else {
            guard required else { return nil }
            throw ModelError(
                .invalidArgument, "item \(place) is a text, and this model's items are images", expected: "a tensor \(shape)",
                found: "\"\(content.description.prefix(40))\"",
                help: "Make the items with CLIPItemSetManager or load_image; queries are the texts")
        }
        guard pixels.shape == shape else {
            throw ModelError(
                .wrongShape, "item \(place) is an image of another size than the model's", expected: "\(shape)", found: "\(pixels.shape)",
                help: "load_image(path, model) and CLIPItemSetManager give images of the right size")
        }
        return pixels
    }
}

/// Images without repetitions, and where each original one went.
struct DistinctImages {
    private(set) var images: [PixelValues] = []
    /// For each original image its place in `images`.
    private(set) var places: [Int] = []

    init(_ originals: [PixelValues]) {
        var known: [PixelValues: Int] = [:]
        for image in originals {
            let place = known[image] ?? images.count
            if place == images.count {
                known[image] = place
                images.append(image)
            }
            places.append(place)
        }
    }
}
