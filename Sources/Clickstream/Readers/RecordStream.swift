/// The records of a source one after the other, in memory that does not grow with the source.
///
/// A `.json` file whose first character is `[` is one list of records.
public final class RecordStream {
    private let pull: () throws(DataError) -> JSONRecord?
    public let source: DataSource

    /// Opens the source. A BEIR folder gives its documents.
    public convenience init(_ source: DataSource) throws(DataError) {
        switch try source.format() {
        case .beir: try self.init(source, lines: BEIRFolder(source.path).corpus())
        case .jsonLines: try self.init(source, lines: source.path)
        case .csv, .tsv:
            let rows = try SeparatedValues(path: source.path)
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
        if var list = try JSONList(path: path) {
            self.init(source) { () throws(DataError) in try list.next() }
            return
        }
        var lines = try JSONLines(path: path)
        self.init(source) { () throws(DataError) in try lines.next() }
    }

    /// The next record; nil at the end. A source without records is an error.
    public func next() throws(DataError) -> JSONRecord? { try pull() }
}

/// A table read some rows at a time, so that the database is not held open between them.
struct SQLitePages {
    private let table: SQLiteTable
    private var page: ArraySlice<JSONRecord> = []
    private var position = SQLiteTable.Position()
    private var isLast = false
    private static let size = 20_000

    init(_ table: SQLiteTable) { self.table = table }

    mutating func next() throws(DataError) -> JSONRecord? {
        if page.isEmpty, !isLast {
            var records: [JSONRecord] = []
            try table.forEachRecord(limit: Self.size, from: &position) { record throws(DataError) in records.append(record) }
            isLast = records.count < Self.size
            page = records[...]
        }
        return page.popFirst()
    }
}
