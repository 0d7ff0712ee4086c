import Experiments
import Language

/// Making a keeper of runs.
extension ManagerObject {
    static let make = Builtin(
        "ExperimentsManager",
        """
        (main_metric: str, plugin_name: str, accumulators: list, tracking_uri: str | none = none, is_loss: bool = false, \
        n_top_runs: int = 10, requirements: str | none = none, retry_config: RetryConfig | none = none) -> ExperimentsManager
        """,
        doc: """
            Keeps parameters, models and the metrics that have an accumulator, run by run, in `.eft/runs.db` unless `tracking_uri` names \
            another file, or an MLflow server such as "http://localhost:5000". A server never holds training up: what it cannot take now \
            waits below `.eft/mlflow` and is sent later. MLflow forgets no value: when a run goes on from a checkpoint, what it had \
            reached after that stays in the server's curves, with the same steps and earlier times than what comes in its place. The best run \
            is that with the largest `main_metric`, or the smallest with `is_loss`. A file of Python `requirements` is kept with every model.
            """,
        example: """
            is_a(ExperimentsManager("test_loss", "demo", default_accumulators(), tracking_uri = ":memory:"), "ExperimentsManager")
            """
    ) { call in
        .host(
            ManagerObject(
                try ExperimentsManager(
                    trackingURI: try call.optionalString(3), mainMetric: try call.string(0), pluginName: try call.string(1),
                    accumulators: try accumulators(call, 2), isLoss: try call.bool(4), nTopRuns: try call.int(5),
                    requirements: try call.optionalString(6),
                    retries: try call.isGiven(7) ? call.host(7, as: RetryConfigObject.self).config : nil)))
    }

    static let fromWrapper = Builtin(
        "from_wrapper",
        """
        (wrapper: TrackingStore, main_metric: str, plugin_name: str, accumulators: list, is_loss: bool = false, n_top_runs: int = 10, \
        requirements: str | none = none) -> ExperimentsManager
        """,
        doc: "A keeper of runs in the store of another, its `wrapper`: for another plugin or another main metric.",
        example: """
            other = ExperimentsManager.from_wrapper(tracker.wrapper, "test_loss", "shoes", default_accumulators(), is_loss = true); \
            other.upload_initial_model(model); assert other.has_initial_model() and not tracker.has_initial_model()
            """
    ) { call in
        .host(
            ManagerObject(
                try ExperimentsManager(
                    store: try call.host(0, as: TrackingStoreObject.self).store, mainMetric: try call.string(1),
                    pluginName: try call.string(2), accumulators: try accumulators(call, 3), isLoss: try call.bool(4),
                    nTopRuns: try call.int(5), requirements: try call.optionalString(6))))
    }

    private static func accumulators(_ call: borrowing BuiltinCall, _ position: Int) throws -> [MetricsAccumulator] {
        try call.items(position).map { value in
            guard case .host(let object) = value, let accumulator = object as? AccumulatorObject else {
                throw ScriptError.type("accumulators must hold MetricsAccumulator, not \(value.typeNameWithArticle)")
            }
            return accumulator.accumulator
        }
    }
}

/// Where a keeper has its runs: a file, memory, or an MLflow server.
final class TrackingStoreObject: HostObject, @unchecked Sendable {
    let store: any TrackingStore

    init(_ store: any TrackingStore) { self.store = store }

    override var typeName: String { "TrackingStore" }
    override var description: String { "TrackingStore(\(store.place))" }
    override var hashCode: Int { ObjectIdentifier(store).hashValue }

    override func isEqual(to other: HostObject) -> Bool { (other as? TrackingStoreObject)?.store === store }
}
