import Testing

@testable import Text

@Suite struct SpellingTests {
    @Test(arguments: [
        ("relu", ["rely", "relay", "gelu"], "gelu" as String?), ("epcoh", ["epoch", "each"], "epoch"),
        ("lenght", ["length", "len"], "length"),
        ("Relu", ["relu"], "relu"), ("x", ["y", "z"], nil), ("X", ["x"], "x"), ("queries", ["items"], nil),
        ("valuse", ["values", "value"], "values"),
        ("", ["a"], nil), ("ndcg_at10", ["ndcg_at_10", "ndcg"], "ndcg_at_10"), ("softamx", ["softmax", "softmin"], "softmax"),
    ])
    func spelling(_ word: String, _ candidates: [String], _ expected: String?) {
        #expect(Spelling.suggestion(for: word, among: candidates) == expected)
    }

    @Test(arguments: [("", "", 0), ("abc", "abc", 0), ("abc", "acb", 1), ("kitten", "sitting", 3), ("", "ab", 2)])
    func countsEdits(left: String, right: String, distance: Int) {
        #expect(Spelling.editDistance(Array(left.utf8), Array(right.utf8), limit: .max) == distance)
        #expect(Spelling.editDistance(Array(right.utf8), Array(left.utf8), limit: .max) == distance)
    }
}
