import Foundation
import GRDB

/// Copies runs of an embedded store to an MLflow server, each as far as it was not copied yet, however often it is asked to.
///
/// What the server has is noted in the store (`exports`, `exported_metrics`). A request whose answer got lost is made again and changes
/// nothing: runs are found by their key, params and metrics that are there are passed over by MLflow, files are written again.
struct MLflowExporter: Sendable {
    let store: RunStore
    let client: MLflowClient
    /// The address under which the store notes what was copied.
    let server: String
    /// Gets sentences on what the server will not take.
    let warn: @Sendable (String) -> Void

    init(store: RunStore, client: MLflowClient, warn: @escaping @Sendable (String) -> Void) {
        self.store = store
        self.client = client
        self.warn = warn
        server = client.connection.base.absoluteString
    }

    /// What a copy of a run did.
    struct Outcome: Sendable {
        var isNew = false
        var values = 0
        var models = 0
        /// Whether the server was asked for anything.
        var isContacted = false
    }

    /// Brings the server's copy of a run up to date.
    @discardableResult
    func send(run id: String) throws -> Outcome {
        store.flush()
        var outcome = Outcome()
        guard let run = try store.run(id: id), try export(id)?.refusal == nil else { return outcome }
        do {
            let remote = try obtain(run, &outcome)
            try sendParams(of: id, as: remote, &outcome)
            try sendModel(of: id, as: remote, &outcome)
            try sendMetrics(of: id, as: remote, &outcome)
            try sendStatus(of: id, as: remote, &outcome)
        } catch let error as MLflowError where error.isFinal {
            // The run is gone there, or was never one that MLflow takes: nothing more is sent of it.
            warn("\(server) takes nothing more of run \(id): \(error)")
            try note(id, "refusal", error.description)
        }
        return outcome
    }

    // MARK: Steps

