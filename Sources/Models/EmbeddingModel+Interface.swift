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

    public func forwardItems(_ items: [String]) throws -> Tensor {
        guard !items.isEmpty else {
            throw ModelError(.invalidArgument, "items list must not be empty")
        }
        return try encodeBatch(queries: [], items: items).items
    }

    public func encodeBatch(queries: [String], items: [String]) throws -> (queries: Tensor, items: Tensor) {
        let distinct = DistinctTexts(tokenize(queries.map { queryPrefix + $0 } + items.map { itemPrefix + $0 }))
        let vectors = try forward(distinct.batch)
        return (
            try vectors.gatherRows(Array(distinct.places.prefix(queries.count))),
            try vectors.gatherRows(Array(distinct.places.dropFirst(queries.count)))
        )
    }
}
