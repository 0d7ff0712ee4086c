import Foundation

/// Where records come from: a JSON Lines, CSV or TSV file, a BEIR folder, or a table of an SQLite database.
public enum DataSource: Sendable, Hashable {
    /// A file whose name ends in .jsonl, .ndjson, .json, .csv or .tsv, or a BEIR folder.
    case path(String)
    /// A table or view of an SQLite database.
    case sqlite(path: String, table: String)

    /// What messages call it.
    public var name: String {
        switch self {
        case .path(let path): path
        case .sqlite(let path, let table): "\(path), table \(table)"
        }
    }

    enum Format {
        case jsonLines, csv, tsv, beir
        case sqlite(table: String)
    }

    /// How to read it, from the ending of its name.
    func format() throws(DataError) -> Format {
        guard case .path(let path) = self else {
            if case .sqlite(_, let table) = self { return .sqlite(table: table) }
            return .jsonLines
        }
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { throw .noFile(path) }
        if isFolder.boolValue { return .beir }
        switch URL(fileURLWithPath: path).pathExtension.lowercased() {
        case "jsonl", "ndjson", "json": return .jsonLines
        case "csv": return .csv
        case "tsv", "tab": return .tsv
        case "db", "sqlite", "sqlite3":
            throw DataError(
                .file, file: path, problem: "a database holds several tables", help: "name one: sqlite(\"\(path)\", table = \"items\")")
        case let ending:
            throw DataError(
                .file, file: path, problem: ending.isEmpty ? "the name has no ending" : "files ending in .\(ending) are not read",
                help: "the readers know .jsonl, .csv, .tsv, a BEIR folder, and sqlite(path, table)")
        }
    }

    var path: String {
        switch self {
        case .path(let path), .sqlite(let path, _): path
        }
    }

    /// Gives every record to `body`, in the source's order. A source without records is an error.
    public func forEachRecord(_ body: (JSONRecord) throws(DataError) -> Void) throws(DataError) {
        let stream = try RecordStream(self)
        while let record = try stream.next() { try body(record) }
    }

    /// All records.
    public func records() throws(DataError) -> [JSONRecord] {
        var records: [JSONRecord] = []
        try forEachRecord { record throws(DataError) in records.append(record) }
        return records
    }
}
