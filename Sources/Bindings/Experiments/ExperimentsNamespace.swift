import Experiments
import FineTuning
import Foundation
import Language

/// Keeping the metrics, parameters and models of runs.
enum ExperimentsNamespace {
    static let functions = Namespace(
        "experiments", doc: "Keeping the metrics, parameters and models of runs.",
        [
            Builtin(
                "ExperimentsManager",
                """
                (main_metric: str, plugin_name: str, accumulators: list, tracking_uri: str | none = none, is_loss: bool = false, \
                n_top_runs: int = 10) -> ExperimentsManager
                """,
                doc: "Keeps the metrics that have an accumulator, run by run, in `.eft/runs.db` unless `tracking_uri` names another file."
            ) { call in
                let accumulators = try call.items(2).map { value -> MetricsAccumulator in
                    guard case .host(let object) = value, let accumulator = object as? AccumulatorObject else {
                        throw ScriptError.type("accumulators must hold MetricsAccumulator, not \(value.typeNameWithArticle)")
                    }
                    return accumulator.accumulator
                }
                return .host(
                    ManagerObject(
                        try ExperimentsManager(
                            trackingURI: try call.optionalString(3), mainMetric: try call.string(0), pluginName: try call.string(1),
                            accumulators: accumulators, isLoss: try call.bool(4), nTopRuns: try call.int(5))))
            },
            Builtin(
                "MetricsAccumulator",
                """
                (name: str, calc_mean: bool = false, calc_sliding: bool = false, calc_min: bool = false, calc_max: bool = false, \
                window_size: int = 10) -> MetricsAccumulator
                """,
                doc: "Has a metric stored, with its running mean, sliding mean, minimum and maximum as asked for.",
                example: "MetricsAccumulator(\"train_loss\", calc_mean = true).name == \"train_loss\""
            ) { call in
                .host(
                    AccumulatorObject(
                        try MetricsAccumulator(
                            try call.string(0), calcMean: try call.bool(1), calcSliding: try call.bool(2), calcMin: try call.bool(3),
                            calcMax: try call.bool(4), windowSize: try call.int(5))))
            },
            Builtin(
                "default_accumulators", "() -> list",
                doc: "Accumulators for the loss and the distance shifts of train and test, each with its sliding mean.",
                example: "len(default_accumulators()) == 6"
            ) { _ in
                let names = ["loss", "not_irrelevant_dist_shift", "irrelevant_dist_shift"]
                let all = ["train", "test"].flatMap { split in names.map { "\(split)_\($0)" } }
                return .list(try all.map { .host(AccumulatorObject(try MetricsAccumulator($0, calcSliding: true))) })
            },
        ])
}

final class AccumulatorObject: HostObject, @unchecked Sendable {
    let accumulator: MetricsAccumulator

    init(_ accumulator: MetricsAccumulator) { self.accumulator = accumulator }

    override var typeName: String { "MetricsAccumulator" }
    override var methods: Namespace { Self.methods }
    override var attributeNames: [String] { ["name"] }
    override func attribute(_ name: String) throws -> Value? { name == "name" ? .string(accumulator.name) : nil }

    static let methods = Namespace(
        "MetricsAccumulator", doc: "Methods of an accumulator.",
        [
            Builtin(
                "accumulate", "(metric: MetricValue) -> list",
                doc: "Takes a value of its metric; (name, value) of everything to store: nothing for another metric."
            ) { call in
                let outputs = try call.receiver(as: AccumulatorObject.self).accumulator.accumulate(
                    try call.host(0, as: MetricObject.self).metric)
                return .list(outputs.map { .tuple([.string($0.name), .float($0.value)]) })
            },
            Builtin("clear", "() -> none", doc: "Forgets all values.") { call in
                try call.receiver(as: AccumulatorObject.self).accumulator.clear()
                return .none
            },
        ])
}

/// The keeper of runs as scripts hold it.
final class ManagerObject: HostObject, @unchecked Sendable {
    let manager: ExperimentsManager

    init(_ manager: ExperimentsManager) { self.manager = manager }

    override var typeName: String { "ExperimentsManager" }
    override var description: String {
        let place = manager.store.isInMemory ? "in memory" : manager.store.path ?? "in memory"
        return "ExperimentsManager(\(manager.pluginName), main metric \(manager.mainMetric), \(place))"
    }
    override var methods: Namespace { Self.methods }
    override var attributeNames: [String] { ["main_metric", "plugin_name", "run_id"] }

    override func attribute(_ name: String) throws -> Value? {
        switch name {
        case "main_metric": .string(manager.mainMetric)
        case "plugin_name": .string(manager.pluginName)
        case "run_id": manager.run.map { .string($0.id) } ?? Value.none
        default: nil
        }
    }

    static let methods = Namespace(
        "ExperimentsManager", doc: "Methods of the keeper of runs.",
        [
            Builtin("set_iteration", "(batch_id: str, run_id: str = \"\") -> none", doc: "Opens the experiment of an iteration.") { call in
                let manager = try manager(call)
                try manager.setIteration(
                    FineTuningIteration(batchID: try call.string(0), runID: try call.string(1), pluginName: manager.pluginName))
                return .none
            },
            Builtin("finish_iteration", "() -> none", doc: "Goes back to the initial experiment.") { call in
                try manager(call).finishIteration()
                return .none
            },
            Builtin(
                "set_run", "(params: FineTuningParams) -> bool",
                doc: "Starts the run of these parameters, or goes on with it; true if it was finished before."
            ) { call in .bool(try manager(call).setRun(try call.host(0, as: ParamsObject.self).params)) },
            Builtin("finish_run", "(as_failed: bool = false) -> none", doc: "Ends the run.") { call in
                try manager(call).finishRun(asFailed: try call.bool(0))
                return .none
            },
            Builtin("save_metric", "(name: str, value: float) -> none", doc: "Stores a value of a metric that has an accumulator.") {
                call in
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
                return .tuple([best.run.map { .string($0) } ?? .none, .float(best.quality)])
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
            Builtin(
                "save_model", "(model: any, best_only: bool = true) -> str | none",
                doc: "Saves the run's model if it is as good as the iteration's best, whose model then goes; its folder, or none."
            ) { call in
                let model = try FineTuningNamespace.model(call, 0)
                return try manager(call).saveModel(bestOnly: try call.bool(1)) { try model.save(to: $0) }.map { .string($0.path) } ?? .none
            },
        ])

    private static func manager(_ call: borrowing BuiltinCall) throws -> ExperimentsManager {
        try call.receiver(as: ManagerObject.self).manager
    }
}
