import Foundation
import TestSupport
import Testing

@testable import Bindings
@testable import Language

/// `fit` on the little shop: what it is asked for, it does, and it never ends in a false success.
@Suite struct TrainerTests {
    /// A tuner on the shop's sessions; `parts` are further arguments of the tuner, `loss` an expression.
    private static func script(_ body: String, loss: String = "ProbMarginRankingLoss()", parts: String = "", params: String = "") -> String
    {
        """
        import json
        items = load_items("\(Fixtures.url("shop").path)/items.jsonl", id = "id", text = ["title", "text"])
        sessions = load_sessions("\(Fixtures.url("shop").path)/sessions.jsonl")
        data = TrainTestSplitter(test_size_ratio = 0.25, random_state = 7).split(sessions)
        fn new_tuner(loss = \(loss)) {
            model = load_model("\(Fixtures.url("tiny_bert").path)")
            params = FineTuningParams(num_fixed_layers = 1, query_lr = 5e-2, items_lr = 5e-2, query_weight_decay = 0.0, items_weight_decay = 0.0,
                                      margin = 0.1, not_irrelevant_only = true, negative_downsampling = 1.0\(params))
            tracker = ExperimentsManager(main_metric = "test_loss", plugin_name = "test", accumulators = default_accumulators(), is_loss = true,
                                         tracking_uri = folder + "/runs.db")
            tuner = EmbeddingsFineTuner(model, DatasetDict(train = items, test = items), TextQueryRetriever(), loss, params, tracker\(parts))
            tuner.preprocess_inputs(data)
            tuner
        }
        fn weights(tuner) {
            tuner.save_checkpoint(folder + "/weights")
            sums = json.parse(read_text(folder + "/weights/checksums.json"))["files"]
            (sums["weights.safetensors"], sums["optimizer.safetensors"])
        }
        tuner = new_tuner()
        n = len(batches(data.train, size = 2))
        \(body)
        """
    }

    private static func run(
        _ body: String, loss: String = "ProbMarginRankingLoss()", parts: String = "", params: String = "", in folder: String? = nil
    ) throws -> ScriptRun {
        let own = try TemporaryFolder()
        return ScriptRun(script(body, loss: loss, parts: parts, params: params), bindings: ["folder": .string(folder ?? own.path)])
    }

