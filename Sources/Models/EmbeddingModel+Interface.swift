import Images
import Tensors

extension EmbeddingModel {
    public var sameQueryAndItems: Bool { true }
    public var queryModelParameters: [Parameter] { parameters }
    public var itemsModelParameters: [Parameter] { parameters }
    public var isNamedInputs: Bool { true }
    public var frozenCaches: [FrozenCache] { [frozenCache] }
    public var dropoutStates: [DropoutState] {
        get { [dropoutState] }
        set { if let state = newValue.first { dropoutState = state } }
    }

    public func fixQueryModel(layers: Int) throws { try freeze(layers: layers) }
    public func unfixQueryModel() { unfreeze() }
    public func fixItemModel(layers: Int) throws { try freeze(layers: layers) }
    public func unfixItemModel() { unfreeze() }

    public func forwardQuery(_ query: String) throws -> Tensor { try forward(tokenize([queryPrefix + query])) }

    public func forwardItems(_ items: [ItemContent]) throws -> Tensor {
        guard !items.isEmpty else {
            throw ModelError(.invalidArgument, "items list must not be empty")
        }
        return try encodeBatch(queries: [], items: items).items
    }

    public func encodeBatch(queries: [String], items: [ItemContent]) throws -> (queries: Tensor, items: Tensor) {
        let texts = try items.enumerated().map { place, item in
            guard let text = item.text else {
                throw ModelError(
                    .invalidArgument, "item \(place) is an image, and this model's items are texts", expected: "a text", found: "\(item)",
                    help: "Images are for CLIP models: TextToImageCLIPModel(directory)")
            }
            return itemPrefix + text
        }
        let distinct = DistinctTexts(tokenize(queries.map { queryPrefix + $0 } + texts))
        let vectors = try forward(distinct.batch)
        return (
            try vectors.gatherRows(Array(distinct.places.prefix(queries.count))),
            try vectors.gatherRows(Array(distinct.places.dropFirst(queries.count)))
        )
    }
}
