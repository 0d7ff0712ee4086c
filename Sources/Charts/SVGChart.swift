import Foundation

/// A chart as an SVG document, 8 points of room around it.
public struct SVGChart {
    /// Points.
    public let width: Int
    public let height: Int

    public init(width: Int = 640, height: Int = 400) {
        self.width = max(200, width)
        self.height = max(150, height)
    }

    /// Paul Tol's "bright" scheme, which the colour-blind can tell apart (SRON/EPS/TN/09-002, 2021).
    private static let palette = ["#4477aa", "#ee6677", "#228833", "#ccbb44", "#66ccee", "#aa3377", "#bbbbbb"]
    private static let fontSize = 12.0
    /// The width of a character of the font, about; used for margins alone.
    private static let characterWidth = 6.6

    public func text(_ chart: Chart) -> String {
        var page = SVGPage(width: width, height: height, fontSize: Self.fontSize)
        switch chart.content {
        case .lines(let series): curves(series, chart, joined: true, on: &page)
        case .points(let series): curves(series, chart, joined: false, on: &page)
        case .bars(let labels, let values): bars(labels, values, chart, on: &page)
        case .histogram(let histogram): self.histogram(histogram, chart, on: &page)
        case .heatmap(let rows, let rowLabels, let columnLabels): heatmap(rows, rowLabels, columnLabels, chart, on: &page)
        }
        if !chart.title.isEmpty { page.label(chart.title, Double(width) / 2, 20, anchor: .middle, size: 14) }
        if let omission = chart.omission { page.label(omission, Double(width) - 8, Double(height) - 4, anchor: .end, size: 9) }
        return page.document
    }

    // MARK: The plot's frame

    /// The inside of the axes, in points from the upper left corner.
    private struct Frame {
        let left, top, right, bottom: Double
        func x(_ position: Double) -> Double { left + position * (right - left) }
        func y(_ position: Double) -> Double { bottom - position * (bottom - top) }
    }

    private func frame(_ chart: Chart, labelCharacters: Int, legend: Bool = false) -> Frame {
        let labels = min(Double(width) / 3, Double(labelCharacters) * Self.characterWidth)
        return Frame(
            left: 16 + labels + (chart.yLabel.isEmpty ? 0 : 18), top: (chart.title.isEmpty ? 12 : 34) + (legend ? 18 : 0),
            right: Double(width) - 16, bottom: Double(height) - (chart.xLabel.isEmpty ? 30 : 48))
    }

    private func names(_ chart: Chart, _ frame: Frame, on page: inout SVGPage) {
        page.label(chart.xLabel, (frame.left + frame.right) / 2, Double(height) - 12, anchor: .middle)
        page.label(chart.yLabel, 18, (frame.top + frame.bottom) / 2, anchor: .middle, turned: true)
    }

    private func horizontalAxis(_ scale: Scale, _ frame: Frame, on page: inout SVGPage) {
        for tick in scale.ticks(about: max(2, Int((frame.right - frame.left) / 80))) {
            guard let place = scale.position(tick.value) else { continue }
            page.line(frame.x(place), frame.bottom, frame.x(place), frame.bottom + 4, "#444444")
            page.label(tick.text, frame.x(place), frame.bottom + 17, anchor: .middle)
        }
        page.line(frame.left, frame.bottom, frame.right, frame.bottom, "#444444")
    }

    private func verticalAxis(_ scale: Scale, _ ticks: [Scale.Tick], _ frame: Frame, on page: inout SVGPage) {
        for tick in ticks {
            guard let place = scale.position(tick.value) else { continue }
            page.line(frame.left, frame.y(place), frame.right, frame.y(place), "#dddddd")
            page.label(tick.text, frame.left - 6, frame.y(place) + 4, anchor: .end)
        }
        page.line(frame.left, frame.top, frame.left, frame.bottom, "#444444")
    }

    // MARK: Contents

    private func curves(_ series: [Chart.Series], _ chart: Chart, joined: Bool, on page: inout SVGPage) {
        let xScale = Scale(series.lazy.flatMap(\.xs), logarithmic: chart.isLogX, margin: 0.02)
        let yScale = Scale(series.lazy.flatMap(\.ys), logarithmic: chart.isLogY, margin: 0.04)
        let ticks = yScale.ticks(about: max(2, height / 60))
        let named = series.count > 1 || !(series.first?.name.isEmpty ?? true)
        let frame = frame(chart, labelCharacters: ticks.map(\.text.count).max() ?? 0, legend: named)
        verticalAxis(yScale, ticks, frame, on: &page)
        horizontalAxis(xScale, frame, on: &page)
        names(chart, frame, on: &page)
        var legend = frame.left
        for (index, one) in series.enumerated() {
            let colour = Self.palette[index % Self.palette.count]
            let places = zip(one.xs, one.ys).map { x, y -> (x: Double, y: Double)? in
                guard let left = xScale.position(x), let up = yScale.position(y) else { return nil }
                return (frame.x(left), frame.y(up))
            }
            if joined {
                for run in places.split(whereSeparator: { $0 == nil }) {
                    page.polyline(Self.thinned(run.compactMap { $0 }), colour)
                }
            } else {
                for place in places { if let place { page.circle(place.x, place.y, colour) } }
            }
            guard named else { continue }
            let name = one.name.isEmpty ? "\(index + 1)" : one.name
            page.rectangle(legend, frame.top - 18, 12, 3, colour)
            page.label(name, legend + 17, frame.top - 13, anchor: .start)
            legend += 32 + Double(name.count) * Self.characterWidth
        }
    }

