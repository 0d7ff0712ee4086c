import Experiments
import FineTuning
import Language

/// Iterations and their runs.
extension ManagerObject {
    static let iterations: [Builtin] = [
        Builtin(
            "set_iteration", "(iteration: FineTuningIteration) -> none",
            doc: "Opens the experiment of an iteration. One of another plugin is refused with a warning.",
            example: """
                tracker.set_iteration(FineTuningIteration("monday", "run", "demo")); \
                assert tracker.iteration.batch_id == "monday"
                """
        ) { call in
            try manager(call).setIteration(try call.host(0, as: IterationObject.self).iteration)
            return .none
        },
        Builtin(
            "finish_iteration", "() -> none",
            doc: "Goes back to the initial experiment.",
            example: """
                tracker.set_iteration(FineTuningIteration("monday", "run", "demo")); tracker.finish_iteration(); \
                assert tracker.iteration is none
                """
        ) { call in
            try manager(call).finishIteration()
            return .none
        },
        Builtin(
            "get_experiments", "() -> list",
            doc: "The plugin's experiments, oldest first: a dict of id, name, and created (seconds since 1970) each.",
            example: """
                tracker.set_iteration(FineTuningIteration("monday", "run", "demo")); \
                assert tracker.get_experiments()[0]["name"] == "demo / iteration / run / monday"
                """
        ) { call in
            .list(
                try manager(call).experiments().map {
                    .dict([("id", .string($0.id)), ("name", .string($0.name)), ("created", .float($0.created.timeIntervalSince1970))])
                })
        },
        Builtin(
            "get_previous_iteration_id", "() -> str | none",
            doc: "Experiment of the newest iteration besides the current one; none if there is none.",
            example: """
                for day in ["monday", "tuesday"] { tracker.set_iteration(FineTuningIteration(day, "run", "demo")) }; \
                assert tracker.get_previous_iteration_id() == tracker.get_experiments()[0]["id"]
                """
        ) { call in text(try manager(call).previousIteration()?.id) },
        Builtin(
            "get_last_iteration_id", "() -> str | none", doc: "Experiment of the newest iteration, the current one included.",
            example: """
                for day in ["monday", "tuesday"] { tracker.set_iteration(FineTuningIteration(day, "run", "demo")) }; \
                assert tracker.get_last_iteration_id() == tracker.get_experiments()[1]["id"]
                """
        ) { call in text(try manager(call).lastIteration()?.id) },
        Builtin(
            "get_last_finished_iteration_id", "() -> str | none",
            doc: "Experiment of the newest iteration of which no run is still going on.",
            example: """
                for day in ["monday", "tuesday"] { tracker.set_iteration(FineTuningIteration(day, "run", "demo")) }; \
                tracker.set_run(params); assert tracker.get_last_finished_iteration_id() == tracker.get_experiments()[0]["id"]
                """
        ) { call in text(try manager(call).lastFinishedIteration()?.id) },
        Builtin(
            "delete_previous_iteration", "() -> none",
            doc: "Deletes the models of the previous iteration's finished runs, then its experiment, whose runs can still be read.",
            example: """
                for day in ["monday", "tuesday"] { tracker.set_iteration(FineTuningIteration(day, "run", "demo")) }; \
                tracker.delete_previous_iteration(); assert [e["name"][-7:] for e in tracker.get_experiments()] == ["tuesday"]
                """
        ) { call in
            try manager(call).deletePreviousIteration()
            return .none
        },
        Builtin(
            "get_top_params", "() -> list | none",
            doc: "Parameters of the previous iteration's best runs, best first, `n_top_runs` at most; none if there are none.",
            example: """
                tracker.set_iteration(FineTuningIteration("monday", "run", "demo")); tracker.set_run(params); \
                tracker.save_metric("test_loss", 0.5); tracker.save_model(model); tracker.finish_run(); \
                tracker.set_iteration(FineTuningIteration("tuesday", "run", "demo")); \
                assert tracker.get_top_params() == [params]
                """
        ) { call in params(try manager(call).topParams()) },
        Builtin(
            "get_top_params_by_experiment_id", "(experiment_id: str) -> list | none",
            doc: "Parameters of an experiment's best runs, best first, `n_top_runs` at most; none if there are none.",
            example: """
                tracker.set_iteration(FineTuningIteration("monday", "run", "demo")); tracker.set_run(params); \
                tracker.save_metric("test_loss", 0.5); tracker.save_model(model); tracker.finish_run(); \
                assert tracker.get_top_params_by_experiment_id(tracker.get_last_iteration_id()) == [params]
                """
        ) { call in params(try manager(call).topParams(experiment: try call.string(0))) },
        Builtin(
            "get_experiment_id_by_run_id", "(run_id: str) -> str | none", doc: "The experiment of a run; none when there is no such run.",
            example: """
                tracker.set_iteration(FineTuningIteration("monday", "run", "demo")); tracker.set_run(params); \
                assert tracker.get_experiment_id_by_run_id(tracker.run_id) == tracker.get_last_iteration_id()
                """
        ) {
            call in text(try manager(call).store.run(id: try call.string(0))?.experimentID)
        },
        Builtin(
            "get_params_by_run_id", "(run_id: str) -> FineTuningParams | none",
            doc: "The parameters of a run; none for the initial model's, and when there is no such run.",
            example: """
                tracker.set_iteration(FineTuningIteration("monday", "run", "demo")); tracker.set_run(params); \
                assert tracker.get_params_by_run_id(tracker.run_id) == params
                """
        ) { call in try manager(call).params(run: try call.string(0)).map { .host(ParamsObject($0)) } ?? .none },
    ]

