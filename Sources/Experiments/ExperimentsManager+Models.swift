import FineTuning
import Foundation

/// The best run, and the models that are kept.
extension ExperimentsManager {
    /// Where a run's model is or would be saved.
    public func modelDirectory(run: String) -> URL { artifacts.appendingPathComponent(run).appendingPathComponent("model") }

    /// The best finished run of the current iteration that has a model, with its quality; the first of equals. (nil, 0) when there is none.
    public func getBestQuality() throws -> (run: String?, quality: Double) {
        guard iteration != nil else { throw FineTuningError(.value, "No metrics for initial experiment") }
        guard let best = try ranked(experiment: experiment?.id).first else { return (nil, 0) }
        return (best.run.id, best.quality)
    }

    /// Parameters of the best runs of an experiment (default: the current iteration), best first; nil when there are none.
    public func topParams(experiment: Int64? = nil) throws -> [[String: String]]? {
        guard iteration != nil || experiment != nil else { return nil }
        let best = try ranked(experiment: experiment ?? self.experiment?.id).prefix(nTopRuns)
        return best.isEmpty ? nil : try best.map { try store.params(run: $0.run.id) }
    }

    /// Finished runs with a model, best first.
    private func ranked(experiment: Int64?) throws -> [(run: RunRecord, quality: Double)] {
        guard let experiment else { return [] }
        var candidates: [(run: RunRecord, quality: Double)] = []
        for run in try store.runs(experiment: experiment) where run.status == .finished {
            let metrics = try store.latest(run: run.id)
            guard metrics.contains(where: { $0.name == "model_uploaded" && $0.value == 1 }) else { continue }
            if let quality = metrics.first(where: { $0.name == mainMetric })?.value, !quality.isNaN { candidates.append((run, quality)) }
        }
        let order = candidates.indices.sorted { a, b in
            let (x, y) = (candidates[a].quality, candidates[b].quality)
            return x == y ? a < b : isLoss ? x < y : x > y
        }
        return order.map { candidates[$0] }
    }

    /// Saves the current run's model, by default only when it is at least as good as the iteration's best, whose model then goes.
    ///
    /// - Parameter save: writes the model into the folder it is given.
    /// - Returns: the model's folder, or nil when the model was not good enough.
    @discardableResult
    public func saveModel(bestOnly: Bool = true, save: (String) throws -> Void) throws -> URL? {
        guard iteration != nil else { throw FineTuningError(.value, "Can't save a model for the initial experiment") }
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
        let directory = try write(run: run.id, save: save)
        try store.add("model_uploaded", 1, run: run.id)
        if let former, former != run.id { _ = try deleteModel(run: former) }
        return directory
    }

    /// Writes a model beside its place and moves it there whole, so that a full disk leaves no half model behind.
    private func write(run: String, save: (String) throws -> Void) throws -> URL {
        let directory = modelDirectory(run: run)
        let partial = directory.appendingPathExtension("partial")
        let files = FileManager.default
        try? files.removeItem(at: partial)
        try files.createDirectory(at: directory.deletingLastPathComponent(), withIntermediateDirectories: true)
        do {
            try save(partial.path)
        } catch {
            try? files.removeItem(at: partial)
            throw error
        }
        if files.fileExists(atPath: directory.path) { try files.removeItem(at: directory) }
        try files.moveItem(at: partial, to: directory)
        return directory
    }

    /// Deletes a run's model; false when it has none.
    public func deleteModel(run: String) throws -> Bool {
        guard iteration != nil else { throw FineTuningError(.value, "No iteration was initialized, unable to delete model.") }
        guard let record = try store.run(id: run) else {
            throw FineTuningError(.value, "there is no such run", found: "'\(run)'")
        }
        let initial = FineTuningIteration.initialName(plugin: pluginName)
        if try store.experiments().contains(where: { $0.id == record.experimentID && $0.name == initial }) {
            throw FineTuningError(.value, "Initial model can't be deleted.")
        }
        guard modelIsUploaded(run: run) else { return false }
        try FileManager.default.removeItem(at: modelDirectory(run: run))
        try store.add("model_deleted", 1, run: run)
        try store.add("model_uploaded", 0, run: run)
        return true
    }

    /// Whether a run's model is there.
    public func modelIsUploaded(run: String) -> Bool {
        FileManager.default.fileExists(atPath: modelDirectory(run: run).path)
    }
}
