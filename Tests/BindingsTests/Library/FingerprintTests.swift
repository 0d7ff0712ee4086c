import TestSupport
import Testing

@testable import Bindings
@testable import Language

/// A training whose functions were changed is not gone on with: whatever place a user's function has, the change is named.
@Suite struct FingerprintTests {
    /// A place of a function, the name of its fingerprint, the function, and the same with a change that matters.
    struct Place: Sendable, CustomTestStringConvertible {
        let argument: String
        let print: String
        let first: String
        let second: String
        var before = ""
        var testDescription: String { argument + (before.isEmpty ? "" : " that reads a variable") }
    }

    static let places: [Place] = [
        Place(
            argument: "loss", print: "loss", first: "f => mean(relu(0.5 - f.positive_ranks + f.negative_ranks))",
            second: "f => mean(relu(0.6 - f.positive_ranks + f.negative_ranks))"),
        Place(
            argument: "loss", print: "loss", first: "[0.5, {\"a\": 1.0}]", second: "[0.5, {\"a\": 2.0}]",
            before: "loss = f => mean(relu(table[0] - f.positive_ranks + f.negative_ranks)) * table[1][\"a\"]"),
        Place(
            argument: "loss", print: "loss", first: "x => 2.0 * x", second: "x => 3.0 * x",
            before: "loss = f => table(mean(f.negative_ranks - f.positive_ranks))"),
        Place(argument: "ranker", print: "ranker", first: "(q, x) => x @ q[0]", second: "(q, x) => 2.0 * (x @ q[0])"),
        Place(
            argument: "metric_calculators", print: "metrics", first: "[(b, e, i, q) => dict(m = 1.0)]",
            second: "[(b, e, i, q) => dict(m = 2.0)]"),
        Place(
            argument: "confidence_calculator", print: "confidence calculator", first: "(r, c) => [1.0 for x in r]",
            second: "(r, c) => [0.5 for x in r]"),
        Place(argument: "ranks_aggregator", print: "ranks aggregator", first: "r => mean(r)", second: "r => r.max()"),
        Place(
            argument: "clicks_aggregator", print: "clicks aggregator", first: "c => ({k: max(v) for k, v in c.items()})",
            second: "c => ({k: min(v) for k, v in c.items()})"),
        Place(argument: "scheduler", print: "scheduler", first: "step => 1.0 / (1 + step)", second: "step => 1.0 / (2 + step)"),
        Place(argument: "retriever", print: "query retriever", first: "q => q", second: "q => q.upper()"),
        Place(argument: "head", print: "model", first: "v => v[:, :8]", second: "v => v[:, 8:16]"),
        Place(
            argument: "callbacks", print: "callback on_batch_end", first: "{\"on_batch_end\": s => if s[\"step\"] > 90 { \"stop\" }}",
            second: "{\"on_batch_end\": s => if s[\"step\"] > 91 { \"stop\" }}"),
    ]

    private static func script(_ place: Place) -> String {
        """
        items = load_items("\(Fixtures.url("shop").path)/items.jsonl", id = "id", text = ["title", "text"])
        sessions = load_sessions("\(Fixtures.url("shop").path)/sessions.jsonl")
        data = TrainTestSplitter(test_size_ratio = 0.25, random_state = 7).split(sessions)
        fn train(steps: int, options) {
            options = dict(options)
            fn take(name, standard) { if name in options { options.get(name) } else { standard } }
            model = load_model("\(Fixtures.url("tiny_bert").path)")
            if "head" in options { model = model_head(model, options["head"]) }
            params = FineTuningParams(num_fixed_layers = 1, query_lr = 5e-2, items_lr = 5e-2, query_weight_decay = 0.0, items_weight_decay = 0.0,
                                      margin = 0.1, not_irrelevant_only = true, negative_downsampling = 1.0)
            tracker = ExperimentsManager(main_metric = "test_loss", plugin_name = "test", accumulators = default_accumulators(), is_loss = true,
                                         tracking_uri = ":memory:")
            loss = take("loss", ProbMarginRankingLoss())
            retriever = take("retriever", TextQueryRetriever())
            callbacks = take("callbacks", none)
            parts = {name: part for name, part in options.items() if name not in ["head", "loss", "retriever", "callbacks"]}
            tuner = EmbeddingsFineTuner(model, DatasetDict(train = items, test = items), retriever, loss, params, tracker, **parts)
            tuner.preprocess_inputs(data)
            fit(tuner, data, max_steps = steps, batch_size = 2, checkpoint_dir = folder + "/c", callbacks = callbacks)
        }
        table = none
        \(place.before)
        fn options(value) { {"\(place.argument)": \(place.before.isEmpty ? "value" : "loss")} }
        first = \(place.first)
        \(place.before.isEmpty ? "" : "table = first")
        assert train(1, options(first)).steps == 1
        again = \(place.first)
        \(place.before.isEmpty ? "" : "table = again")
        assert train(2, options(again)).steps == 2
        second = \(place.second)
        \(place.before.isEmpty ? "" : "table = second")
        message = try { train(3, options(second)); "" } catch ValueError e { e.message }
        """
    }

    @Test(arguments: places) func aChangedFunctionIsRefused(_ place: Place) throws {
        let folder = try TemporaryFolder()
        let run = ScriptRun(Self.script(place) + "\nmessage", bindings: ["folder": .string(folder.path)])
        #expect(run.rendering == nil)
        let message = run.value?.asString ?? ""
        #expect(message.contains("was made otherwise: \(place.print): ") && message.contains(" then, "), "\(message)")
        // Nothing else is said to have changed.
        #expect(!message.contains(";"), "\(message)")
    }
}
