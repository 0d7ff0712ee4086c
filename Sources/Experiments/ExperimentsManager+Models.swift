import Clickstream
import FineTuning
import Foundation

/// The best run, and the models that are kept.
extension ExperimentsManager {
    // MARK: The best runs

    /// The best finished run of the current iteration that has a model, with its quality; the first of equals. (nil, 0) when there is none.
    public func getBestQuality() throws -> (run: String?, quality: Double) {
        guard iteration != nil else { throw FineTuningError(.value, "No metrics for \(initialName) experiment") }
        guard let best = try ranked(experiment: experiment?.id).first else { return (nil, 0) }
        return (best.summary.run.id, best.quality)
    }

    /// The current iteration's best run; in the initial experiment there is none, and `isInitial` says so.
    public func bestCurrentRun() throws -> (run: String?, isInitial: Bool) {
        guard iteration != nil else { return (nil, true) }
        return (try getBestQuality().run, false)
    }

    /// Parameters of the best runs of the previous iteration, best first; nil when there are none.
    public func topParams() throws -> [FineTuningParams]? {
        guard let previous = try previousIteration() else { return nil }
        return try topParams(experiment: previous.id)
    }

    /// Parameters of the best runs of an experiment, best first; nil for the initial experiment, or when no finished run has a model.
    public func topParams(experiment: String) throws -> [FineTuningParams]? {
        let best = try ranked(experiment: experiment).prefix(nTopRuns)
        if best.isEmpty { return nil }
        if try isInitial(experiment: experiment) { return nil }
        return try best.map { try FineTuningParams(stored: $0.summary.params) }
    }

    /// A run's parameters; nil when there is no such run, or it is the initial one.
    public func params(run: String) throws -> FineTuningParams? {
        guard let record = try store.run(id: run), try !isInitial(experiment: record.experimentID) else { return nil }
        return try FineTuningParams(stored: try store.params(run: run))
    }

    private func isInitial(experiment: String) throws -> Bool {
        try store.experiments().contains { $0.id == experiment && $0.name == initialName }
    }

    /// Finished runs with a model, best first.
    func ranked(experiment: String?) throws -> [(summary: RunSummary, quality: Double)] {
        guard let experiment else { return [] }
        let candidates = try store.summaries(experiment: experiment).filter { $0.run.status == .finished && $0.hasModel }
            .compactMap { summary in summary.latest[mainMetric].map { (summary: summary, quality: $0) } }
            .filter { !$0.quality.isNaN }
        let order = candidates.indices.sorted { a, b in
            let (x, y) = (candidates[a].quality, candidates[b].quality)
            return x == y ? a < b : isLoss ? x < y : x > y
        }
        return order.map { candidates[$0] }
    }

    // MARK: Saving and deleting

    /// Saves the current run's model, by default only when it is at least as good as the iteration's best, whose model then goes.
    ///
    /// - Parameter save: writes the model into the folder it is given.
    /// - Returns: the model's folder, or nil when the model was not good enough.
    @discardableResult
    public func saveModel(bestOnly: Bool = true, save: (String) throws -> Void) throws -> URL? {
        guard iteration != nil else { throw FineTuningError(.value, "Can't save not initial model for \(initialName) experiment") }
        guard let run else { throw FineTuningError(.value, "There is no current Run") }
        var former: String?
        if bestOnly {
            let best = try getBestQuality()
            if let id = best.run {
                let quality = try getQuality()
                guard isLoss ? quality <= best.quality : quality >= best.quality else { return nil }
                former = id
            }
        }
        let directory = try keep(run: run.id, save: save)
        if let former, former != run.id {
            do { _ = try deleteModel(run: former) } catch { Warnings.emit("the former best model was not deleted: \(error)") }
        }
        return directory
    }

    /// Keeps a model with a run, and notes that it is there.
    func keep(run: String, save: (String) throws -> Void) throws -> URL {
        let directory = try store.saveModel(run: run) { folder in
            try save(folder)
            if let requirements {
                try FileManager.default.copyItem(atPath: requirements, toPath: folder + "/requirements.txt")
            }
        }
        try store.add("model_uploaded", 1, run: run)
        return directory
    }

    /// Deletes a run's model; false when it has none.
    public func deleteModel(run: String, experiment: String? = nil) throws -> Bool {
        guard iteration != nil || experiment != nil else {
            throw FineTuningError(.value, "No iteration was initialized, unable to delete model.")
        }
        guard let record = try store.run(id: run) else {
            throw FineTuningError(.value, "there is no such run", found: "'\(run)'")
        }
        if try isInitial(experiment: record.experimentID) { throw FineTuningError(.value, "Initial model can't be deleted.") }
        guard try store.deleteModel(run: run) else {
            Warnings.emit("run \(run) has no model; nothing was deleted")
            return false
        }
        try store.add("model_deleted", 1, run: run)
        try store.add("model_uploaded", 0, run: run)
        return true
    }

    /// Deletes the models of the current iteration's finished runs but the best's. Runs in several processes that end at the same time can
    /// each be better than the best before.
    public func keepBestModel() throws {
        for run in try ranked(experiment: experiment?.id).dropFirst() { _ = try deleteModel(run: run.summary.run.id) }
    }

    /// Whether the current run's model is there.
    public func modelIsUploaded() throws -> Bool {
        guard let run else { return false }
        return try store.latest(run: run.id).contains { $0.name == "model_uploaded" && $0.value == 1 } && store.hasModel(run: run.id)
    }
}

extension RunSummary {
    /// Whether a model was kept with the run and not deleted since.
    var hasModel: Bool { latest["model_uploaded"] == 1 }
}