    /// At most four points for each point of width, which keep the curve's outline: the first, the lowest, the highest and the last.
    private static func thinned(_ places: [(x: Double, y: Double)]) -> [(x: Double, y: Double)] {
        guard places.count > 4000 else { return places }
        var result: [(x: Double, y: Double)] = []
        var start = 0
        while start < places.count {
            let column = places[start].x.rounded()
            var end = start
            var low = start, high = start
            while end < places.count && places[end].x.rounded() == column {
                if places[end].y < places[low].y { low = end }
                if places[end].y > places[high].y { high = end }
                end += 1
            }
            for index in Set([start, low, high, end - 1]).sorted() { result.append(places[index]) }
            start = end
        }
        return result
    }

    private func bars(_ labels: [String], _ values: [Double], _ chart: Chart, on page: inout SVGPage) {
        let scale = Scale(values, includesZero: true)
        let ticks = scale.ticks(about: max(2, height / 60))
        let frame = frame(chart, labelCharacters: ticks.map(\.text.count).max() ?? 0)
        verticalAxis(scale, ticks, frame, on: &page)
        names(chart, frame, on: &page)
        let step = (frame.right - frame.left) / Double(max(1, values.count))
        let zero = frame.y(scale.position(0) ?? 0)
        for (index, value) in values.enumerated() {
            let left = frame.left + (Double(index) + 0.1) * step
            if let place = scale.position(value) {
                let top = frame.y(place)
                page.rectangle(left, min(top, zero), step * 0.8, abs(top - zero), Self.palette[0])
            }
            let room = max(1, Int(step / Self.characterWidth))
            let label = index < labels.count ? labels[index] : ""
            page.label(
                label.count > room ? label.prefix(max(1, room - 1)) + "…" : label, left + step * 0.4, frame.bottom + 17, anchor: .middle)
        }
        page.line(frame.left, zero, frame.right, zero, "#444444")
    }

    private func histogram(_ histogram: Histogram, _ chart: Chart, on page: inout SVGPage) {
        let yScale = Scale(histogram.counts.map(Double.init), includesZero: true)
        let xScale = Scale(histogram.edges)
        let ticks = yScale.ticks(about: max(2, height / 60)).filter { $0.value == $0.value.rounded() }
        let frame = frame(chart, labelCharacters: ticks.map(\.text.count).max() ?? 0)
        verticalAxis(yScale, ticks, frame, on: &page)
        for (index, count) in histogram.counts.enumerated() {
            guard let left = xScale.position(histogram.edges[index]), let right = xScale.position(histogram.edges[index + 1]),
                let up = yScale.position(Double(count))
            else { continue }
            page.rectangle(
                frame.x(left), frame.y(up), max(0.5, frame.x(right) - frame.x(left) - 1), frame.bottom - frame.y(up), Self.palette[0])
        }
        horizontalAxis(xScale, frame, on: &page)
        names(chart, frame, on: &page)
    }

    private func heatmap(_ rows: [[Double]], _ rowLabels: [String], _ columnLabels: [String], _ chart: Chart, on page: inout SVGPage) {
        let scale = Scale(rows.lazy.joined())
        let frame = frame(chart, labelCharacters: rowLabels.map(\.count).max() ?? 0)
        names(chart, frame, on: &page)
        let columns = max(1, rows.map(\.count).max() ?? 1)
        let cellWidth = (frame.right - frame.left) / Double(columns), cellHeight = (frame.bottom - frame.top) / Double(max(1, rows.count))
        for (index, row) in rows.enumerated() {
            let top = frame.top + Double(index) * cellHeight
            for (column, value) in row.enumerated() {
                let left = frame.left + Double(column) * cellWidth
                let place = scale.position(value)
                page.rectangle(left, top, cellWidth, cellHeight, place.map(Self.shade) ?? "#f4f4f4")
                // A number in each cell while there is room for it.
                if cellWidth > 44 && cellHeight > 16 {
                    page.label(
                        Scale.short(value), left + cellWidth / 2, top + cellHeight / 2 + 4, anchor: .middle,
                        colour: place.map { $0 > 0.6 } ?? false ? "#ffffff" : "#222222")
                }
            }
            if index < rowLabels.count { page.label(rowLabels[index], frame.left - 6, top + cellHeight / 2 + 4, anchor: .end) }
        }
        for (column, label) in columnLabels.prefix(columns).enumerated() {
            page.label(label, frame.left + (Double(column) + 0.5) * cellWidth, frame.bottom + 17, anchor: .middle)
        }
    }

    /// From nearly white to dark blue.
    private static func shade(_ position: Double) -> String {
        func mix(_ light: Double, _ dark: Double) -> Int { Int((light + (dark - light) * min(1, max(0, position))).rounded()) }
        return String(format: "#%02x%02x%02x", mix(247, 8), mix(251, 48), mix(255, 107))
    }
}
