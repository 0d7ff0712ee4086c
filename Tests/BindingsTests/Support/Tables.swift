import TestSupport

@testable import Bindings
@testable import Language

/// All tables of builtins that the bindings register, methods of objects among them.
enum Tables {
    static let all: [Namespace] = Environment.builtins + Environment.modules + objects.map(\.object.methods).filter { !$0.builtins.isEmpty }

    /// One object of every type that has methods, by a name that scripts could give it.
    static let objects: [(name: String, object: HostObject)] = {
        let run = ScriptRun(Tables.script(model: Fixtures.url("tiny_bert").path))
        guard case .dict(let objects)? = run.value else { preconditionFailure(run.rendering ?? "no objects") }
        return objects.pairs.compactMap { pair in pair.value.asHost.map { (pair.key.display, $0) } }
    }()

    /// A script whose value is a dict with one object of every type.
    static func script(model: String) -> String { world(model: model) + objectsScript(model: model) }

    /// What the examples of tables speak of: items and inputs, a model, a tuner.
    static func world(model: String) -> String {
        """
        items = ItemsSet([{"item_id": x, "item": t} for x, t in [("a", "red shoes"), ("b", "blue boots"), ("c", "green hat")]])
        inputs = [FineTuningInput("red shoes", ["a", "b", "c"], ["a"]), FineTuningInput("boots", ["c", "b"], ["b"]), FineTuningInput("hat", ["a", "c"], [])]
        pairs = PairedFineTuningInputsDataset(inputs)
        data = DatasetDict(train = pairs, test = pairs)
        model = load_model("\(model)")
        params = FineTuningParams(0, 1e-3, 1e-3, 0.0, 0.0, 0.025, true, 1.0)
        tracker = ExperimentsManager("test_loss", "demo", default_accumulators(), tracking_uri = ":memory:")
        settings = FineTuningSettings(CosineProbMarginRankingLoss())
        tuner = EmbeddingsFineTuner.create(model, settings, DatasetDict(train = items, test = items), TextQueryRetriever(), params, tracker)
        tuner.preprocess_inputs(data)

        """
    }

    /// What examples of images speak of besides: a CLIP model of tiny towers, and a folder of image files.
    static let imageWorld = """
        clip = TextToImageCLIPModel("\(Fixtures.url("clip/tiny_clip").path)")
        images = "\(Fixtures.url("clip/images").path)"

        """

    private static func objectsScript(model: String) -> String {
        """
        features = none
        sweep = open_sweep("s", [{"a": 1}], [0], c => c.a, store = ":memory:")
        {
            "tensor": tensor([[1.0, 2.0], [3.0, 4.0]]), "dtype": f32, "items": items, "input": inputs[0], "pairs": pairs, "data": data,
            "model": model, "towers": two_towers(model, load_model("\(model)")), "params": params, "tracker": tracker, "settings": settings, "tuner": tuner,
            "extractor": tuner.features_extractor, "retriever": TextQueryRetriever(), "loss": CosineProbMarginRankingLoss(),
            "shift": DistanceShift(), "ranker": cosine_ranker(), "walk": step_through(tuner, batches(pairs)), "sgd": SGD(model, 1e-3), "schedule": tuner.configure_optimizers()[1][0],
            "splitter": TrainTestSplitter(0.5), "report": describe(inputs), "table": model.parameters(), "bar": progress("work"),
            "accumulator": default_accumulators()[0], "store": tracker.wrapper, "class": EmbeddingsFineTuner, "source": sqlite("no.db", "t"),
            "head": model_head(model, v => v[:, :4]), "selector": DistBasedSelector(SearchIndexInfo(2)),
            "adjuster": TorchBasedAdjuster(SearchIndexInfo(2)), "converter": ClickstreamSessionConverter(), "augmentation": ChangeCases(),
            "metric": MetricValue("m", 1.0), "features": FineTuningFeatures(), "examples": ExamplesType, "splitting": NoSplitter(),
            "manager": TextItemSetManager(), "index": SearchIndexInfo(2), "query": TextQueryItem("boots"),
            "clip": TextToImageCLIPModel("\(Fixtures.url("clip/tiny_clip").path)"), "search": TreeParzenSearch({"x": [1, 2]}), "range": uniform(0, 1), "sweep": sweep, "cell": sweep.cells[0],
        }
        """
    }
}
