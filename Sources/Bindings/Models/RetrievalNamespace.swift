import Clickstream
import Language
import Models
import Tensors

/// Searching a catalogue with a model.
enum RetrievalNamespace {
    static let functions = Namespace(
        "retrieval", doc: "Searching a catalogue with a model.",
        [
            Builtin(
                "retrieve", "(model: any, items: ItemsSet, queries: list[str], k: int = 100) -> list",
                doc:
                    "For each query the k best items as (id, score), best first: exact search by the product of the vectors (of a CLIP model, by their cosine), ties by id.",
                example: "len(retrieve(model, items, [\"boots\"], k = 2)[0]) == 2"
            ) { call in
                let (catalogue, hits) = try hits(call, queries: try call.strings(2), k: try call.int(3))
                let interpreter = call.interpreter
                return .list(
                    try hits.map { row in
                        // Millions of pairs for many queries and a large k.
                        try interpreter.checkInterrupt()
                        return .list(row.map { .tuple([.string(catalogue.ids[$0.position]), .float(Double($0.score))]) })
                    })
            },
            Builtin(
                "search", "(model: any, items: ItemsSet, query: str, k: int = 10) -> Table",
                doc: "The k best items for one query, as a table of id, score and text (of an image, its size).",
                example: "len(search(model, items, \"boots\", k = 2)) == 2"
            ) { call in
                let items = try call.host(1, as: ItemsSetObject.self).items
                let (catalogue, hits) = try hits(call, queries: [try call.string(2)], k: try call.int(3))
                let rows = (hits.first ?? []).map { hit -> [Value] in
                    [.string(catalogue.ids[hit.position]), .float(Double(hit.score)), .string(items.rows[hit.position].item.description)]
                }
                return .host(TableObject(columns: ["id", "score", "text"], rows: rows))
            },
            Builtin(
                "nearest", "(vectors: f32[n, d], queries: f32[m, d], k: int = 10) -> tuple",
                doc:
                    "For each query the k rows of `vectors` with the largest products, best first, as (scores f32[m, k], positions i32[m, k]): exact, in blocks that fit the cache; equal scores in the order of their positions. With fewer than k rows, all of them.",
                example: "nearest(tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]]), tensor([[2.0, 1.0]]), 2)[1].tolist() == [[0, 2]]"
            ) { call in
                let k = try call.int(2)
                guard k > 0 else { throw ScriptError.value("nearest: k must be a positive int, not \(k)") }
                let vectors = try call.tensor(0).to(.f32), queries = try call.tensor(1).to(.f32)
                let hits = try Catalogue(vectors: vectors).search(queries, k: k)
                let shape = Shape([hits.count, min(k, vectors.shape[0])])
                return .tuple([
                    .tensor(try Tensor(hits.flatMap { $0.map(\.score) }, shape: shape)),
                    .tensor(try Tensor(hits.flatMap { $0.map { Int32(truncatingIfNeeded: $0.position) } }, shape: shape)),
                ])
            },
        ])

    private static func hits(_ call: borrowing BuiltinCall, queries: [String], k: Int) throws -> (Catalogue, [[Catalogue.Hit]]) {
        guard k > 0 else { throw ScriptError.value("\(call.builtin.name): k must be a positive int, not \(k)") }
        guard case .host(let object) = call[0], let model = (object as? any ModelHolder)?.interface else {
            throw call.mismatch(0, expected: "a model")
        }
        let items = try call.host(1, as: ItemsSetObject.self).items
        let wasTraining = model.isTraining
        model.eval()
        defer { if wasTraining { model.train() } }
        let interpreter = call.interpreter
        let catalogue = try Catalogue(model, ids: items.rows.map(\.id), items: items.rows.map(\.item)) { try interpreter.checkInterrupt() }
        let vectors = try Catalogue.encode(queries, dimension: nil) { batch in
            try interpreter.checkInterrupt()
            let vectors = try model.encodeBatch(queries: batch, items: []).queries
            return model.isSearchedByCosine ? try vectors.normalize(dim: -1, eps: 1e-12) : vectors
        }
        guard !items.rows.isEmpty, !queries.isEmpty else { return (catalogue, queries.map { _ in [] }) }
        return (catalogue, try catalogue.search(vectors, k: k))
    }
}
