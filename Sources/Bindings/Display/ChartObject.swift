import Charts
import Foundation
import Language

/// A chart as scripts hold it.
final class ChartObject: HostObject, @unchecked Sendable {
    private let chart: Chart

    init(_ chart: Chart) { self.chart = chart }

    override var typeName: String { "Chart" }
    override var methods: Namespace { Self.methods }
    override var description: String { text(columns: 80, colour: false) }
    override var summary: String { chart.title.isEmpty ? "Chart" : "Chart \(chart.title)" }

    override func shown(columns: Int, colour: Bool) -> String { text(columns: min(columns - 1, 120), colour: colour) }

    private func text(columns: Int, height: Int = 15, colour: Bool) -> String {
        TerminalChart(width: columns, height: height, usesColour: colour).lines(chart).joined(separator: "\n")
    }

    /// Writes an SVG file, or a PNG file by way of the program rsvg-convert.
    func save(_ path: String, width: Int = 640, height: Int = 400) throws {
        let svg = Data(SVGChart(width: width, height: height).text(chart).utf8)
        switch (path as NSString).pathExtension.lowercased() {
        case "svg": try OutputFile.write(svg, to: path)
        case "png": try OutputFile.write(try Self.png(svg), to: path)
        case let other:
            throw ScriptError.value(
                "a chart cannot be saved as `\(other.isEmpty ? path : "." + other)`", help: "name an .svg or a .png file")
        }
    }

    /// librsvg draws the same document; twice as many pixels as points, for screens of today.
    private static func png(_ svg: Data) throws -> Data {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("eft-chart-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let input = folder.appendingPathComponent("chart.svg"), output = folder.appendingPathComponent("chart.png")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["rsvg-convert", "--zoom", "2", "--output", output.path, input.path]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try svg.write(to: input)
            try process.run()
            process.waitUntilExit()
        } catch {
            throw ScriptError.io("the chart could not be drawn: \(error.localizedDescription)")
        }
        // env's own status for a program that is not there.
        if process.terminationStatus == 127 {
            throw ScriptError.io("a PNG file needs the program rsvg-convert", help: "apt-get install librsvg2-bin, or save as .svg")
        }
        guard process.terminationStatus == 0, let data = try? Data(contentsOf: output) else {
            throw ScriptError.io("rsvg-convert could not draw the chart (status \(process.terminationStatus))")
        }
        return data
    }

    static let methods = Namespace(
        "Chart", doc: "Methods of a chart.",
        [
            Builtin(
                "save", "(path: str, width: int = 640, height: int = 400) -> none",
                doc: "Writes the chart to an .svg or .png file; width and height in points (a .png has two pixels to the point)."
            ) { call in
                let width = try call.int(1), height = try call.int(2)
                guard (1...10_000).contains(width), (1...10_000).contains(height) else {
                    throw ScriptError.value("a chart is 1 to 10000 points wide and high, not \(width) by \(height)")
                }
                try call.receiver(as: ChartObject.self).save(try call.string(0), width: width, height: height)
                return .none
            },
            Builtin(
                "text", "(columns: int = 80, height: int = 15) -> str", doc: "The chart as lines of text, without colours.",
                example: "plot([1, 2]).text(columns = 40, height = 5).split(\"\\n\") |> len == 7"
            ) { call in
                let columns = try call.int(0), height = try call.int(1)
                guard (1...1000).contains(columns), (1...1000).contains(height) else {
                    throw ScriptError.value("a chart of text is 1 to 1000 columns and lines, not \(columns) by \(height)")
                }
                return .string(try call.receiver(as: ChartObject.self).text(columns: columns, height: height, colour: false))
            },
        ])
}

extension ChartError: ScriptErrorConvertible {
    public var scriptError: ScriptError { ScriptError.value(message, help: help) }
}
