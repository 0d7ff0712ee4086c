import Foundation
import TestSupport
import Testing

@testable import Bindings
@testable import Language

/// Functions of the language in the place of the library's loss, ranker, confidences and metrics; the library's own loop.
@Suite struct UserFunctionTests {
    private static func run(_ text: String) -> ScriptRun {
        let world = """
            items = load_items("\(Fixtures.url("shop/items.jsonl").path)", id = "id", text = ["title", "text"])
            fn tuner_with(loss, rate = 1e-2, fixed = 0, **options) {
                sessions = load_sessions("\(Fixtures.url("shop/sessions.jsonl").path)")
                pairs = PairedFineTuningInputsDataset(sessions)
                data = DatasetDict(train = pairs, test = pairs)
                model = load_model("\(Fixtures.url("tiny_bert").path)")
                params = FineTuningParams(fixed, rate, rate, 0.0, 0.0, 0.025, true, 1.0)
                tracker = ExperimentsManager("test_loss", "demo", default_accumulators(), tracking_uri = ":memory:")
                tuner = EmbeddingsFineTuner(model, DatasetDict(train = items, test = items), TextQueryRetriever(), loss, params, tracker, **options)
                tuner.preprocess_inputs(data)
                (tuner, data, model)
            }
            fn walked(loss, steps = 3, **options) {
                tuner, data, model = tuner_with(loss, **options)
                losses = [tuner.training_step(batch).item() for batch in batches(data.train, size = 4)[:steps]]
                (losses, model.encode(items.texts))
            }
            fn check_same(a, b) {
                for x, y in zip(a[0], b[0]) { assert abs(x - y) <= 1e-6, f"losses {a[0]} and {b[0]}" }
                assert len(a[0]) == len(b[0]) and a[0][0] != a[0][-1]
                # The same formula in another order of operations: what differs is rounding, which the slope of 400 carries along.
                apart = max(abs(a[1] - b[1])).item()
                assert apart <= 1e-5, f"the vectors differ by {apart}"
            }

            """
        return ScriptRun(world + text)
    }

    static let twins: [String] = [
        // The formula of the reference's loss, in the language.
        """
        fn mine(f, margin) {
            gap = f.target * (f.positive_ranks - f.negative_ranks)
            mean(sigmoid(400 * (margin - gap) - 6) * minimum(f.positive_confidences, f.negative_confidences))
        }
        check_same(walked(CosineProbMarginRankingLoss()), walked(mine))
        """,
        "import losses\ncheck_same(walked(CosineProbMarginRankingLoss()), walked(losses.cosine_prob_margin))",
        "import losses\ncheck_same(walked(ProbMarginRankingLoss()), walked(losses.prob_margin))",
        """
        loss = ProbMarginRankingLoss()
        fn cosine(query, items) { cosine_similarity(query, items, dim = 1, eps = 1e-6) }
        check_same(walked(loss), walked(loss, ranker = cosine))
        check_same(walked(loss, ranker = cosine_ranker()), walked(loss, ranker = (q, xs) => cosine_ranker()(q, xs)))
        """,
        """
        loss = ProbMarginRankingLoss()
        fn sure(ranks, clicks) { [1.0 for r in ranks] }
        fn unsure(ranks, clicks) { [0.5 for r in ranks] }
        check_same(walked(loss), walked(loss, confidence_calculator = sure))
        halves = walked(loss, confidence_calculator = unsure)[0]
        assert abs(2 * halves[0] - walked(loss)[0][0]) < 1e-6
        w = calculate_confidences()
        check_same(walked(loss, confidence_calculator = w), walked(loss, confidence_calculator = (r, c) => w(r, c)))
        """,
    ]

