import Clickstream
import Foundation
import GRDB

/// Runs on an MLflow server that several share, with everything this machine adds kept in an embedded store first.
///
/// What a training writes goes to the embedded store and from there, on another thread, to the server: a server that is slow, away or broken
/// changes nothing for the training, and what waits is sent when it is back, by a later process if need be. Questions go to the server, which
/// knows everybody's runs; while it is away they are answered by what this machine knows.
///
/// An experiment's id here is its name, which it has before the server was reached. A run's id is MLflow's, unless the run was begun while the
/// server was away: then it has one of its own, which is a tag of its copy there (`eft.run_id`).
public final class MLflowRunStore: TrackingStore, @unchecked Sendable {
    let mirror: RunStore
    let client: MLflowClient
    let exporter: MLflowExporter
    let queue: MLflowQueue
    private let owner: QueueOwner
    private let retries: RetryConfig
    private let warn: @Sendable (String) -> Void

    private let lock = NSLock()
    // Guarded by `lock`: the runs that this process writes, and MLflow's ids of experiments by name.
    private var own: Set<String> = []
    private var experimentIDs: [String: String] = [:]

    public var place: String { client.connection.base.absoluteString }

    /// How long a question waits for what is still to be sent.
    static let patience: TimeInterval = 20

    /// Where a working directory keeps what it adds to a server.
    static func folder(of address: String) -> String {
        let parts = URLComponents(string: address)
        let host = (parts?.host ?? "server").map { $0.isLetter || $0.isNumber || $0 == "." || $0 == "-" ? $0 : "_" }
        return ".eft/mlflow/\(String(host))_\(parts?.port.map { "\($0)" } ?? parts?.scheme ?? "")"
    }

    /// - Parameters:
    ///   - address: of the server, such as "http://localhost:5000".
    ///   - folder: where this machine keeps what it adds.
    ///   - limit: seconds that a request may take.
    /// - Throws: when the address is none, or what answers there is no MLflow server that lets us in. A server that does not answer is only warned of.
    public init(
        address: String, folder: String, retries: RetryConfig, environment: [String: String] = ProcessInfo.processInfo.environment,
        limit: TimeInterval = 10, firstWait: TimeInterval = 1, longestWait: TimeInterval = 60
    ) throws {
        let client = MLflowClient(connection: try HTTPConnection(address, environment: environment, limit: limit))
        let warn = Warnings.handler
        let mirror = try RunStore(path: folder + "/runs.db")
        exporter = MLflowExporter(store: mirror, client: client, warn: warn)
        queue = MLflowQueue(exporter: exporter, firstWait: firstWait, longestWait: longestWait, warn: warn)
        owner = QueueOwner(folder: folder + "/owners")
        self.mirror = mirror
        self.client = client
        self.retries = retries
        self.warn = warn
        do {
            // What is wrong with the address or the rights comes out here, not in the middle of a training.
            if let known = try ask("search_experiments", isStrict: true, { try client.experiments() }) { remember(known) }
            for run in try claim() { queue.add(run) }
        } catch {
            queue.stop()
            throw error
        }
    }

    deinit {
        queue.drain(limit: Self.patience)
        queue.stop()
    }

    /// Asks the server, as often as the operation may be tried; nil when it gives no answer, which is noted, or is known to give none.
    ///
    /// - Parameter isStrict: whether an error that waiting does not mend is thrown.
    func ask<T>(_ operation: String, isStrict: Bool = false, _ question: () throws -> T) throws -> T? {
        if queue.isDown { return nil }
        do {
            let answer = try queue.isDoubtful ? question() : retries.attempt(operation, question)
            queue.note(nil)
            return answer
        } catch let error as MLflowError where error != .interrupted {
            if isStrict && !error.isTransient && !error.isExhausted { throw error }
            if error.isFinal { warn("\(place) refuses (\(operation)): \(error)") } else { queue.note(error) }
            return nil
        }
    }

    /// The same where there is no answer without the server.
    func demand<T>(_ operation: String, _ what: String, _ request: () throws -> T) throws -> T {
        do {
            let answer = try retries.attempt(operation, request)
            queue.note(nil)
            return answer
        } catch let error as MLflowError where error.isTransient || error.isExhausted {
            queue.note(error)
            throw MLflowError.unexpected("\(what): \(error)")
        }
    }

