import Clickstream
import Foundation
import Text

/// Runs the cells of an ablation, one after the other here or in worker processes, and keeps what came of them in the run store.
///
/// A cell that is done is done for good: its key says with which parameters, code and data, and the files that it read are looked at again
/// before it is believed. A worker that dies costs its cell one attempt of two; a cell whose own process tree was killed loses nothing. A process
/// without workers that dies at a cell cannot say why, and that counts as an attempt too: the next one looks on from outside, if it can, and has
/// a worker run the cell.
public final class Sweep {
    public let name: String
    public let cells: [SweepCell]
    public let settings = SweepSettings.current
    private let store: RunStore
    /// Whether each cell becomes a run of the store, too.
    private let keepsRuns: Bool
    private let ordinal = SweepSettings.nextOrdinal()
    /// Positions that were asked for so far.
    private var offered: Set<Int> = []
    private var pool: WorkerPool?
    private var poolSize = 0
    /// Workers that ended without having taken a cell.
    private var idleEnds: [WorkerPool.Ended] = []
    private let keys: [String: Int]
    private var hashes = FileHashes()

    /// How often a cell may be begun before the death of its process is its failure.
    private static let attempts = 2
    /// Seconds that workers have to end when nothing is left to do.
    private static let patience: TimeInterval = 30

    public init(name: String, cells: [SweepCell], store: RunStore, keepsRuns: Bool = true) {
        self.name = name
        self.cells = cells
        self.store = store
        self.keepsRuns = keepsRuns
        keys = Dictionary(cells.enumerated().map { ($1.key, $0) }, uniquingKeysWith: { first, _ in first })
    }

    // MARK: What this process is

    /// Whether this process computes cells of this sweep for another.
    public var isWorker: Bool { settings.worker?.ordinal == ordinal }

    /// Whether this process is a worker of a later sweep: this one is done, and is only looked at.
    public var isBystander: Bool { settings.worker.map { $0.ordinal > ordinal } ?? false }

    /// Why cells cannot run in worker processes; nil when they can.
    public var obstacleToWorkers: String? {
        if store.isInMemory { return "the run store cannot be written, and workers have no other way to tell what came of a cell" }
        if settings.command == nil { return "a worker runs the script again, and here there is none" }
        return nil
    }

    // MARK: Asking for cells

    /// Makes the cells at these positions ready to run: those that are new, that failed in an earlier start, whose files are others now, whose
    /// process is gone; and with `fresh` those that are done.
    ///
    /// - Parameter retry: whether cells that failed in an earlier start have another chance.
    public func offer(_ positions: [Int], fresh: Bool, retry: Bool = true) throws {
        let new = positions.filter { offered.insert($0).inserted }
        let died = Set(try noteDeaths(new))
        try store.offer(new.map { cells[$0] }, sweep: name) { record in
            switch record.status {
            case .waiting: false
            case .running: !(record.worker?.isAlive ?? false)
            case .failed: !died.contains(record.key) && (retry || fresh)
            case .done: fresh || !hashes.hold(record.files ?? "{}")
            }
        }
    }

    /// Counts the cells at which a process without workers died, and gives up those where that was the second attempt; their keys.
    private func noteDeaths(_ positions: [Int]) throws -> [String] {
        let keys = positions.map { cells[$0].key }
        let dead = try store.cells(keys).values.filter { $0.status == .running && $0.log == nil && !($0.worker?.isAlive ?? false) }
        for record in dead { try noteDeath(record) }
        return dead.map(\.key)
    }

    private func noteDeath(_ record: CellRecord) throws {
        try closeRun(record.key)
        try store.noteDeath(record.key)
        guard record.attempts >= Self.attempts else { return }
        try store.fail(record.key, error: "the process that ran it ended without a word (killed, out of memory?), \(Self.attempts) times")
    }

    /// Whether a process died at one of the cells that wait, so that they had better run where their end is seen.
    public func hasSuspects() throws -> Bool { try offeredRecords().contains { $0.status == .waiting && $0.deaths > 0 } }

    /// What is known of every cell, in order; nil for those that were never asked for.
    public func records() throws -> [CellRecord?] {
        let found = try store.cells(cells.map(\.key))
        return cells.map { found[$0.key] }
    }

    /// Whether what a done cell read is still the same.
    public func isCurrent(_ record: CellRecord) -> Bool { record.status != .done || hashes.hold(record.files ?? "{}") }

    /// How long done cells of the name took, the oldest first.
    public func pastSeconds() throws -> [Double] { try store.cellSeconds(sweep: name) }

    // MARK: Running a cell

    /// Takes a cell that waits; nil when none does. What is read from now on is listened to.
    public func claim() throws -> Int? {
        let order = isWorker ? cells.indices.map { $0 } : offered.sorted()
        guard let key = try store.claim(order.map { cells[$0].key }, log: settings.worker?.log), let position = keys[key] else {
            return nil
        }
        let cell = cells[position]
        if isWorker { FileHandle.standardError.write(Data("\ncell \(cell.label)\n".utf8)) }
        if keepsRuns {
            let experiment = try store.experiment(named: "ablation / \(name)")
            let run = try store.startRun(
                named: cell.label, experiment: experiment.id,
                params: cell.params.map { ($0.name, $0.value) } + [("seed", String(cell.seed))])
            try store.note(run: run.id, of: key)
        }
        SweepSettings.isInCell = true
        FileReads.begin()
        return position
    }

