import Foundation
import Tensors

/// Separate models for queries and items, trained by an optimizer each.
public final class TwoTowerModel: EmbeddingsModelInterface {
    public let queryModel: EmbeddingModel
    public let itemsModel: EmbeddingModel

    /// The towers must give vectors of one length, and be different objects.
    public init(query: EmbeddingModel, items: EmbeddingModel) throws(ModelError) {
        guard query.dimension == items.dimension else {
            throw ModelError(
                .invalidArgument, "the towers give vectors of different lengths", expected: "\(query.dimension) (the query model)",
                found: "\(items.dimension) (the items model)")
        }
        guard query !== items else {
            throw ModelError(
                .invalidArgument, "both towers are the same model", help: "Use the model itself, or load it a second time")
        }
        queryModel = query
        itemsModel = items
    }

    public var sameQueryAndItems: Bool { false }
    public var queryModelParameters: [Parameter] { queryModel.parameters }
    public var itemsModelParameters: [Parameter] { itemsModel.parameters }
    public var isNamedInputs: Bool { queryModel.isNamedInputs }
    public var isTraining: Bool { queryModel.isTraining }
    public var dropoutStates: [DropoutState] {
        get { queryModel.dropoutStates + itemsModel.dropoutStates }
        set {
            queryModel.dropoutStates = Array(newValue.prefix(1))
            itemsModel.dropoutStates = Array(newValue.dropFirst())
        }
    }

    public func fixQueryModel(layers: Int) throws { try queryModel.freeze(layers: layers) }
    public func unfixQueryModel() { queryModel.unfreeze() }
    public func fixItemModel(layers: Int) throws { try itemsModel.freeze(layers: layers) }
    public func unfixItemModel() { itemsModel.unfreeze() }

    public func forwardQuery(_ query: String) throws -> Tensor { try queryModel.forwardQuery(query) }
    public func forwardItems(_ items: [String]) throws -> Tensor { try itemsModel.forwardItems(items) }

    public func encodeBatch(queries: [String], items: [String]) throws -> (queries: Tensor, items: Tensor) {
        (try queryModel.encodeBatch(queries: queries, items: []).queries, try itemsModel.encodeBatch(queries: [], items: items).items)
    }

    public func train() {
        queryModel.train()
        itemsModel.train()
    }

    public func eval() {
        queryModel.eval()
        itemsModel.eval()
    }

    /// Writes the towers as `query_model` and `items_model` below the directory.
    public func save(to directory: String) throws {
        try AtomicFile.writeDirectory(URL(fileURLWithPath: directory)) { folder in
            try queryModel.save(to: folder.appendingPathComponent(Self.queryFolder).path)
            try itemsModel.save(to: folder.appendingPathComponent(Self.itemsFolder).path)
        }
    }

    /// Loads what `save` wrote.
    public static func load(_ directory: String) throws -> TwoTowerModel {
        let folder = URL(fileURLWithPath: directory)
        return try TwoTowerModel(
            query: .load(folder.appendingPathComponent(queryFolder).path), items: .load(folder.appendingPathComponent(itemsFolder).path))
    }

    private static let queryFolder = "query_model"
    private static let itemsFolder = "items_model"
}
