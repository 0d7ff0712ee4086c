import Foundation

/// Which runs are to be deleted: those that fit everything that is given. Runs that are going on never are.
public struct RunPruning: Sendable {
    public var onlyFailed = false
    /// Only runs that began more than so many days ago.
    public var olderThan: Double?
    /// Only runs whose experiment's name has this in it.
    public var experiment: String?
    /// All but the best so many settings by `metric`.
    public var keepBest: Int?
    public var metric: String?

    public init() {}

    /// Whether nothing says which runs: that would be all of them.
    public var isEmpty: Bool { !onlyFailed && olderThan == nil && experiment == nil && keepBest == nil }

    public func runs(in store: RunStore) throws -> [RunDetails] {
        let before = olderThan.map { Date(timeIntervalSinceNow: -$0 * 86400) }
        let runs = try store.details(RunFilter(experiment: experiment, status: onlyFailed ? .failed : nil, before: before))
            .filter { $0.run.status != .running }
        guard let keepBest, let metric else { return runs }
        let groups = RunGroup.ranked(runs, metric: metric, higherIsBetter: RunGroup.higherIsBetter(metric))
        let stay = Set(groups.prefix(max(0, keepBest)).flatMap { $0.runs.map(\.run.id) })
        return runs.filter { !stay.contains($0.run.id) }
    }
}

extension RunStore {
    /// Deletes runs with their curves and models.
    public func prune(_ runs: [RunDetails]) throws {
        try deleteRuns(runs.map(\.run.id))
        guard let path else { return }
        let artifacts = URL(fileURLWithPath: path).deletingLastPathComponent().appendingPathComponent("artifacts")
        for run in runs { try? FileManager.default.removeItem(at: artifacts.appendingPathComponent(run.run.id)) }
    }
}
