import Foundation

/// Runs that come from, or go to, another store.
extension RunStore {
    /// A new id for a run: 32 hexadecimal digits.
    static func newID() -> String {
        var random = SystemRandomNumberGenerator()
        return (0..<2).map { _ in
            let half = String(random.next(), radix: 16)
            return String(repeating: "0", count: 16 - half.count) + half
        }.joined()
    }

    /// Adds a run as it is, if it is not there.
    func add(_ run: RunRecord, experiment: ExperimentRecord, params: [(name: String, value: String)]) throws {
        try begin([
            .experiment(name: experiment.name, created: experiment.created.timeIntervalSince1970),
            .run(
                StoreChange.StoredRun(
                    id: run.id, experiment: experiment.name, name: run.name, status: run.status.rawValue,
                    started: run.started.timeIntervalSince1970, ended: run.ended?.timeIntervalSince1970,
                    params: params.map { StoreChange.StoredParam(name: $0.name, value: $0.value) })),
        ])
    }

    /// Sets values at their steps; curves that nothing was added to in this process go on behind them.
    func set(_ points: [(name: String, point: MetricPoint)], run: String) throws {
        let stored = points.map { name, point in
            StoreChange.StoredPoint(name: name, step: point.step, value: point.value, time: point.time.timeIntervalSince1970)
        }
        try write([.points(run: run, stored)])
    }

    /// What changes when another model is saved with the run; nil while there is none.
    func modelStamp(run: String) -> String? {
        guard hasModel(run: run) else { return nil }
        let attributes = try? FileManager.default.attributesOfItem(atPath: modelDirectory(run: run).path)
        return "\((attributes?[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0)"
    }
}
