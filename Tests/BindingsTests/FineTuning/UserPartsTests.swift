import TestSupport
import Testing

@testable import Bindings
@testable import Language

/// Functions of the language in the place of the retriever, aggregators, scheduler, splitters, and the objects of the data side.
@Suite struct UserPartsTests {
    private static func run(_ text: String) -> ScriptRun { ScriptRun(ModelPartsTests.world + text) }

    static let scripts: [String: String] = [
        "retriever": """
        params = FineTuningParams(0, 0.1, 0.1, 0.0, 0.0, 0.1, true, 1.0)
        tracker = ExperimentsManager("test_loss", "demo", default_accumulators(), tracking_uri = ":memory:")
        fn losses_with(retriever) {
            tuner = EmbeddingsFineTuner(bert(), DatasetDict(train = items, test = items), retriever, ProbMarginRankingLoss(), params, tracker)
            tuner.preprocess_inputs(data)
            train(tuner)
        }
        assert losses_with(q => q) == losses_with(TextQueryRetriever())
        assert losses_with(q => "red " + q) != losses_with(q => q)
        r = TextQueryRetriever()
        assert r.get_id(TextQueryItem("boots", lang = "en")) == "boots" and r.get_payload("boots") is none
        assert r.get_storage_metadata({"text": "boots", "lang": "en"}) == {"text": "boots", "lang": "en"}
        """,
        "aggregators": """
        copies = ItemsSetAugmentationApplier(t => [t + " new"])(items)
        fn losses_with(**options) {
            tuner_of(bert(), **options)
            features = FeaturesExtractor(bert(), **options)(batches(data.train, size = 4)[0], copies, TextQueryRetriever())
            features.positive_ranks.tolist()
        }
        plain = losses_with()
        assert losses_with(ranks_aggregator = MeanAggregator()) == plain
        mine = losses_with(ranks_aggregator = ranks => mean(ranks))
        assert all([abs(a - b) < 1e-6 for a, b in zip(mine, plain)])
        assert losses_with(ranks_aggregator = MaxAggregator()) != plain
        largest = losses_with(ranks_aggregator = ranks => max(ranks))
        assert all([abs(a - b) < 1e-5 for a, b in zip(largest, losses_with(ranks_aggregator = MaxAggregator()))])
        fn any_part(clicks) { {k: max(v) for k, v in clicks.items()} }
        w = calculate_confidences()
        a = tuner_of(bert(), confidence_calculator = w)
        b = tuner_of(bert(), confidence_calculator = w, clicks_aggregator = any_part)
        assert train(a) == train(b)
        """,
        "scheduler": """
        a = tuner_of(bert(), step_size = 2, gamma = 0.5)
        b = tuner_of(bert(), scheduler = step => 0.5 ** (step // 2))
        assert train(a) == train(b) and a.learning_rates == b.learning_rates
        s = FineTuningSettings(ProbMarginRankingLoss(), scheduler = step => 1.0)
        assert s.scheduler == "function"
        try { train(tuner_of(bert(), scheduler = step => 1.0 / (1 - step))); assert false } catch ValueError e { print(e.message) } catch NumericError e { print(e.message) }
        try { train(tuner_of(bert(), scheduler = step => "fast")); assert false } catch TypeError e { assert "the scheduler must return a number" in e.message }
        """,
        "features": """
        f = FineTuningFeatures(tensor([0.9, 0.5]), tensor([0.1, 0.45]), ones(2), ones(2), ones(2))
        f.clamp_diff_in(0.1, 1.0)
        assert len(f) == 1 and len(f + f) == 2
        g = FineTuningFeatures(negative_ranks = tensor([0.3, 0.2]), negative_confidences = ones(2), target = ones(2))
        g.use_positive_from(f)
        assert len(g) == 1 and g.positive_ranks.tolist() == f.positive_ranks.tolist()
        try { g.target = 3; assert false } catch TypeError e { assert "must be a tensor or none" in e.message }
        try { FineTuningFeatures(tensor([0.9, 0.5]), tensor([0.1])); assert false } catch ValueError e { assert "same length" in e.message }
        fn metric(batch, extractor, items_set, query_retriever) {
            features = extractor(batch, items_set, query_retriever)
            [MetricValue("pairs", len(features)), MetricValue("gap", mean(features.positive_ranks - features.negative_ranks).item())]
        }
        tuner = tuner_of(bert(), metric_calculators = [metric])
        for batch in batches(data.test) { tuner.validation_step(batch) }
        tuner.on_validation_epoch_end()
        assert tuner.validation["test_pairs"] >= 1.0 and "test_gap" in tuner.validation
        a = MetricsAccumulator("m", calc_mean = true, calc_max = true)
        a.accumulate(MetricValue("m", 1.0))
        assert a.accumulate(MetricValue("m", 2)) == [("m", 2.0), ("mean_m", 1.5), ("max_m", 2.0)]
        assert a.accumulate(MetricValue("n", 2)) == []
        a.clear()
        """,
        "data": """
        sessions = [{"session_id": i, "search_query": f"q{i}", "created_at": 100 + i,
                     "search_results": [{"object_id": o, "meta": {"kind": "shoe"}} for o in ["a", "b", "c", "lost"]],
                     "events": [{"object_id": "b"}], "search_meta": {"lang": "en"}} for i in range(8)]
        converter = ClickstreamSessionConverter()
        made = converter.convert(sessions[0])
        assert made["input"].query.lang == "en" and made["items"][0] == {"object_id": "a", "kind": "shoe"}
        catalogue = {"a": "red; shoe", "b": {"text": "blue; boot"}, "c": "hat"}
        fn loader(wanted) { {w["object_id"]: catalogue[w["object_id"]] for w in wanted if w["object_id"] in catalogue} }
        manager = TextItemSetManager(items_set_splitter = ItemsSetSplitter(text => text.split("; ")))
        ready = prepare_data(sessions, converter, TrainTestSplitter(0.25, random_state = 1), q => q.text, loader, manager)
        first = ready.clickstream.train.not_irrelevant[0]
        assert first.results == ["a:0", "a:1", "b:0", "b:1", "c:0"] and first.events == ["b:0", "b:1"]
        assert ready.items.train["b:1"] == "boot" and first.get_object_id("b:1") == "b"
        extractor = FeaturesExtractor(bert())
        ranked = FineTuningInput("boots", first.results, first.events, {k: 0.5 for k in first.results}, part_to_object_dict = first.part_to_object_dict)
        assert len(extractor([(ranked, none)], ready.items.train, TextQueryRetriever())) == 2 * 3
        for by in ["query", "time", "session", "result"] {
            parts = split([converter.convert(s)["input"] for s in sessions], test = 0.25, by = by, seed = 1)
            assert len(parts.train) + len(parts.test) == 8
        }
        parts = split([converter.convert(s)["input"] for s in sessions], test = 0.5, by = s => s.timestamp % 2)
        assert len({s.timestamp % 2: 1 for s in parts.test.not_irrelevant}) == 1
        grouped = TokenGroupTextSplitter(bert(), SeparatorSplitter(["."]), max_tokens = 3)
        assert grouped("red boots. boots.red") == ["red boots  boots", "red"], f"{grouped('red boots. boots.red')}"
        """,
        "values": """
        fn params(only, **more) { FineTuningParams(1, 1, 1e-5, 0, 0.0, 0.025, only, 1.0, **more) }
        assert params("True").id == params(true).id and params(0).not_irrelevant_only == false and params(true).query_lr == 1.0
        assert params(true, examples_order = [ExamplesType.hard_all, 11]).id == params(true, examples_order = "2,11").id
        assert len(params(true, examples_order = []).examples_order) == 0
        for bad in ["", "x", [12], "1,,2"] { try { params(true, examples_order = bad); assert false } catch ValueError e { print(e.message) } }
        try { params("perhaps"); assert false } catch TypeError e { print(e.message) }
        s = ItemsSet([{"item_id": 7, "item": "x"}])
        s.item_field_name = "text"
        assert s.item_field_name == "text" and s["7"] == "x"
        try { s.id_field_name = ""; assert false } catch ValueError e { assert "non-empty" in e.message }
        """,
        "names": """
        assert calculate_confidences([0.9, 0.5, 0.4], [1, 0, 0], 5) == calculate_confidences(window_size = 5)([0.9, 0.5, 0.4], [1, 0, 0])
        assert dummy_confidences([0.9, 0.5], [1, 0]) == [1.0, 1.0] and is_a(dummy_confidences(), "dummy_confidences")
        assert train(tuner_of(bert(), confidence_calculator = calculate_confidences)) == train(tuner_of(bert(), confidence_calculator = calculate_confidences()))
        assert TextQueryRetriever().get_model_class()("boots", lang = "en").lang == "en"
        loss = CosineProbMarginRankingLoss(0.3)
        loss.set_margin(0.2)
        assert loss.margin == 0.2 and loss.do_fine_small_difference == false and InBatchSoftmaxLoss(10).scale == 10.0
        s = FineTuningSettings(loss, ranker = dot_ranker(), metric_calculators = [])
        assert s.loss_func.margin == 0.2 and is_a(s.ranker, "dot_ranker") and s.metric_calculators == []
        assert is_a(s.confidence_calculator, "dummy_confidences") and is_a(FineTuningSettings(loss).ranker, "cosine_ranker")
        model = bert()
        inputs = model.get_query_model_inputs("red boots")
        assert inputs["input_ids"].tolist() == [model.tokenize("red boots")] and inputs["attention_mask"].sum().item() == len(model.tokenize("red boots"))
        assert model.is_named_inputs and model_head(model, v => v).get_items_model_inputs()["input_ids"].shape[0] == 1
        struct Click { importance: float }
        converter = ClickstreamSessionConverter(item_type = (object_id, kind = none) => f"{object_id} {kind}", event_type = e => Click(3.0))
        session = {"session_id": 1, "search_query": "q", "search_results": [{"object_id": "a", "meta": {"kind": "shoe"}}, {"object_id": "b"}],
                   "events": [{"object_id": "b"}]}
        r = converter.convert(session)
        assert r["items"] == ["a shoe", "b none"] and r["input"].event_types == [3.0]
        try { ClickstreamSessionConverter(event_type = e => "x").convert(session); assert false } catch TypeError e { assert "importance" in e.message }
        try { FineTuningFeatures(target = 3); assert false } catch TypeError e { assert e.message == "target must be a tensor or none, not an int" }
        try { ItemsSet([{"a": 1}], item_field_name = "a", id_field_name = ""); assert false } catch ValueError e { assert "id_field_name" in e.message }
        try { FeaturesExtractor(model, examples_order = [3, "a"]); assert false } catch ValueError e { assert "ExamplesType" in e.message }
        try { EmbeddingsFineTuner(model, 2, 3, 4, 5, 6); assert false } catch TypeError e { assert "items_sets must be a DatasetDict" in e.message }
        """,
        "images": """
        clip = load_model("\(Fixtures.url("clip/tiny_clip").path)")
        folder = "\(Fixtures.url("clip/images").path)"
        files = {"noise": "noise_61x47.png", "stripes": "stripes_33x90.png", "small": "small_20x14.png", "photo": "photo_120x75.jpg"}
        set = ItemsSet([{"item_id": id, "item": load_image(f"{folder}/{file}", clip)} for id, file in files.items()])
        assert set["photo"].shape == (3, 32, 32) and allclose(set[0]["image"], set["noise"]) and len(set.contents) == 4
        assert set.items_by_ids(["small"])[0][0].shape == (3, 32, 32) and len(set.items_slice(1, 3)) == 2
        try { set.texts; assert false } catch ValueError e { assert "'noise' is an image" in e.message }
        try { ItemsSet([{"item_id": "a", "item": zeros(4, 4)}]); assert false } catch TypeError e { assert "f32[3, height, width]" in e.message }
        try { ItemsSet([{"item_id": "a", "item": [1]}]); assert false } catch TypeError e { assert "must be a text or an image" in e.message }
        assert ItemsSet([{"item_id": "a", "item": 7}])["a"] == "7"
        # Searched by cosine: every score is one, whatever the length of the vectors.
        found = search(clip, set, "red shoes", k = 4)
        assert len(found) == 4 and max([abs(s) for s in found["score"]]) <= 1.0001 and "image [3, 32, 32]" in found["text"]
        cosine = cosine_similarity(clip.encode("red shoes"), clip.encode(set["photo"])).item()
        assert abs([s for id, s in zip(found["id"], found["score"]) if id == "photo"][0] - cosine) < 1e-5
        import metrics
        queries = [{"id": "q", "text": "red shoes"}]
        assert metrics.evaluate(clip, set, queries, {"q": {found["id"][0]: 1}}).mrr_at_10 == 1.0
        sessions = [FineTuningInput("red shoes", files.keys(), ["photo"]), FineTuningInput("boots", files.keys(), ["small"])]
        data = DatasetDict(train = PairedFineTuningInputsDataset(sessions), test = PairedFineTuningInputsDataset(sessions))
        params = FineTuningParams(1, 1e-2, 1e-2, 0.0, 0.0, 0.1, true, 1.0, max_abs_difference_threshold = 3.0)
        tracker = ExperimentsManager("test_loss", "demo", default_accumulators(), tracking_uri = ":memory:")
        tuner = EmbeddingsFineTuner.create(clip, FineTuningSettings(ProbMarginRankingLoss()), DatasetDict(train = set, test = set),
            TextQueryRetriever(), params, tracker)
        tuner.preprocess_inputs(data)
        losses = [tuner.training_step([data.train[i % 2]]).item() for i in range(40)]
        assert losses[-2] + losses[-1] < losses[0] + losses[1]
        try { clip.forward_items(["boots"]); assert false } catch ValueError e { assert "item 0 is a text" in e.message }
        try { load_model("\(Fixtures.url("tiny_bert").path)").forward_items([set["photo"]]); assert false } catch ValueError e {
            assert "item 0 is an image" in e.message
        }
        try { load_model(clip.directory, pooling = "mean"); assert false } catch ValueError e { assert "CLIP" in e.message }
        try { load_image("no.png", clip); assert false } catch IOError e { assert "no.png: no such file" in e.message }
        try { SeparatorSplitter(); CLIPItemSetManager()([{"item_id": "noise"}], data); assert false } catch e { assert "image" in e.message }
        """,
        "streams": """
        path = "\(Fixtures.url("shop/sessions.jsonl").path)"
        whole = load_sessions(path)
        assert [s.query for s in stream_sessions(path)] == [s.query for s in whole]
        assert f"{describe(stream_sessions(path), items)}" == f"{describe(whole, items)}"
        """,
    ]

    @Test(arguments: scripts.keys.sorted()) func script(_ name: String) {
        #expect(Self.run(Self.scripts[name] ?? "").rendering == nil)
    }

    /// Names of other libraries that have to do with images lead to ours.
    @Test(arguments: ["CLIPModel": "TextToImageCLIPModel", "CLIPItemsDatasetDictPreprocessor": "CLIPItemSetManager"])
    func otherNamesForImages(_ name: String, _ ours: String) {
        let run = ScriptRun("\(name)()")
        #expect(run.failure == "NameError: `\(name)` is not defined")
        #expect(run.rendering?.contains(ours) == true)
    }
}
