/// The little Markdown of the documentation, for a terminal: headings, paragraphs, lists, code.
struct Markdown {
    let style: TextStyle
    /// Columns of the window.
    let width: Int

    func terminal(_ text: String) -> String {
        var lines: [String] = []
        var paragraph: [String] = []
        var isCode = false
        func flush() {
            guard let first = paragraph.first else { return }
            let indent = first.hasPrefix("- ") ? "  " : ""
            lines += wrapped(paragraph.joined(separator: " "), indent: indent).map(inline)
            paragraph = []
        }
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("```") {
                flush()
                isCode.toggle()
            } else if isCode {
                lines.append("    " + line)
            } else if line.hasPrefix("#") {
                flush()
                lines.append(style.bold(plain(String(line.drop { $0 == "#" }.trimmed))))
            } else if line.trimmed.isEmpty || line.hasPrefix("    ") {
                flush()
                lines.append(String(line))
            } else {
                if line.hasPrefix("- ") { flush() }
                paragraph.append(String(line.trimmed))
            }
        }
        flush()
        return lines.joined(separator: "\n")
    }

    /// Words in lines of the window's width.
    private func wrapped(_ text: String, indent: String) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            let extended = line + (line.isEmpty ? "" : " ") + word
            if !line.isEmpty, Terminal.columns(style.enabled ? plain(extended) : extended) > min(width, 110) - 1 {
                lines.append(line)
                line = indent + word
            } else {
                line += (line.isEmpty || line == indent ? "" : " ") + word
            }
        }
        return line.isEmpty ? lines : lines + [line]
    }

    /// Code between backticks is coloured where colours are welcome, and keeps its marks elsewhere.
    private func inline(_ line: String) -> String {
        guard style.enabled else { return line }
        let parts = line.split(separator: "`", omittingEmptySubsequences: false)
        guard parts.count % 2 == 1 else { return line }
        return parts.enumerated().map { $0 % 2 == 1 ? style.cyan(String($1)) : String($1) }.joined()
    }

    private func plain(_ text: String) -> String { text.replacing("`", with: "") }
}
