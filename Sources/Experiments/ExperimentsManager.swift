import Clickstream
import FineTuning
import Foundation
import Statement
import Text

/// Follows fine-tuning runs: which parameters, which metrics, which model is the best of its iteration.
///
/// Runs and their models are kept in the embedded store (`.eft/runs.db` in the working directory, models beside it), or on an MLflow server.
/// Metrics that come before any run was set open a run of their own, so that a hand-written loop has curves too.
public final class ExperimentsManager: MetricTracker {
    public let mainMetric: String
    public let pluginName: String
    public let accumulators: [MetricsAccumulator]
    /// Whether a smaller main metric is better.
    public let isLoss: Bool
    public let nTopRuns: Int
    public let store: any TrackingStore
    /// A file of Python requirements that is kept with every model.
    let requirements: String?

    /// The current experiment; nil until an iteration or a run was begun.
    @Undoable var experiment: ExperimentRecord?
    /// The current iteration; nil in the initial experiment.
    @Undoable public internal(set) var iteration: FineTuningIteration?
    @Undoable public private(set) var run: RunRecord?

    /// The embedded store's place when no tracking URI is given.
    public static let defaultStore = ".eft/runs.db"

    /// - Parameters:
    ///   - trackingURI: path of the run store (`runs.db`, or `sqlite:///path`), or an MLflow server (`http://host:5000`); nil is `.eft/runs.db`.
    ///   - mainMetric: stored metric that decides which run is best, such as "test_not_irrelevant_dist_shift".
    ///   - accumulators: the metrics that are stored; others are ignored.
    ///   - nTopRuns: how many runs `topParams` gives at most.
    ///   - requirements: a file of Python requirements that is kept with every model.
    ///   - retries: how often requests to a server are tried.
    public convenience init(
        trackingURI: String? = nil, mainMetric: String, pluginName: String, accumulators: [MetricsAccumulator], isLoss: Bool = false,
        nTopRuns: Int = 10, requirements: String? = nil, retries: RetryConfig? = nil
    ) throws {
        if let trackingURI, trackingURI.isEmpty {
            throw FineTuningError(
                .value, "MLFlow tracking URI value should be a not empty string", help: "leave it out for the embedded store")
        }
        guard !mainMetric.isEmpty else { throw FineTuningError(.value, "main_metric value should be a not empty string") }
        let store: any TrackingStore
        if let trackingURI, ["http://", "https://"].contains(where: { trackingURI.lowercased().hasPrefix($0) }) {
            try Self.checkNames([mainMetric] + accumulators.map(\.name))
            store = try MLflowRunStore(
                address: trackingURI, folder: MLflowRunStore.folder(of: trackingURI),
                retries: try retries ?? RetryConfig(defaultParams: try RetryParams()))
        } else {
            store = try RunStore(path: try Self.storePath(trackingURI ?? Self.defaultStore))
        }
        try self.init(
            store: store, mainMetric: mainMetric, pluginName: pluginName, accumulators: accumulators, isLoss: isLoss, nTopRuns: nTopRuns,
            requirements: requirements)
    }

    /// The same on a store that is open already, such as another manager's.
    public init(
        store: any TrackingStore, mainMetric: String, pluginName: String, accumulators: [MetricsAccumulator], isLoss: Bool = false,
        nTopRuns: Int = 10, requirements: String? = nil
    ) throws {
        guard !mainMetric.isEmpty else { throw FineTuningError(.value, "main_metric value should be a not empty string") }
        guard nTopRuns > 0 else { throw FineTuningError(.value, "n_top_runs should be a positive integer", found: "\(nTopRuns)") }
        if accumulators.isEmpty {
            Warnings.emit("ExperimentsManager has no accumulators: no metric will be stored")
        } else if !accumulators.contains(where: { mainMetric == $0.name || mainMetric.hasSuffix("_" + $0.name) }) {
            let names = accumulators.map(\.name).joined(separator: ", ")
            Warnings.emit("main_metric '\(mainMetric)' has no accumulator, so no run can be the best; accumulators: \(names)")
        }
        if let requirements, !FileManager.default.isReadableFile(atPath: requirements) {
            throw FineTuningError(.value, "requirements names a file that cannot be read", found: "'\(requirements)'")
        }
        self.mainMetric = mainMetric
        self.pluginName = pluginName
        self.accumulators = accumulators
        self.isLoss = isLoss
        self.nTopRuns = nTopRuns
        self.requirements = requirements
        self.store = store
    }