    // MARK: Experiments

    public func experiment(named name: String) throws -> ExperimentRecord {
        if let found = try ask("create_experiment", { try client.obtainExperiment(named: name) }) {
            remember([found])
            return ExperimentRecord(id: name, name: name, created: found.created)
        }
        return record(try mirror.experiment(named: name))
    }

    public func experiments() throws -> [ExperimentRecord] {
        guard let found = try ask("search_experiments", { try client.experiments() }) else { return try mirror.experiments().map(record) }
        remember(found)
        let records = found.map { ExperimentRecord(id: $0.name, name: $0.name, created: $0.created) }
        // Those that the server has not heard of yet.
        let names = Set(records.map(\.name))
        let waiting = try mirror.experiments().filter { experiment in
            try !names.contains(experiment.name)
                && mirror.runs(experiment: experiment.id).contains { try exporter.export($0.id)?.remote == nil }
        }
        return (records + waiting.map(record)).sorted { ($0.created, $0.name) < ($1.created, $1.name) }
    }

    public func archive(experiment name: String) throws {
        queue.drain(limit: Self.patience)
        try demand("delete_experiment", "the experiment '\(name)' was not deleted") {
            if let found = try client.experiment(named: name), !found.isDeleted { try client.archive(experiment: found.id) }
        }
        lock.withLock { experimentIDs[name] = nil }
        if let local = try mirror.experiments().first(where: { $0.name == name }) { try mirror.archive(experiment: local.id) }
    }

    /// The embedded store's record under the id that it has here.
    private func record(_ local: ExperimentRecord) -> ExperimentRecord {
        ExperimentRecord(id: local.name, name: local.name, created: local.created)
    }

    private func remember(_ found: [MLflowClient.Experiment]) {
        lock.withLock { for experiment in found where !experiment.isDeleted { experimentIDs[experiment.name] = experiment.id } }
    }

    private func experimentID(_ name: String) throws -> String? {
        if let id = lock.withLock({ experimentIDs[name] }) { return id }
        guard let found = try client.experiment(named: name), !found.isDeleted else { return nil }
        remember([found])
        return found.id
    }

    private func experimentName(_ id: String) throws -> String {
        if let name = lock.withLock({ experimentIDs.first { $0.value == id }?.key }) { return name }
        remember(try client.experiments())
        // A deleted experiment has no name here that could be asked for.
        return lock.withLock { experimentIDs.first { $0.value == id }?.key } ?? id
    }

    // MARK: Runs

    public func startRun(named name: String, experiment: String, params: [(name: String, value: String)]) throws -> RunRecord {
        let local = try mirror.experiment(named: experiment)
        let key = RunStore.newID()
        let started = Date()
        let made = try ask("start_run") { () throws -> MLflowClient.Run in
            let id = try client.obtainExperiment(named: experiment).id
            // An attempt before this one may have made it without our hearing of it.
            if let found = try client.runs(experiments: [id], key: key).first { return found }
            return try client.createRun(experiment: id, name: name, started: started, key: key, params: params)
        }
        let run = RunRecord(id: made?.id ?? key, experimentID: local.id, name: name, status: .running, started: started, ended: nil)
        try mirror.add(run, experiment: local, params: params)
        if let made { try exporter.note(run.id, "remote", made.id) }
        try take(run.id)
        return shown(run, experiment)
    }

    public func resume(_ run: RunRecord) throws {
        try adopt(run.id)
        try mirror.setStatus(.running, run: run.id)
        queue.add(run.id)
    }

    public func setStatus(_ status: RunStatus, run: String) throws {
        try adopt(run)
        try mirror.setStatus(status, run: run)
        queue.add(run)
    }

    public func run(id: String) throws -> RunRecord? {
        if isOwn(id) { return try mirrored(id) }
        guard let found = try ask("search_runs", { try remote(id) }) else { return try mirrored(id) }
        return try found.map { try record($0).run }
    }

