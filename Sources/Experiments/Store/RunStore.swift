import Clickstream
import Foundation
import GRDB

/// Experiments, runs, parameters and metric curves in an SQLite file that several processes may use at once.
///
/// Metric points are written in batches: every 256 points or half a second, at the end of a run, before a read, and at exit.
/// A file that cannot be opened or written never stops the caller: one warning says so, and from then on everything,
/// what was there before included as far as it can be read, is kept in memory for the rest of the process.
public final class RunStore: @unchecked Sendable {
    // `lock` guards every mutable property; the database has a queue of its own.
    private let lock = NSLock()
    private var database: DatabaseQueue
    private var pending: [PendingPoint] = []
    private var steps: [MetricKey: Int] = [:]
    private var lastWrite = Date()
    private var inMemory: Bool

    /// The file; nil when the store was made for memory only.
    public let path: String?

    struct MetricKey: Hashable {
        let run: String
        let name: String
    }

    private struct PendingPoint {
        let key: MetricKey
        let step: Int
        let value: Double
        let time: Date
    }

    private static let batch = 256
    private static let interval: TimeInterval = 0.5

    /// Opens or creates the file at `path`, with its folder; nil keeps everything in memory.
    public init(path: String?) throws {
        self.path = path
        var opened: DatabaseQueue?
        if let path {
            do {
                opened = try Self.open(path)
            } catch {
                Self.warn(path, error)
            }
        }
        inMemory = opened == nil
        database = try opened ?? Self.openInMemory()
        OpenStores.add(self)
    }

    deinit { flush() }

    /// Whether what is stored will be gone when the process ends.
    public var isInMemory: Bool { lock.withLock { inMemory } }

    // MARK: Experiments

    /// The experiment of this name, made if there is none.
    public func experiment(named name: String) throws -> ExperimentRecord {
        try write { database in
            try database.execute(
                sql: "INSERT INTO experiments (name, created) VALUES (?, ?) ON CONFLICT (name) DO NOTHING",
                arguments: [name, Date().timeIntervalSince1970])
            let row = try Row.fetchOne(database, sql: "SELECT * FROM experiments WHERE name = ?", arguments: [name])
            guard let row else { throw StoreError.vanished("experiment '\(name)'") }
            return Self.experiment(row)
        }
    }

    /// All experiments, oldest first.
    public func experiments() throws -> [ExperimentRecord] {
        try read { try Row.fetchAll($0, sql: "SELECT * FROM experiments ORDER BY id").map(Self.experiment) }
    }

    // MARK: Runs

    /// Starts a run with its parameters.
    public func startRun(named name: String, experiment: Int64, params: [(name: String, value: String)]) throws -> RunRecord {
        var random = SystemRandomNumberGenerator()
        let id = (0..<2).map { _ in
            let half = String(random.next(), radix: 16)
            return String(repeating: "0", count: 16 - half.count) + half
        }.joined()
        let run = RunRecord(id: id, experimentID: experiment, name: name, status: .running, started: Date(), ended: nil)
        try write { database in
            try database.execute(
                sql: "INSERT INTO runs (id, experiment, name, status, started) VALUES (?, ?, ?, ?, ?)",
                arguments: [id, experiment, name, run.status.rawValue, run.started.timeIntervalSince1970])
            for (name, value) in params {
                try database.execute(
                    sql: "INSERT OR REPLACE INTO params (run, name, value) VALUES (?, ?, ?)", arguments: [id, name, value])
            }
        }
        return run
    }

    /// Sets what became of a run; a run that goes on again has no end.
    public func setStatus(_ status: RunStatus, run: String) throws {
        flush()
        try write { database in
            try database.execute(
                sql: "UPDATE runs SET status = ?, ended = ? WHERE id = ?",
                arguments: [status.rawValue, status == .running ? nil : Date().timeIntervalSince1970, run])
        }
    }

