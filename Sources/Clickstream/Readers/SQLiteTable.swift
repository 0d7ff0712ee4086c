import Foundation
import GRDB
import Text

/// A table or view of an SQLite database, read row by row without locking it for writers.
public struct SQLiteTable: Sendable {
    let path: String
    let table: String

    public init(path: String, table: String) {
        self.path = path
        self.table = table
    }

    /// Gives every row to `body` as a record whose line is the row's number from 1. An empty table is an error.
    public func forEachRecord(_ body: (JSONRecord) throws(DataError) -> Void) throws(DataError) {
        try forEachRecord(limit: nil, offset: 0, body)
    }

    /// The same for at most `limit` rows after the first `offset` ones.
    func forEachRecord(limit: Int?, offset: Int, _ body: (JSONRecord) throws(DataError) -> Void) throws(DataError) {
        guard FileManager.default.fileExists(atPath: path) else { throw .noFile(path) }
        var configuration = Configuration()
        configuration.readonly = true
        do {
            FileReads.note(path)
            try DatabaseQueue(path: path, configuration: configuration).read { database in
                try checkTable(in: database)
                let rows = try Row.fetchCursor(
                    database, sql: "SELECT * FROM \(table.quotedDatabaseIdentifier) LIMIT ? OFFSET ?", arguments: [limit ?? -1, offset])
                var line = offset
                while let row = try rows.next() {
                    line += 1
                    try body(try record(row, line: line))
                }
                if line == 0 { throw DataError(.empty, file: name, problem: "the table has no rows") }
            }
        } catch let error as DataError {
            throw error
        } catch let error as DatabaseError {
            throw DataError(
                .file, file: path, problem: "the database cannot be read: \(error.message ?? error.localizedDescription)",
                help: error.resultCode == .SQLITE_NOTADB ? "is it an SQLite file?" : nil)
        } catch {
            throw DataError(.file, file: path, problem: "the database cannot be read: \(error.localizedDescription)")
        }
    }

    private var name: String { DataSource.sqlite(path: path, table: table).name }

    private func checkTable(in database: Database) throws {
        let names = try String.fetchAll(
            database, sql: "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%' ORDER BY name")
        if names.contains(where: { $0.lowercased() == table.lowercased() }) { return }
        let close = Spelling.suggestion(for: table, among: names).map { "did you mean \"\($0)\"? " } ?? ""
        throw DataError(
            .file, file: path, problem: "the database has no table \"\(table)\"",
            help: close + (names.isEmpty ? "it has no tables" : "it has: \(JSONRecord.listed(names))"))
    }

    private func record(_ row: Row, line: Int) throws(DataError) -> JSONRecord {
        var object = JSONObject()
        for (column, value) in row {
            switch value.storage {
            case .null: object[column] = .null
            case .int64(let value): object[column] = .int(value)
            case .double(let value): object[column] = .double(value)
            case .string(let value): object[column] = .string(value)
            case .blob:
                throw DataError(.type, file: name, line: line, field: column, problem: "expected text or a number, found binary data")
            }
        }
        return JSONRecord(file: name, line: line, object: object)
    }
}
