import ArgumentParser
import Bindings
import Charts
import Console
import Experiments
import Foundation
import Language

/// `eft runs plot`.
struct PlotRuns: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "plot", abstract: "Draw the curves of a metric of one run or more.")

    @OptionGroup var options: RunsOptions

    @Option(help: ArgumentHelp("The metric; by default the one with the longest curve.", valueName: "name"))
    var metric: String?

    @Flag(help: "As a JSON object: the metric, and for each run its steps and values.")
    var json = false

    @ArgumentParser.Argument(help: ArgumentHelp("The runs.", valueName: "RUN"))
    var names: [String]

    func run() throws {
        let store = try options.open()
        do {
            let curves = try RunCurves(try names.map { try RunsOptions.find($0, in: store) }, metric: metric, in: store)
            if json { return try RunsOptions.write(curves.json) }
            let drawing = TerminalChart(width: Terminal.width(), height: 15, usesColour: Terminal.hasColour(STDOUT_FILENO))
            RunsOptions.write(drawing.lines(curves.chart))
        } catch let error as ScriptError {
            throw ScriptUsageError(error.message + (error.help.map { "; \($0)" } ?? ""))
        }
    }
}
