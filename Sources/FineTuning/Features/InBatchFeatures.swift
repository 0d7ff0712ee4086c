import Clickstream
import Tensors

/// What losses over a whole batch read: every click as a row of its query's and of its item's vector.
///
/// Row i of `queries` belongs to row i of `items`; the other rows' items are its negatives, except for those that `known` marks.
/// An object of several rows (parts, augmented copies) takes part with its first.
public final class InBatchFeatures {
    private let vectors: () throws -> (queries: Tensor, items: Tensor)
    private var made: (queries: Tensor, items: Tensor)?
    /// [rows, rows], row by row: whether item j is clicked for the query of row i, in this batch or anywhere in the click graph. The
    /// diagonal, which is what a row is to find, is false.
    public let known: [Bool]
    public let rowCount: Int

    init(rowCount: Int, known: [Bool], vectors: @escaping () throws -> (queries: Tensor, items: Tensor)) {
        self.rowCount = rowCount
        self.known = known
        self.vectors = vectors
    }

    /// [rows, d] each, with gradient.
    public func matrices() throws -> (queries: Tensor, items: Tensor) {
        if let made { return made }
        let result = try vectors()
        made = result
        return result
    }

    /// `known` as a tensor, bool[rows, rows].
    public func mask() throws -> Tensor { try Tensor(known, shape: [rowCount, rowCount]) }
}

/// Which objects are clicked for which query anywhere in the training data.
public struct ClickGraph {
    private var clicked: [String: Set<String>] = [:]

    public init() {}

    /// Queries with a click.
    public var count: Int { clicked.count }

    public mutating func add(query: String, objects: some Sequence<String>) { clicked[query, default: []].formUnion(objects) }

    public func contains(query: String, object: String) -> Bool { clicked[query]?.contains(object) == true }
}
