import Clickstream
import Foundation

/// The initial model, and getting models back.
extension ExperimentsManager {
    // MARK: The initial model

    static let initialRunName = "initial_model"

    /// The run that holds the initial model, or was begun to hold it.
    public func initialRun() throws -> RunRecord? {
        guard let experiment = try store.experiments().first(where: { $0.name == initialName }) else { return nil }
        let runs = try store.summaries(experiment: experiment.id).map(\.run).filter { $0.name == Self.initialRunName }
        return try runs.last { try store.hasModel(run: $0.id) } ?? runs.last
    }

    public func isInitialRun(_ run: String) throws -> Bool { try initialRun()?.id == store.run(id: run)?.id ?? run }

    public func hasInitialModel() throws -> Bool { try initialModelRun() != nil }

    /// The run of the initial model; nil while no such model was uploaded.
    public func initialModelRun() throws -> String? {
        guard let run = try initialRun(), try store.hasModel(run: run.id) else { return nil }
        return run.id
    }

    /// Keeps the model that iterations start from; does nothing when there is one already. Ends a current iteration.
    public func uploadInitialModel(save: (String) throws -> Void) throws {
        try finishIteration()
        guard let experiment, try !hasInitialModel() else { return }
        let run =
            try initialRun()
            ?? store.startRun(named: Self.initialRunName, experiment: experiment.id, params: [("plugin_name", pluginName)])
        try store.resume(run)
        do {
            _ = try keep(run: run.id, save: save)
        } catch {
            try store.setStatus(.failed, run: run.id)
            throw error
        }
        try store.setStatus(.finished, run: run.id)
    }

    // MARK: Getting models back

    /// A folder with the model of a run; nil with a warning when there is none, or it cannot be had.
    public func downloadModel(run: String) -> URL? {
        do {
            if let folder = try store.model(run: run) { return folder }
            Warnings.emit("run \(run) has no model")
        } catch {
            Warnings.emit("the model of run \(run) could not be had: \(error)")
        }
        return nil
    }

    /// A folder with the initial model; nil when there is none.
    public func downloadInitialModel() throws -> URL? {
        guard let run = try initialModelRun() else { return nil }
        return try store.model(run: run)
    }

    /// A folder with the model of a run, found by the names of its experiment and its own; nil when there is none.
    public func downloadModel(experimentName: String, runName: String) throws -> URL? {
        guard let experiment = try store.experiments().first(where: { $0.name == experimentName }),
            let run = try store.summaries(experiment: experiment.id).last(where: { $0.run.name == runName })?.run
        else { return nil }
        return try store.model(run: run.id)
    }

    /// A folder with the best model of an experiment; without one, the initial model.
    public func downloadBestModel(experiment: String) throws -> URL? {
        guard let best = try ranked(experiment: experiment).first else { return try downloadInitialModel() }
        return try store.model(run: best.summary.run.id)
    }

    /// A folder with the best model of the previous iteration; without one, the initial model.
    public func downloadLastModel() throws -> URL? {
        guard let previous = try previousIteration() else { return try downloadInitialModel() }
        return try downloadBestModel(experiment: previous.id)
    }

    /// Where the best model of the current iteration is; nil when there is none.
    public func currentModelURL() throws -> String? {
        guard iteration != nil, let best = try ranked(experiment: experiment?.id).first else { return nil }
        return try store.modelURL(run: best.summary.run.id)
    }

    /// Where the best model of the previous iteration is; nil when there is none.
    public func lastModelURL() throws -> String? {
        guard let previous = try previousIteration(), let best = try ranked(experiment: previous.id).first else { return nil }
        return try store.modelURL(run: best.summary.run.id)
    }
}
