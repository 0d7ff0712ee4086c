import Text

/// DiagnosticRenderer: a diagnostic → text for people, with source lines and carets.
public struct DiagnosticRenderer: Sendable {
    /// Whether to colour the text with ANSI escapes.
    public var usesColor: Bool

    public init(usesColor: Bool = false) { self.usesColor = usesColor }

    /// All diagnostics, an empty line between them; no newline at the end.
    public func render(_ diagnostics: [Diagnostic]) -> String {
        diagnostics.map(render).joined(separator: "\n\n")
    }

    public func render(_ diagnostic: Diagnostic) -> String {
        let excerpts = Self.excerpts(of: diagnostic)
        let lastLine = excerpts.flatMap(\.lines).map(\.number).max() ?? 1
        let margin = String(repeating: " ", count: String(lastLine).count)
        var output: [String] = []
        let mark = diagnostic.severity == .error ? Style.error : Style.warning
        let text = DisplayWidth.visible(diagnostic.message, keepsNewlines: true)
        // An error ends in its kind; a warning is about a rule.
        let name = diagnostic.severity == .error ? diagnostic.kind.rawValue : diagnostic.id
        output.append(paint("\(diagnostic.severity.rawValue)[\(name)]", mark) + paint(": " + text, .bold))
        for (index, excerpt) in excerpts.enumerated() {
            let (line, column) = excerpt.source.position(of: excerpt.primary.start)
            let arrow = index == 0 ? "-->" : ":::"
            output.append("\(margin)\(paint(arrow, .gutter)) \(DisplayWidth.visible(excerpt.source.name)):\(line):\(column)")
            output += render(excerpt, margin, mark)
        }
        for note in diagnostic.notes {
            let lines = DisplayWidth.visible(note, keepsNewlines: true).split(separator: "\n", omittingEmptySubsequences: false)
            for (index, line) in lines.enumerated() {
                output.append("\(margin) \(index == 0 ? paint("=", .gutter) : " ") \(line)")
            }
        }
        if let help = diagnostic.help {
            output.append(paint("help", .help) + ": " + DisplayWidth.visible(help, keepsNewlines: true))
        }
        return (output + renderStack(diagnostic.stack)).joined(separator: "\n")
    }

    // MARK: Excerpts

    /// The lines of one source that a diagnostic shows.
    private struct Excerpt {
        let source: Source
        let primary: Span
        var lines: [SourceLine]
    }

    /// A line of a source with the marks under it.
    private struct SourceLine {
        /// Counted from one.
        let number: Int
        var marks: [Mark]
    }

    /// Carets under a range of bytes of a line.
    private struct Mark {
        let range: Range<Int>
        let text: String
    }

    private static func excerpts(of diagnostic: Diagnostic) -> [Excerpt] {
        var excerpts: [Excerpt] = []
        for label in diagnostic.labels {
            let position: Int
            if let known = excerpts.firstIndex(where: { $0.source === label.source }) {
                position = known
            } else {
                position = excerpts.count
                excerpts.append(Excerpt(source: label.source, primary: label.span, lines: []))
            }
            for (number, mark) in marks(of: label) {
                if let line = excerpts[position].lines.firstIndex(where: { $0.number == number }) {
                    excerpts[position].lines[line].marks.append(mark)
                } else {
                    excerpts[position].lines.append(SourceLine(number: number, marks: [mark]))
                }
            }
        }
        for index in excerpts.indices { excerpts[index].lines.sort { $0.number < $1.number } }
        return excerpts
    }

    /// Where a label's carets go: under its first line, and for a span of several lines also under its last, with the text.
    private static func marks(of label: Diagnostic.Label) -> [(Int, Mark)] {
        let source = label.source
        let end = min(Int(label.span.end), source.bytes.count)
        let start = min(Int(label.span.start), end)
        let text = DisplayWidth.visible(label.text.replacing("\n", with: " "))
        let first = source.lineIndex(at: UInt32(clamping: start))
        let firstRange = source.lineRange(first)
        let last = end > start ? source.lineIndex(at: UInt32(clamping: end - 1)) : first
        if first == last || end <= firstRange.upperBound + 1 {
            return [(first + 1, Mark(range: start..<max(start, min(end, max(firstRange.upperBound, start))), text: text))]
        }
        let lastRange = source.lineRange(last)
        let indentation = source.bytes[lastRange].prefix { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }.count
        let lastStart = min(lastRange.lowerBound + indentation, end)
        return [
            (first + 1, Mark(range: start..<max(start, firstRange.upperBound), text: "")),
            (last + 1, Mark(range: lastStart..<min(end, lastRange.upperBound), text: text)),
        ]
    }

