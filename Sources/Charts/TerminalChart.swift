import Text

/// A chart as lines of text.
public struct TerminalChart {
    /// Columns that a line may take.
    public let width: Int
    /// Lines of the drawing itself, without title, axis and legend.
    public let height: Int
    /// Whether series are told apart by ANSI colours; otherwise by their marks.
    public let usesColour: Bool

    public init(width: Int = 80, height: Int = 15, usesColour: Bool = false) {
        self.width = max(30, width)
        self.height = max(3, height)
        self.usesColour = usesColour
    }

    public func lines(_ chart: Chart) -> [String] {
        var lines: [String] = []
        switch chart.content {
        case .lines(let series): lines = curves(series, chart, joined: true)
        case .points(let series): lines = curves(series, chart, joined: false)
        case .bars(let labels, let values): lines = bars(labels, values, texts: values.map(Scale.short))
        case .histogram(let histogram):
            lines = bars(Self.intervals(histogram), histogram.counts.map(Double.init), texts: histogram.counts.map(String.init))
        case .heatmap(let rows, let rowLabels, let columnLabels): lines = heatmap(rows, rowLabels, columnLabels)
        }
        if case .lines = chart.content {
        } else if case .points = chart.content {
        } else {
            let words = [chart.yLabel, chart.xLabel].filter { !$0.isEmpty }.joined(separator: " by ")
            if !words.isEmpty { lines.insert(words, at: 0) }
        }
        if !chart.title.isEmpty { lines.insert(DisplayWidth.shortened(chart.title, columns: width), at: 0) }
        if let omission = chart.omission { lines.append("(\(omission))") }
        return lines.map(Self.withoutTrailingBlanks)
    }

    private static func withoutTrailingBlanks(_ line: String) -> String {
        String(line.reversed().drop { $0 == " " }.reversed())
    }

    // MARK: Curves

    private func curves(_ series: [Chart.Series], _ chart: Chart, joined: Bool) -> [String] {
        let xScale = Scale(series.lazy.flatMap(\.xs), logarithmic: chart.isLogX)
        let yScale = Scale(series.lazy.flatMap(\.ys), logarithmic: chart.isLogY, margin: 0.02)
        let yTicks = yScale.ticks(about: max(2, height / 3))
        let margin = min(width / 3, yTicks.map(\.text.count).max() ?? 0)
        let columns = width - margin - 2
        let marks = series.count > 1 && !usesColour
        var canvas = BrailleCanvas(columns: columns, rows: height)
        var overlay: [Int: Int] = [:]
        for (index, one) in series.enumerated() {
            var last: (x: Int, y: Int)?
            for (x, y) in zip(one.xs, one.ys) {
                guard let left = xScale.position(x), let up = yScale.position(y) else {
                    last = nil
                    continue
                }
                let dot = (x: Self.dot(left, canvas.width), y: Self.dot(up, canvas.height))
                // Without colours the later series show as letters, one for each cell they pass.
                if marks && index > 0 {
                    overlay[(canvas.height - 1 - dot.y) / 4 * columns + dot.x / 2] = index
                } else if joined, let last {
                    canvas.line(from: last, to: dot, owner: index)
                } else {
                    canvas.set(dot.x, dot.y, owner: index)
                }
                last = dot
            }
        }
        var tickOfRow: [Int: String] = [:]
        for tick in yTicks {
            guard let up = yScale.position(tick.value) else { continue }
            tickOfRow[(canvas.height - 1 - Self.dot(up, canvas.height)) / 4] = tick.text
        }
        var lines = chart.yLabel.isEmpty ? [] : [DisplayWidth.shortened(chart.yLabel, columns: width)]
        for row in 0..<height {
            let label = tickOfRow[row] ?? ""
            let cells = canvas.row(row).enumerated().map { column, cell in
                if let index = overlay[row * columns + column] { return String(Self.mark(index)) }
                return cell.owner.map { coloured(String(cell.character), $0) } ?? " "
            }
            lines.append(Self.right(label, margin) + (label.isEmpty ? " │" : " ┤") + cells.joined())
        }
        lines += xAxis(xScale, columns: columns, margin: margin, label: chart.xLabel)
        if series.count > 1 || !(series.first?.name.isEmpty ?? true) {
            lines.append(String(repeating: " ", count: margin + 2) + legend(series))
        }
        return lines
    }

    private func xAxis(_ scale: Scale, columns: Int, margin: Int, label: String) -> [String] {
        var rule = [Character](repeating: "─", count: columns)
        var words = [Character](repeating: " ", count: columns + margin + 2)
        var free = 0
        for tick in scale.ticks(about: max(2, columns / 14)) {
            guard let left = scale.position(tick.value) else { continue }
            let column = Self.dot(left, columns)
            let start = min(max(0, margin + 2 + column - tick.text.count / 2), words.count - tick.text.count)
            guard start >= free else { continue }
            rule[column] = "┬"
            for (offset, character) in tick.text.enumerated() { words[start + offset] = character }
            free = start + tick.text.count + 1
        }
        let lines = [String(repeating: " ", count: margin + 1) + "└" + String(rule), String(words)]
        return label.isEmpty ? lines : lines + [String(repeating: " ", count: max(0, margin + 2 + (columns - label.count) / 2)) + label]
    }

