import Testing

@testable import Bindings
@testable import Language

/// Search spaces and searches in scripts.
@Suite struct SearchTests {
    @Test(arguments: [
        ("TreeParzenSearch({\"x\": 3})", "TypeError: `x` in a search space must be a list of options or a range, not an int"),
        ("TreeParzenSearch({})", "ValueError: TreeParzenSearch: the search space has no dimension"),
        ("TreeParzenSearch({\"x\": []})", "ValueError: TreeParzenSearch: x has no options to choose from"),
        ("TreeParzenSearch({\"x\": uniform(2, 1)})", "ValueError: TreeParzenSearch: x: 2.0 to 1.0 is no range of numbers"),
        ("TreeParzenSearch({\"x\": log_uniform(0, 1)})", "ValueError: TreeParzenSearch: x: a logarithmic range begins above 0, not at 0.0"),
        (
            "TreeParzenSearch({\"x\": [1]}).suggest([3])",
            "TypeError: suggest() argument `trials` must hold (point, loss) pairs; trial 0 is an int"
        ),
        ("TreeParzenSearch({\"x\": [1]}).suggest([({}, 1.0)])", "KeyError: the point of trial 0 has no `x`"),
        (
            "TreeParzenSearch({\"x\": [1]}).suggest([({\"x\": 2}, 1.0)])",
            "ValueError: `x` of trial 0 is 2, which is not in the search space"
        ),
        (
            "TreeParzenSearch({\"x\": [1]}).suggest([({\"x\": 1}, \"a\")])",
            "TypeError: the loss of trial 0 must be a number or none, not a str"
        ),
    ]) func mistakesAreNamed(_ code: String, _ message: String) {
        #expect(ScriptRun(code).failure == message)
    }

    /// Options keep their type, and a point may be told back as it was given.
    @Test func pointsGoRoundTrip() throws {
        let run = ScriptRun(
            """
            search = TreeParzenSearch({"loss": ["a", none, [1, 2]], "lr": log_uniform(1e-6, 1e-2), "n": whole(0, 4)}, seed = 2)
            trials = []
            for _ in range(30) {
                point = search.suggest(trials)
                assert point["loss"] in ["a", none, [1, 2]] and 1e-6 <= point["lr"] <= 1e-2 and 0 <= point["n"] <= 4
                trials.append((point, abs(point["n"] - 3) + (if point["loss"] == [1, 2] { 0.0 } else { 1.0 })))
            }
            best = min(trials, key = t => t[1])
            (best[1], best[0]["n"], best[0]["loss"])
            """)
        #expect(run.failure == nil)
        #expect(run.value?.repr == "(0.0, 3, [1, 2])")
    }
}
