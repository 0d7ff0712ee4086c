import Images
import Models
import Tensors

@testable import FineTuning

/// A model whose vectors are looked up: each text has its own, trainable, and calls are counted.
final class FakeModel: EmbeddingsModelInterface {
    var dropoutStates: [DropoutState] = []
    let table: Parameter
    private let rows: [String: Int]
    let layers: Int
    private(set) var calls: [(queries: [String], items: [String], training: Bool)] = []
    private(set) var fixed: [String] = []
    private(set) var isTraining = false
    var dimension: Int { table.shape[1] }
    let sameQueryAndItems = true
    let isNamedInputs = true
    let frozenCaches: [FrozenCache] = []

    /// One row per text, in order.
    init(_ vectors: [(String, [Float])], layers: Int = 2) throws {
        rows = Dictionary(uniqueKeysWithValues: vectors.enumerated().map { ($1.0, $0) })
        table = try Parameter("table", Tensor(vectors.flatMap(\.1), shape: [vectors.count, vectors.first?.1.count ?? 0]))
        self.layers = layers
    }

    var queryModelParameters: [Parameter] { [table] }
    var itemsModelParameters: [Parameter] { [table] }

    struct TooManyLayers: Error {}

    private func fix(_ tower: String, _ count: Int) throws {
        if count >= layers { throw TooManyLayers() }
        fixed.append("\(tower) \(count)")
    }

    func fixQueryModel(layers: Int) throws { try fix("query", layers) }
    func unfixQueryModel() {}
    func fixItemModel(layers: Int) throws { try fix("items", layers) }
    func unfixItemModel() {}

    private func vectors(_ texts: [String]) throws -> Tensor { try table.tensor.gatherRows(texts.map { rows[$0] ?? 0 }) }

    func forwardQuery(_ query: String) throws -> Tensor { try vectors([query]) }
    func forwardItems(_ items: [ItemContent]) throws -> Tensor { try vectors(items.map(\.description)) }

    func encodeBatch(queries: [String], items: [ItemContent]) throws -> (queries: Tensor, items: Tensor) {
        calls.append((queries, items.map(\.description), isTraining))
        return (try vectors(queries), try vectors(items.map(\.description)))
    }

    func forgetCalls() { calls = [] }
    func train() { isTraining = true }
    func eval() { isTraining = false }
    func save(to directory: String) throws {}
}