    @Test(arguments: twins) func twin(_ text: String) { #expect(Self.run(text).rendering == nil) }

    @Test func metricCalculator() {
        let run = Self.run(
            """
            fn counts(batch, extractor, items_set, query_retriever) {
                ranks = extractor.calculate_ranks(batch[0][0], items_set, query_retriever)
                {"pairs": len(batch), "best": max(ranks.values()), "tensor": tensor(0.5)}
            }
            tuner, data, model = tuner_with(ProbMarginRankingLoss(), metric_calculators = [counts])
            for batch in batches(data.test) { tuner.validation_step(batch) }
            tuner.on_validation_epoch_end()
            assert tuner.validation["test_pairs"] == 1.0 and tuner.validation["test_tensor"] == 0.5, f"{tuner.validation}"
            shift = DistanceShift()
            same = (b, e, i, q) => shift(b, e, i, q)
            first = tuner_with(ProbMarginRankingLoss(), metric_calculators = [shift, same])
            first[0].training_step(batches(first[1].train, size = 2)[0])
            """)
        #expect(run.rendering == nil)
    }

    static let wrong: [(String, String)] = [
        ("walked(f => 1.0)", "TypeError: the loss must return a tensor, not a float"),
        ("walked(f => f.positive_ranks)", ""),
        ("walked(f => f.positiv_ranks)", "NameError: "),
        ("walked((f, x) => f.positive_ranks)", "TypeError: "),
        ("walked(ProbMarginRankingLoss(), ranker = (q, xs) => zeros(1))", "ValueError: "),
        ("walked(ProbMarginRankingLoss(), ranker = (q, xs) => 1)", "TypeError: the ranker must return a tensor, not an int"),
        (
            "walked(ProbMarginRankingLoss(), confidence_calculator = (r, c) => [1.0])",
            "ValueError: the confidence calculator must return one value per result"
        ),
        (
            "walked(ProbMarginRankingLoss(), metric_calculators = [(a, b, c, d) => 1])",
            "TypeError: a metric calculator must return a dict of numbers or a list of MetricValue, not an int"
        ),
        (
            "walked(ProbMarginRankingLoss(), metric_calculators = [1])",
            "TypeError: metric_calculators must hold metric calculators, not an int"
        ),
    ]

    @Test(arguments: wrong) func wrongFunction(_ code: String, _ message: String) {
        let failure = Self.run(code).failure
        #expect(failure?.hasPrefix(message) == true, "\(code): \(failure ?? "no error")")
    }

    @Test func fitFinishes() {
        let run = Self.run(
            """
            tuner, data, model = tuner_with(CosineProbMarginRankingLoss(), rate = 1e-3)
            result = fit(tuner, data, epochs = 2, batch_size = 4, seed = 3)
            assert result.status == "finished"
            assert result.steps == 2 * 3, f"{result.steps}"
            assert [m["epoch"] for m in result.history] == [1, 2]
            for m in result.history { assert "train_loss" in m and "test_loss" in m and "test_not_irrelevant_dist_shift" in m, f"{m}" }
            again = tuner_with(CosineProbMarginRankingLoss(), rate = 1e-3)
            assert fit(again[0], again[1], epochs = 2, batch_size = 4, seed = 3).history == result.history
            parts = tuner_with(CosineProbMarginRankingLoss(), rate = 1e-3)
            assert fit(parts[0], parts[1].train, test = parts[1].test, epochs = 2, batch_size = 4, seed = 3).history == result.history
            """)
        #expect(run.rendering == nil)
    }

    @Test func fitThatDiverges() {
        let run = Self.run(
            """
            fn bad(f) { mean(f.positive_ranks) * float("nan") }
            tuner, data, model = tuner_with(bad)
            before = model.encode(items.texts)
            result = fit(tuner, data, epochs = 2, batch_size = 4)
            assert result.status == "diverged" and result.steps == 0 and result.history == [], f"{result}"
            assert all(model.encode(items.texts) == before).item(), "the weights moved"
            """)
        #expect(run.rendering == nil)
        #expect(run.output.contains("fit: diverged: the loss is not a finite number"))
    }

    @Test func fitWithoutInputs() {
        let run = Self.run(
            """
            tuner, data, model = tuner_with(CosineProbMarginRankingLoss())
            none_left = PairedFineTuningInputsDataset([])
            fit(tuner, DatasetDict(train = none_left, test = none_left))
            """)
        #expect(run.failure == "ValueError: fit: there are no training inputs")
    }
}