    public func summaries(experiment name: String) throws -> [RunSummary] {
        queue.drain(limit: Self.patience)
        let local = try mirror.experiments().first { $0.name == name }.map { try mirror.summaries(experiment: $0.id) } ?? []
        let shownLocal = local.map { RunSummary(run: shown($0.run, name), params: $0.params, latest: $0.latest) }
        let found = try ask("search_runs") { try experimentID(name).map { try client.runs(experiments: [$0]) } ?? [] }
        guard let found else { return shownLocal }
        var summaries = try found.map(record)
        // What this process writes it knows best, also what is still to be sent.
        for summary in shownLocal {
            if let place = summaries.firstIndex(where: { $0.run.id == summary.run.id }) {
                if isOwn(summary.run.id) { summaries[place] = summary }
            } else if try exporter.export(summary.run.id)?.remote == nil {
                summaries.append(summary)
            }
        }
        return summaries
    }

    public func params(run: String) throws -> [String: String] {
        if isOwn(run) { return try mirror.params(run: run) }
        guard let found = try ask("search_runs", { try remote(run) }) else { return try mirror.params(run: run) }
        return found?.params ?? [:]
    }

    // MARK: Ids

    func isOwn(_ run: String) -> Bool { lock.withLock { own.contains(run) } }

    /// The server's run of an id, which is MLflow's, or the one that a store gave it.
    func remote(_ id: String) throws -> MLflowClient.Run? {
        if let known = try exporter.export(id) {
            guard let remote = known.remote else { return nil }
            return try client.run(id: remote)
        }
        if let found = try client.run(id: id) { return found.isDeleted ? nil : found }
        return try client.runs(experiments: try client.experiments().map(\.id), key: id).first
    }

    /// The id under which the embedded store knows a run, or would.
    func localID(_ id: String) throws -> String { try exporter.local(remote: id) ?? id }

    private func mirrored(_ id: String) throws -> RunRecord? {
        guard let run = try mirror.run(id: id) else { return nil }
        let name = try mirror.experiments(withDeleted: true).first { $0.id == run.experimentID }?.name
        return shown(run, name ?? run.experimentID)
    }

    /// A run of the embedded store with the id that its experiment has here.
    private func shown(_ run: RunRecord, _ experiment: String) -> RunRecord {
        RunRecord(id: run.id, experimentID: experiment, name: run.name, status: run.status, started: run.started, ended: run.ended)
    }

    private func record(_ run: MLflowClient.Run) throws -> RunSummary {
        RunSummary(
            run: RunRecord(
                id: try localID(run.id), experimentID: try experimentName(run.experiment), name: run.name, status: run.status,
                started: run.started, ended: run.ended),
            params: run.params, latest: Dictionary(run.latest.map { ($0.name, $0.point.value) }, uniquingKeysWith: { $1 }))
    }

    // MARK: Whose runs are whose

    /// Makes a run one that this process writes: what the server has of it comes into the embedded store, so that its curves go on.
    func adopt(_ id: String) throws {
        if isOwn(id) { return }
        let answer = try ask("search_runs") { try remote(id) }
        if let found = answer ?? nil {
            let local = try mirror.experiment(named: try experimentName(found.experiment))
            let run = try record(found).run
            try mirror.add(
                RunRecord(
                    id: run.id, experimentID: local.id, name: run.name, status: run.status, started: run.started, ended: run.ended),
                experiment: local, params: found.params.map { ($0.key, $0.value) })
            try mirror.set(found.latest.map { ($0.name, $0.point) }, run: run.id)
            try exporter.note(run.id, "remote", found.id)
            for metric in found.latest { try exporter.noteSent(run.id, metric.name, next: metric.point.step + 1) }
        } else if try mirror.run(id: id) == nil {
            throw StoreError.vanished("run \(id)")
        }
        try take(id)
    }

    func take(_ id: String) throws {
        try exporter.note(id, "owner", owner.id)
        lock.withLock { _ = own.insert(id) }
        queue.add(id)
    }

    /// Takes over the runs of processes that ended before everything was sent.
    private func claim() throws -> [String] {
        let owners = try mirror.read { database in
            try String.fetchAll(
                database, sql: "SELECT DISTINCT owner FROM exports WHERE server = ? AND owner IS NOT NULL", arguments: [exporter.server])
        }
        for other in owners where owner.isGone(other) {
            try mirror.write { database in
                try database.execute(
                    sql: "UPDATE exports SET owner = ? WHERE server = ? AND owner = ?", arguments: [owner.id, exporter.server, other])
            }
        }
        return try mirror.read { database in
            try String.fetchAll(
                database, sql: "SELECT run FROM exports WHERE server = ? AND owner = ?", arguments: [exporter.server, owner.id])
        }
    }
}