    private func legend(_ series: [Chart.Series]) -> String {
        series.enumerated().map { index, one in
            let mark = usesColour || index == 0 ? coloured("⠒⠒", index) : String(Self.mark(index))
            return "\(mark) \(one.name.isEmpty ? "\(index + 1)" : one.name)"
        }.joined(separator: "   ")
    }

    /// The dot of a position in the unit interval.
    static func dot(_ position: Double, _ count: Int) -> Int {
        Int((min(1, max(0, position)) * Double(count - 1)).rounded())
    }

    private static func mark(_ index: Int) -> Character { ["o", "x", "+", "*", "#", "%", "@", "&"][(index - 1) % 8] }

    private func coloured(_ text: String, _ index: Int) -> String {
        guard usesColour else { return text }
        // Blue, yellow, green, red, magenta, cyan: the bright ones can be read on dark and on light ground.
        return "\u{1B}[\([94, 33, 32, 91, 95, 36][index % 6])m\(text)\u{1B}[0m"
    }

    private static func right(_ text: String, _ columns: Int) -> String {
        DisplayWidth.padded(DisplayWidth.clip(text, columns: columns), columns: columns, right: true)
    }

    private static func cell(_ text: String, _ columns: Int) -> String {
        DisplayWidth.padded(DisplayWidth.shortened(text, columns: columns), columns: columns)
    }

    // MARK: Bars

    private static let eighths = Array("▏▎▍▌▋▊▉█")

    private static func intervals(_ histogram: Histogram) -> [String] {
        let texts = histogram.edges.map(Scale.short)
        let widest = texts.map(\.count).max() ?? 0
        return histogram.counts.indices.map { index in
            let close = index == histogram.counts.count - 1 ? "]" : ")"
            return "[\(right(texts[index], widest)), \(right(texts[index + 1], widest))\(close)"
        }
    }

    /// Bars from zero to the right, and to the left of zero for negative values.
    private func bars(_ labels: [String], _ values: [Double], texts: [String]) -> [String] {
        let margin = min(width / 2, labels.map { DisplayWidth.columns($0) }.max() ?? 0)
        let room = max(8, width - margin - 3 - (texts.map(\.count).max() ?? 0))
        let finite = values.filter(\.isFinite)
        let lowest = min(0, finite.min() ?? 0), highest = max(0, finite.max() ?? 0)
        let span = highest / 2 - lowest / 2
        let zero = span > 0 ? Int((-lowest / 2 / span * Double(room)).rounded()) : 0
        return zip(zip(labels, values), texts).map { row, text in
            let (label, value) = row
            let head = Self.cell(label, margin) + " "
            guard value.isFinite, span > 0 else { return head + String(repeating: " ", count: zero) + "│ " + text }
            let length = abs(value) / 2 / span * Double(room)
            if value < 0 {
                let whole = min(zero, Int(length.rounded()))
                return head + String(repeating: " ", count: zero - whole) + String(repeating: "█", count: whole) + "│ " + text
            }
            return head + String(repeating: " ", count: zero) + "│" + Self.bar(min(length, Double(room - zero))) + " " + text
        }
    }

    private static func bar(_ length: Double) -> String {
        let units = Int((length * 8).rounded())
        let rest = units % 8
        return String(repeating: "█", count: units / 8) + (rest > 0 ? String(eighths[rest - 1]) : "")
    }

    // MARK: Heat maps

    private static let shades = Array(" ░▒▓█")

    private func heatmap(_ rows: [[Double]], _ rowLabels: [String], _ columnLabels: [String]) -> [String] {
        let scale = Scale(rows.lazy.joined())
        let margin = min(width / 3, rowLabels.map { DisplayWidth.columns($0) }.max() ?? 0)
        let count = rows.map(\.count).max() ?? 0
        let room = width - margin - 1
        let cell = max(1, min(8, room / max(1, count)))
        let shown = min(count, room / cell)
        var lines: [String] = []
        if !columnLabels.isEmpty {
            let names = columnLabels.prefix(shown).map { Self.cell($0, cell > 2 ? cell - 1 : cell) + (cell > 2 ? " " : "") }
            lines.append(String(repeating: " ", count: margin + 1) + names.joined())
        }
        for (index, row) in rows.enumerated() {
            let cells = row.prefix(shown).map { value in
                let shade = scale.position(value).map { Self.shades[Self.dot($0, Self.shades.count)] } ?? "?"
                return String(repeating: shade, count: cell)
            }
            lines.append(Self.cell(index < rowLabels.count ? rowLabels[index] : "", margin) + " " + cells.joined())
        }
        if shown < count { lines.append("(\(count - shown) more columns do not fit)") }
        let low = rows.lazy.joined().filter(\.isFinite).min(), high = rows.lazy.joined().filter(\.isFinite).max()
        if let low, let high {
            lines.append(String(repeating: " ", count: margin + 1) + "\(Scale.short(low)) \"\(String(Self.shades))\" \(Scale.short(high))")
        }
        return lines
    }
}
