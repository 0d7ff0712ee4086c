import Images
import Models
import Tensors

/// The distinct queries and items of some sessions and their vectors, each encoded once.
struct EncodedTexts {
    private let queryRows: [String: Int]
    private let itemRows: [ItemContent: Int]
    private let queryVectors: Tensor
    private let itemVectors: Tensor

    /// Encodes all texts in one pass of the model, with gradients unless switched off.
    init(of sessions: [RankedSession], model: any EmbeddingsModelInterface) throws {
        let texts = DistinctSessionTexts(of: sessions)
        queryRows = texts.queryRows
        itemRows = texts.itemRows
        (queryVectors, itemVectors) = try Self.encode(queries: texts.queries[...], items: texts.items[...], model)
    }

    /// Encodes all texts, at most `textsPerCall` in a pass. `progress` is told of each pass's texts; what it throws ends the work.
    init(
        _ texts: DistinctSessionTexts, model: any EmbeddingsModelInterface, textsPerCall: Int, progress: (Int) throws -> Void
    ) throws {
        queryRows = texts.queryRows
        itemRows = texts.itemRows
        var queryBlocks: [Tensor] = []
        var itemBlocks: [Tensor] = []
        // The first pass may be empty on one side, and still tells the width of that side's vectors.
        for start in stride(from: 0, to: max(texts.queries.count, texts.items.count, 1), by: textsPerCall) {
            let queries = texts.queries.dropFirst(start).prefix(textsPerCall)
            let items = texts.items.dropFirst(start).prefix(textsPerCall)
            let (queryBlock, itemBlock) = try Self.encode(queries: queries, items: items, model)
            queryBlocks.append(queryBlock)
            itemBlocks.append(itemBlock)
            try progress(queries.count + items.count)
        }
        queryVectors = try Tensor.concat(queryBlocks, dim: 0)
        itemVectors = try Tensor.concat(itemBlocks, dim: 0)
    }

    private static func encode(
        queries: ArraySlice<String>, items: ArraySlice<ItemContent>, _ model: any EmbeddingsModelInterface
    ) throws -> (Tensor, Tensor) {
        let vectors = try model.encodeBatch(queries: Array(queries), items: Array(items))
        for (matrix, count) in [(vectors.queries, queries.count), (vectors.items, items.count)] {
            guard matrix.rank == 2, matrix.shape[0] == count else {
                throw FineTuningError(
                    .value, "the model must give one vector per query and item", found: "\(matrix.shape) for \(count) of them")
            }
        }
        return vectors
    }

    /// Whether the texts of these sessions are all here.
    func covers(_ sessions: [RankedSession]) -> Bool {
        sessions.allSatisfy { session in
            queryRows[session.query] != nil && session.objects.allSatisfy { $0.contents.allSatisfy { itemRows[$0] != nil } }
        }
    }

    /// The row of each session's query [s, d], and of every row of every object [n, d], in order. All texts must be covered.
    func vectors(of sessions: [RankedSession]) throws -> (queries: Tensor, items: Tensor) {
        let queries = sessions.map { queryRows[$0.query] ?? 0 }
        let items = sessions.flatMap { session in session.objects.flatMap { $0.contents.map { itemRows[$0] ?? 0 } } }
        return (try Self.rows(queries, of: queryVectors), try Self.rows(items, of: itemVectors))
    }

    /// The vectors of these queries and items, in order. All texts must be covered.
    func rows(queries: [String], items: [ItemContent]) throws -> (queries: Tensor, items: Tensor) {
        (
            try Self.rows(queries.map { queryRows[$0] ?? 0 }, of: queryVectors),
            try Self.rows(items.map { itemRows[$0] ?? 0 }, of: itemVectors)
        )
    }

    /// Rows of a matrix; the matrix itself when they are all of its rows in order.
    private static func rows(_ rows: [Int], of vectors: Tensor) throws -> Tensor {
        rows.count == vectors.shape[0] && rows.enumerated().allSatisfy { $0 == $1 } ? vectors : try vectors.gatherRows(rows)
    }
}

/// Queries and items of sessions without repetition, and the row of each.
struct DistinctSessionTexts {
    private(set) var queries: [String] = []
    private(set) var items: [ItemContent] = []
    private(set) var queryRows: [String: Int] = [:]
    private(set) var itemRows: [ItemContent: Int] = [:]

    init(of sessions: [RankedSession]) {
        for session in sessions { add(session) }
    }

    mutating func add(_ session: RankedSession) {
        Self.admit(session.query, &queries, &queryRows)
        for object in session.objects {
            for content in object.contents { Self.admit(content, &items, &itemRows) }
        }
    }

    private static func admit<Content: Hashable>(_ content: Content, _ contents: inout [Content], _ rows: inout [Content: Int]) {
        guard rows[content] == nil else { return }
        rows[content] = contents.count
        contents.append(content)
    }

    var count: Int { queries.count + items.count }
}
