import Experiments
import FineTuning
import Language

/// The models that are kept with runs.
extension ManagerObject {
    static let models: [Builtin] = [
        Builtin(
            "has_initial_model", "() -> bool",
            doc: "Whether there is a model to start from.",
            example: """
                tracker.upload_initial_model(model); assert tracker.has_initial_model()
                """
        ) { call in
            .bool(try manager(call).hasInitialModel())
        },
        Builtin(
            "upload_initial_model", "(model: any) -> none",
            doc: "Keeps the model that iterations start from; does nothing if there is one. Ends a current iteration.",
            example: """
                tracker.upload_initial_model(model); \
                assert tracker.download_initial_model().encode("boots").tolist() == model.encode("boots").tolist()
                """
        ) { call in
            let model = try FineTuningNamespace.model(call, 0)
            try manager(call).uploadInitialModel { try model.save(to: $0) }
            return .none
        },
        Builtin(
            "get_initial_model_run_id", "() -> str | none",
            doc: "The run with the initial model; none if there is no model.",
            example: """
                assert tracker.get_initial_model_run_id() is none; tracker.upload_initial_model(model); \
                assert tracker.is_initial_run(tracker.get_initial_model_run_id())
                """
        ) { call in
            text(try manager(call).initialModelRun())
        },
        Builtin(
            "get_initial_run_id", "() -> str | none",
            doc: "The run for the initial model, whether it has the model or not.",
            example: """
                tracker.upload_initial_model(model); assert tracker.get_initial_run_id() == tracker.get_initial_model_run_id()
                """
        ) { call in
            text(try manager(call).initialRun()?.id)
        },
        Builtin(
            "is_initial_run", "(run_id: str) -> bool",
            doc: "Whether a run is the initial model's.",
            example: """
                tracker.upload_initial_model(model); \
                assert tracker.is_initial_run(tracker.get_initial_run_id()) and not tracker.is_initial_run("another")
                """
        ) { call in
            .bool(try manager(call).isInitialRun(try call.string(0)))
        },
        Builtin(
            "save_model", "(model: any, best_only: bool = true) -> str | none",
            doc: "Saves the run's model if it is as good as the iteration's best, whose model then goes; its folder, or none.",
            example: """
                tracker.set_iteration(FineTuningIteration("monday", "run", "demo")); tracker.set_run(params); \
                tracker.save_metric("test_loss", 0.5); \
                assert path_exists(path_join(tracker.save_model(model), "model.safetensors"))
                """
        ) { call in
            let model = try FineTuningNamespace.model(call, 0)
            return text(try manager(call).saveModel(bestOnly: try call.bool(1)) { try model.save(to: $0) }?.path)
        },
        Builtin(
            "keep_best_model", "() -> none",
            doc: "Deletes the models of the iteration's finished runs but the best's, which runs in several processes may have left.",
            example: """
                tracker.set_iteration(FineTuningIteration("monday", "run", "demo")); tracker.set_run(params); \
                tracker.save_metric("test_loss", 0.5); tracker.save_model(model); tracker.finish_run(); \
                tracker.keep_best_model(); assert tracker.get_best_quality()[1] == 0.5
                """
        ) { call in
            try manager(call).keepBestModel()
            return .none
        },
        Builtin(
            "model_is_uploaded", "() -> bool",
            doc: "Whether the run's model is saved.",
            example: """
                tracker.set_iteration(FineTuningIteration("monday", "run", "demo")); tracker.set_run(params); \
                assert not tracker.model_is_uploaded(); tracker.save_model(model, best_only = false); \
                assert tracker.model_is_uploaded()
                """
        ) { call in
            .bool(try manager(call).modelIsUploaded())
        },
        Builtin(
            "delete_model", "(run_id: str, experiment_id: str | none = none) -> bool",
            doc: "Deletes a run's model, by default of the current iteration; false if it has none. The initial model cannot be deleted.",
            example: """
                tracker.set_iteration(FineTuningIteration("monday", "run", "demo")); tracker.set_run(params); \
                tracker.save_metric("test_loss", 0.5); tracker.save_model(model); tracker.finish_run(); \
                assert tracker.delete_model(tracker.get_best_quality()[0]); assert tracker.get_best_quality() == (none, 0.0)
                """
        ) { call in .bool(try manager(call).deleteModel(run: try call.string(0), experiment: try call.optionalString(1))) },
        Builtin(
            "download_initial_model", "() -> any",
            doc: "The initial model; none if there is none.",
            example: """
                assert tracker.download_initial_model() is none; tracker.upload_initial_model(model); \
                assert tracker.download_initial_model().dimension == model.dimension
                """
        ) { call in
            try model(try manager(call).downloadInitialModel())
        },
        Builtin(
            "download_model_by_run_id", "(run_id: str) -> any",
            doc: "The model of a run; none with a warning if it cannot be had.",
            example: """
                tracker.set_iteration(FineTuningIteration("monday", "run", "demo")); tracker.set_run(params); \
                tracker.save_metric("test_loss", 0.5); tracker.save_model(model); tracker.finish_run(); \
                assert tracker.download_model_by_run_id(tracker.get_best_quality()[0]).dimension == model.dimension
                """
        ) {
            call in try model(manager(call).downloadModel(run: try call.string(0)))
        },
        Builtin(
            "download_model", "(experiment_name: str, run_name: str) -> any",
            doc: "The model of a run, by the names of its experiment and its own; none if there is none.",
            example: """
                tracker.set_iteration(FineTuningIteration("monday", "run", "demo")); tracker.set_run(params); \
                tracker.save_metric("test_loss", 0.5); tracker.save_model(model); tracker.finish_run(); \
                assert tracker.download_model("demo / iteration / run / monday", params.id).dimension == model.dimension
                """
        ) { call in try model(try manager(call).downloadModel(experimentName: try call.string(0), runName: try call.string(1))) },
        Builtin(
            "download_best_model", "(experiment_id: str) -> any", doc: "The best model of an experiment, or else the initial model.",
            example: """
                tracker.set_iteration(FineTuningIteration("monday", "run", "demo")); tracker.set_run(params); \
                tracker.save_metric("test_loss", 0.5); tracker.save_model(model); tracker.finish_run(); \
                assert tracker.download_best_model(tracker.get_last_iteration_id()).dimension == model.dimension
                """
        ) { call in try model(try manager(call).downloadBestModel(experiment: try call.string(0))) },
        Builtin(
            "download_last_model", "() -> any",
            doc: "The best model of the previous iteration, or else the initial model.",
            example: """
                tracker.set_iteration(FineTuningIteration("monday", "run", "demo")); tracker.set_run(params); \
                tracker.save_metric("test_loss", 0.5); tracker.save_model(model); tracker.finish_run(); \
                tracker.set_iteration(FineTuningIteration("tuesday", "run", "demo")); \
                assert tracker.download_last_model().dimension == model.dimension
                """
        ) { call in
            try model(try manager(call).downloadLastModel())
        },
        Builtin(
            "model_folder", "(run_id: str) -> str | none",
            doc: "A folder with a run's model, for models that load_model alone cannot read; none with a warning if it cannot be had.",
            example: """
                tracker.set_iteration(FineTuningIteration("monday", "run", "demo")); tracker.set_run(params); \
                tracker.save_metric("test_loss", 0.5); tracker.save_model(model); tracker.finish_run(); \
                assert path_exists(path_join(tracker.model_folder(tracker.get_best_quality()[0]), "model.safetensors"))
                """
        ) { call in text(try manager(call).downloadModel(run: try call.string(0))?.path) },
        Builtin(
            "get_current_model_url", "() -> str | none",
            doc: "Where the best model of the current iteration is.",
            example: """
                tracker.set_iteration(FineTuningIteration("monday", "run", "demo")); tracker.set_run(params); \
                tracker.save_metric("test_loss", 0.5); tracker.save_model(model); tracker.finish_run(); \
                assert tracker.get_current_model_url() == tracker.model_folder(tracker.get_best_quality()[0])
                """
        ) { call in
            text(try manager(call).currentModelURL())
        },
        Builtin(
            "get_last_model_url", "() -> str | none",
            doc: "Where the best model of the previous iteration is.",
            example: """
                tracker.set_iteration(FineTuningIteration("monday", "run", "demo")); assert tracker.get_last_model_url() is none
                """
        ) { call in
            text(try manager(call).lastModelURL())
        },
    ]
}
