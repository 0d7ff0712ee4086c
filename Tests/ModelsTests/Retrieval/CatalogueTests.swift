import Tensors
import Testing

@testable import Models

/// Exact search beside a plain sort of all scores.
@Suite struct CatalogueTests {
    /// The k best by score, then id, then row; nan last.
    private static func sorted(_ scores: [Float], ids: [String], k: Int) -> [Int] {
        let known = scores.map { $0.isNaN ? -Float.infinity : $0 }
        return Array(
            ids.indices.sorted { a, b in known[a] != known[b] ? known[a] > known[b] : (ids[a], a) < (ids[b], b) }.prefix(max(k, 0)))
    }

    @Test(arguments: [1, 2, 5, 39, 40, 41, 1000], [1, 3]) func agreesWithASort(k: Int, levels: Int) throws {
        var random = Philox(seed: 11, purpose: "catalogue")
        // Few distinct values, so that most scores are shared by several items.
        let vectors = try (random.uniform([40, 2]) * Tensor(scalar: Double(levels), dtype: .f32)).to(.i32).to(.f32)
        let queries = try (random.uniform([7, 2]) * Tensor(scalar: 3, dtype: .f32)).to(.i32).to(.f32)
        let ids = (0..<40).map { "id\(($0 * 17) % 23)" }
        let catalogue = try Catalogue(ids: ids, vectors: vectors)
        let scores = try queries.matmul(vectors.transpose(0, 1))
        for level in Kernels.Level.available {
            let hits = try Kernels.with(level: level) { Result { try catalogue.search(queries, k: k) } }.get()
            #expect(hits.count == 7)
            for (row, found) in hits.enumerated() {
                let line = try scores.index([.index(row)]).floats()
                #expect(found.map(\.position) == Self.sorted(line, ids: ids, k: k), "\(level)")
                #expect(found.map(\.score) == found.map { line[$0.position] })
            }
        }
    }

    @Test func scoresThatAreNoNumbersComeLast() throws {
        let ids = ["d", "c", "b", "a"]
        let vectors = try Tensor([Float.nan, 1, -1, .nan], shape: [4, 1])
        let catalogue = try Catalogue(ids: ids, vectors: vectors)
        let hits = try catalogue.search(Tensor([Float(1)], shape: [1, 1]), k: 4)
        #expect(hits[0].map { ids[$0.position] } == ["c", "b", "a", "d"])
    }

    @Test func nothingToFind() throws {
        let empty = try Catalogue(ids: [], vectors: Tensor.zeros([0, 3]))
        #expect(try empty.search(Tensor.zeros([2, 3]), k: 5) == [[], []])
        let one = try Catalogue(ids: ["a"], vectors: Tensor.ones([1, 3]))
        #expect(try one.search(Tensor.zeros([0, 3]), k: 5).isEmpty)
        #expect(try one.search(Tensor.ones([1, 3]), k: 0) == [[]])
        #expect(try one.search(Tensor.ones([1, 3]), k: -1) == [[]])
        #expect(try one.search(Tensor.ones([1, 3]), k: .max) == [[Catalogue.Hit(position: 0, score: 3)]])
    }

    @Test func refusesOtherShapes() throws {
        #expect(throws: TensorError.self) { try Catalogue(ids: ["a", "b"], vectors: Tensor.zeros([1, 3])) }
        #expect(throws: TensorError.self) { try Catalogue(ids: ["a"], vectors: Tensor.zeros([1])) }
        let catalogue = try Catalogue(ids: ["a"], vectors: Tensor.zeros([1, 3]))
        #expect(throws: TensorError.self) { try catalogue.search(Tensor.zeros([1, 4]), k: 1) }
        #expect(throws: TensorError.self) { try catalogue.search(Tensor.zeros([3]), k: 1) }
    }

    /// More queries than are scored at a time.
    @Test func blocksOfQueries() throws {
        let count = 2500
        let catalogue = try Catalogue(ids: ["a", "b"], vectors: Tensor([Float(1), -1], shape: [2, 1]))
        let queries = try Tensor((0..<count).map { Float($0 % 3 - 1) }, shape: [count, 1])
        let hits = try catalogue.search(queries, k: 1)
        #expect(hits.map { $0[0].position } == (0..<count).map { $0 % 3 == 0 ? 1 : 0 })
    }
}