    /// Bodies that end in asserts.
    private static let cases: [(String, String)] = [
        (
            "epochs and steps",
            """
            r = fit(tuner, data, epochs = 2, batch_size = 2)
            assert r.status == "finished" and r.steps == 2 * n and [row["step"] for row in r.history] == [n, 2 * n]
            assert r.history[1]["train_loss"] < r.history[0]["train_loss"] and r.counts["pairs"] > 0 and r.masking_rate is none
            r = fit(new_tuner(), data, max_steps = n + 1, batch_size = 2)
            assert r.steps == n + 1 and [row["epoch"] for row in r.history] == [1, 2]
            assert fit(new_tuner(), data, epochs = 9, max_steps = 1, batch_size = 2).steps == 1
            """
        ),
        (
            "a checkpoint that cannot be written stops the training, which is in memory and goes on",
            """
            whole = new_tuner()
            a = fit(whole, data, epochs = 2, batch_size = 2, checkpoint_dir = folder + "/whole", checkpoint_every = 1)
            d = folder + "/blocked"
            make_dirs(d)
            write_text(d + "/step-00000002", "in the way")
            errors = []
            fn blocked(go) { try { go(); assert false } catch IOError e { e.message } }
            errors.append(blocked(() => fit(tuner, data, epochs = 2, batch_size = 2, checkpoint_dir = d, checkpoint_every = 1, callbacks = {"on_error": s => { assert s["step"] == 2 }})))
            errors.append(blocked(() => tuner.resume()))
            assert all(["step-00000002" in e for e in errors])
            remove_file(d + "/step-00000002")
            b = tuner.resume()
            assert b.status == "finished" and b.history == a.history and weights(tuner) == weights(whole)
            assert list_checkpoints(d) == list_checkpoints(folder + "/whole")
            """
        ),
        (
            "a divergence is told with its operation and the queries",
            """
            bad = new_tuner(loss = f => mean(sqrt(-2.0 - f.positive_ranks)))
            r = fit(bad, data, epochs = 1, batch_size = 2, sanity_batches = 0)
            query = batches(data.train, size = 2, shuffle = true, seed = 0)[0][0][0].query
            assert r.status == "diverged" and r.steps == 0 and "first in sqrt" in r.reason and query in r.reason, r.reason
            """
        ),
        (
            "a metric that is not there is told before anything is trained",
            """
            try {
                fit(tuner, data, epochs = 1, monitor = "nope", callbacks = {"on_batch_start": s => { raise IOError("too late") }})
                assert false
            } catch ValueError e { assert "there is no metric `nope`" in e.message and "test_loss" in e.message }
            try { fit(new_tuner(), data, epochs = 1, limit_batches = "a"); assert false } catch TypeError e { assert "limit_batches" in e.message }
            """
        ),
        (
            "what is trained belongs to the fingerprints",
            """
            prints = new_tuner().fingerprints()
            assert prints == new_tuner().fingerprints()
            m = 0.1
            mine = f => mean(f.positive_ranks) * m
            losses = [CosineProbMarginRankingLoss(), ProbMarginRankingLoss(1.0, true), InBatchSoftmaxLoss(), InBatchSoftmaxLoss(10), mine, f => mean(f.positive_ranks)]
            texts = [new_tuner(loss = loss).fingerprints()["loss"] for loss in losses] + [prints["loss"]]
            m = 0.2
            texts.append(new_tuner(loss = mine).fingerprints()["loss"])
            assert len(unique(texts)) == len(texts), f"{texts}"
            """
        ),
        (
            "accumulation is the mean over its batches, and clipping bounds it",
            """
            norms = []
            r = fit(tuner, data, epochs = 1, batch_size = 1, accumulate = 3, callbacks = {"on_batch_end": s => if s["step"] > 99 { "stop" }})
            assert r.steps == (len(data.train) + 2) // 3
            a = new_tuner(); b = new_tuner(); group = batches(data.train, size = 1)[:2]
            a.zero_grad(); for x in group { a.accumulate_gradients(x, 0, share = 0.5) }
            b.zero_grad(); for x in group { b.accumulate_gradients(x, 0) }
            assert abs(b.gradient_norm() - 2 * a.gradient_norm()) < 1e-5 * b.gradient_norm()
            assert b.clip_gradients(1e-3) > 1e-3 and abs(b.gradient_norm() - 1e-3) < 1e-5
            """
        ),
        (
            "validation every share or number of inputs",
            """
            r = fit(tuner, data, epochs = 1, batch_size = 1, test_each_n_inputs = 2)
            assert [row["step"] for row in r.history][:2] == [2, 4]
            r = fit(new_tuner(), data, epochs = 2, batch_size = 2, test_each_n_inputs = 0.0)
            assert len(r.history) == 2
            """
        ),
        (
            "early stopping waits its patience, and the best is kept",
            """
            r = fit(tuner, data, epochs = 50, batch_size = 2, early_stopping = EarlyStopping(patience = 2, min_delta = 10.0))
            assert r.status == "early_stopped" and len(r.history) == 3 and "test_loss" in r.reason, r
            best = sorted(r.history, key = row => row["test_loss"])[0]
            assert r.best == best
            r = fit(new_tuner(), data, epochs = 4, batch_size = 2, early_stopping = 1, monitor = "train_loss", mode = "max")
            assert r.status == "early_stopped" and len(r.history) == 2 and r.best["epoch"] == 1
            """
        ),
        (
            "the model can have the best weights at the end",
            """
            r = fit(tuner, data, epochs = 3, batch_size = 2, monitor = "train_loss", mode = "max", load_best = true)
            one = new_tuner(); fit(one, data, max_steps = r.best["step"], batch_size = 2)
            assert r.best["step"] == n and (tuner.features_extractor.calculate_ranks(sessions[0], items, TextQueryRetriever())
                == one.features_extractor.calculate_ranks(sessions[0], items, TextQueryRetriever()))
            """
        ),
        (
            "overfitting a batch brings its loss down, on the same batch and without validation",
            """
            r = fit(tuner, data, epochs = 12, batch_size = 2, overfit_batches = 1)
            assert r.steps == 12 and "test_loss" not in r.history[0]
            assert r.history[11]["train_loss"] < r.history[0]["train_loss"]
            assert fit(new_tuner(), data, epochs = 1, batch_size = 1, limit_batches = 2, limit_test_batches = 1).steps == 2
            assert fit(new_tuner(), data, epochs = 1, batch_size = 1, limit_batches = 0.5).steps == len(data.train) // 2
            """
        ),
        (
            "callbacks are called in their order, and can stop",
            """
            order = path_join(folder, "order")
            note = name => (s => write_text(order, f"{name}:{s["step"]} ", append = true))
            names = ["on_fit_start", "on_epoch_start", "on_batch_start", "on_batch_end", "on_validation_start", "on_validation_end", "on_epoch_end", "on_fit_end"]
            fit(tuner, data, epochs = 1, batch_size = len(data.train), callbacks = {name: note(name) for name in names})
            assert read_text(order) == "on_fit_start:0 on_epoch_start:0 on_batch_start:0 on_batch_end:1 on_validation_start:1 on_validation_end:1 on_epoch_end:1 on_fit_end:1 "
            r = fit(new_tuner(), data, epochs = 5, batch_size = 2, callbacks = [{}, {"on_batch_end": s => if s["step"] == 2 { "stop" }}])
            assert r.status == "early_stopped" and r.steps == 2
            """
        ),
        (
            "training inputs alone are trained on without validation",
            """
            r = fit(tuner, data.train, epochs = 1, batch_size = 2)
            assert r.status == "finished" and r.steps == n and "test_loss" not in r.history[0] and r.best["step"] == n
            assert fit(new_tuner(), data.train, test = data.test, epochs = 1, batch_size = 2).history[0]["test_loss"] > 0
            """
        ),
        (
            "the sanity check leaves no trace",
            """
            a = new_tuner(); b = new_tuner()
            fit(a, data, epochs = 1, batch_size = 2, sanity_batches = 0)
            fit(b, data, epochs = 1, batch_size = 2, sanity_batches = 2)
            assert a.validation == b.validation and weights(a) == weights(b)
            """
        ),
        (
            "what the settings say holds unless fit is told otherwise",
            """
            settings = FineTuningSettings(ProbMarginRankingLoss(), num_epochs = 2, batch_size = 3, test_each_n_inputs = 0.5)
            t = EmbeddingsFineTuner.create(load_model("\(Fixtures.url("tiny_bert").path)"), settings, DatasetDict(train = items, test = items),
                TextQueryRetriever(), tuner.fine_tuning_params, ExperimentsManager(main_metric = "test_loss", plugin_name = "t", accumulators = default_accumulators(), tracking_uri = folder + "/r.db"))
            t.preprocess_inputs(data)
            assert fit(t, data).steps == 2 * len(batches(data.train, size = 3))
            """
        ),
    ]

