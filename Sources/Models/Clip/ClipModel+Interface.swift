import Images
import Tensors

extension ClipModel: EmbeddingsModelInterface {
    public var sameQueryAndItems: Bool { false }
    public var queryModelParameters: [Parameter] { textTower.parameters }
    public var itemsModelParameters: [Parameter] { visionTower.parameters }
    public var isNamedInputs: Bool { true }
    /// CLIP was trained on cosines, and its vectors differ in length.
    public var isSearchedByCosine: Bool { true }
    public var frozenCaches: [FrozenCache] { [visionTower.stack.frozenCache, textTower.stack.frozenCache] }
    public var dropoutStates: [DropoutState] {
        get { [textDropout, imageDropout] }
        set {
            guard newValue.count == 2 else { return }
            (textDropout, imageDropout) = (newValue[0], newValue[1])
        }
    }

    public func train() { isTraining = true }
    public func eval() { isTraining = false }

    /// Freezes the embeddings and the lowest layers of the text tower.
    public func fixQueryModel(layers: Int) throws { try textTower.stack.freeze(layers: layers) }
    public func unfixQueryModel() {
        textTower.stack.unfreeze()
        for parameter in textTower.parameters { parameter.isTrainable = true }
    }

    /// Freezes the embeddings with their norm and the lowest layers of the vision tower.
    public func fixItemModel(layers: Int) throws { try visionTower.stack.freeze(layers: layers) }
    public func unfixItemModel() {
        visionTower.stack.unfreeze()
        for parameter in visionTower.parameters { parameter.isTrainable = true }
    }

    public func forwardQuery(_ query: String) throws -> Tensor { try forward(tokenize([query])) }

    public func forwardItems(_ items: [ItemContent]) throws -> Tensor {
        guard !items.isEmpty else { throw ModelError(.invalidArgument, "items list must not be empty") }
        return try encodeBatch(queries: [], items: items).items
    }

    public func encodeBatch(queries: [String], items: [ItemContent]) throws -> (queries: Tensor, items: Tensor) {
        let texts = DistinctTexts(tokenize(queries))
        let images = DistinctImages(try items.enumerated().compactMap { try pixels(of: $1, place: $0) })
        return (
            try forward(texts.batch).gatherRows(texts.places),
            try forward(images.images).gatherRows(images.places)
        )
    }
}
