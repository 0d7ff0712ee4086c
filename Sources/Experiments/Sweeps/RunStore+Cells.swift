import Foundation
import GRDB

/// The cells of sweeps. Whoever takes one does so in a transaction, so that no two processes ever run the same.
extension RunStore {
    static func createCells(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE cells (
                    key TEXT PRIMARY KEY,
                    sweep TEXT NOT NULL,
                    setting TEXT NOT NULL,
                    seed INTEGER NOT NULL,
                    status TEXT NOT NULL,
                    attempts INTEGER NOT NULL DEFAULT 0,
                    worker TEXT,
                    started REAL,
                    ended REAL,
                    result TEXT,
                    error TEXT,
                    log TEXT,
                    files TEXT,
                    run TEXT
                ) WITHOUT ROWID;
                """)
    }

    /// The cells that are known, by key; the others have never been asked for.
    func cells(_ keys: [String]) throws -> [String: CellRecord] {
        try read { database in
            var found: [String: CellRecord] = [:]
            let statement = try database.cachedStatement(sql: "SELECT * FROM cells WHERE key = ?")
            for key in keys { found[key] = try Row.fetchOne(statement, arguments: [key]).map(Self.cell) }
            return found
        }
    }

    /// How long the done cells of a sweep took, whatever their code was: what an estimate may rest on.
    func cellSeconds(sweep: String) throws -> [Double] {
        try read { database in
            try Double.fetchAll(
                database, sql: "SELECT ended - started FROM cells WHERE sweep = ? AND status = 'done' ORDER BY ended", arguments: [sweep])
        }
    }

    /// Makes cells ready to be taken: new ones, and known ones that `again` asks for. Running and done ones stay. What is known of deaths stays.
    func offer(_ cells: [SweepCell], sweep: String, again: (CellRecord) -> Bool) throws {
        let known = try self.cells(cells.map(\.key))
        let again = Dictionary(uniqueKeysWithValues: known.values.filter { $0.status != .waiting && again($0) }.map { ($0.key, $0.status) })
        try write { database in
            for cell in cells {
                try database.execute(
                    sql: """
                        INSERT INTO cells (key, sweep, setting, seed, status) VALUES (?, ?, ?, ?, 'waiting')
                        ON CONFLICT (key) DO NOTHING
                        """,
                    arguments: [cell.key, sweep, cell.setting, cell.seed])
                guard let status = again[cell.key] else { continue }
                try database.execute(
                    sql: """
                        UPDATE cells SET status = 'waiting', attempts = 0, result = NULL, error = NULL, files = NULL
                        WHERE key = ? AND status = ?
                        """,
                    arguments: [cell.key, status.rawValue])
            }
        }
    }

    /// Takes the first of the cells that waits, for this process; nil when none does.
    func claim(_ keys: [String], log: String?) throws -> String? {
        try write { database in
            let select = try database.cachedStatement(sql: "SELECT status = 'waiting' FROM cells WHERE key = ?")
            for key in keys where try Bool.fetchOne(select, arguments: [key]) == true {
                try database.execute(
                    sql: """
                        UPDATE cells SET status = 'running', attempts = attempts + 1, worker = ?, started = ?, ended = NULL, log = ?,
                            run = NULL
                        WHERE key = ?
                        """,
                    arguments: [ProcessIdentity.current.text, Date().timeIntervalSince1970, log, key])
                return key
            }
            return nil
        }
    }

    func note(run: String, of key: String) throws {
        try write { try $0.execute(sql: "UPDATE cells SET run = ? WHERE key = ?", arguments: [run, key]) }
    }

    func finish(_ key: String, result: String, files: String) throws {
        try write { database in
            try database.execute(
                sql: """
                    UPDATE cells SET status = 'done', result = ?, files = ?, error = NULL, ended = ?, worker = NULL
                    WHERE key = ? AND worker = ?
                    """,
                arguments: [result, files, Date().timeIntervalSince1970, key, ProcessIdentity.current.text])
        }
        // Memory ends with the process: the journal keeps what a cell took an hour for.
        guard isInMemory else { return }
        let row = try read { try Row.fetchOne($0, sql: "SELECT * FROM cells WHERE key = ? AND status = 'done'", arguments: [key]) }
        guard let row else { return }
        try write([
            .cell(
                StoreChange.StoredCell(
                    key: key, sweep: row["sweep"], setting: row["setting"], seed: row["seed"], started: row["started"], ended: row["ended"],
                    result: result, files: files, run: row["run"]))
        ])
    }

    func fail(_ key: String, error: String) throws {
        try write { database in
            try database.execute(
                sql: "UPDATE cells SET status = 'failed', error = ?, ended = ?, worker = NULL WHERE key = ?",
                arguments: [error, Date().timeIntervalSince1970, key])
        }
    }

    /// Gives a cell back; `free` when the attempt does not count.
    func release(_ key: String, free: Bool) throws {
        try write { database in
            try database.execute(
                sql:
                    "UPDATE cells SET status = 'waiting', worker = NULL, attempts = MAX(0, attempts - ?) WHERE key = ? AND status = 'running'",
                arguments: [free ? 1 : 0, key])
        }
    }

    /// Notes that the process of a running cell died at it, and gives the cell back: that attempt counts.
    func noteDeath(_ key: String) throws {
        try write { database in
            try database.execute(
                sql: "UPDATE cells SET status = 'waiting', worker = NULL, deaths = deaths + 1 WHERE key = ? AND status = 'running'",
                arguments: [key])
        }
    }

    private static func cell(_ row: Row) -> CellRecord {
        let status: String = row["status"], worker: String? = row["worker"]
        return CellRecord(
            key: row["key"], status: CellStatus(rawValue: status) ?? .failed, attempts: row["attempts"], deaths: row["deaths"],
            worker: worker.map(ProcessIdentity.init(text:)), started: row["started"], ended: row["ended"], result: row["result"],
            error: row["error"], log: row["log"], files: row["files"], run: row["run"])
    }
}