    @Test(arguments: cases.map(\.0)) func behaves(_ name: String) throws {
        let body = try #require(Self.cases.first { $0.0 == name }?.1)
        let run = try Self.run(body)
        #expect(run.rendering == nil)
    }

    /// Arguments and data that cannot lead to a training end in an error that says why.
    @Test(arguments: [
        ("fit(tuner, data, max_epochs = 3)", "here it is epochs"),
        ("fit(tuner, data, learning_rate = 3)", "FineTuningParams(query_lr"),
        ("fit(tuner, data, epoch = 3)", "no argument `epoch`"),
        ("fit(tuner, data, epochs = 0)", "epochs must be positive, not 0"),
        ("fit(tuner, data, limit_batches = 1.5)", "limit_batches"),
        ("fit(tuner, data, monitor = \"ndcg\")", "there is no metric `ndcg` to monitor; there are train_loss, test_loss"),
        ("fit(tuner, data, callbacks = {\"on_step\": print})", "there is no callback `on_step`"),
        ("fit(tuner, PairedFineTuningInputsDataset([]), test = data.test)", "there are no training inputs"),
        ("fit(tuner, data, mode = \"least\")", "mode must be"),
        ("fit(tuner, sessions)", "not list; PairedFineTuningInputsDataset(sessions) makes one"),
        ("fit(tuner, 3)", "data must be a DatasetDict or a PairedFineTuningInputsDataset, not int"),
        ("fit(tuner, data, test = data.test)", "has test inputs already"),
        ("fit(tuner, data.train, test = sessions)", "argument `test` must be a PairedFineTuningInputsDataset or none, not a list"),
        ("fit(tuner.features_extractor, data)", "argument `tuner` must be an EmbeddingsFineTuner, not a FeaturesExtractor"),
        ("fit(tuner, data, sanity_batches = -1)", "sanity_batches must not be negative, not -1"),
        ("fit(tuner, data, test_each_n_inputs = float(\"nan\"))", "test_each_n_inputs must be a finite number, not nan"),
    ])
    func refuses(_ call: String, _ message: String) throws {
        let run = try Self.run(call)
        #expect(run.failure?.contains(message) == true, "\(run.failure ?? "no error")")
    }

