import Experiments
import FineTuning
import Foundation
import Language
import Models

/// The keeper of runs as scripts hold it.
final class ManagerObject: HostObject, @unchecked Sendable {
    let manager: ExperimentsManager

    init(_ manager: ExperimentsManager) { self.manager = manager }

    override var typeName: String { "ExperimentsManager" }
    override var description: String {
        "ExperimentsManager(\(manager.pluginName), main metric \(manager.mainMetric), \(manager.store.place))"
    }
    override var methods: Namespace { Self.methods }
    override var attributeNames: [String] { ["is_loss", "iteration", "main_metric", "plugin_name", "run_id"] }

    override func attribute(_ name: String) throws -> Value? {
        switch name {
        case "is_loss": .bool(manager.isLoss)
        case "iteration": manager.iteration.map { .host(IterationObject($0)) } ?? Value.none
        case "main_metric": .string(manager.mainMetric)
        case "plugin_name": .string(manager.pluginName)
        case "run_id": manager.run.map { .string($0.id) } ?? Value.none
        default: nil
        }
    }

    static let methods = Namespace(
        "ExperimentsManager", doc: "Methods of the keeper of runs.", iterations + runs + models)

    private static let iterations: [Builtin] = [
        Builtin(
            "set_iteration", "(iteration: FineTuningIteration) -> none",
            doc: "Opens the experiment of an iteration. One of another plugin is refused with a warning."
        ) { call in
            try manager(call).setIteration(try call.host(0, as: IterationObject.self).iteration)
            return .none
        },
        Builtin("finish_iteration", "() -> none", doc: "Goes back to the initial experiment.") { call in
            try manager(call).finishIteration()
            return .none
        },
        Builtin("get_experiments", "() -> list", doc: "The plugin's experiments, oldest first: a dict of id and name each.") { call in
            .list(try manager(call).experiments().map { .dict([("id", .string($0.id)), ("name", .string($0.name))]) })
        },
        Builtin(
            "get_previous_iteration_id", "() -> str | none",
            doc: "Experiment of the newest iteration besides the current one; none if there is none."
        ) { call in text(try manager(call).previousIteration()?.id) },
        Builtin(
            "get_last_iteration_id", "() -> str | none", doc: "Experiment of the newest iteration, the current one included."
        ) { call in text(try manager(call).lastIteration()?.id) },
        Builtin(
            "get_last_finished_iteration_id", "() -> str | none",
            doc: "Experiment of the newest iteration of which no run is still going on."
        ) { call in text(try manager(call).lastFinishedIteration()?.id) },
        Builtin(
            "delete_previous_iteration", "() -> none",
            doc: "Deletes the models of the previous iteration's finished runs, then its experiment, whose runs can still be read."
        ) { call in
            try manager(call).deletePreviousIteration()
            return .none
        },
        Builtin(
            "get_top_params", "() -> list | none",
            doc: "Parameters of the previous iteration's best runs, best first, `n_top_runs` at most; none if there are none."
        ) { call in params(try manager(call).topParams()) },
        Builtin(
            "get_top_params_by_experiment_id", "(experiment_id: str) -> list | none",
            doc: "Parameters of an experiment's best runs, best first, `n_top_runs` at most; none if there are none."
        ) { call in params(try manager(call).topParams(experiment: try call.string(0))) },
        Builtin(
            "get_experiment_id_by_run_id", "(run_id: str) -> str | none", doc: "The experiment of a run; none when there is no such run."
        ) {
            call in text(try manager(call).store.run(id: try call.string(0))?.experimentID)
        },
        Builtin(
            "get_params_by_run_id", "(run_id: str) -> FineTuningParams | none",
            doc: "The parameters of a run; none for the initial model's, and when there is no such run."
        ) { call in try manager(call).params(run: try call.string(0)).map { .host(ParamsObject($0)) } ?? .none },
    ]

    private static let runs: [Builtin] = [
        Builtin(
            "set_run", "(params: FineTuningParams) -> bool",
            doc: "Starts the run of these parameters, or goes on with it; true if it was finished before."
        ) { call in .bool(try manager(call).setRun(try call.host(0, as: ParamsObject.self).params)) },
        Builtin("finish_run", "(as_failed: bool = false) -> none", doc: "Ends the run.") { call in
            try manager(call).finishRun(asFailed: try call.bool(0))
            return .none
        },
        Builtin("save_metric", "(name: str, value: float) -> none", doc: "Stores a value of a metric that has an accumulator.") { call in
            try manager(call).saveMetric(try MetricValue(try call.string(0), try call.double(1)))
            return .none
        },
        Builtin("get_quality", "() -> float", doc: "The run's last value of the main metric.") { call in
            .float(try manager(call).getQuality())
        },
        Builtin(
            "get_best_quality", "() -> tuple",
            doc: "Run and quality of the iteration's best finished run with a model; (none, 0.0) if there is none."
        ) { call in
            let best = try manager(call).getBestQuality()
            return .tuple([text(best.run), .float(best.quality)])
        },
        Builtin(
            "get_best_current_run_id", "() -> tuple",
            doc: "The iteration's best run or none, and whether there is no iteration but only the initial experiment."
        ) { call in
            let best = try manager(call).bestCurrentRun()
            return .tuple([text(best.run), .bool(best.isInitial)])
        },
        Builtin("metrics", "() -> dict", doc: "The last stored value of every metric of the run.") { call in
            let manager = try manager(call)
            guard let run = manager.run else { return .dict([]) }
            return .dict(try manager.store.latest(run: run.id).map { ($0.name, .float($0.value)) })
        },
        Builtin("curve", "(name: str) -> list", doc: "All stored values of a metric of the run, oldest first.") { call in
            let manager = try manager(call)
            guard let run = manager.run else { return .list([Value]()) }
            return .list(try manager.store.curve(try call.string(0), run: run.id).map { .float($0.value) })
        },
    ]

