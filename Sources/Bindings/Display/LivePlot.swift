import Charts
import Foundation
import Language
import Synchronization

/// Curves that grow while a job runs: a picture above the status line of a terminal, left on the screen at the end.
final class LivePlot: HostObject, @unchecked Sendable {
    private struct State {
        var series: [Chart.Series] = []
        var lastDraw = -Double.infinity
        var isFinished = false
    }

    /// Seconds between two redraws.
    private static let redrawInterval = 0.25
    private static let height = 8
    /// Rows that the picture leaves for other output.
    private static let spareRows = 6

    private let state = Mutex(State())
    private let template: Chart
    private let line: StatusLine

    init(title: String, xLabel: String, line: StatusLine = .standard) {
        var chart = Chart(.lines([]))
        chart.title = title
        chart.xLabel = xLabel
        template = chart
        self.line = line
    }

    override var typeName: String { "LivePlot" }
    override var methods: Namespace { Self.methods }
    override var description: String { ChartObject(chart).description }
    override func shown(columns: Int, colour: Bool) -> String { ChartObject(chart).shown(columns: columns, colour: colour) }

    /// What has been added so far.
    var chart: Chart {
        var chart = template
        chart.content = .lines(state.withLock { $0.series })
        return chart
    }

    func add(_ x: Double, _ figures: [(name: String, value: Double)]) {
        let now = Double(DispatchTime.now().uptimeNanoseconds) * 1e-9
        let isDue = state.withLock { state in
            for (name, value) in figures {
                if let index = state.series.firstIndex(where: { $0.name == name }) {
                    state.series[index].xs.append(x)
                    state.series[index].ys.append(value)
                } else {
                    state.series.append(Chart.Series(name: name, xs: [x], ys: [value]))
                }
            }
            guard !state.isFinished, now - state.lastDraw >= Self.redrawInterval else { return false }
            state.lastDraw = now
            return true
        }
        guard isDue, line.isTerminal, line.height >= Self.height + Self.spareRows + 4 else { return }
        line.draw(picture: lines)
    }

    private var lines: [String] {
        let width = min(line.width - 1, 120)
        return TerminalChart(width: width, height: Self.height, usesColour: StatusLine.hasColour(STDERR_FILENO)).lines(chart)
    }

    /// Leaves the picture on the screen; a log keeps none.
    func finish() {
        let wasFinished = state.withLock { state in
            defer { state.isFinished = true }
            return state.isFinished
        }
        guard !wasFinished, line.isTerminal else { return }
        line.draw(picture: [])
        line.clear()
        if state.withLock({ !$0.series.isEmpty }) { for text in lines { line.log(text) } }
    }

    static let methods = Namespace(
        "LivePlot", doc: "Methods of a plot that grows.",
        [
            Builtin("add", "(x: float, **figures) -> none", doc: "Adds a point to the curve of each figure: `p.add(step, loss = 0.3)`.") {
                call in
                let figures = try call.dict(1).pairs.map { key, value -> (name: String, value: Double) in
                    guard let number = value.asDouble else {
                        throw ScriptError.type("add() argument `\(key.display)` must be a number, not \(value.typeNameWithArticle)")
                    }
                    return (key.display, number)
                }
                try call.receiver(as: LivePlot.self).add(try call.double(0), figures)
                return .none
            },
            Builtin("finish", "() -> none", doc: "Ends the drawing and leaves the picture on the screen.") { call in
                try call.receiver(as: LivePlot.self).finish()
                return .none
            },
            Builtin("chart", "() -> Chart", doc: "The curves so far as a chart, to be saved or shown.") { call in
                .host(ChartObject(try call.receiver(as: LivePlot.self).chart))
            },
        ])

    static let row = Builtin(
        "live_plot", "(title: str = \"\", xlabel: str = \"\") -> LivePlot",
        doc: "Curves drawn above the progress bar of a terminal as they grow; `fit(…, plot = true)` uses it.",
        example: "p = live_plot(\"loss\"); p.add(1, train = 0.5); p.finish(); len(p.chart().text(columns = 40)) > 0"
    ) { call in .host(LivePlot(title: try call.string(0), xLabel: try call.string(1))) }
}
