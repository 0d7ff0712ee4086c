import Clickstream
import Foundation
import GRDB
import Statement

/// Experiments, runs, parameters and metric curves in an SQLite file that several processes may use at once.
///
/// Metric points are written in batches: every 256 points, half a second after the first that waits, at the end of a run, before a read, and
/// at exit. A file that cannot be opened or written never stops the caller: one warning says so, and from then on everything, what was there
/// before included as far as it can be read, is kept in memory and in a journal, which the next opening of the file takes in.
public final class RunStore: TrackingStore, @unchecked Sendable {
    // `lock` guards every mutable property; the database has a queue of its own.
    private let lock = NSLock()
    private var database: DatabaseQueue
    private var pending: [PendingPoint] = []
    private var steps: [MetricKey: Int] = [:]
    private var inMemory: Bool
    private var journal: StoreJournal?
    /// Experiments and runs that this process began: what points refer to, should the file become unreadable.
    private var begun: [StoreChange] = []
    /// Held during a whole flush, so that a reader waits for points that another thread is just writing.
    private let flushing = NSLock()
    /// Held while everything moves to memory.
    private let moving = NSRecursiveLock()
    private let warn: @Sendable (String) -> Void = Warnings.handler
    private let journalFolders: [String]

    /// The file; nil when the store was made for memory only.
    public let path: String?
    /// Folder of the models.
    let artifacts: URL

    struct MetricKey: Hashable {
        let run: String
        let name: String
    }

    private struct PendingPoint {
        let run: String
        let point: StoreChange.StoredPoint
    }

    private static let batch = 256
    private static let interval: TimeInterval = 0.5

    /// Opens or creates the file at `path`, with its folder; nil, like SQLite's ":memory:", keeps everything in memory.
    public convenience init(path: String?) throws {
        try self.init(path: path, journalFolders: path.map { StoreJournal.folders(of: $0) } ?? [])
    }

    init(path: String?, journalFolders: [String]) throws {
        let path = path == ":memory:" ? nil : path
        self.path = path
        self.journalFolders = journalFolders
        // Models of a store in memory outlive it no more than its runs do.
        artifacts =
            (path.map { URL(fileURLWithPath: $0).deletingLastPathComponent() }
            ?? FileManager.default.temporaryDirectory.appendingPathComponent("eft-\(UUID().uuidString)")).appendingPathComponent(
                "artifacts")
        inMemory = true
        database = try Self.openInMemory()
        if let path {
            do {
                database = try Self.open(path)
                inMemory = false
            } catch {
                beginJournal(because: error)
            }
        }
        EndOfProcess.add(self) { $0.flush() }
        if !inMemory, let path {
            // What an earlier process could not write. If it still cannot be, it stays where it is.
            if let count = try? StoreJournal.takeIn(to: database, store: path, folders: journalFolders), count > 0 {
                warn("what could not be stored in \(path) earlier is in it now")
            }
        }
    }

    deinit { flush() }

    /// Whether what is stored will not be in the file when the process ends.
    public var isInMemory: Bool { lock.withLock { inMemory } }

    private func noteWriting() { Journal.cannotUndo("logged to \(path ?? "the run store")") }

    public var place: String { isInMemory ? "in memory" : path ?? "in memory" }

    // MARK: Experiments

    /// The experiment of this name, made if there is none.
    public func experiment(named name: String) throws -> ExperimentRecord {
        func find() throws -> ExperimentRecord? {
            try read { try Row.fetchOne($0, sql: "SELECT * FROM experiments WHERE name = ?", arguments: [name]).map(Self.experiment) }
        }
        if let found = try find() { return found }
        try begin([.experiment(name: name, created: Date().timeIntervalSince1970)])
        guard let made = try find() else { throw StoreError.vanished("experiment '\(name)'") }
        return made
    }

    /// The experiments that are not deleted, oldest first.
    public func experiments() throws -> [ExperimentRecord] { try experiments(withDeleted: false) }