    /// MLflow refuses other metrics, and one that is renamed could not be found again.
    private static func checkNames(_ names: [String]) throws {
        for name in names where MLflowClient.name(name) != name {
            throw FineTuningError(
                .value, "MLflow takes no metric of this name", found: "'\(name)'",
                help: "its names have letters, digits, spaces and any of _ - . /, such as '\(MLflowClient.name(name))'")
        }
    }

    private static func storePath(_ uri: String) throws(FineTuningError) -> String {
        if uri.hasPrefix("sqlite:///") { return String(uri.dropFirst("sqlite:///".count)) }
        if uri.contains("://") {
            throw FineTuningError(
                .value, "tracking_uri has a scheme that is not known", found: "'\(uri)'",
                help:
                    "it is the path of a file, sqlite:///path, or an MLflow server such as http://localhost:5000; \(defaultStore) without it"
            )
        }
        return uri
    }

    // MARK: Runs

    /// Starts the run of these parameters, or goes on with it. True when that run was finished before.
    public func setRun(_ params: FineTuningParams) throws -> Bool {
        guard let iteration, let experiment else { throw FineTuningError(.value, "You can't start run for initial iteration") }
        try endRun()
        if let existing = try store.summaries(experiment: experiment.id).last(where: { $0.run.name == params.id })?.run {
            try store.resume(existing)
            run = existing
            return existing.status == .finished
        }
        let fields = [("batch_id", iteration.batchID), ("run_id", iteration.runID), ("plugin_name", iteration.pluginName)]
        let values = params.fields.map { ($0.name, $0.value.replacing(",", with: ", ")) }
        run = try store.startRun(named: params.id, experiment: experiment.id, params: fields + values)
        try log("model_uploaded", 0)
        return false
    }

    /// Makes a run of an earlier process the current one.
    func goOn(with found: RunRecord) throws {
        try store.resume(found)
        experiment = try store.experiments().first { $0.id == found.experimentID } ?? experiment
        run = found
    }

    /// Ends the current run and forgets what the accumulators hold.
    public func finishRun(asFailed: Bool = false) throws {
        for accumulator in accumulators { accumulator.clear() }
        guard let current = run else { return }
        run = nil
        try store.setStatus(asFailed ? .failed : .finished, run: current.id)
    }

    /// Ends a run that is still open because another takes its place.
    func endRun() throws {
        if run != nil { try finishRun() }
    }

    // MARK: Metrics

    /// Stores what the accumulators make of a value; the store's troubles never reach the training.
    public func saveMetric(_ metric: MetricValue) {
        for accumulator in accumulators {
            for output in accumulator.accumulate(metric) {
                do {
                    try log(output.name, output.value)
                } catch {
                    Warnings.emit("\(output.name) was not stored: \(error)")
                }
            }
        }
    }

    private func log(_ name: String, _ value: Double) throws {
        try store.add(name, value, run: try currentRun().id)
    }

    /// The run that metrics go to; opens one when there is none.
    private func currentRun() throws -> RunRecord {
        if let run { return run }
        let experiment = try self.experiment ?? store.experiment(named: initialName)
        let started = try store.startRun(
            named: "by hand, " + Date().formatted(.iso8601), experiment: experiment.id, params: [("plugin_name", pluginName)])
        self.experiment = experiment
        run = started
        return started
    }

    /// The current run's last value of the main metric.
    public func getQuality() throws -> Double {
        guard iteration != nil else { throw FineTuningError(.value, "No metrics for initial experiment") }
        guard let run else { throw FineTuningError(.value, "There is no current Run") }
        guard let quality = try quality(of: run.id) else {
            let names = try store.latest(run: run.id).map(\.name).filter { $0 != "model_uploaded" }
            throw FineTuningError(
                .value, "the current run has no value of the main metric", found: "'\(mainMetric)'",
                help: names.isEmpty ? "it has no metrics yet" : "it has: " + names.joined(separator: ", "))
        }
        return quality
    }

    private func quality(of run: String) throws -> Double? {
        try store.latest(run: run).first { $0.name == mainMetric }?.value
    }
}
