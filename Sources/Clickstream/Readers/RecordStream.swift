import Foundation
import Text

/// The records of a source one after the other, in memory that does not grow with the source.
///
/// A `.json` file whose first character is `[` is one list, and is held as a whole.
public final class RecordStream {
    private let pull: () throws(DataError) -> JSONRecord?
    public let source: DataSource

    /// Opens the source. A BEIR folder gives its documents.
    public convenience init(_ source: DataSource) throws(DataError) {
        switch try source.format() {
        case .beir: try self.init(source, lines: BEIRFolder(source.path).corpus())
        case .jsonLines: try self.init(source, lines: source.path)
        case .csv, .tsv:
            var rows = try SeparatedValues(path: source.path)
            self.init(source) { () throws(DataError) in try rows.next() }
        case .sqlite(let table):
            var pages = SQLitePages(SQLiteTable(path: source.path, table: table))
            self.init(source) { () throws(DataError) in try pages.next() }
        }
    }

    init(_ source: DataSource, _ pull: @escaping () throws(DataError) -> JSONRecord?) {
        self.source = source
        self.pull = pull
    }

    private convenience init(_ source: DataSource, lines path: String) throws(DataError) {
        if let list = try JSONList(path: path) {
            var records = list.records.makeIterator()
            self.init(source) { () throws(DataError) in records.next() }
            return
        }
        var lines = try JSONLines(path: path)
        self.init(source) { () throws(DataError) in try lines.next() }
    }

    /// The next record; nil at the end. A source without records is an error.
    public func next() throws(DataError) -> JSONRecord? { try pull() }
}

/// A file that is one JSON list of objects; a record's line is its number in the list, from 1.
struct JSONList {
    let records: [JSONRecord]

    /// nil unless the file is called `.json` and begins with `[`.
    init?(path: String) throws(DataError) {
        guard path.lowercased().hasSuffix(".json"), let file = FileHandle(forReadingAtPath: path) else { return nil }
        defer { try? file.close() }
        let start = (try? file.read(upToCount: 256)) ?? Data()
        guard start.first(where: { ![0x20, 0x09, 0x0A, 0x0D, 0xEF, 0xBB, 0xBF].contains($0) }) == UInt8(ascii: "[") else { return nil }
        let value: JSONValue
        FileReads.note(path)
        do {
            value = try JSONParser.parse(Array(try Data(contentsOf: URL(fileURLWithPath: path))))
        } catch let error as JSONError {
            throw DataError(.syntax, file: path, line: error.line, column: error.column, problem: "not JSON: " + error.message)
        } catch {
            throw DataError(.file, file: path, problem: "the file cannot be read", help: error.localizedDescription)
        }
        let elements = value.arrayValue ?? []
        if elements.isEmpty { throw DataError(.empty, file: path, problem: "the list is empty") }
        var records: [JSONRecord] = []
        for (index, element) in elements.enumerated() {
            guard case .object(let object) = element else {
                throw DataError(
                    .type, file: path, field: "[\(index)]", value: DataError.shown(element), problem: "expected an object")
            }
            records.append(JSONRecord(file: path, line: index + 1, object: object))
        }
        self.records = records
    }
}

/// A table read some rows at a time, so that the database is not held open between them.
struct SQLitePages {
    private let table: SQLiteTable
    private var page: ArraySlice<JSONRecord> = []
    private var offset = 0
    private var isLast = false
    private static let size = 20_000

    init(_ table: SQLiteTable) { self.table = table }

    mutating func next() throws(DataError) -> JSONRecord? {
        if page.isEmpty, !isLast {
            var records: [JSONRecord] = []
            try table.forEachRecord(limit: Self.size, offset: offset) { record throws(DataError) in records.append(record) }
            offset += records.count
            isLast = records.count < Self.size
            page = records[...]
        }
        return page.popFirst()
    }
}
