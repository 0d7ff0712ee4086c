import Experiments
import FineTuning
import Language

/// Keeping the metrics, parameters and models of runs.
enum ExperimentsNamespace {
    static let functions = Namespace(
        "experiments", doc: "Keeping the metrics, parameters and models of runs.",
        constants: [
            .init(
                "ExperimentsManager", .host(ConstructorObject(ManagerObject.make, members: [ManagerObject.fromWrapper])),
                doc: ManagerObject.make.doc),
            .init(
                "FineTuningIteration", .host(ConstructorObject(IterationObject.make, members: [IterationObject.parse])),
                doc: IterationObject.make.doc),
        ],
        [
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