    private func render(_ excerpt: Excerpt, _ margin: String, _ style: Style) -> [String] {
        var output: [String] = []
        var previous: Int?
        for line in excerpt.lines {
            if let previous, line.number == previous + 2 {
                let text = cut(excerpt.source, previous + 1, around: nil)
                output.append(gutter(previous + 1, margin) + text.text)
            } else if let previous, line.number > previous + 2 {
                output.append(paint("...", .gutter))
            }
            previous = line.number
            let shown = cut(excerpt.source, line.number, around: line.marks.map(\.range.lowerBound).min())
            output.append((gutter(line.number, margin) + shown.text).trimmingBlanksAtEnd)
            output += carets(line.marks, shown, excerpt.source).map { "\(margin) \(paint("|", .gutter)) \(paint($0, style))" }
        }
        return output
    }

    private func gutter(_ number: Int, _ margin: String) -> String {
        let text = String(number)
        let padding = String(repeating: " ", count: max(0, margin.count - text.count))
        return "\(paint(padding + text + " |", .gutter)) "
    }

    // MARK: Lines and carets

    /// The part of a line that is shown.
    private struct ShownLine {
        let text: String
        let range: Range<Int>
        /// The columns that `…` takes before the text.
        let offset: Int
    }

    /// A line, or if it is long the part around `focus`.
    private func cut(_ source: Source, _ number: Int, around focus: Int?) -> ShownLine {
        var range = source.lineRange(number - 1)
        if number == 1, source.bytes.starts(with: [0xEF, 0xBB, 0xBF]) { range = min(3, range.upperBound)..<range.upperBound }
        let whole = range
        if range.count > 120 {
            let focus = min(max(focus ?? range.lowerBound, range.lowerBound), range.upperBound)
            let lower = focus - range.lowerBound <= 60 ? range.lowerBound : boundary(source, focus - 40, range)
            range = lower..<boundary(source, lower + 110, range)
        }
        let left = range.lowerBound > whole.lowerBound ? "…" : ""
        let right = range.upperBound < whole.upperBound ? "…" : ""
        let text = DisplayWidth.visible(String(decoding: source.bytes[range], as: UTF8.self))
        return ShownLine(text: left + text + right, range: range, offset: left.isEmpty ? 0 : 1)
    }

    /// The nearest byte at or after `index` where a character begins.
    private func boundary(_ source: Source, _ index: Int, _ range: Range<Int>) -> Int {
        var index = max(index, range.lowerBound)
        while index < range.upperBound, source.bytes[index] & 0xC0 == 0x80 { index += 1 }
        return min(index, range.upperBound)
    }

    /// The row of carets and the rows of texts under a line: the rightmost text stands beside its carets, the others below.
    private func carets(_ marks: [Mark], _ shown: ShownLine, _ source: Source) -> [String] {
        func column(_ byte: Int) -> Int {
            let end = min(max(byte, shown.range.lowerBound), shown.range.upperBound)
            return shown.offset + DisplayWidth.columns(String(decoding: source.bytes[shown.range.lowerBound..<end], as: UTF8.self))
        }
        let placed = marks.map { mark in
            let start = column(mark.range.lowerBound)
            return (start: start, end: max(column(mark.range.upperBound), start + 1), text: mark.text)
        }.sorted { ($0.start, $0.end) < ($1.start, $1.end) }
        guard let last = placed.max(by: { ($0.end, $0.start) < ($1.end, $1.start) }) else { return [] }
        var row = [Character](repeating: " ", count: last.end)
        for mark in placed { for index in mark.start..<mark.end { row[index] = "^" } }
        var pending = placed.filter { !$0.text.isEmpty }
        var first = String(row)
        if let rightmost = pending.last, rightmost.end == last.end {
            first += " " + rightmost.text
            pending.removeLast()
        }
        var rows = [first]
        while let mark = pending.popLast() {
            var row = ""
            for other in pending where other.start < mark.start && row.count <= other.start {
                row += String(repeating: " ", count: other.start - row.count) + "|"
            }
            rows.append(row + String(repeating: " ", count: max(0, mark.start - row.count)) + mark.text)
        }
        return rows
    }

    // MARK: Colours

    enum Style: String {
        case error = "1;31"
        case warning = "1;33"
        case bold = "1"
        case gutter = "34"
        case help = "1;32"
    }

    func paint(_ text: String, _ style: Style) -> String {
        usesColor ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
    }
}
