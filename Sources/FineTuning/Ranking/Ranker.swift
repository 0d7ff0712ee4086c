import Tensors

/// Scores items against a query: similarity or distance, as the tuner's `is_similarity` says.
public protocol Ranker {
    /// Ranks [n] of items [n, d] for one query [1, d].
    func ranks(query: Tensor, items: Tensor) throws -> Tensor

    /// Ranks of several queries' items at once.
    ///
    /// - Parameters:
    ///   - queries: [s, d], one row per session.
    ///   - items: [n, d], the items of all sessions one after the other.
    ///   - offsets: s + 1 entries; session i has the items offsets[i] ..< offsets[i + 1].
    /// - Returns: [n].
    func ranks(queries: Tensor, items: Tensor, offsets: [Int]) throws -> Tensor
}

extension Ranker {
    /// One call per session, for rankers that know single queries only.
    public func ranks(queries: Tensor, items: Tensor, offsets: [Int]) throws -> Tensor {
        var parts: [Tensor] = []
        for session in offsets.indices.dropLast() {
            let rows = Array(offsets[session]..<offsets[session + 1])
            let ranks = try ranks(query: queries.gatherRows([session]), items: items.gatherRows(rows))
            guard ranks.shape == [rows.count] else {
                throw FineTuningError(
                    .value, "ranker must give one rank per item", found: "\(ranks.shape) for \(rows.count) items",
                    help: "it is called as ranker(query [1, d], items [n, d]) and returns [n]")
            }
            parts.append(ranks)
        }
        return try Tensor.concat(parts, dim: 0)
    }
}

/// Rankers whose rank of an item depends on its own vector and the query's only: the whole batch is one vectorised call.
protocol RowRanker: Ranker {
    /// Ranks [n] of items [n, d], each for the query in the same row (or the only row) of `queries`.
    func ranks(rows queries: Tensor, items: Tensor) throws -> Tensor
}

extension RowRanker {
    public func ranks(query: Tensor, items: Tensor) throws -> Tensor { try ranks(rows: query, items: items) }

    public func ranks(queries: Tensor, items: Tensor, offsets: [Int]) throws -> Tensor {
        let sessionOfRow = offsets.indices.dropLast().flatMap { [Int](repeating: $0, count: offsets[$0 + 1] - offsets[$0]) }
        return try ranks(rows: queries.gatherRows(sessionOfRow), items: items)
    }
}

/// Cosine of the angle: q · i / (max(|q|, ε) max(|i|, ε)); 0 for a zero vector. A similarity.
public struct CosineRanker: RowRanker {
    public let eps: Double

    public init(eps: Double = 1e-6) { self.eps = eps }

    func ranks(rows queries: Tensor, items: Tensor) throws -> Tensor { try Tensor.cosineSimilarity(queries, items, dim: 1, eps: eps) }
}

/// Dot product q · i. A similarity.
public struct DotRanker: RowRanker {
    public init() {}

    func ranks(rows queries: Tensor, items: Tensor) throws -> Tensor { try (queries * items).sum(dim: [1]) }
}

/// Euclidean distance |q - i|. A distance: set `is_similarity` to false.
public struct EuclideanRanker: RowRanker {
    public init() {}

    func ranks(rows queries: Tensor, items: Tensor) throws -> Tensor { try (queries - items).norm(dim: [1]) }
}

/// A ranker made of any function (query [1, d], items [n, d]) -> [n].
public struct FunctionRanker: Ranker {
    private let function: (Tensor, Tensor) throws -> Tensor

    public init(_ function: @escaping (Tensor, Tensor) throws -> Tensor) { self.function = function }

    public func ranks(query: Tensor, items: Tensor) throws -> Tensor { try function(query, items) }
}
