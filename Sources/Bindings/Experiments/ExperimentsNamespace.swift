import Experiments
import FineTuning
import Foundation
import Language

/// Keeping the metrics, parameters and models of runs.
enum ExperimentsNamespace {
    static let functions = Namespace(
        "experiments", doc: "Keeping the metrics, parameters and models of runs.",
        constants: [
            .init(
                "FineTuningIteration", .host(ConstructorObject(IterationObject.make, members: [IterationObject.parse])),
                doc: IterationObject.make.doc)
        ],
        [
            Builtin(
                "ExperimentsManager",
                """
                (main_metric: str, plugin_name: str, accumulators: list, tracking_uri: str | none = none, is_loss: bool = false, \
                n_top_runs: int = 10, requirements: str | none = none, retry_config: RetryConfig | none = none) -> ExperimentsManager
                """,
                doc: """
                    Keeps parameters, models and the metrics that have an accumulator, run by run, in `.eft/runs.db` unless `tracking_uri` names \
                    another file, or an MLflow server such as "http://localhost:5000". A server never holds training up: what it cannot take now \
                    waits below `.eft/mlflow` and is sent later. MLflow forgets no value: when a run goes on from a checkpoint, what it had \
                    reached after that stays in the server's curves, with the same steps and earlier times than what comes in its place. The best run is that with the largest `main_metric`, or the smallest with \
                    `is_loss`. A file of Python `requirements` is kept with every model.
                    """,
                example: """
                    is_a(ExperimentsManager("test_loss", "demo", default_accumulators(), tracking_uri = ":memory:"), "ExperimentsManager")
                    """
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
                            accumulators: accumulators, isLoss: try call.bool(4), nTopRuns: try call.int(5),
                            requirements: try call.optionalString(6),
                            retries: try call.isGiven(7) ? call.host(7, as: RetryConfigObject.self).config : nil)))
            },
            RetryConfigObject.params, RetryConfigObject.make,
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
                doc: "Takes a value of its metric; (name, value) of everything to store: nothing for another metric.",
                example: "MetricsAccumulator(\"loss\").accumulate(MetricValue(\"loss\", 0.5)) == [(\"loss\", 0.5)]"
            ) { call in
                let outputs = try call.receiver(as: AccumulatorObject.self).accumulator.accumulate(
                    try call.host(0, as: MetricObject.self).metric)
                return .list(outputs.map { .tuple([.string($0.name), .float($0.value)]) })
            },
            Builtin(
                "clear", "() -> none", doc: "Forgets all values.",
                example: "MetricsAccumulator(\"loss\").clear() is none"
            ) { call in
                try call.receiver(as: AccumulatorObject.self).accumulator.clear()
                return .none
            },
        ])
}