    @Test func aTrainingWithoutPairsIsNoSuccess() throws {
        let run = try Self.run("fit(tuner, data, epochs = 1)", params: ", min_abs_difference_threshold = 0.99")
        #expect(run.failure?.contains("gave a pair to learn from") == true, "\(run.failure ?? "no error")")
    }

    @Test func divergingIsAStatusAndTouchesNothing() throws {
        let run = try Self.run(
            """
            before = weights(tuner)
            r = fit(tuner, data, epochs = 1, batch_size = 2, sanity_batches = 0)
            assert r.status == "diverged" and r.steps == 0 and "finite" in r.reason, r
            assert weights(tuner) == before
            t = new_tuner(loss = f => sum(sqrt(f.positive_ranks - f.positive_ranks.detach())))
            r = fit(t, data, epochs = 1, batch_size = 2, sanity_batches = 0)
            assert r.status == "diverged" and "gradient" in r.reason, r.reason
            """, loss: "f => mean(f.positive_ranks) * float(\"nan\")")
        #expect(run.rendering == nil)
    }

    @Test func inBatchLossesMaskKnownPositives() throws {
        let run = try Self.run(
            """
            r = fit(tuner, data, epochs = 2, batch_size = 4)
            assert r.status == "finished" and r.history[1]["train_loss"] < r.history[0]["train_loss"]
            assert r.masking_rate >= 0 and r.masking_rate < 1, r.masking_rate
            # The same clicks twice: each row's twin is a known positive, whose item must not be a negative.
            own = new_tuner(); batch = batches(data.train, size = 1)[0]; clicks = len(batch[0][0].events)
            own.add_clicks(data.train)
            assert own.accumulate_gradients(batch + batch, 0).item() < 1e-6 or clicks > 1
            script = new_tuner(loss = f => cross_entropy(20 * normalize(f.queries) @ normalize(f.items).T + where(f.known, -1e9, 0.0), arange(len(f.queries))))
            mine = script.accumulate_gradients(batches(data.train, size = 4)[0], 0).item()
            theirs = new_tuner().accumulate_gradients(batches(data.train, size = 4)[0], 0).item()
            assert abs(mine - theirs) < 1e-4 * abs(theirs), (mine, theirs)
            """, loss: "InBatchSoftmaxLoss()")
        #expect(run.rendering == nil)
        let alone = try Self.run("fit(tuner, data, epochs = 1, batch_size = 1, limit_batches = 1)", loss: "InBatchSoftmaxLoss()")
        #expect(alone.failure == nil || alone.failure?.contains("no batch has a second click") == true)
    }