    private static let models: [Builtin] = [
        Builtin("has_initial_model", "() -> bool", doc: "Whether there is a model to start from.") { call in
            .bool(try manager(call).hasInitialModel())
        },
        Builtin(
            "upload_initial_model", "(model: any) -> none",
            doc: "Keeps the model that iterations start from; does nothing if there is one. Ends a current iteration."
        ) { call in
            let model = try FineTuningNamespace.model(call, 0)
            try manager(call).uploadInitialModel { try model.save(to: $0) }
            return .none
        },
        Builtin("get_initial_model_run_id", "() -> str | none", doc: "The run with the initial model; none if there is no model.") { call in
            text(try manager(call).initialModelRun())
        },
        Builtin("get_initial_run_id", "() -> str | none", doc: "The run for the initial model, whether it has the model or not.") { call in
            text(try manager(call).initialRun()?.id)
        },
        Builtin("is_initial_run", "(run_id: str) -> bool", doc: "Whether a run is the initial model's.") { call in
            .bool(try manager(call).isInitialRun(try call.string(0)))
        },
        Builtin(
            "save_model", "(model: any, best_only: bool = true) -> str | none",
            doc: "Saves the run's model if it is as good as the iteration's best, whose model then goes; its folder, or none."
        ) { call in
            let model = try FineTuningNamespace.model(call, 0)
            return text(try manager(call).saveModel(bestOnly: try call.bool(1)) { try model.save(to: $0) }?.path)
        },
        Builtin(
            "keep_best_model", "() -> none",
            doc: "Deletes the models of the iteration's finished runs but the best's, which runs in several processes may have left."
        ) { call in
            try manager(call).keepBestModel()
            return .none
        },
        Builtin("model_is_uploaded", "() -> bool", doc: "Whether the run's model is saved.") { call in
            .bool(try manager(call).modelIsUploaded())
        },
        Builtin(
            "delete_model", "(run_id: str, experiment_id: str | none = none) -> bool",
            doc: "Deletes a run's model, by default of the current iteration; false if it has none. The initial model cannot be deleted."
        ) { call in .bool(try manager(call).deleteModel(run: try call.string(0), experiment: try call.optionalString(1))) },
        Builtin("download_initial_model", "() -> any", doc: "The initial model; none if there is none.") { call in
            try model(try manager(call).downloadInitialModel())
        },
        Builtin("download_model_by_run_id", "(run_id: str) -> any", doc: "The model of a run; none with a warning if it cannot be had.") {
            call in try model(manager(call).downloadModel(run: try call.string(0)))
        },
        Builtin(
            "download_model", "(experiment_name: str, run_name: str) -> any",
            doc: "The model of a run, by the names of its experiment and its own; none if there is none."
        ) { call in try model(try manager(call).downloadModel(experimentName: try call.string(0), runName: try call.string(1))) },
        Builtin(
            "download_best_model", "(experiment_id: str) -> any", doc: "The best model of an experiment, or else the initial model."
        ) { call in try model(try manager(call).downloadBestModel(experiment: try call.string(0))) },
        Builtin("download_last_model", "() -> any", doc: "The best model of the previous iteration, or else the initial model.") { call in
            try model(try manager(call).downloadLastModel())
        },
        Builtin(
            "model_folder", "(run_id: str) -> str | none",
            doc: "A folder with a run's model, for models that load_model alone cannot read; none with a warning if it cannot be had."
        ) { call in text(try manager(call).downloadModel(run: try call.string(0))?.path) },
        Builtin("get_current_model_url", "() -> str | none", doc: "Where the best model of the current iteration is.") { call in
            text(try manager(call).currentModelURL())
        },
        Builtin("get_last_model_url", "() -> str | none", doc: "Where the best model of the previous iteration is.") { call in
            text(try manager(call).lastModelURL())
        },
    ]

    private static func manager(_ call: borrowing BuiltinCall) throws -> ExperimentsManager {
        try call.receiver(as: ManagerObject.self).manager
    }

    private static func text(_ value: String?) -> Value { value.map { .string($0) } ?? .none }

    private static func params(_ list: [FineTuningParams]?) -> Value {
        list.map { .list($0.map { .host(ParamsObject($0)) }) } ?? .none
    }

    private static func model(_ folder: URL?) throws -> Value {
        guard let folder else { return .none }
        if TwoTowerModel.isStored(in: folder.path) || HeadModel.isStored(in: folder.path) {
            throw ScriptError.value(
                "\(folder.path) holds a model made of parts",
                help: "take its model_folder(run_id) and load_two_towers(folder), or model_head(folder, fn) with the head's function")
        }
        return .host(ModelObject(try EmbeddingModel.load(folder.path)))
    }
}