    /// The experiments, oldest first.
    public func experiments(withDeleted: Bool) throws -> [ExperimentRecord] {
        let condition = withDeleted ? "" : "WHERE deleted IS NULL"
        return try read { try Row.fetchAll($0, sql: "SELECT * FROM experiments \(condition) ORDER BY id").map(Self.experiment) }
    }

    /// Renames an experiment to "{id}_archive" and marks it as deleted; its runs stay.
    public func archive(experiment id: String) throws {
        try write { database in
            try database.execute(
                sql: "UPDATE experiments SET name = id || '_archive', deleted = ? WHERE id = ?",
                arguments: [Date().timeIntervalSince1970, id])
        }
    }

    /// Their names by id, also of those that are only there for their runs.
    func experimentNames() throws -> [String: String] {
        Dictionary(try experiments(withDeleted: true).map { ($0.id, $0.name) }, uniquingKeysWith: { first, _ in first })
    }

    // MARK: Runs

    /// Starts a run with its parameters.
    public func startRun(named name: String, experiment: String, params: [(name: String, value: String)]) throws -> RunRecord {
        let run = RunRecord(id: Self.newID(), experimentID: experiment, name: name, status: .running, started: Date(), ended: nil)
        guard let group = try experiments(withDeleted: true).first(where: { $0.id == experiment }) else {
            throw StoreError.vanished("experiment \(experiment)")
        }
        try add(run, experiment: group, params: params)
        return run
    }

    public func resume(_ run: RunRecord) throws { try setStatus(.running, run: run.id) }

    /// Sets what became of a run; a run that goes on again has no end.
    public func setStatus(_ status: RunStatus, run: String) throws {
        flush()
        try write([
            .status(run: run, status: status.rawValue, ended: status == .running ? nil : Date().timeIntervalSince1970)
        ])
    }

    /// Deletes runs with their parameters and curves.
    public func deleteRuns(_ ids: [String]) throws {
        flush()
        try write { database in
            for id in ids { try database.execute(sql: "DELETE FROM runs WHERE id = ?", arguments: [id]) }
        }
    }

    /// The runs of an experiment, oldest first; those of all experiments without one.
    public func runs(experiment: String? = nil) throws -> [RunRecord] {
        try read { database in
            try Row.fetchAll(
                database, sql: "SELECT * FROM runs WHERE ?1 IS NULL OR experiment = ?1 ORDER BY started, rowid", arguments: [experiment]
            ).map(Self.run)
        }
    }

    /// The run of this id.
    public func run(id: String) throws -> RunRecord? {
        try read { try Row.fetchOne($0, sql: "SELECT * FROM runs WHERE id = ?", arguments: [id]).map(Self.run) }
    }

