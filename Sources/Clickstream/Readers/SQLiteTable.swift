import Foundation
import GRDB
import Text

/// A table or view of an SQLite database, read row by row without locking it for writers.
public struct SQLiteTable: Sendable {
    let path: String
    let table: String
    /// What messages call it.
    private let name: String

    public init(path: String, table: String) {
        self.path = path
        self.table = table
        name = DataSource.sqlite(path: path, table: table).name
    }

    /// Where a page of rows ended, and the next begins.
    struct Position {
        fileprivate(set) var rows = 0
        /// The lowest number of the rows to come; nil when there can be none.
        fileprivate var nextRowID: Int64? = .min
    }

    /// Gives every row to `body` as a record whose line is the row's number from 1. An empty table is an error.
    public func forEachRecord(_ body: (JSONRecord) throws(DataError) -> Void) throws(DataError) {
        var start = Position()
        try forEachRecord(limit: nil, from: &start, body)
    }

    /// The same for at most `limit` rows from a position on, which moves behind them.
    func forEachRecord(limit: Int?, from position: inout Position, _ body: (JSONRecord) throws(DataError) -> Void) throws(DataError) {
        guard FileManager.default.fileExists(atPath: path) else { throw .noFile(path) }
        var configuration = Configuration()
        configuration.readonly = true
        do {
            FileReads.note(path)
            try DatabaseQueue(path: path, configuration: configuration).read { database in
                let (rows, areNumbered) = try rows(of: database, limit: limit, from: position)
                var keys: JSONObject?
                while let row = try rows.next() {
                    position.rows += 1
                    let columns = areNumbered ? row.count - 1 : row.count
                    let template = try keys ?? template(row.columnNames.prefix(columns))
                    keys = template
                    var values: [JSONValue] = []
                    values.reserveCapacity(columns)
                    for (column, value) in row.databaseValues.enumerated() {
                        if column < columns {
                            values.append(try self.value(value, column: template.keys[column], line: position.rows))
                        } else if case .int64(let number) = value.storage {
                            position.nextRowID = number == .max ? nil : number + 1
                        }
                    }
                    try body(JSONRecord(file: name, line: position.rows, object: JSONObject(keysOf: template, values: values)))
                }
                if position.rows == 0 { throw DataError(.empty, file: name, problem: "the table has no rows") }
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

    /// Throws unless the table or view is there; whether it is a table.
    private func isTable(in database: Database) throws -> Bool {
        let rows = try Row.fetchAll(
            database, sql: "SELECT name, type FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%' ORDER BY name"
        )
        let kinds = rows.map { row in (name: row["name"] as String, kind: row["type"] as String) }
        if let found = kinds.first(where: { $0.name.lowercased() == table.lowercased() }) { return found.kind == "table" }
        let names = kinds.map(\.name)
        let close = Spelling.suggestion(for: table, among: names).map { "did you mean \"\($0)\"? " } ?? ""
        throw DataError(
            .file, file: path, problem: "the database has no table \"\(table)\"",
            help: close + (names.isEmpty ? "it has no tables" : "it has: \(JSONRecord.listed(names))"))
    }

    /// At most `limit` rows from a position on, each with its number in the table behind its columns where rows have numbers: a page is found
    /// by number at once, while rows that are counted off cost time for all the rows before them.
    private func rows(of database: Database, limit: Int?, from position: Position) throws -> (rows: RowCursor, areNumbered: Bool) {
        let name = table.quotedDatabaseIdentifier
        guard try isTable(in: database), let rowID = try rowIDName(in: database) else {
            let sql = "SELECT * FROM \(name) LIMIT ? OFFSET ?"
            return (try Row.fetchCursor(database, sql: sql, arguments: [limit ?? -1, position.rows]), false)
        }
        let sql = "SELECT *, \(rowID) FROM \(name) WHERE \(rowID) >= ? ORDER BY \(rowID) LIMIT ?"
        return (try Row.fetchCursor(database, sql: sql, arguments: [position.nextRowID, limit ?? -1]), true)
    }

    /// What the numbers of rows are called, unless columns have all of these names; nil for a table whose rows have none.
    private func rowIDName(in database: Database) throws -> String? {
        let columns = Set(try database.columns(in: table).map { $0.name.lowercased() })
        guard let name = ["rowid", "_rowid_", "oid"].first(where: { !columns.contains($0) }) else { return nil }
        let isThere = (try? database.makeStatement(sql: "SELECT \(name) FROM \(table.quotedDatabaseIdentifier)")) != nil
        return isThere ? name : nil
    }

    /// A record of these columns, whose keys are those of all records.
    private func template(_ columns: some Collection<String>) throws(DataError) -> JSONObject {
        let template = JSONObject(columns.map { ($0, .null) })
        guard template.count == columns.count else {
            throw DataError(.duplicate, file: name, problem: "two columns have the same name: \(columns.joined(separator: ", "))")
        }
        return template
    }

    private func value(_ value: DatabaseValue, column: String, line: Int) throws(DataError) -> JSONValue {
        switch value.storage {
        case .null: .null
        case .int64(let value): .int(value)
        case .double(let value): .double(value)
        case .string(let value): .string(value)
        case .blob:
            throw DataError(.type, file: name, line: line, field: column, problem: "expected text or a number, found binary data")
        }
    }
}
