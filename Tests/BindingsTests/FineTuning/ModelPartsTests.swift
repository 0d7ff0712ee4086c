import Foundation
import TestSupport
import Testing

@testable import Bindings
@testable import Language

/// Models built of parts: heads, towers, and their parameters.
@Suite struct ModelPartsTests {
    static let world = """
        items = load_items("\(Fixtures.url("shop/items.jsonl").path)", id = "id", text = ["title", "text"])
        pairs = PairedFineTuningInputsDataset(load_sessions("\(Fixtures.url("shop/sessions.jsonl").path)"))
        data = DatasetDict(train = pairs, test = pairs)
        fn bert() { load_model("\(Fixtures.url("tiny_bert").path)") }
        fn tuner_of(model, loss = ProbMarginRankingLoss(), fixed = 0, rate = 0.1, **options) {
            params = FineTuningParams(fixed, rate, rate, 0.0, 0.0, 0.1, true, 1.0)
            tracker = ExperimentsManager("test_loss", "demo", default_accumulators(), tracking_uri = ":memory:")
            tuner = EmbeddingsFineTuner(model, DatasetDict(train = items, test = items), TextQueryRetriever(), loss, params, tracker, **options)
            tuner.preprocess_inputs(data)
            tuner
        }
        fn train(tuner, steps = 3) { [tuner.training_step(batch).item() for batch in batches(data.train, size = 4)[:steps]] }

        """

    private static func run(_ text: String) -> ScriptRun { ScriptRun(world + text) }

    @Test func aHeadIsFoundTrainedSavedAndLoaded() {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("head-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let run = Self.run(
            """
            import training_plan
            seed(3) {
                w = parameter(eye(32)[:, :8] + 0.01 * randn(32, 8), name = "projection")
                b = parameter(zeros(8))
                unused = parameter(zeros(3))
                project = v => tanh(v @ w) + b
                model = model_head(bert(), project)
                assert model.dimension == 8 and len(model.head_parameters) == 2
                assert model.parameters()["name"][-2:] == ["projection", "head.1"], f"{model.parameters()}"
                before = (w * 1, b * 1, model.encode(items.texts))
                tuner = tuner_of(model, fixed = 1)
                train(tuner)
                assert max(abs(w - before[0])).item() > 1e-5 and max(abs(b - before[1])).item() > 1e-5
                assert max(abs(model.encode(items.texts) - before[2])).item() > 1e-5
                looked_up = tuner.frozen_cache
                assert looked_up["misses"] > 0 and looked_up["hits"] > 0, f"{looked_up}"
                shown = training_plan.cache_use(tuner, {"hits": 0, "misses": 0})
                assert shown == {"frozen_cache_hits": looked_up["hits"] / (looked_up["hits"] + looked_up["misses"])}
                assert training_plan.cache_use(tuner, looked_up) == {}
                frozen = [r["name"] for r in model.parameters() if not r["trainable"]]
                assert len(frozen) == 21 and all([n.startswith("embeddings.") or n.startswith("encoder.layer.0.") for n in frozen])
                model.save("\(folder.path)")
                trained = model.encode(items.texts)
                w2 = parameter(zeros(32, 8), name = "projection")
                b2 = parameter(zeros(8))
                again = model_head("\(folder.path)", v => tanh(v @ w2) + b2)
                assert max(abs(again.encode(items.texts) - trained)).item() == 0.0
            }
            """)
        #expect(run.rendering == nil)
        #expect(Self.run("load_model(\"\(folder.path)\")").failure?.contains("made of parts") == true)
        #expect(
            Self.run("w = parameter(zeros(32, 4), name = \"projection\"); model_head(\"\(folder.path)\", v => v @ w)").failure?
                .contains("other parameters") == true)
    }

    /// A head with weights of its own gives the same steps as the same head in the loss's ranker.
    @Test func aHeadTrainsLikeTheSameOperationsElsewhere() {
        let run = Self.run(
            """
            fn double(v) { v * 2.0 }
            a = train(tuner_of(model_head(bert(), v => normalize(v)), ranker = dot_ranker()))
            b = train(tuner_of(bert(), ranker = (q, xs) => normalize(xs) @ normalize(q)[0]))
            for x, y in zip(a, b) { assert abs(x - y) < 1e-5, f"{a} {b}" }
            """)
        #expect(run.rendering == nil)
    }

    @Test func towersOfAnyParts() {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("towers-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let run = Self.run(
            """
            w = parameter(eye(32))
            encoder = bert()
            # One encoder for both, with a head for queries only: the encoder is trained once, with the items.
            model = two_towers(query = model_head(encoder, v => v @ w), items = encoder)
            assert len(model.get_query_model_params()) == 1 and len(model.get_items_model_params()) == 39
            tuner = tuner_of(model)
            tuner.configure_optimizers()
            assert len(tuner.learning_rates) == 2
            before = w * 1
            train(tuner)
            assert max(abs(w - before)).item() > 1e-6
            assert is_a(model.query_model, "HeadModel") and is_a(model.items_model, "EmbeddingModel")

            two = two_towers(bert(), bert())
            train(tuner_of(two))
            two.save("\(folder.path)")
            again = load_two_towers("\(folder.path)")
            assert max(abs(again.query_model.encode("boots") - two.query_model.encode("boots"))).item() == 0.0
            assert max(abs(again.query_model.encode("boots") - again.items_model.encode("boots"))).item() > 0.0
            two.fix_query_model(1); two.unfix_query_model()
            """)
        #expect(run.rendering == nil)
        for (text, message) in [
            ("two_towers(bert(), model_head(bert(), v => v[:, :4]))", "different lengths"),
            ("m = bert(); two_towers(m, m)", "same model"),
            ("two_towers(two_towers(bert(), bert()), bert())", "two towers itself"),
            ("model_head(two_towers(bert(), bert()), v => v)", "has two towers"),
            ("model_head(bert(), v => sum(v))", "the head must turn vectors"),
            ("model_head(bert(), v => 3)", "the head must return a tensor"),
            ("p = parameter([1.0], name = \"a\"); q = parameter([1.0], name = \"a\"); model_head(bert(), v => v * p * q)", "same name"),
        ] {
            #expect(Self.run(text).failure?.contains(message) == true, "\(text): \(Self.run(text).failure ?? "no error")")
        }
    }

    @Test func optimizersTakeParameters() {
        let run = Self.run(
            """
            w = parameter([1.0, 2.0])
            for make in [p => SGD(p, 0.1), p => AdamW(p, 0.1)] {
                optimizer = make([w])
                last = sum(w * w).item()
                for i in range(5) { optimizer.zero_grad(); sum(w * w).backward(); optimizer.step() }
                assert sum(w * w).item() < last
            }
            """)
        #expect(run.rendering == nil)
        #expect(Self.run("SGD([tensor([1.0])], 0.1)").failure?.contains("parameter(t) makes one") != true)
        #expect(Self.run("SGD([1], 0.1)").failure?.hasPrefix("TypeError: SGD() takes a model or a list of parameters") == true)
    }
}
