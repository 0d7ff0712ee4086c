import Text

/// Lines as text, the comments behind code of adjacent lines in one column.
enum CommentColumns {
    private static let indentation = 4
    /// Code that is wider than this does not push the comments of its neighbours out.
    private static let widest = 80

    static func render(_ lines: [LineBuilder.Line]) -> String {
        var text = ""
        var index = 0
        while index < lines.count {
            var end = index + 1
            while end < lines.count, lines[end - 1].comment != nil, lines[end].comment != nil, !lines[end].isAfterBlank { end += 1 }
            let run = index..<end
            let column = run.map { width(lines[$0]) }.filter { $0 <= widest }.max() ?? 0
            for line in lines[run] {
                if line.isAfterBlank { text += "\n" }
                text += String(repeating: " ", count: line.code.isEmpty ? 0 : line.indent * indentation) + line.code
                if let comment = line.comment {
                    text += String(repeating: " ", count: max(0, column - width(line)) + 2) + comment
                }
                text += "\n"
            }
            index = run.upperBound
        }
        return text
    }

    /// The width of the code, of its last line when a string in it has several.
    private static func width(_ line: LineBuilder.Line) -> Int {
        guard let newline = line.code.lastIndex(of: "\n") else { return line.indent * indentation + DisplayWidth.columns(line.code) }
        return DisplayWidth.columns(String(line.code[line.code.index(after: newline)...]))
    }
}
