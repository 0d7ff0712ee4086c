import Foundation
import TestSupport
import Testing

@testable import Bindings
@testable import Language

/// Iterations of fine-tuning on the little shop.
@Suite struct IterationJobTests {
    private static func run(_ body: String) throws -> ScriptRun {
        let folder = try TemporaryFolder()
        return ScriptRun(
            """
            items = load_items("\(Fixtures.url("shop").path)/items.jsonl", id = "id", text = ["title", "text"])
            sessions = load_sessions("\(Fixtures.url("shop").path)/sessions.jsonl")
            data = RankingData(TrainTestSplitter(test_size_ratio = 0.25, random_state = 7).split(sessions), DatasetDict(train = items, test = items))
            settings = FineTuningSettings(ProbMarginRankingLoss(), num_epochs = 1, batch_size = 4)
            space = {
                "num_fixed_layers": [0, 1], "query_lr": [1e-3], "items_lr": [1e-3, 5e-3, 1e-2], "query_weight_decay": [0.0],
                "items_weight_decay": [0.0, 1e-4], "margin": [0.05, 0.1], "not_irrelevant_only": [true], "negative_downsampling": [1.0]
            }
            fn new_tracker(name, is_loss = true) {
                ExperimentsManager(main_metric = if is_loss { "test_loss" } else { "test_not_irrelevant_dist_shift" }, plugin_name = "shop",
                    accumulators = default_accumulators(), is_loss = is_loss, n_top_runs = 2, tracking_uri = f"{folder}/{name}/runs.db")
            }
            fn begin(name, is_loss = true) {
                tracker = new_tracker(name, is_loss)
                tracker.upload_initial_model(load_model("\(Fixtures.url("tiny_bert").path)"))
                (tracker, FineTuningIteration("one", tracker.get_initial_model_run_id(), "shop"))
            }
            fn job(tracker, iteration, evals, options = space) {
                finetune_embedding_model(iteration, settings, data, TextQueryRetriever(), tracker, options, initial_max_evals = evals, seed = 3)
            }
            fn qualities(result) { [run["quality"] for run in result.runs] }
            \(body)
            """, bindings: ["folder": .string(folder.path)])
    }