    /// MLflow's id of the run's copy, which is made if there is none.
    private func obtain(_ run: RunRecord, _ outcome: inout Outcome) throws -> String {
        if let remote = try export(run.id)?.remote { return remote }
        outcome.isContacted = true
        guard let name = try store.experiments(withDeleted: true).first(where: { $0.id == run.experimentID })?.name else {
            throw StoreError.vanished("experiment \(run.experimentID)")
        }
        let experiment = try client.obtainExperiment(named: name)
        let remote: String
        if let found = try client.runs(experiments: [experiment.id], key: run.id).first {
            remote = found.id
            // Copied by another process, or an earlier one that could not note it: what is there is not sent again.
            let last = Dictionary(found.latest.map { ($0.name, $0.point.step) }, uniquingKeysWith: { $1 })
            for (name, _) in try store.latest(run: run.id) {
                if let step = last[MLflowClient.name(name)] { try noteSent(run.id, name, next: step + 1) }
            }
        } else {
            let params = try store.params(run: run.id).sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }
            remote = try client.createRun(experiment: experiment.id, name: run.name, started: run.started, key: run.id, params: params).id
            outcome.isNew = true
        }
        try note(run.id, "remote", remote)
        return remote
    }

    private func sendParams(of id: String, as remote: String, _ outcome: inout Outcome) throws {
        guard try export(id)?.hasParams == false else { return }
        outcome.isContacted = true
        try client.log(run: remote, params: try store.params(run: id).sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
        try note(id, "params", "sent")
    }

    /// Sends the model if the store has one that the server has not, and deletes it there when the store has it no more.
    private func sendModel(of id: String, as remote: String, _ outcome: inout Outcome) throws {
        let stamp = store.modelStamp(run: id)
        guard let known = try export(id), known.model != stamp, known.model != stamp.map({ Self.refused + $0 }) else { return }
        outcome.isContacted = true
        let isThere = known.model.map { !$0.hasPrefix(Self.refused) } ?? false
        do {
            try putModel(of: id, as: remote, stamp: stamp, isThere: isThere)
        } catch {
            guard let error = error as? MLflowError, !error.isTransient else { throw error }
            // The metrics are worth having without it.
            warn("the model of run \(id) stays on this machine: \(error)")
            return try note(id, "model", stamp.map { Self.refused + $0 })
        }
        if stamp != nil { outcome.models += 1 }
        try note(id, "model", stamp)
    }

    private func putModel(of id: String, as remote: String, stamp: String?, isThere: Bool) throws {
        guard let run = try client.run(id: remote) else { return }
        if isThere { try client.delete("model", of: run) }
        if stamp != nil { try client.upload(store.modelDirectory(run: id), to: "model", of: run) }
    }

    /// Marks a model that the server did not take.
    private static let refused = "refused "

    private func sendMetrics(of id: String, as remote: String, _ outcome: inout Outcome) throws {
        let hasNoModel = try export(id)?.model?.hasPrefix(Self.refused) ?? false
        while true {
            var points = try unsent(id, limit: MLflowClient.metricsPerBatch)
            if points.isEmpty { return }
            outcome.isContacted = true
            if hasNoModel {
                // Nobody else shall look for it.
                points = points.map { name, point in
                    name == "model_uploaded" ? (name, MetricPoint(step: point.step, value: 0, time: point.time)) : (name, point)
                }
            }
            do {
                try client.log(run: remote, metrics: points)
            } catch {
                guard error.isFinal, let run = try client.run(id: remote), !run.isDeleted else { throw error }
                // One of them is not as MLflow wants it; the others shall not suffer.
                for name in Set(points.map(\.name)) { try log(points.filter { $0.name == name }, as: remote) }
            }
            for point in points { try noteSent(id, point.name, next: point.point.step + 1) }
            outcome.values += points.count
        }
    }

    /// Sends values of one metric, or says that the server does not take them.
    private func log(_ points: [(name: String, point: MetricPoint)], as remote: String) throws {
        do {
            try client.log(run: remote, metrics: points)
        } catch {
            guard error.isFinal else { throw error }
            warn("\(server) does not take values of \(points.first?.name ?? ""): \(error)")
        }
    }

    private func sendStatus(of id: String, as remote: String, _ outcome: inout Outcome) throws {
        guard let run = try store.run(id: id) else { return }
        let text = run.status.rawValue + (run.ended.map { " \($0.timeIntervalSince1970)" } ?? "")
        // MLflow begins a run as running.
        let known = try export(id)?.status ?? RunStatus.running.rawValue
        guard known != text else { return }
        outcome.isContacted = true
        try client.update(run: remote, status: run.status, ended: run.ended)
        try note(id, "status", text)
    }

    // MARK: What the server has

    /// What is known of a run's copy on the server.
    struct Export: Sendable {
        /// MLflow's id.
        let remote: String?
        let hasParams: Bool
        let status: String?
        /// Which model is there.
        let model: String?
        /// Why the server takes nothing more.
        let refusal: String?
    }

    func export(_ id: String) throws -> Export? {
        try store.read { database in
            try Row.fetchOne(database, sql: "SELECT * FROM exports WHERE server = ? AND run = ?", arguments: [server, id])
                .map {
                    Export(
                        remote: $0["remote"], hasParams: $0["params"] != nil, status: $0["status"], model: $0["model"],
                        refusal: $0["refusal"])
                }
        }
    }

    /// The store's id of a run that has this id on the server.
    func local(remote: String) throws -> String? {
        try store.read { database in
            try String.fetchOne(database, sql: "SELECT run FROM exports WHERE server = ? AND remote = ?", arguments: [server, remote])
        }
    }

    /// Notes something of a run's copy; `column` is one of the table's.
    func note(_ id: String, _ column: String, _ value: String?) throws {
        try store.write { database in
            try database.execute(
                sql: """
                    INSERT INTO exports (server, run, \(column)) VALUES (?1, ?2, ?3)
                    ON CONFLICT (server, run) DO UPDATE SET \(column) = ?3
                    """, arguments: [server, id, value])
        }
    }

    /// Notes that the server has a metric's values up to, not including, a step.
    func noteSent(_ id: String, _ name: String, next: Int) throws {
        try store.write { database in
            try database.execute(
                sql: """
                    INSERT INTO exported_metrics (server, run, name, next) VALUES (?1, ?2, ?3, ?4)
                    ON CONFLICT (server, run, name) DO UPDATE SET next = max(next, ?4)
                    """, arguments: [server, id, name, next])
        }
    }

    /// Notes that of a metric's values those from a step on are to be sent again.
    func noteTakenBack(_ id: String, _ name: String, next: Int) throws {
        try store.write { database in
            try database.execute(
                sql: "UPDATE exported_metrics SET next = min(next, ?4) WHERE server = ?1 AND run = ?2 AND name = ?3",
                arguments: [server, id, name, next])
        }
    }

    /// Values that the server has not got, those with the smallest steps first, so that each curve is sent in its order.
    private func unsent(_ id: String, limit: Int) throws -> [(name: String, point: MetricPoint)] {
        try store.read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT m.name, m.step, m.value, m.time FROM metrics m
                    LEFT JOIN exported_metrics e ON e.server = ?1 AND e.run = m.run AND e.name = m.name
                    WHERE m.run = ?2 AND m.step >= COALESCE(e.next, 0) ORDER BY m.step, m.name LIMIT ?3
                    """, arguments: [server, id, limit]
            ).map { row in
                (row["name"], MetricPoint(step: row["step"], value: row["value"] ?? .nan, time: Date(timeIntervalSince1970: row["time"])))
            }
        }
    }

    /// How many values of a run wait.
    func unsentCount() throws -> Int {
        try store.read { database in
            try Int.fetchOne(
                database,
                sql: """
                    SELECT COUNT(*) FROM exports x JOIN metrics m ON m.run = x.run
                    LEFT JOIN exported_metrics e ON e.server = x.server AND e.run = m.run AND e.name = m.name
                    WHERE x.server = ?1 AND x.refusal IS NULL AND m.step >= COALESCE(e.next, 0)
                    """, arguments: [server]) ?? 0
        }
    }
}
