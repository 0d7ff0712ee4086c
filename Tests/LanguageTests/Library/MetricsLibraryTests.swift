import Testing

@testable import Language

/// stdlib/metrics.eft against figures worked out by hand from the definitions.
@Suite struct MetricsLibraryTests {
    /// The same ranking for every query: b, a.
    private let retrieve = Builtin("retrieve", "(model, items, queries: list, k: int) -> list", doc: "") { call in
        let found = Value.list(["b", "a"].map { .tuple([.string($0), .float(0.5)]) })
        return .list(try call.iterable(2).map { _ in found })
    }

    private func figures(_ expressions: String) throws -> [Double] {
        let script = """
            from metrics import ndcg, mrr, recall, average_precision
            ranking = ["a", "b", "c", "d", "e"]
            grades = {"b": 2, "e": 1, "z": 3, "a": 0, "q": -1}
            for figure in [\(expressions)] { print(figure) }
            """
        return try LibraryScripts.run(script, builtins: [retrieve]).map { Double($0) ?? .nan }
    }

    @Test func normalisedGain() throws {
        let found = try figures(
            "ndcg(ranking, grades), ndcg(ranking, grades, k = 2), ndcg([], grades), ndcg(ranking, {}), ndcg([\"z\", \"b\", \"e\"], grades)")
        // (2/log2(3) + 1/log2(6)) / (3 + 2/log2(3) + 1/2), and (2/log2(3)) / (3 + 2/log2(3))
        for (value, expected) in zip(found, [0.34623287644340295, 0.2960819109658652, 0, 0, 1]) { #expect(abs(value - expected) < 1e-15) }
        #expect(found.count == 5)
    }

    @Test func reciprocalRankRecallAndPrecision() throws {
        #expect(try figures("mrr(ranking, grades), mrr(ranking, grades, k = 1), mrr([\"z\"], grades)") == [0.5, 0, 1])
        #expect(try figures("recall(ranking, grades), recall(ranking, grades, k = 2), recall(ranking, {})") == [2.0 / 3, 1.0 / 3, 0])
        #expect(try figures("average_precision(ranking, grades), average_precision(ranking, {\"a\": 1})") == [(0.5 + 0.4) / 3, 1])
    }

    @Test func meansOverTheQueriesThatAreJudged() throws {
        let script = """
            from metrics import evaluate
            queries = [{"id": "q", "text": "t"}, {"id": "r", "text": "u"}, {"id": "n", "text": "v"}, {"id": "o", "text": "w"}]
            e = evaluate(none, none, queries, {"q": {"a": 1}, "r": {"b": 1, "x": 1}, "n": {"a": 0}})
            print(e.queries, e.mrr_at_10, e.recall_at_100, e.map)
            print(f"{e.ndcg_at_10:.6f}")
            print([row["id"] for row in e.per_query])
            try { evaluate(none, none, queries, {}) } catch ValueError error { print(error.message) }
            """
        #expect(
            try LibraryScripts.run(script, builtins: [retrieve]) == [
                "2 0.75 0.75 0.5",
                // (1/log2(3) + 1/(1 + 1/log2(3))) / 2
                "0.622038", "['q', 'r']", "none of the 4 queries has a relevant item in qrels: do the ids of both agree?",
            ])
    }
}
