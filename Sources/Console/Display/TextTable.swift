import Text

/// Rows of text in aligned columns that fit the window.
public enum TextTable {
    /// `text` filled up with blanks to `columns`.
    public static func pad(_ text: String, _ columns: Int, right: Bool = false) -> String {
        DisplayWidth.padded(text, columns: columns, right: right)
    }

    /// Lines of a table: columns two blanks apart, the last one cut at `width`.
    public static func lines(_ rows: [[String]], width: Int) -> [String] {
        let count = rows.map(\.count).max() ?? 0
        let widths = (0..<count).map { column in rows.map { column < $0.count ? Terminal.columns($0[column]) : 0 }.max() ?? 0 }
        return rows.map { row in
            let text = row.enumerated().map { $0 == row.count - 1 ? $1 : pad($1, widths[$0]) }.joined(separator: "  ")
            return clip(text, width - 1)
        }
    }

    /// `text` cut to `columns`, the cut marked.
    static func clip(_ text: String, _ columns: Int) -> String { DisplayWidth.shortened(text, columns: columns) }
}