    // MARK: Checkpoints

    private static let options = """
        epochs = 3, batch_size = 2, checkpoint_dir = folder + "/c", checkpoint_every = 1
        """

    @Test func resumesToTheSameBits() throws {
        let folder = try TemporaryFolder()
        let run = try Self.run(
            """
            whole = new_tuner(); r = fit(whole, data, epochs = 3, batch_size = 2)
            part = fit(tuner, data, \(Self.options), callbacks = {"on_batch_end": s => if s["step"] == n + 1 { raise IOError("power cut") }})
            """, in: folder.path)
        #expect(run.failure?.contains("power cut") == true, "\(run.failure ?? "no error")")
        let again = try Self.run(
            """
            whole = new_tuner(); r = fit(whole, data, epochs = 3, batch_size = 2)
            steps = []
            resumed = fit(tuner, data, \(Self.options), resume_anyway = true)
            assert resumed.steps == r.steps and resumed.history == r.history, (resumed.history, r.history)
            assert weights(tuner) == weights(whole)
            names = list_checkpoints(folder + "/c")
            assert len(names) <= 3 and f"step-{r.best["step"]:08}" in names and f"step-{r.steps:08}" in names, names
            # Nothing is left to do, and it says so.
            idle = new_tuner()
            done = fit(idle, data, \(Self.options), resume_anyway = true)
            assert done.status == "finished" and done.steps == r.steps and weights(idle) == weights(whole)
            """, in: folder.path)
        #expect(again.rendering == nil)
    }

    /// A metric that is nan, even the monitored one, ends no training and loses no checkpoint; a number is better than nan.
    @Test func nanMetricsAreKept() throws {
        let run = try Self.run(
            """
            fn odd(b, e, i, q) { {"odd": float("nan")} }
            fn odd_tuner() { EmbeddingsFineTuner(load_model("\(Fixtures.url("tiny_bert").path)"), DatasetDict(train = items, test = items),
                TextQueryRetriever(), ProbMarginRankingLoss(), tuner.fine_tuning_params, ExperimentsManager(main_metric = "test_loss",
                plugin_name = "t", accumulators = [MetricsAccumulator("test_odd")], tracking_uri = folder + "/odd.db"), metric_calculators = [odd]) }
            a = odd_tuner(); a.preprocess_inputs(data)
            r = fit(a, data, epochs = 1, batch_size = 2, monitor = "test_odd", checkpoint_dir = folder + "/c")
            assert r.status == "finished" and len(list_checkpoints(folder + "/c")) > 0
            b = odd_tuner(); b.preprocess_inputs(data)
            r = fit(b, data, epochs = 2, batch_size = 2, monitor = "test_odd", checkpoint_dir = folder + "/c")
            assert r.status == "finished" and r.steps == 2 * n and str(r.history[0]["test_odd"]) == "nan", r
            import training_plan
            assert training_plan.is_better(1.0, float("nan"), training_plan.EarlyStopping(mode = "min"), 0.0)
            assert not training_plan.is_better(float("nan"), float("nan"), training_plan.EarlyStopping(mode = "min"), 0.0)
            """)
        #expect(run.rendering == nil)
    }

    /// The store has every loss once, also those of steps that were taken, lost with the process and taken again.
    @Test func aResumedRunHasOneCurve() throws {
        let folder = try TemporaryFolder()
        let first = try Self.run(
            "fit(tuner, data, \(Self.options.replacingOccurrences(of: "every = 1", with: "every = 2")), callbacks = {\"on_batch_end\": s => if s[\"step\"] == 3 { raise IOError(\"power cut\") }})",
            in: folder.path)
        #expect(first.failure?.contains("power cut") == true, "\(first.failure ?? "no error")")
        let again = try Self.run(
            """
            keeper = ExperimentsManager(main_metric = "test_loss", plugin_name = "test", accumulators = default_accumulators(), is_loss = true,
                tracking_uri = folder + "/runs.db")
            t = EmbeddingsFineTuner(load_model("\(Fixtures.url("tiny_bert").path)"), DatasetDict(train = items, test = items),
                TextQueryRetriever(), ProbMarginRankingLoss(), tuner.fine_tuning_params, keeper)
            t.preprocess_inputs(data)
            r = fit(t, data, \(Self.options), resume_anyway = true)
            assert len(keeper.curve("train_loss")) == r.steps, (len(keeper.curve("train_loss")), r.steps)
            """, in: folder.path)
        #expect(again.rendering == nil)
    }

