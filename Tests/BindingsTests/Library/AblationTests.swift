import Clickstream
import Experiments
import Foundation
import TestSupport
import Testing

@testable import Bindings
@testable import Language

/// Ablations run in this process.
@Suite struct AblationTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)

    init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }

    /// A script that counts in the file `count` how many cells it ran.
    private func run(_ before: String, _ block: String, arguments: String = "grid = {\"a\": [1, 2]}, seeds = 2", after: String = "table")
        throws -> (run: ScriptRun, cells: Int)
    {
        defer { try? FileManager.default.removeItem(at: folder.appendingPathComponent("count")) }
        let path = folder.path
        let run = ScriptRun(
            """
            fn mark() { write_text("\(path)/count", "x", append = true) }
            \(before)
            table = ablate("t", \(arguments), store = "\(path)/runs.db") { cell => mark(); \(block) }
            \(after)
            """)
        let count = try? Data(contentsOf: folder.appendingPathComponent("count")).count
        return (run, count ?? 0)
    }

    // MARK: What is run again

    @Test func doneCellsAreRunAgainOnlyWhenSomethingThatTheyDependOnChanged() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let data = folder.appendingPathComponent("data.txt")
        try Data("1 2 3".utf8).write(to: data)
        // A file that is old: one that changes while a cell runs is taken for the cell's own.
        try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSinceNow: -100)], ofItemAtPath: data.path)
        let before = "k = [1.0, 2.0]\nfn gain(x) { x * k[0] }\nother = 1\nfn unused() { 2 }"
        let block = "gain(cell.a) + len(read_text(\"\(data.path)\")) + cell.seed"
        let first = try run(before, block)
        #expect(first.run.failure == nil && first.cells == 4)
        #expect(try run(before, block).cells == 0)
        // What the cells do not come to, comments and layout.
        #expect(try run(before.replacing("other = 1", with: "other = 7").replacing("{ 2 }", with: "{ 3 }"), block).cells == 0)
        #expect(try run(before.replacing("{ x * k[0] }", with: "{\n    x*k[0]  # first\n}"), block).cells == 0)
        // A function, a variable and a file that they come to.
        #expect(try run(before.replacing("x * k[0]", with: "x * k[1]"), block).cells == 4)
        #expect(try run(before.replacing("[1.0, 2.0]", with: "[1.0, 2.5]"), block).cells == 4)
        #expect(try run(before, block).cells == 0)
        try Data("1 2 3 4".utf8).write(to: data)
        try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSinceNow: -50)], ofItemAtPath: data.path)
        #expect(try run(before, block).cells == 4)
        // More of the grid: only what is new; and on request everything.
        #expect(try run(before, block, arguments: "grid = {\"a\": [1, 2, 3]}, seeds = 3").cells == 5)
        #expect(try run(before, block, arguments: "grid = {\"a\": [1, 2]}, seeds = 2, fresh = true").cells == 4)
    }

    @Test func dataIsKnownByItsContents() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let make = { (text: String) in
            """
            items = ItemsSet([{"item_id": "a", "item": "\(text)"}])
            sessions = [FineTuningInput("boots", ["a", "b"], ["a"])]
            weights = tensor([1.0, 2.0])
            """
        }
        let block = "len(items) + len(sessions) + weights.sum().item() + cell.a"
        #expect(try run(make("red"), block).cells == 4)
        #expect(try run(make("red"), block).cells == 0)
        #expect(try run(make("blue"), block).cells == 4)
        #expect(try run(make("red").replacing("[\"a\"])]", with: "[\"b\"])]"), block).cells == 4)
        #expect(try run(make("red").replacing("2.0", with: "2.5"), block).cells == 4)
    }

    @Test func aCellThatChangesWhatOthersReadIsAnError() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let result = try run(
            "items = ItemsSet([{\"item_id\": \"a\", \"item\": \"x\"}])", "items.item_field_name = f\"name{cell.a}{cell.seed}\"; 1.0")
        #expect(result.run.failure == "ValueError: the cell changed `items`, which other cells read too")
    }

    /// A store that cannot be written loses no cell: the journal beside it has them when it can be written again.
    @Test func cellsOutliveAStoreThatCannotBeWritten() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        // A folder in the place of the file stands in every user's way.
        let store = folder.appendingPathComponent("runs.db")
        try FileManager.default.createDirectory(at: store, withIntermediateDirectories: true)
        let first = try Warnings.received(by: { _ in }) { try run("", "cell.a / 3", after: "table.text()") }
        #expect(first.run.failure == nil && first.cells == 4)
        try FileManager.default.removeItem(at: store)
        let second = try Warnings.received(by: { _ in }) { try run("", "cell.a / 3", after: "table.text()") }
        #expect(second.cells == 0 && second.run.value?.asString == first.run.value?.asString)
    }

    // MARK: What counts as a result

    @Test func failedCellsAreNoResults() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let block = "if cell.a == 2 { if cell.seed == 0 { raise ValueError(\"no luck\") } else { 1e308 * 10 } } else { 0.5 }"
        let (result, cells) = try run("", block, after: "print(table.text()); [f[\"error\"] for f in table.failed]")
        #expect(result.failure == nil && cells == 4)
        #expect(
            result.value?.repr
                == "['ValueError: no luck', 'ValueError: value is inf: a cell without a finite result has failed']")
        #expect(
            result.output.contains("2 settings, 2 of 4 cells done, 2 failed")
                && result.output.contains("failed: a=2, seed 0: ValueError: no luck"))
        // A new start gives failed cells another chance, and leaves the done ones.
        #expect(try run("", block).cells == 2)
    }

    @Test(arguments: [
        ("3", "{'metrics': {'value': 3.0}, 'per_query': {}}"),
        (
            "{\"loss\": 0.5, \"mrr\": {\"q\": 1.0, \"r\": 0.0}}",
            "{'metrics': {'loss': 0.5, 'mrr': 0.5}, 'per_query': {'mrr': {'q': 1.0, 'r': 0.0}}}"
        ),
        (
            "Result(2, 0.25, [{\"id\": \"q\", \"ndcg\": 0.25}])",
            "{'metrics': {'queries': 2.0, 'ndcg': 0.25}, 'per_query': {'ndcg': {'q': 0.25}}}"
        ),
        ("tensor([1.5]).sum()", "{'metrics': {'value': 1.5}, 'per_query': {}}"),
    ]) func outcomesHaveOneForm(_ value: String, _ expected: String) {
        let run = ScriptRun(
            "import ablations\nstruct Result { queries: int, ndcg: float, per_query: list }\nablations.outcome_of(\(value))")
        #expect(run.failure == nil && run.value?.repr == expected)
    }

    @Test(arguments: [
        ("grid = {}, seeds = 0", "ValueError: ablate: seeds must be a positive number, or a list of them"),
        ("grid = {\"a\": 3}", "TypeError: ablate: grid['a'] must be a list of values with at least one, not 3"),
        ("grid = {\"seed\": [3]}", "ValueError: ablate: `seed` is no parameter of a setting"),
        ("grid = [{\"a\": 1}, {\"a\": 1}]", "ValueError: ablate: the cell a=1, seed=0 is there twice"),
        ("grid = {\"a\": [1]}, baseline = {\"a\": 2}", "ValueError: ablate: no setting of the grid fits the baseline {'a': 2}"),
        ("grid = {\"a\": [1]}, prune = 2", "ValueError: ablate: prune is the share of settings that stays, between 0 and 1, not 2"),
        ("grid = {\"a\": [1]}, workers = 0", "ValueError: ablate: workers must be positive, not 0"),
    ]) func mistakesAreNamed(_ arguments: String, _ message: String) {
        #expect(ScriptRun("ablate(\"t\", \(arguments), store = \":memory:\") { c => 1.0 }").failure == message)
    }

    // MARK: Pruning

    @Test func pruningDropsTheWorseHalfAndSaysSo() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let (result, cells) = try run(
            "", "cell.a + 0.1 * cell.seed", arguments: "grid = {\"a\": [1, 2, 3, 4, 5, 6, 7, 8]}, seeds = 4, prune = true",
            after: "print(table.text()); ([d[\"label\"] for d in table.dropped], table.best())")
        #expect(result.failure == nil)
        // One seed of eight; a second one of the better four and the baseline, which stays; two more of the best three with it.
        #expect(cells == 8 + 5 + 2 * 4)
        #expect(result.value?.repr == "(['a=4', 'a=3', 'a=2', 'a=5'], {'a': 8})")
        #expect(result.output.contains("dropped after 1 seed: a=4, value 4.0000"))
    }

    // MARK: The report

    /// scipy 1.17: stats.t.interval over the seeds' means, stats.permutation_test(permutation_type = "samples", n_resamples = inf) over the
    /// queries' means, Holm by hand; on v(s, k, i) below.
    @Test func theReportAgreesWithSciPy() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let (result, _) = try run(
            """
            import ablation_report
            import statistics
            fn v(s, k, i) { round(GOLDEN, 6) }
            """.replacing("GOLDEN", with: Self.formula),
            "[v(cell.s, cell.seed, i) for i in range(9)]", arguments: "grid = {\"s\": [0, 1, 2]}, seeds = 3",
            after: """
                found = table.settings
                means = [statistics.mean_interval(list(e["metrics"]["value"].values())) for e in found]
                all = ablation_report.comparisons(found, 0, "value")[1:]
                print(table.text())
                [[m[k] for k in ["mean", "low", "high"]] for m in means] + [[c["test"][k] for k in ["mean", "low", "high", "p_value", "effect_size"]] + [c["p"]] for c in all]
                """)
        #expect(result.failure == nil)
        let rows = try #require(result.value?.asItems).map { $0.asItems?.compactMap(\.asDouble) ?? [] }
        #expect(rows.map(\.count) == Self.golden.map(\.count))
        for (row, expected) in zip(rows, Self.golden) {
            for (a, b) in zip(row, expected) { #expect(abs(a - b) < 1e-9, "\(row) \(expected)") }
        }
    }

    private static let formula =
        "0.3 + 0.02 * s - 0.004 * s * ((i + s) % 5) + 0.017 * ((7 * i + 3 * k + 5 * s * i) % 11) - 0.011 * ((i * i + k) % 7)"

    private static let golden = [
        [0.35440740740740734, 0.3212047819620647, 0.38761003285275], [0.3661481481481481, 0.336098797816016, 0.39619749848028024],
        [0.3787777777777778, 0.3749135635594995, 0.38264199199605614],
        [0.01174074074074075, -0.006740081846840697, 0.030221563328322196, 0.18359375, 0.48832957462079696, 0.18359375],
        [0.024370370370370376, -0.0016978304219565019, 0.05043857116269725, 0.05859375, 0.7186044445265665, 0.1171875],
    ]

    /// The sentences for what shows, what does not, and what is the same.
    @Test func sentencesSayWhatIsKnown() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let (result, _) = try run(
            "import math",
            "if cell.a == 2 { 0.5 + 0.01 * cell.seed } else { if cell.a == 3 { 0.001 * math.sin(7 * cell.seed) } else { 0.01 * (cell.seed % 3) } }",
            arguments: "grid = {\"a\": [1, 2, 3, 4]}, seeds = 8", after: "table.report()")
        #expect(result.failure == nil)
        let lines = result.output.split(separator: "\n").map(String.init)
        #expect(lines.contains { $0.hasPrefix("a 2 is better than 1 by 0.5263 value, 95 % interval ") && $0.hasSuffix(" in 8 of 8 seeds") })
        #expect(lines.contains("a 4 and 1: the same value, to the last digit"))
        #expect(result.output.contains("randomisation test over 8 seeds"))
    }
}
