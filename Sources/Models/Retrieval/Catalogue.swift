import Foundation
import Images
import Tensors

/// The vectors of a catalogue's items, searched exactly.
public struct Catalogue {
    /// An item found: its place in the catalogue and its score.
    public struct Hit: Equatable, Sendable {
        public let position: Int
        public let score: Float
    }

    /// Identifier of each row; empty when rows are known by their positions.
    public let ids: [String]
    /// [items, d]
    private let vectors: Tensor
    /// For each row the place of its id among all ids in ascending order: decides between equal scores.
    private let order: [Int32]

    /// Queries and items that are scored at a time: large enough for the product, and a score matrix of at most 16 MiB.
    private static let queryBlock = 1024, itemBlock = 4096

    /// Vectors [n, d] and the id of each row; several rows may have one id.
    public init(ids: [String], vectors: Tensor) throws(TensorError) {
        guard vectors.rank == 2, vectors.shape[0] == ids.count else {
            throw TensorError(.shape, "catalogue", "\(ids.count) ids need vectors [\(ids.count), d]", operands: [vectors])
        }
        self.ids = ids
        self.vectors = vectors.detach()
        var order = [Int32](repeating: 0, count: ids.count)
        let sorted = ids.indices.sorted { (ids[$0], $0) < (ids[$1], $1) }
        for (place, row) in sorted.enumerated() { order[row] = Int32(truncatingIfNeeded: place) }
        self.order = order
    }

    /// Vectors [n, d] that are known by their positions alone, which decide between equal scores.
    public init(vectors: Tensor) throws(TensorError) {
        guard vectors.rank == 2 else { throw TensorError(.shape, "catalogue", "vectors must be [n, d]", operands: [vectors]) }
        ids = []
        self.vectors = vectors.detach()
        order = (0..<vectors.shape[0]).map { Int32(truncatingIfNeeded: $0) }
    }

    /// Encodes the items, with vectors of length 1 where the model is searched by cosine. `beforeBatch` may throw, which ends the work early.
    public init(
        _ model: any EmbeddingsModelInterface, ids: [String], items: [ItemContent], beforeBatch: () throws -> Void = {}
    ) throws {
        let vectors = try Self.encode(items, length: { $0.text?.utf8.count ?? 0 }, dimension: nil) { batch in
            try beforeBatch()
            let vectors = try model.encodeBatch(queries: [], items: batch).items
            return model.isSearchedByCosine ? try vectors.normalize(dim: -1, eps: 1e-12) : vectors
        }
        try self.init(ids: ids, vectors: vectors)
    }

    /// The `k` best rows for each query, best first, by the dot product of the vectors; equal scores in the order of their ids.
    ///
    /// A score that is not a number comes last.
    public func search(_ queries: Tensor, k: Int) throws(TensorError) -> [[Hit]] {
        guard queries.rank == 2, queries.shape[1] == vectors.shape[1] else {
            throw TensorError(.shape, "search", "queries need the catalogue's dimension \(vectors.shape[1])", operands: [queries])
        }
        let queries = queries.detach(), count = queries.shape[0]
        var found: [[Hit]] = []
        found.reserveCapacity(count)
        for start in stride(from: 0, to: count, by: Self.queryBlock) {
            let block = try queries.index([.slice(start: start, stop: min(start + Self.queryBlock, count))])
            var best = [BestHits](repeating: BestHits(k: k, order: order), count: block.shape[0])
            for first in stride(from: 0, to: k > 0 ? order.count : 0, by: Self.itemBlock) {
                let items = try vectors.index([.slice(start: first, stop: min(first + Self.itemBlock, order.count))])
                let width = items.shape[0]
                try block.matmul(items.transpose(0, 1)).withElements(Float.self) { scores in
                    best.withUnsafeMutableBufferPointer { best in
                        // Every query's row and selection is one task's alone.
                        nonisolated(unsafe) let (best, scores) = (best, scores)
                        Parallel.rows(best.count, grain: 4) {
                            for row in $0 {
                                best[row].add(UnsafeBufferPointer(rebasing: scores[row * width..<(row + 1) * width]), from: first)
                            }
                        }
                    }
                }
            }
            found += best.map(\.sorted)
        }
        return found
    }

    /// Vectors of many texts without gradient, encoded by length in batches so that none of them holds much memory.
    package static func encode(
        _ texts: [String], dimension: Int?, batchSize: Int = 64, _ body: ([String]) throws -> Tensor
    ) throws -> Tensor {
        try encode(texts, length: \.utf8.count, dimension: dimension, batchSize: batchSize, body)
    }

    private static func encode<Content>(
        _ contents: [Content], length: (Content) -> Int, dimension: Int?, batchSize: Int = 64, _ body: ([Content]) throws -> Tensor
    ) throws -> Tensor {
        guard !contents.isEmpty else { return try Tensor.zeros([0, dimension ?? 0]) }
        let lengths = contents.map(length)
        let order = contents.indices.sorted { (lengths[$1], $0) < (lengths[$0], $1) }
        var places = [Int](repeating: 0, count: contents.count)
        for (place, text) in order.enumerated() { places[text] = place }
        return try noGrad {
            var parts: [Tensor] = []
            for start in stride(from: 0, to: order.count, by: batchSize) {
                parts.append(try body(order[start..<min(start + batchSize, order.count)].map { contents[$0] }))
            }
            return try Tensor.concat(parts, dim: 0).gatherRows(places)
        }
    }
}
