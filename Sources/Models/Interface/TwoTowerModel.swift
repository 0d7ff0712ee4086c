import Foundation
import Images
import Tensors

/// Separate models for queries and items, trained by an optimizer each.
///
/// The towers may share parameters, as an encoder with a head on one side only: these belong to the items tower.
public final class TwoTowerModel: EmbeddingsModelInterface {
    public let queryModel: any EmbeddingsModelInterface
    public let itemsModel: any EmbeddingsModelInterface

    /// The towers must give vectors of one length, be different objects, and have no towers themselves.
    public init(query: any EmbeddingsModelInterface, items: any EmbeddingsModelInterface) throws(ModelError) {
        guard query.sameQueryAndItems, items.sameQueryAndItems else {
            throw ModelError(.invalidArgument, "a tower has two towers itself", help: "Use its query_model or items_model")
        }
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

    public var dimension: Int { itemsModel.dimension }
    public var sameQueryAndItems: Bool { false }
    public var queryModelParameters: [Parameter] {
        let shared = Set(itemsModelParameters.map(ObjectIdentifier.init))
        return queryModel.queryModelParameters.filter { !shared.contains(ObjectIdentifier($0)) }
    }
    public var itemsModelParameters: [Parameter] { itemsModel.itemsModelParameters }
    public var isNamedInputs: Bool { queryModel.isNamedInputs }
    public var frozenCaches: [FrozenCache] {
        let items = itemsModel.frozenCaches
        return items + queryModel.frozenCaches.filter { cache in !items.contains { $0 === cache } }
    }
    public var isTraining: Bool { queryModel.isTraining }
    public var dropoutStates: [DropoutState] {
        get { queryModel.dropoutStates + itemsModel.dropoutStates }
        set {
            let count = queryModel.dropoutStates.count
            queryModel.dropoutStates = Array(newValue.prefix(count))
            itemsModel.dropoutStates = Array(newValue.dropFirst(count))
        }
    }

    public func fixQueryModel(layers: Int) throws { try queryModel.fixQueryModel(layers: layers) }
    public func unfixQueryModel() { queryModel.unfixQueryModel() }
    public func fixItemModel(layers: Int) throws { try itemsModel.fixItemModel(layers: layers) }
    public func unfixItemModel() { itemsModel.unfixItemModel() }

    public func forwardQuery(_ query: String) throws -> Tensor { try queryModel.forwardQuery(query) }
    public func forwardItems(_ items: [ItemContent]) throws -> Tensor { try itemsModel.forwardItems(items) }

    public func encodeBatch(queries: [String], items: [ItemContent]) throws -> (queries: Tensor, items: Tensor) {
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
        try AtomicFile.writeDirectory(URL(fileURLWithPath: (directory as NSString).expandingTildeInPath)) { folder in
            try queryModel.save(to: folder.appendingPathComponent(Self.queryFolder).path)
            try itemsModel.save(to: folder.appendingPathComponent(Self.itemsFolder).path)
        }
    }

    /// Loads what `save` wrote.
    public static func load(_ directory: String) throws -> TwoTowerModel {
        let folder = URL(fileURLWithPath: (directory as NSString).expandingTildeInPath)
        return try TwoTowerModel(
            query: EmbeddingModel.load(folder.appendingPathComponent(queryFolder).path),
            items: EmbeddingModel.load(folder.appendingPathComponent(itemsFolder).path))
    }

    /// Whether a directory holds what `save` writes.
    public static func isStored(in directory: String) -> Bool {
        [queryFolder, itemsFolder].allSatisfy {
            FileManager.default.fileExists(atPath: (directory as NSString).expandingTildeInPath + "/" + $0)
        }
    }

    private static let queryFolder = "query_model"
    private static let itemsFolder = "items_model"
}
