import Testing

@testable import Charts

/// The pictures were looked at when they were recorded; what they must show stands beside them.
@Suite struct TerminalChartTests {
    private func text(_ chart: Chart, width: Int = 40, height: Int = 5, colour: Bool = false) -> String {
        TerminalChart(width: width, height: height, usesColour: colour).lines(chart).joined(separator: "\n")
    }

    /// Unicode's Braille Patterns: dots 1 to 8 are the bits 0 to 7 of the offset from U+2800.
    @Test func dotsAreUnicodes() {
        var canvas = BrailleCanvas(columns: 2, rows: 1)
        canvas.set(0, 3, owner: 0)  // dot 1
        canvas.set(1, 0, owner: 0)  // dot 8
        canvas.set(2, 2, owner: 1)  // dot 2 of the next cell
        canvas.set(9, 9, owner: 1)
        #expect(canvas.row(0).map(\.character) == ["\u{2881}", "\u{2802}"])
        #expect(canvas.row(0).map(\.owner) == [0, 1])
    }

    /// A line has one dot in each column of dots that it crosses, as Bresenham's has.
    @Test func linesAreWithoutGaps() {
        var canvas = BrailleCanvas(columns: 10, rows: 3)
        canvas.line(from: (0, 0), to: (19, 11), owner: 0)
        let dots = (0..<3).flatMap { canvas.row($0) }.reduce(0) { sum, cell in
            sum + (cell.character.unicodeScalars.first.map { $0.value >= 0x2800 ? ($0.value - 0x2800).nonzeroBitCount : 0 } ?? 0)
        }
        #expect(dots == 20)
    }

    @Test func bars() {
        var chart = Chart(.bars(labels: ["a", "bcd"], values: [1, 2]))
        chart.title = "two"
        #expect(text(chart, width: 30) == "two\na   │███████████▌ 1\nbcd │███████████████████████ 2")
        #expect(text(Chart(.bars(labels: ["down", "up"], values: [-1, 1])), width: 30).contains("█│ -1\nup   "))
        #expect(text(Chart(.bars(labels: ["x"], values: [.nan]))).contains("left out: not finite"))
        #expect(text(Chart(.bars(labels: [], values: []))) == "")
    }

    @Test func curvesHaveAxesLabelsAndLegends() {
        var chart = Chart(.lines([.init(name: "train", ys: [4, 2, 1, 0.5]), .init(name: "test", ys: [4, 3, 2.5, 2.4])]))
        (chart.title, chart.xLabel, chart.yLabel) = ("Loss", "epoch", "nats")
        let lines = text(chart).split(separator: "\n").map(String.init)
        #expect(lines[0] == "Loss")
        #expect(lines[1] == "nats")
        #expect(lines[2].contains("4 ┤"))
        #expect(lines.count == 2 + 5 + 4)
        #expect(lines[9].trimmingPrefix(while: { $0 == " " }) == "epoch")
        #expect(lines[10].contains("train") && lines[10].contains("o test"))
        #expect(lines.contains { $0.contains("o") })
        #expect(!text(chart).contains("\u{1B}"))
        #expect(text(chart, colour: true).contains("\u{1B}[33m"))
    }

    @Test(arguments: [[], [.nan], [1], [1e308, -1e308], [0, .infinity, 2], Array(repeating: 5.0, count: 10_000)])
    func anyValuesCanBeDrawn(ys: [Double]) {
        for logarithmic in [false, true] {
            var chart = Chart(.lines([.init(ys: ys)]))
            chart.isLogY = logarithmic
            #expect(text(chart).split(separator: "\n").allSatisfy { $0.count <= 40 || $0.hasPrefix("(") })
            chart.content = .points([.init(ys: ys)])
            #expect(!text(chart).isEmpty)
            #expect(SVGChart().text(chart).hasSuffix("</svg>\n"))
        }
        _ = text(Chart(.heatmap(rows: [ys, []], rowLabels: ["a"], columnLabels: [])))
        _ = SVGChart().text(Chart(.heatmap(rows: [ys, []], rowLabels: ["a"], columnLabels: ["b"])))
        _ = SVGChart().text(Chart(.bars(labels: [], values: ys)))
    }

    @Test func heatMapsAreShadedFromLeastToGreatest() {
        let chart = Chart(.heatmap(rows: [[0, 1], [2, 4]], rowLabels: ["r1", "r2"], columnLabels: ["left", "right"]))
        #expect(text(chart) == "   left    right\nr1         ░░░░░░░░\nr2 ▒▒▒▒▒▒▒▒████████\n   0 \" ░▒▓█\" 4")
    }
}