    private static let cases: [(String, String)] = [
        (
            "the best of a search is kept, whichever direction is better",
            """
            for is_loss in [true, false] {
                tracker, iteration = begin(f"{is_loss}", is_loss)
                result = job(tracker, iteration, 5)
                assert result.error is none and len(result.runs) == 5 and none not in qualities(result), result
                assert result.best_quality == (if is_loss { min(qualities(result)) } else { max(qualities(result)) })
                assert tracker.iteration is none
                tracker.set_iteration(iteration)
                assert tracker.get_best_quality() == (result.best_run_id, result.best_quality)
                best = [run for run in result.runs if run["quality"] == result.best_quality][0]
                assert tracker.get_params_by_run_id(result.best_run_id) == best["params"]
                tuned = tracker.download_model_by_run_id(result.best_run_id)
                assert (tuned.encode(["red shoes"]) - tracker.download_initial_model().encode(["red shoes"])).abs().max().item() > 0.0
            }
            """
        ),
        (
            "the same call takes finished runs as they are, and a search that was cut short ends like one that was not",
            """
            tracker, iteration = begin("whole")
            whole = job(tracker, iteration, 6)
            tracker, iteration = begin("parts")
            first = job(tracker, iteration, 3)
            # As another process would.
            tracker = new_tracker("parts")
            second = job(tracker, iteration, 6)
            assert qualities(second) == qualities(whole) and qualities(second)[:3] == qualities(first)
            assert [run["params"] for run in second.runs] == [run["params"] for run in whole.runs]
            # No run has more values than one training gives it.
            tracker.set_iteration(iteration)
            for run in second.runs { tracker.set_run(run["params"]); assert len(tracker.curve("test_loss")) == 1; tracker.finish_run() }
            """
        ),
        (
            "a failed run is failed, never a quality",
            """
            for is_loss in [true, false] {
                tracker, iteration = begin(f"{is_loss}", is_loss)
                broken = dict(space)
                broken["num_fixed_layers"] = [1, 99]
                result = job(tracker, iteration, 8, broken)
                failed = [run for run in result.runs if run["quality"] is none]
                assert 0 < len(failed) and len(failed) < 8 and all(["fixed layers" in run["error"] for run in failed]), result
                assert result.best_quality in qualities(result) and result.best_quality is not none
            }
            tracker, iteration = begin("all")
            broken["num_fixed_layers"] = [99]
            message = try { job(tracker, iteration, 2, broken); "" } catch ValueError e { e.message }
            assert message.startswith(f"iteration {iteration}: all 2 runs failed; the first one: Number of fixed layers"), message
            assert tracker.iteration is none
            # With a model from an earlier call there is something to show.
            whole = job(tracker, iteration, 2)
            again = job(tracker, iteration, 2, broken)
            assert qualities(again) == [none, none] and again.best_run_id == whole.best_run_id and again.best_quality == whole.best_quality
            """
        ),
        (
            "a later iteration starts from a run, with its parameters and the best of its iteration, which then goes",
            """
            tracker, iteration = begin("a")
            first = job(tracker, iteration, 5)
            tracker.set_iteration(iteration)
            start = tracker.get_params_by_run_id(first.best_run_id)
            tracker.finish_iteration()
            next = FineTuningIteration("two", first.best_run_id, "shop")
            second = job(tracker, next, 5)
            assert second.error is none and second.runs[0]["params"] == start and 1 <= len(second.runs) <= 3, second
            assert second.best_run_id is not none and second.best_run_id != first.best_run_id
            assert [e["name"] for e in tracker.get_experiments()] == ["shop / iteration / initial", str(next)]
            assert tracker.download_model_by_run_id(first.best_run_id) is none
            assert tracker.download_model_by_run_id(second.best_run_id) is not none
            """
        ),
        (
            "a finished run is repeated only if none is better and its model is gone, whichever direction is better (D58)",
            """
            for is_loss in [true, false] {
                tracker, iteration = begin(f"{is_loss}", is_loss)
                result = job(tracker, iteration, 5)
                order = sorted(result.runs, key = run => if is_loss { run["quality"] } else { -run["quality"] })
                tracker.set_iteration(iteration)
                fn once(params) -> float {
                    model = tracker.download_initial_model()
                    fine_tune_embedding_model_one_param(model, settings, data, TextQueryRetriever(), params, tracker, seed = 3)
                }
                fn values(params) -> int { tracker.set_run(params); n = len(tracker.curve("test_loss")); tracker.finish_run(); n }
                best, worst = (order[0]["params"], order[-1]["params"])
                assert once(best) == result.best_quality and values(best) == 1
                assert once(worst) == order[-1]["quality"] and values(worst) == 1
                assert tracker.delete_model(result.best_run_id)
                # A worse one would be no better now: only the best is trained again.
                assert once(best) == result.best_quality and values(best) == 2
                assert tracker.get_best_quality() == (result.best_run_id, result.best_quality)
                assert once(worst) == order[-1]["quality"] and values(worst) == 1
            }
            """
        ),
        (
            "what makes no sense",
            """
            tracker, iteration = begin("a")
            fn message(f) { try { f(); "" } catch ValueError e { e.message } }
            assert message(() => job(tracker, iteration, 0)) == "initial_max_evals should be a positive integer"
            assert message(() => job(tracker, iteration, 1.5)) == "initial_max_evals should be a positive integer"
            assert message(() => job(tracker, iteration, 1, {})) == "initial_params should not be empty"
            assert "plugin `other`" in message(() => job(tracker, FineTuningIteration("x", "y", "other"), 1))
            assert "run `nothing` has no model to start from" in message(() => job(tracker, FineTuningIteration("x", "nothing", "shop"), 1))
            assert tracker.iteration is none
            params = FineTuningParams(99, 1e-3, 1e-3, 0.0, 0.0, 0.1, true, 1.0)
            tracker.set_iteration(iteration)
            assert fine_tune_embedding_model_one_param(tracker.download_initial_model(), settings, data, TextQueryRetriever(), params, tracker) is none
            assert "not_irrelevant_only" in INITIAL_PARAMS and len(INITIAL_PARAMS) == 9
            """
        ),
    ]

    @Test(arguments: cases) func finetuning(_ name: String, _ body: String) throws {
        let run = try Self.run(body)
        #expect(run.rendering == nil, "\(name)")
    }
}
