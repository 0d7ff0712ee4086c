import Foundation

/// Where runs are kept, with their parameters, metric curves and models: a file of this machine, or a server that several share.
///
/// What a training writes never waits for a server and never fails because of one; only questions and models may.
public protocol TrackingStore: AnyObject, Sendable {
    /// Where the runs are, for messages: a path, an address, or "in memory".
    var place: String { get }

    /// The experiment of this name, made if there is none.
    func experiment(named name: String) throws -> ExperimentRecord
    /// The experiments that are not deleted, oldest first.
    func experiments() throws -> [ExperimentRecord]
    /// Renames an experiment to "{id}_archive" and deletes it; its runs stay to be read.
    func archive(experiment id: String) throws

    /// Starts a run with its parameters.
    func startRun(named name: String, experiment: String, params: [(name: String, value: String)]) throws -> RunRecord
    /// Goes on with a run, whoever began it.
    func resume(_ run: RunRecord) throws
    /// Sets what became of a run; a run that goes on again has no end.
    func setStatus(_ status: RunStatus, run: String) throws
    /// The run of this id.
    func run(id: String) throws -> RunRecord?
    /// The runs of an experiment with what is known of each, oldest first.
    func summaries(experiment: String) throws -> [RunSummary]
    /// A run's parameters, by name.
    func params(run: String) throws -> [String: String]

    /// Adds a value to a metric's curve.
    func add(_ name: String, _ value: Double, run: String) throws
    /// The metrics of a run, with the last value of each, sorted by name.
    func latest(run: String) throws -> [(name: String, value: Double)]
    /// A metric's values in the order in which they were added.
    func curve(_ name: String, run: String) throws -> [MetricPoint]
    /// How many values of each metric a run has, sorted by name.
    func pointCounts(run: String) throws -> [(name: String, count: Int)]
    /// Shortens each curve of a run to the first `kept` of its name values, as far as the store can forget.
    func takeBack(run: String, to kept: (String) -> Int) throws
    /// Makes sure that what was added is kept.
    func flush()

    /// Keeps a model with a run: `write` is given the folder to write it to. Returns the folder where it then is.
    func saveModel(run: String, write: (String) throws -> Void) throws -> URL
    func hasModel(run: String) throws -> Bool
    /// A folder of this machine with the run's model; nil when the run has none.
    func model(run: String) throws -> URL?
    /// Where the run's model is for others: an address, or a path.
    func modelURL(run: String) throws -> String
    /// False when there was none.
    func deleteModel(run: String) throws -> Bool
}
