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

    private static let shownRows = 60

    override var typeName: String { "Table" }
    override var description: String { text(limit: Self.shownRows) }
    override var attributeNames: [String] { columns }

    /// A column, as a list.
    override func attribute(_ name: String) throws -> Value? {
        columns.firstIndex(of: name).map { column in .list(rows.map { $0[column] }) }
    }

    override func length() throws -> Int? { rows.count }

    override func index(_ key: IndexKey) throws -> Value {
        if case .value(.string(let name)) = key {
            if let column = try attribute(name.text) { return column }
            throw ScriptError.key("the table has no column `\(name.text)`", help: "its columns are \(columns.joined(separator: ", "))")
        }
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

    /// A text without its quotes; a float with four digits: the whole one is in the row.
    private static func cell(_ value: Value) -> String {
        if let text = value.asString { return text.replacingOccurrences(of: "\n", with: " ") }
        guard case .float(let number) = value, number.isFinite else { return value.repr }
        return number == 0 || (1e-3..<1e6).contains(abs(number)) ? String(format: "%.4f", number) : String(format: "%.3e", number)
    }

    private func record(_ row: [Value]) -> Value { .dict(Array(zip(columns, row))) }

    private func text(limit: Int) -> String {
        let shown = rows.prefix(limit).map { row in row.map(Self.cell) }
        let isNumeric = columns.indices.map { column in !rows.isEmpty && rows.allSatisfy { $0[column].isNone || $0[column].asDouble != nil }
        }
        let widths = columns.indices.map { column in max(columns[column].count, shown.map { $0[column].count }.max() ?? 0) }
        func line(_ cells: [String]) -> String {
            let padded = cells.enumerated().map { column, cell in
                let pad = String(repeating: " ", count: widths[column] - cell.count)
                return isNumeric[column] ? pad + cell : cell + pad
            }
            return padded.joined(separator: "  ").trimmingTrailingSpaces
        }
        var lines = [line(columns), widths.map { String(repeating: "─", count: $0) }.joined(separator: "  ")] + shown.map(line)
        if rows.count > limit { lines.append("… \(rows.count - limit) more rows") }
        return lines.joined(separator: "\n")
    }
}

extension String {
    fileprivate var trimmingTrailingSpaces: String {
        var text = self[...]
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