    public func summaries(experiment: String) throws -> [RunSummary] {
        try runs(experiment: experiment).map { run in
            let latest = try latest(run: run.id)
            return RunSummary(
                run: run, params: try params(run: run.id), latest: Dictionary(latest.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 }))
        }
    }

    /// A run's parameters, by name.
    public func params(run: String) throws -> [String: String] {
        try read { database in
            let rows = try Row.fetchAll(database, sql: "SELECT name, value FROM params WHERE run = ?", arguments: [run])
            return Dictionary(rows.map { ($0["name"], $0["value"]) }, uniquingKeysWith: { $1 })
        }
    }

    // MARK: Metrics

    /// Adds a value to a metric's curve; it reaches the file with its batch.
    public func add(_ name: String, _ value: Double, run: String) throws {
        noteWriting()
        let key = MetricKey(run: run, name: name)
        let known = lock.withLock { steps[key] }
        let step = try known ?? nextStep(key)
        let point = StoreChange.StoredPoint(name: name, step: step, value: value, time: Date().timeIntervalSince1970)
        let (isFirst, isDue) = lock.withLock {
            steps[key] = step + 1
            pending.append(PendingPoint(run: run, point: point))
            return (pending.count == 1, pending.count >= Self.batch)
        }
        if isDue {
            flush()
        } else if isFirst {
            // A timer, since the next value may be long in coming.
            DispatchQueue.global(qos: .utility).asyncAfter(deadline: .now() + Self.interval) { [weak self] in self?.flush() }
        }
    }

    /// A metric's values in the order in which they were added.
    public func curve(_ name: String, run: String) throws -> [MetricPoint] {
        flush()
        return try read { database in
            try Row.fetchAll(
                database, sql: "SELECT step, value, time FROM metrics WHERE run = ? AND name = ? ORDER BY step", arguments: [run, name]
            ).map { MetricPoint(step: $0["step"], value: $0["value"] ?? .nan, time: Date(timeIntervalSince1970: $0["time"])) }
        }
    }

    /// The metrics of a run, with the last value of each, sorted by name.
    public func latest(run: String) throws -> [(name: String, value: Double)] {
        flush()
        return try read { database in
            // SQLite takes the other columns from the row that holds the maximum.
            try Row.fetchAll(
                database, sql: "SELECT name, value, MAX(step) FROM metrics WHERE run = ? GROUP BY name ORDER BY name", arguments: [run]
            ).map { (name: $0["name"], value: $0["value"] ?? .nan) }
        }
    }

    /// How many values of each metric a run has, sorted by name.
    public func pointCounts(run: String) throws -> [(name: String, count: Int)] {
        flush()
        return try read { database in
            try Row.fetchAll(
                database, sql: "SELECT name, MAX(step) + 1 AS count FROM metrics WHERE run = ? GROUP BY name ORDER BY name",
                arguments: [run]
            ).map { (name: $0["name"], count: $0["count"]) }
        }
    }

    /// Shortens each curve of a run to the first `kept` of its name values.
    public func takeBack(run: String, to kept: (String) -> Int) throws {
        let counts = try pointCounts(run: run)
        try write { database in
            for (name, count) in counts where kept(name) < count {
                try database.execute(
                    sql: "DELETE FROM metrics WHERE run = ? AND name = ? AND step >= ?", arguments: [run, name, kept(name)])
            }
        }
        lock.withLock { for (name, count) in counts { steps[MetricKey(run: run, name: name)] = min(kept(name), count) } }
    }

    /// Writes the points that wait. What cannot be written stays, in memory.
    public func flush() {
        flushing.withLock {
            let points = lock.withLock {
                defer { pending.removeAll(keepingCapacity: true) }
                return pending
            }
            if points.isEmpty { return }
            var changes: [StoreChange] = []
            var start = 0
            for index in points.indices where index + 1 == points.count || points[index + 1].run != points[start].run {
                changes.append(.points(run: points[start].run, points[start...index].map(\.point)))
                start = index + 1
            }
            // Memory refuses only what breaks the schema: points of a run that was never started.
            do { try write(changes) } catch { warn("\(points.count) metric values are lost: \(error)") }
        }
    }

    private func nextStep(_ key: MetricKey) throws -> Int {
        try read { database in
            let last = try Int.fetchOne(
                database, sql: "SELECT MAX(step) FROM metrics WHERE run = ? AND name = ?", arguments: [key.run, key.name])
            return (last ?? -1) + 1
        }
    }
}

/// Opening, and what happens when the file cannot be used.
extension RunStore {
    private static func open(_ path: String) throws -> DatabaseQueue {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        var configuration = Configuration()
        configuration.journalMode = .wal
        configuration.busyMode = .timeout(10)
        // In WAL mode a power cut can lose the last batch but never break the file.
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA synchronous = NORMAL") }
        let database = try DatabaseQueue(path: path, configuration: configuration)
        try migrator.migrate(database)
        // A file that can be read but not written is found out here, not in the middle of a training.
        try database.write { try $0.execute(sql: "UPDATE experiments SET id = id WHERE id = -1") }
        return database
    }

    /// What SQLite's own check finds broken in the file; nothing in a whole one.
    package func integrityProblems() throws -> [String] {
        try read { try String.fetchAll($0, sql: "PRAGMA integrity_check") }.filter { $0 != "ok" }
    }

    /// Makes the file refuse every further write, as a disk that fills up does; for tests.
    func refuseWrites() throws {
        try lock.withLock { database }.write { try $0.execute(sql: "PRAGMA query_only = ON") }
    }