    static let runs: [Builtin] = [
        Builtin(
            "set_run", "(params: FineTuningParams) -> bool",
            doc: "Starts the run of these parameters, or goes on with it; true if it was finished before.",
            example: """
                tracker.set_iteration(FineTuningIteration("monday", "run", "demo")); tracker.set_run(params); \
                tracker.finish_run(); assert tracker.set_run(params)
                """
        ) { call in .bool(try manager(call).setRun(try call.host(0, as: ParamsObject.self).params)) },
        Builtin(
            "finish_run", "(as_failed: bool = false) -> none",
            doc: "Ends the run.",
            example: """
                tracker.set_iteration(FineTuningIteration("monday", "run", "demo")); tracker.set_run(params); \
                tracker.finish_run(as_failed = true); assert tracker.run_id is none
                """
        ) { call in
            try manager(call).finishRun(asFailed: try call.bool(0))
            return .none
        },
        Builtin(
            "save_metric", "(metric: MetricValue | str, value: float | none = none) -> none",
            doc: "Stores a value of a metric that has an accumulator: a MetricValue, or a name and a number.",
            example: """
                tracker.save_metric("test_loss", 0.5); tracker.save_metric(MetricValue("test_loss", 0.25)); \
                assert tracker.curve("test_loss") == [0.5, 0.25]
                """
        ) { call in
            if case .host(let object) = call[0], let metric = object as? MetricObject {
                guard !call.isGiven(1) else { throw ScriptError.value("save_metric: a MetricValue has its value already") }
                try manager(call).saveMetric(metric.metric)
                return .none
            }
            let name = try call.string(0)
            guard call.isGiven(1) else {
                throw ScriptError.value("save_metric: a value is missing", help: "save_metric(\(Value.string(name).repr), 0.5)")
            }
            try manager(call).saveMetric(try MetricValue(name, try call.double(1)))
            return .none
        },
        Builtin(
            "get_quality", "() -> float",
            doc: "The run's last value of the main metric.",
            example: """
                tracker.set_iteration(FineTuningIteration("monday", "run", "demo")); tracker.set_run(params); \
                tracker.save_metric("test_loss", 0.5); assert tracker.get_quality() == 0.5
                """
        ) { call in
            .float(try manager(call).getQuality())
        },
        Builtin(
            "get_best_quality", "() -> tuple",
            doc: "Run and quality of the iteration's best finished run with a model; (none, 0.0) if there is none.",
            example: """
                tracker.set_iteration(FineTuningIteration("monday", "run", "demo")); tracker.set_run(params); \
                tracker.save_metric("test_loss", 0.5); tracker.save_model(model); tracker.finish_run(); \
                assert tracker.get_best_quality()[1] == 0.5
                """
        ) { call in
            let best = try manager(call).getBestQuality()
            return .tuple([text(best.run), .float(best.quality)])
        },
        Builtin(
            "get_best_current_run_id", "() -> tuple",
            doc: "The iteration's best run or none, and whether there is no iteration but only the initial experiment.",
            example: """
                tracker.set_iteration(FineTuningIteration("monday", "run", "demo")); \
                assert tracker.get_best_current_run_id() == (none, false)
                """
        ) { call in
            let best = try manager(call).bestCurrentRun()
            return .tuple([text(best.run), .bool(best.isInitial)])
        },
        Builtin(
            "metrics", "() -> dict",
            doc: "The last stored value of every metric of the run.",
            example: """
                tracker.save_metric("test_loss", 0.5); assert tracker.metrics()["test_loss"] == 0.5
                """
        ) { call in
            let manager = try manager(call)
            guard let run = manager.run else { return .dict([]) }
            return .dict(try manager.store.latest(run: run.id).map { ($0.name, .float($0.value)) })
        },
        Builtin(
            "curve", "(name: str) -> list",
            doc: "All stored values of a metric of the run, oldest first.",
            example: """
                for loss in [0.5, 0.25] { tracker.save_metric("test_loss", loss) }; \
                assert tracker.curve("test_loss") == [0.5, 0.25]
                """
        ) { call in
            let manager = try manager(call)
            guard let run = manager.run else { return .list([Value]()) }
            return .list(try manager.store.curve(try call.string(0), run: run.id).map { .float($0.value) })
        },
    ]
}
