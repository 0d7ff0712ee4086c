import Clickstream
import FineTuning

/// Iterations: which one is under way, those before it, and what becomes of them.
extension ExperimentsManager {
    /// Name of the experiment that holds the initial model.
    var initialName: String { FineTuningIteration.initialName(plugin: pluginName) }

    /// Opens an iteration's experiment. One of another plugin is refused with a warning, and nothing changes.
    public func setIteration(_ iteration: FineTuningIteration) throws {
        guard iteration.pluginName == pluginName else {
            Warnings.emit("iteration of plugin '\(iteration.pluginName)' was given to the manager of '\(pluginName)'; nothing was set")
            return
        }
        try endRun()
        experiment = try store.experiment(named: iteration.description)
        self.iteration = iteration
    }

    /// Goes back to the initial experiment.
    public func finishIteration() throws {
        try endRun()
        experiment = try store.experiment(named: initialName)
        iteration = nil
    }

    /// The plugin's experiments, the initial one included, oldest first.
    public func experiments() throws -> [ExperimentRecord] {
        try store.experiments().filter { $0.name.hasPrefix("\(pluginName) / iteration / ") }
    }

    /// The newest iteration besides the current one; nil outside an iteration or when there is none.
    public func previousIteration() throws -> ExperimentRecord? {
        guard iteration != nil else { return nil }
        return newest(try experiments().filter { $0.name != initialName && $0.id != experiment?.id })
    }

    /// The newest iteration, the current one included; nil outside an iteration.
    public func lastIteration() throws -> ExperimentRecord? {
        guard iteration != nil else { return nil }
        return newest(try experiments().filter { $0.name != initialName })
    }

    /// The newest iteration of which no run is still going on; nil outside an iteration or when there is none.
    public func lastFinishedIteration() throws -> ExperimentRecord? {
        guard iteration != nil else { return nil }
        let finished = try experiments().filter { candidate in
            try candidate.name != initialName && store.summaries(experiment: candidate.id).allSatisfy { $0.run.status != .running }
        }
        return newest(finished)
    }

    /// Of equally old ones the later in the list, which the store made later.
    private func newest(_ experiments: [ExperimentRecord]) -> ExperimentRecord? {
        experiments.enumerated().max { ($0.element.created, $0.offset) < ($1.element.created, $1.offset) }?.element
    }

    /// Deletes the previous iteration: the models of its finished runs, then the experiment, which is renamed to "{id}_archive".
    public func deletePreviousIteration() throws {
        guard let previous = try previousIteration() else {
            Warnings.emit("there is no previous iteration to delete")
            return
        }
        for summary in try store.summaries(experiment: previous.id) where summary.run.status == .finished && summary.hasModel {
            _ = try deleteModel(run: summary.run.id)
        }
        try store.archive(experiment: previous.id)
    }
}