    private static func openInMemory() throws -> DatabaseQueue {
        let database = try DatabaseQueue()
        try migrator.migrate(database)
        return database
    }

    func read<T>(_ body: (Database) throws -> T) throws -> T {
        try lock.withLock { database }.read(body)
    }

    /// Writes; when the file refuses, everything moves to memory once and the write is done there.
    func write<T>(_ body: (Database) throws -> T) throws -> T {
        noteWriting()
        let (current, memory) = lock.withLock { (database, inMemory) }
        do {
            return try current.write(body)
        } catch let error as DatabaseError where !memory && Self.isStorageFailure(error) {
            try moveToMemory(from: current, because: error)
            return try lock.withLock { database }.write(body)
        }
    }

    /// Writes changes, in one transaction; those that only reach memory are kept in the journal.
    func write(_ changes: [StoreChange]) throws {
        try write { database in for change in changes { try change.apply(to: database) } }
        lock.withLock {
            guard inMemory, let journal else { return }
            for change in changes where !journal.append(change) {
                warn("\(journal.path) cannot be written any more: what follows ends with this process")
                self.journal = nil
                return
            }
        }
    }

    /// The same for experiments and runs, which are remembered.
    func begin(_ changes: [StoreChange]) throws {
        try write(changes)
        lock.withLock { begun += changes }
    }

    private func moveToMemory(from file: DatabaseQueue, because error: DatabaseError) throws {
        try moving.withLock {
            if isInMemory { return }
            let memory = try Self.openInMemory()
            do {
                try file.backup(to: memory)
            } catch {
                // What the file held cannot be read any more; the rest of the process starts with what it began itself.
                try memory.erase()
            }
            try Self.migrator.migrate(memory)
            let known = lock.withLock { begun }
            try memory.write { database in for change in known { try change.apply(to: database) } }
            lock.withLock {
                database = memory
                inMemory = true
            }
            beginJournal(because: error)
        }
    }

    /// Says that the file cannot be used, and where what it should hold is kept.
    private func beginJournal(because error: any Error) {
        guard let path else { return }
        let reason = (error as? DatabaseError).map { $0.message ?? $0.resultCode.description } ?? error.localizedDescription
        let journal = StoreJournal(store: path, folders: journalFolders)
        let place = journal.map { "in memory and in \($0.path), which goes into the store when it can be written again" }
        warn(
            "runs cannot be stored in \(path) (\(reason)); metrics are kept "
                + (place ?? "in memory and end with this process: there is no place for a journal either"))
        lock.withLock {
            self.journal = journal
            for change in begun { _ = journal?.append(change) }
        }
    }

    /// Failures of the disk or the file, as against mistakes in what is written.
    private static func isStorageFailure(_ error: DatabaseError) -> Bool {
        switch error.resultCode {
        case .SQLITE_READONLY, .SQLITE_IOERR, .SQLITE_CORRUPT, .SQLITE_FULL, .SQLITE_CANTOPEN, .SQLITE_NOTADB, .SQLITE_BUSY, .SQLITE_LOCKED,
            .SQLITE_PERM, .SQLITE_AUTH:
            true
        default: false
        }
    }

    private static func experiment(_ row: Row) -> ExperimentRecord {
        let id: Int64 = row["id"]
        return ExperimentRecord(id: String(id), name: row["name"], created: Date(timeIntervalSince1970: row["created"]))
    }

    private static func run(_ row: Row) -> RunRecord {
        let ended: Double? = row["ended"]
        let experiment: Int64 = row["experiment"]
        return RunRecord(
            id: row["id"], experimentID: String(experiment), name: row["name"], status: RunStatus(rawValue: row["status"]) ?? .failed,
            started: Date(timeIntervalSince1970: row["started"]), ended: ended.map(Date.init(timeIntervalSince1970:)))
    }
}

/// A record that another process removed while it was in use.
public enum StoreError: Error, CustomStringConvertible {
    case vanished(String)
    case unwritable(String, String)

    public var description: String {
        switch self {
        case .vanished(let what): "\(what) is no longer in the run store"
        case .unwritable(let path, let reason): "cannot write \(path): \(reason)"
        }
    }
}