    /// Keeps what came of a cell.
    public func finish(_ position: Int, result: String, metrics: [(name: String, value: Double)]) throws {
        let key = cells[position].key
        SweepSettings.isInCell = false
        let record = try store.cells([key])[key]
        let files = hashes.text(of: FileReads.end(), notAfter: record?.started ?? 0)
        if let run = record?.run {
            for metric in metrics { try store.add(metric.name, metric.value, run: run) }
            try store.setStatus(.finished, run: run)
        }
        try store.finish(key, result: result, files: files)
    }

    /// Notes that a cell failed of itself.
    public func fail(_ position: Int, error: String) throws {
        SweepSettings.isInCell = false
        _ = FileReads.end()
        try closeRun(cells[position].key)
        try store.fail(cells[position].key, error: error)
    }

    /// Gives an interrupted cell back.
    public func release(_ position: Int) throws {
        SweepSettings.isInCell = false
        _ = FileReads.end()
        try closeRun(cells[position].key)
        try store.release(cells[position].key, free: true)
    }

    private func closeRun(_ key: String) throws {
        if let run = try store.cells([key])[key]?.run { try store.setStatus(.failed, run: run) }
    }

    // MARK: Workers

    /// Where the logs of the workers are.
    public var logFolder: String {
        let folder = store.path.map { URL(fileURLWithPath: $0).deletingLastPathComponent().path } ?? ".eft"
        let file = String(name.map { $0.isLetter || $0.isNumber || "-_.".contains($0) ? $0 : "_" })
        return folder + "/logs/" + file
    }

    /// Starts worker processes for what waits.
    ///
    /// - Parameter threads: of the whole process; each worker has its share.
    public func startWorkers(_ count: Int, threads: Int) throws {
        guard let command = settings.command else { return }
        poolSize = count
        idleEnds = []
        try? FileManager.default.removeItem(atPath: logFolder)
        pool = try WorkerPool(command: command, ordinal: ordinal, threads: max(1, threads / max(1, count)), logs: logFolder)
        let waiting = try state().waiting
        for slot in 1...max(1, min(count, waiting)) { try pool?.start(slot: slot) }
    }

    /// Ends the workers: at once while there are cells left; else they have time to send what waits for a server, and end by themselves.
    public func stopWorkers() throws {
        guard let pool else { return }
        if try state().left == 0 { pool.wait(limit: Self.patience) }
        pool.stop()
        self.pool = nil
        for record in try offeredRecords() where record.status == .running && !(record.worker?.isAlive ?? false) {
            try closeRun(record.key)
            try store.release(record.key, free: true)
        }
    }

    public struct State: Sendable {
        public var waiting = 0, running = 0, done = 0, failed = 0
        public var left: Int { waiting + running }
    }

    /// How far the cells that were asked for are.
    public func state() throws -> State {
        var state = State()
        for record in try offeredRecords() {
            switch record.status {
            case .waiting: state.waiting += 1
            case .running: state.running += 1
            case .done: state.done += 1
            case .failed: state.failed += 1
            }
        }
        return state
    }

    private func offeredRecords() throws -> [CellRecord] {
        Array(try store.cells(offered.map { cells[$0].key }).values)
    }

    /// Looks after the workers: what dead ones ran is given to others, or failed when it was the second time, and new ones take their places.
    ///
    /// - Throws: `SweepError` when the workers do not come to the cells.
    public func tend() throws -> State {
        let ended = pool?.ended() ?? []
        for record in try offeredRecords() where record.status == .running && !(record.worker?.isAlive ?? false) {
            // One of ours whose end has not been reported yet: the next round knows how it ended.
            if let worker = record.worker, pool?.isWaiting(for: worker) == true { continue }
            try closeRun(record.key)
            guard let worker = ended.first(where: { $0.identity == record.worker }), let failure = worker.failure else {
                // The process of somebody else: nothing is known of its end. If it was a worker, its parent went as well.
                if record.log == nil { try noteDeath(record) } else { try store.release(record.key, free: true) }
                continue
            }
            if record.attempts >= Self.attempts {
                try store.fail(record.key, error: "its process \(failure), \(Self.attempts) times")
            } else {
                try store.release(record.key, free: false)
            }
        }
        let records = try offeredRecords()
        for worker in ended where !records.contains(where: { $0.log == worker.log && ($0.started ?? 0) >= worker.started }) {
            idleEnds.append(worker)
        }
        let state = try state()
        guard let pool, state.waiting > 0 else { return state }
        if let idle = idleEnds.last, idleEnds.count >= poolSize {
            throw SweepError.workersDoNotArrive(failure: idle.failure, log: idle.log, tail: Self.tail(of: idle.log))
        }
        for worker in ended { try pool.start(slot: worker.slot) }
        return state
    }

    /// The last lines of a log.
    static func tail(of log: String) -> String {
        guard let data = FileManager.default.contents(atPath: log) else { return "" }
        return String(decoding: data.suffix(4096), as: UTF8.self).split(separator: "\n").suffix(12).joined(separator: "\n")
    }
}

public enum SweepError: Error, CustomStringConvertible {
    case workersDoNotArrive(failure: String?, log: String, tail: String)

    public var description: String {
        switch self {
        case .workersDoNotArrive(.some(let failure), let log, let tail):
            "the workers do not come as far as the ablation: the last one \(failure); its log \(log) ends with\n\(tail)"
        case .workersDoNotArrive(nil, let log, _):
            "the workers found none of the cells: what the script reads or computes before the ablation is not the same each time it runs "
                + "(a time, an unseeded random number?); see \(log)"
        }
    }
}