    @Test func optimizersAndSchedulesAreReturned() throws {
        let run = try Self.run(
            """
            optimizers, schedules = tuner.configure_optimizers()
            assert len(optimizers) == 1 and len(schedules) == 1 and is_a(optimizers[0], "SGD") and optimizers[0].lr == 5e-2
            before = weights(tuner)
            tuner.zero_grad(); tuner.accumulate_gradients(batches(data.train, size = 2)[0], 0)
            optimizers[0].step()
            assert weights(tuner) != before and schedules[0].last_epoch == 0
            schedules[0].step()
            assert schedules[0].last_epoch == 1 and tuner.learning_rates == [schedules[0].lr]
            """, parts: ", step_size = 1, gamma = 0.5")
        #expect(run.rendering == nil)
    }

    @Test func aDamagedCheckpointIsPassedOver() throws {
        let run = try Self.run(
            """
            fit(tuner, data, \(Self.options), max_steps = n + 1)
            newest = list_checkpoints(folder + "/c")[-1]
            write_text(folder + "/c/" + newest + "/weights.safetensors", "damaged")
            t = new_tuner()
            r = fit(t, data, \(Self.options), max_steps = n + 1)
            whole = new_tuner(); fit(whole, data, epochs = 3, max_steps = n + 1, batch_size = 2)
            assert weights(t) == weights(whole)
            """)
        #expect(run.rendering == nil)
        #expect(run.output.contains("is passed over") && run.output.contains("weights.safetensors"))
    }

    @Test func changesAreRefusedWithAList() throws {
        let run = try Self.run(
            """
            fit(tuner, data, \(Self.options), max_steps = 2)
            other = TrainTestSplitter(test_size_ratio = 0.25, random_state = 8).split(sessions)
            try {
                fit(new_tuner(), other, \(Self.options.replacingOccurrences(of: "batch_size = 2", with: "batch_size = 1")))
            } catch ValueError e {
                print(e.message)
            }
            assert fit(new_tuner(), other, \(Self.options), max_steps = 3, resume_anyway = true).steps == 3
            """)
        #expect(run.rendering == nil)
        for change in ["training data: ", "batch_size: 2 then, 1 now", "test data: "] {
            #expect(run.output.contains(change), "\(run.output)")
        }
        #expect(!run.output.contains("code of"))
    }

    @Test func snapshotsGoBackAndWalksLook() throws {
        let run = try Self.run(
            """
            tuner.configure_optimizers()
            before = weights(tuner); snapshot = tuner.snapshot()
            tuner.training_step(batches(data.train, size = 2)[0])
            assert weights(tuner) != before
            tuner.restore(snapshot)
            assert weights(tuner) == before

            s = step_through(tuner, batches(data.train, size = 2))
            s.break_when(state => state.loss > 0, reason = "any loss")
            s.next(3)
            assert s.position == 1 and s.stopped == "any loss" and "any loss" in repr(s)
            s.clear_breaks()
            s.run_until(state => state.position == 3)
            assert s.position == 3 and s.grad_norm > 0 and len(s.features) == len(s.pairs())
            assert abs(sum(s.pairs()["share_of_loss"]) - 1) < 1e-9
            assert "encoder.layer.1" in s.grads()["parameter"] and len(s.grads(by = "parameter")) > len(s.grads())
            assert len(s.parameters_changed()) > 0
            table = s.explain(s.batch[0][0].query)
            assert sorted(table["place_before"]) == table["place"]
            s.back(3)
            assert weights(tuner) == before and s.stopped is none
            """)
        #expect(run.rendering == nil)
    }
}
