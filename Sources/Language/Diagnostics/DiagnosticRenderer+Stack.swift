import Text

extension DiagnosticRenderer {
    /// How many frames are shown at either end of a long stack.
    private static let shownFrames = 8

    /// The calls under way, innermost first; nothing for an error at the top level, whose place is shown already.
    func renderStack(_ stack: [Diagnostic.Frame]) -> [String] {
        guard stack.count > 1 else { return [] }
        let runs = Self.runs(stack)
        let skipped = max(0, runs.count - 2 * Self.shownFrames)
        let shown = skipped > 0 ? Array(runs.prefix(Self.shownFrames) + runs.suffix(Self.shownFrames)) : runs
        let names = shown.map { DisplayWidth.visible($0.frame.function) }
        let places = shown.map { place(of: $0.frame) }
        let nameWidth = names.map(\.count).max() ?? 0
        let placeWidth = places.map(\.count).max() ?? 0
        var lines = ["\(paint("stack", .gutter)):"]
        for (index, run) in shown.enumerated() {
            if skipped > 0, index == Self.shownFrames { lines.append("  … \(skipped) more") }
            let row = "  \(names[index].padded(to: nameWidth))  \(places[index].padded(to: placeWidth))  \(line(of: run.frame))"
            lines.append(row.trimmingBlanksAtEnd)
            if run.count > 1 { lines.append("  … \(run.count - 1) more of these") }
        }
        return lines
    }

    /// The frames, with a run of equal ones as one.
    private static func runs(_ stack: [Diagnostic.Frame]) -> [(frame: Diagnostic.Frame, count: Int)] {
        var runs: [(frame: Diagnostic.Frame, count: Int)] = []
        for frame in stack {
            if let last = runs.last?.frame, last.function == frame.function, last.source === frame.source, last.span == frame.span {
                runs[runs.count - 1].count += 1
            } else {
                runs.append((frame, 1))
            }
        }
        return runs
    }

    private func place(of frame: Diagnostic.Frame) -> String {
        let (line, column) = frame.source.position(of: frame.span.start)
        return "\(DisplayWidth.visible(frame.source.name)):\(line):\(column)"
    }

    /// The source line that a frame has reached, if short shown whole.
    private func line(of frame: Diagnostic.Frame) -> String {
        let range = frame.source.lineRange(frame.source.lineIndex(at: frame.span.start))
        let text = DisplayWidth.visible(String(decoding: frame.source.bytes[range].prefix(400), as: UTF8.self).trimmingBlanks)
        return text.count > 60 ? String(text.prefix(59)) + "…" : text
    }
}

extension String {
    func padded(to width: Int) -> String {
        self + String(repeating: " ", count: Swift.max(0, width - count))
    }

    var trimmingBlanksAtEnd: String {
        var rest = self[...]
        while rest.last == " " { rest = rest.dropLast() }
        return String(rest)
    }
}
