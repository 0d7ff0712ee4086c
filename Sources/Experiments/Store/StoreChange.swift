import Foundation
import GRDB

/// One thing that is written into a run store: what the database applies, and what a journal keeps when the database cannot be written.
///
/// Experiments are named, not numbered, so that a change can be applied to another file. Applying one twice is the same as once.
enum StoreChange: Codable, Sendable {
    case experiment(name: String, created: Double)
    case run(StoredRun)
    case status(run: String, status: String, ended: Double?)
    case points(run: String, [StoredPoint])
    /// A cell of a sweep that is done.
    case cell(StoredCell)

    struct StoredRun: Codable, Sendable {
        var id: String
        var experiment: String
        var name: String
        var status: String
        var started: Double
        var ended: Double?
        var params: [StoredParam]
    }

    struct StoredParam: Codable, Sendable {
        var name: String
        var value: String
    }

    struct StoredPoint: Codable, Sendable {
        var name: String
        var step: Int
        var value: Double
        var time: Double
    }

    struct StoredCell: Codable, Sendable {
        var key: String
        var sweep: String
        var setting: String
        var seed: Int
        var started: Double?
        var ended: Double?
        var result: String?
        var files: String?
        var run: String?
    }

    func apply(to database: Database) throws {
        switch self {
        case .experiment(let name, let created):
            try database.execute(
                sql: "INSERT INTO experiments (name, created) VALUES (?, ?) ON CONFLICT (name) DO NOTHING", arguments: [name, created])
        case .run(let run):
            try database.execute(
                sql: """
                    INSERT INTO runs (id, experiment, name, status, started, ended)
                    VALUES (?, (SELECT id FROM experiments WHERE name = ?), ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING
                    """,
                arguments: [run.id, run.experiment, run.name, run.status, run.started, run.ended])
            for param in run.params {
                try database.execute(
                    sql: "INSERT OR REPLACE INTO params (run, name, value) VALUES (?, ?, ?)", arguments: [run.id, param.name, param.value])
            }
        case .status(let run, let status, let ended):
            try database.execute(sql: "UPDATE runs SET status = ?, ended = ? WHERE id = ?", arguments: [status, ended, run])
        case .points(let run, let points):
            let statement = try database.cachedStatement(
                sql: "INSERT OR REPLACE INTO metrics (run, name, step, value, time) VALUES (?, ?, ?, ?, ?)")
            for point in points {
                try statement.execute(
                    arguments: [run, point.name, point.step, point.value.isNaN ? nil : point.value, point.time])
            }
        case .cell(let cell):
            try database.execute(
                sql: """
                    INSERT OR REPLACE INTO cells (key, sweep, setting, seed, status, attempts, started, ended, result, files, run)
                    VALUES (?, ?, ?, ?, 'done', 1, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    cell.key, cell.sweep, cell.setting, cell.seed, cell.started, cell.ended, cell.result, cell.files, cell.run,
                ])
        }
    }
}
