import Foundation
import Language

/// Rows under named columns, shown as an aligned table.
final class TableObject: HostObject, @unchecked Sendable {
    let columns: [String]
    let rows: [[Value]]

    init(columns: [String], rows: [[Value]]) {
        self.columns = columns
        self.rows = rows
    }

    /// Rows that are shown unless more are asked for; a longer table shows its beginning.
    static let shownRows = 60
    /// Columns of a window that nobody knows.
    static let usualWidth = 100

    override var typeName: String { "Table" }
    override var description: String { TableText(self, rowLimit: Self.shownRows).lines(width: Self.usualWidth).joined(separator: "\n") }
    override var summary: String { "Table[\(rows.count), \(columns.count)]" }
    override var attributeNames: [String] { columns + ["columns"] }
    override var methods: Namespace { Self.methods }

    override func shown(columns: Int, colour: Bool) -> String {
        TableText(self, rowLimit: Self.shownRows).lines(width: columns).joined(separator: "\n")
    }

    /// A column, as a list.
    override func attribute(_ name: String) throws -> Value? {
        if let column = columns.firstIndex(of: name) { return .list(rows.map { $0[column] }) }
        return name == "columns" ? .list(columns.map { .string($0) }) : nil
    }

    override var isValue: Bool { true }
    override func isEqual(to other: HostObject) -> Bool {
        guard let other = other as? TableObject else { return false }
        return columns == other.columns && rows.count == other.rows.count
            && zip(rows, other.rows).allSatisfy { Value.isEqual(.list($0), .list($1)) }
    }
    override var hashCode: Int { columns.hashValue ^ rows.count }

    override func length() throws -> Int? { rows.count }

    override func index(_ key: IndexKey) throws -> Value {
        if case .value(.string(let name)) = key { return .list(try values(of: name.text)) }
        switch try SequenceKey(key, count: rows.count, of: "a table") {
        case .position(let row): return record(rows[row])
        case .positions(let chosen): return .host(TableObject(columns: columns, rows: chosen.map { rows[$0] }))
        case nil: throw ScriptError.type("a table is indexed by the number of a row or the name of a column")
        }
    }

    override func makeIterator() throws -> ValueIterator? {
        var next = rows.makeIterator()
        return ClosureIterator { [self] in next.next().map { record($0) } }
    }

    private func record(_ row: [Value]) -> Value { .dict(Array(zip(columns, row))) }

    /// - Throws: KeyError with the names there are.
    func values(of name: String) throws -> [Value] {
        guard let column = columns.firstIndex(of: name) else {
            throw ScriptError.key("the table has no column `\(name)`", help: "its columns are \(columns.joined(separator: ", "))")
        }
        return rows.map { $0[column] }
    }

    // MARK: Methods

    static let methods = Namespace(
        "Table", doc: "Methods of a table.",
        [
            Builtin(
                "head", "(n: int = 5) -> Table", doc: "The first n rows.",
                example: "len(table([{\"a\": 1}, {\"a\": 2}]).head(1)) == 1"
            ) { call in
                let table = try call.receiver(as: TableObject.self)
                return .host(TableObject(columns: table.columns, rows: Array(table.rows.prefix(max(0, try call.int(0))))))
            },
            Builtin(
                "sort", "(by: str, reverse: bool = false) -> Table",
                doc: "The rows ordered by a column, equal ones in their old order; none and nan come last.",
                example: "table([{\"a\": 2}, {\"a\": 1}]).sort(\"a\").a == [1, 2]"
            ) { call in
                let table = try call.receiver(as: TableObject.self)
                return .host(try table.sorted(by: try call.string(0), reverse: try call.bool(1)))
            },
            Builtin(
                "to_csv", "(path: str) -> none",
                doc: "Writes the table with a header line, tabs between the columns if the name ends in .tsv."
            ) { call in
                let path = try call.string(0)
                let text = try call.receiver(as: TableObject.self).separated(by: path.hasSuffix(".tsv") ? "\t" : ",")
                try OutputFile.write(Data(text.utf8), to: path)
                return .none
            },
        ])

    private func sorted(by name: String, reverse: Bool) throws -> TableObject {
        let keys = try values(of: name)
        func isMissing(_ value: Value) -> Bool { value.isNone || (value.asDouble?.isNaN ?? false) }
        let numbers = keys.map(\.asDouble), texts = keys.map(\.asString)
        let present = keys.indices.filter { !isMissing(keys[$0]) }
        let order: [Int]
        if present.allSatisfy({ numbers[$0] != nil }) {
            order = Self.order(present, numbers, reverse)
        } else if present.allSatisfy({ texts[$0] != nil }) {
            order = Self.order(present, texts, reverse)
        } else {
            throw ScriptError.type("the column `\(name)` holds values that have no order", help: "numbers or texts can be sorted")
        }
        let last = keys.indices.filter { isMissing(keys[$0]) }
        return TableObject(columns: columns, rows: (order + last).map { rows[$0] })
    }

    /// Swift's sort is stable, so that the place decides between equal keys in both directions.
    private static func order<Key: Comparable>(_ places: [Int], _ keys: [Key?], _ reverse: Bool) -> [Int] {
        places.sorted { first, second in
            guard let a = keys[first], let b = keys[second] else { return false }
            return reverse ? b < a : a < b
        }
    }

    private func separated(by separator: String) -> String {
        func field(_ text: String) -> String {
            let isPlain = !text.contains { $0 == "\"" || $0.isNewline || String($0) == separator }
            return isPlain ? text : "\"" + text.replacing("\"", with: "\"\"") + "\""
        }
        let lines = [columns] + rows.map { row in row.map { $0.isNone ? "" : $0.asString ?? $0.repr } }
        return lines.map { $0.map(field).joined(separator: separator) + "\n" }.joined()
    }
}
