import Foundation
import Tensors

/// The vectors of a catalogue's items, searched exactly.
public struct Catalogue {
    /// An item found: its place in the catalogue and its score.
    public struct Hit: Equatable, Sendable {
        public let position: Int
        public let score: Float
    }

    /// Identifier of each row.
    public let ids: [String]
    /// [items, d]
    private let vectors: Tensor
    /// For each row the place of its id among all ids in ascending order: decides between equal scores.
    private let order: [Int32]

    /// How many queries are scored at a time: bounds the score matrix to 16 MiB, whatever the number of items.
    private var blockSize: Int { max(1, min(1024, (4 << 20) / max(ids.count, 1))) }

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

    /// Encodes the texts of the items. `beforeBatch` may throw, which ends the work early.
    public init(
        _ model: any EmbeddingsModelInterface, ids: [String], texts: [String], beforeBatch: () throws -> Void = {}
    ) throws {
        let vectors = try Self.encode(texts, dimension: nil) { batch in
            try beforeBatch()
            return try model.encodeBatch(queries: [], items: batch).items
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
        let queries = queries.detach()
        var found: [[Hit]] = []
        found.reserveCapacity(queries.shape[0])
        let items = try vectors.transpose(0, 1)
        for start in stride(from: 0, to: queries.shape[0], by: blockSize) {
            let block = try queries.index([.slice(start: start, stop: min(start + blockSize, queries.shape[0]))])
            let scores = try block.matmul(items).floats()
            for row in 0..<block.shape[0] {
                found.append(best(k, of: scores[(row * ids.count)..<((row + 1) * ids.count)]))
            }
        }
        return found
    }

    /// The `k` best of a row of scores: a heap of the best so far, its worst on top.
    private func best(_ k: Int, of scores: ArraySlice<Float>) -> [Hit] {
        guard k > 0 else { return [] }
        var heap: [Hit] = []
        heap.reserveCapacity(min(k, scores.count))
        for (position, score) in scores.enumerated() {
            let hit = Hit(position: position, score: score.isNaN ? -.infinity : score)
            if heap.count < k {
                heap.append(hit)
                siftUp(&heap)
            } else if isBetter(hit, heap[0]) {
                heap[0] = hit
                siftDown(&heap)
            }
        }
        return heap.sorted(by: isBetter)
    }

    private func isBetter(_ a: Hit, _ b: Hit) -> Bool {
        a.score != b.score ? a.score > b.score : order[a.position] < order[b.position]
    }

    private func siftUp(_ heap: inout [Hit]) {
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard isBetter(heap[parent], heap[child]) else { return }
            heap.swapAt(parent, child)
            child = parent
        }
    }

    private func siftDown(_ heap: inout [Hit]) {
        var parent = 0
        while true {
            var worst = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && isBetter(heap[worst], heap[child]) { worst = child }
            if worst == parent { return }
            heap.swapAt(parent, worst)
            parent = worst
        }
    }

    /// Vectors of many texts without gradient, encoded by length in batches so that none of them holds much memory.
    package static func encode(_ texts: [String], dimension: Int?, batchSize: Int = 64, _ body: ([String]) throws -> Tensor) throws
        -> Tensor
    {
        guard !texts.isEmpty else { return try Tensor.zeros([0, dimension ?? 0]) }
        let order = texts.indices.sorted { (texts[$1].utf8.count, $0) < (texts[$0].utf8.count, $1) }
        var places = [Int](repeating: 0, count: texts.count)
        for (place, text) in order.enumerated() { places[text] = place }
        return try noGrad {
            var parts: [Tensor] = []
            for start in stride(from: 0, to: order.count, by: batchSize) {
                parts.append(try body(order[start..<min(start + batchSize, order.count)].map { texts[$0] }))
            }
            return try Tensor.concat(parts, dim: 0).gatherRows(places)
        }
    }
}