    /// The runs of an experiment, oldest first; those of all experiments without one.
    public func runs(experiment: Int64? = nil) throws -> [RunRecord] {
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
        let key = MetricKey(run: run, name: name)
        let known = lock.withLock { steps[key] }
        let step = try known ?? nextStep(key)
        let isDue = lock.withLock {
            steps[key] = step + 1
            pending.append(PendingPoint(key: key, step: step, value: value, time: Date()))
            return pending.count >= Self.batch || -lastWrite.timeIntervalSinceNow > Self.interval
        }
        if isDue { flush() }
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

    /// Writes the points that wait. What cannot be written stays, in memory.
    public func flush() {
        let points = lock.withLock {
            lastWrite = Date()
            defer { pending.removeAll(keepingCapacity: true) }
            return pending
        }
        if points.isEmpty { return }
        let insert: (Database) throws -> Void = { database in
            let statement = try database.cachedStatement(
                sql: "INSERT OR REPLACE INTO metrics (run, name, step, value, time) VALUES (?, ?, ?, ?, ?)")
            for point in points {
                let value = point.value.isNaN ? nil : point.value
                try statement.execute(
                    arguments: [point.key.run, point.key.name, point.step, value, point.time.timeIntervalSince1970])
            }
        }
        // Memory refuses only what breaks the schema: points of a run that was never started.
        do { try write(insert) } catch { Warnings.emit("\(points.count) metric values are lost: \(error)") }
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
        configuration.busyMode = .timeout(5)
        // In WAL mode a power cut can lose the last batch but never break the file.
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA synchronous = NORMAL") }
        let database = try DatabaseQueue(path: path, configuration: configuration)
        try migrator.migrate(database)
        // A file that can be read but not written is found out here, not in the middle of a training.
        try database.write { try $0.execute(sql: "UPDATE experiments SET id = id WHERE id = -1") }
        return database
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

    fileprivate func read<T>(_ body: (Database) throws -> T) throws -> T {
        try lock.withLock { database }.read(body)
    }

    /// Writes; when the file refuses, everything moves to memory once and the write is done there.
    fileprivate func write<T>(_ body: (Database) throws -> T) throws -> T {
        let (current, memory) = lock.withLock { (database, inMemory) }
        do {
            return try current.write(body)
        } catch let error as DatabaseError where !memory && Self.isStorageFailure(error) {
            try moveToMemory(from: current, because: error)
            return try lock.withLock { database }.write(body)
        }
    }

    private func moveToMemory(from file: DatabaseQueue, because error: DatabaseError) throws {
        Self.warn(path ?? "", error)
        let memory = try DatabaseQueue()
        do {
            try file.backup(to: memory)
        } catch {
            // What the file held cannot be read any more; the rest of the process starts empty.
            try memory.erase()
        }
        try Self.migrator.migrate(memory)
        lock.withLock {
            database = memory
            inMemory = true
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

    private static func warn(_ path: String, _ error: any Error) {
        let reason = (error as? DatabaseError).map { $0.message ?? $0.resultCode.description } ?? error.localizedDescription
        Warnings.emit("runs cannot be stored in \(path) (\(reason)); metrics are kept in memory and end with this process")
    }

    private static func experiment(_ row: Row) -> ExperimentRecord {
        ExperimentRecord(id: row["id"], name: row["name"], created: Date(timeIntervalSince1970: row["created"]))
    }

    private static func run(_ row: Row) -> RunRecord {
        let ended: Double? = row["ended"]
        return RunRecord(
            id: row["id"], experimentID: row["experiment"], name: row["name"], status: RunStatus(rawValue: row["status"]) ?? .failed,
            started: Date(timeIntervalSince1970: row["started"]), ended: ended.map(Date.init(timeIntervalSince1970:)))
    }
}

/// A record that another process removed while it was in use.
public enum StoreError: Error, CustomStringConvertible {
    case vanished(String)

    public var description: String {
        switch self {
        case .vanished(let what): "\(what) is no longer in the run store"
        }
    }
}

/// The stores of the process, so that a script that just ends loses no metrics.
private enum OpenStores {
    private struct Entry {
        weak var store: RunStore?
    }

    private static let lock = NSLock()
    // Guarded by `lock`.
    nonisolated(unsafe) private static var entries: [Entry] = []
    private static let registered: Void = { atexit { OpenStores.flushAll() } }()

    static func add(_ store: RunStore) {
        _ = registered
        lock.withLock {
            entries.removeAll { $0.store == nil }
            entries.append(Entry(store: store))
        }
    }

    private static func flushAll() {
        for store in lock.withLock({ entries.compactMap(\.store) }) { store.flush() }
    }
}
