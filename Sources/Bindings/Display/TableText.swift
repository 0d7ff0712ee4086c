import Foundation
import Language
import Text

/// Lays a table out in a box that fits the window: numbers to the right, long texts cut, columns that do not fit named below.
struct TableText {
    private let columns: [String]
    private let cells: [[String]]
    private let isNumeric: [Bool]
    private let omittedRows: Int

    /// A text column is not cut below this width while others can be.
    private static let leastWidth = 8

    init(_ table: TableObject, rowLimit: Int) {
        columns = table.columns.map { DisplayWidth.visible($0) }
        cells = table.rows.prefix(rowLimit).map { row in row.map(Self.cell) }
        isNumeric = table.columns.indices.map { column in
            !table.rows.isEmpty && table.rows.allSatisfy { $0[column].isNone || $0[column].asDouble != nil }
        }
        omittedRows = max(0, table.rows.count - rowLimit)
    }

    /// A text without its quotes; a float with four digits: the whole one is in the row.
    private static func cell(_ value: Value) -> String {
        if let text = value.asString { return DisplayWidth.visible(text.replacing("\n", with: " ")) }
        guard case .float(let number) = value, number.isFinite else {
            if case .host(let object) = value { return object.summary }
            return DisplayWidth.visible(value.repr)
        }
        return number == 0 || (1e-3..<1e6).contains(abs(number)) ? String(format: "%.4f", number) : String(format: "%.3e", number)
    }

    func lines(width: Int) -> [String] {
        guard !columns.isEmpty else { return ["(a table without columns)"] }
        var widths = columns.indices.map { column in
            max(DisplayWidth.columns(columns[column]), cells.map { DisplayWidth.columns($0[column]) }.max() ?? 0)
        }
        let shown = fit(&widths, width: width)
        func rule(_ left: String, _ middle: String, _ right: String) -> String {
            left + (0..<shown).map { String(repeating: "─", count: widths[$0] + 2) }.joined(separator: middle) + right
        }
        func line(_ row: [String]) -> String {
            let padded = (0..<shown).map { column in
                DisplayWidth.padded(
                    DisplayWidth.shortened(row[column], columns: widths[column]), columns: widths[column], right: isNumeric[column])
            }
            return "│ " + padded.joined(separator: " │ ") + " │"
        }
        var lines = [rule("┌", "┬", "┐"), line(columns), rule("├", "┼", "┤")] + cells.map(line) + [rule("└", "┴", "┘")]
        if omittedRows > 0 { lines.append("… \(omittedRows) more row\(omittedRows == 1 ? "" : "s"); show(_, all = true) shows all") }
        if shown < columns.count { lines.append("… columns that do not fit: " + columns[shown...].joined(separator: ", ")) }
        return lines
    }

    /// Cuts the widest text columns until the box fits; gives how many columns are shown, the first ones.
    private func fit(_ widths: inout [Int], width: Int) -> Int {
        func needed(_ count: Int) -> Int { widths[..<count].reduce(1) { $0 + $1 + 3 } }
        while needed(columns.count) > width {
            let candidates = widths.indices.filter { !isNumeric[$0] && widths[$0] > Self.leastWidth }
            guard let widest = candidates.max(by: { widths[$0] < widths[$1] }) else { break }
            let second = candidates.filter { $0 != widest }.map { widths[$0] }.max() ?? Self.leastWidth
            let excess = needed(columns.count) - width
            widths[widest] = max(Self.leastWidth, min(widths[widest] - 1, max(second, widths[widest] - excess)))
        }
        var shown = columns.count
        while shown > 1 && needed(shown) > width { shown -= 1 }
        return shown
    }
}
