import ArgumentParser
import Console
import Experiments
import Foundation
import Text

/// `eft runs best`.
struct BestRuns: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "best",
        abstract: "Rank finished runs by the last value of a metric.",
        discussion: """
            Runs that differ in their parameter `seed` only are one result, with mean and 95 % interval: the best of single runs is
            chosen by noise too. A metric with loss or error in its name is better when it is low, unless --highest says otherwise.
            """)

    @OptionGroup var options: RunsOptions

    @Option(help: ArgumentHelp("Only runs whose experiment's name has this in it.", valueName: "text"))
    var experiment: String?

    @Option(help: ArgumentHelp("How many to show.", valueName: "N"))
    var count = 10

    @Flag(help: "The highest value is the best.")
    var highest = false

    @Flag(help: "The lowest value is the best.")
    var lowest = false

    @Flag(help: "As a JSON array.")
    var json = false

    @Argument(help: ArgumentHelp("The metric.", valueName: "METRIC"))
    var metric: String

    func run() throws {
        guard !(highest && lowest) else { throw ScriptUsageError("--highest or --lowest, not both") }
        let store = try options.open()
        let runs = try store.details(RunFilter(experiment: experiment))
        let higher = highest || (!lowest && RunGroup.higherIsBetter(metric))
        let groups = RunGroup.ranked(runs, metric: metric, higherIsBetter: higher)
        guard !groups.isEmpty else {
            let names = Set(runs.flatMap { $0.metrics.map(\.name) }).sorted()
            let near = Spelling.suggestion(for: metric, among: names).map { "did you mean `\($0)`?" }
            throw ScriptUsageError(
                "no finished run has the metric `\(metric)`; "
                    + (near ?? (names.isEmpty ? "there are none" : "there are " + names.joined(separator: ", "))))
        }
        if json { return try RunsOptions.write(.array(groups.prefix(count).map(Self.json))) }
        RunsOptions.write(RunReport.best(groups, metric: metric, count: count, width: Terminal.width()))
    }

    private static func json(_ group: RunGroup) -> JSONValue {
        var object = JSONObject()
        object["experiment"] = .string(group.experiment)
        object["params"] = .object(JSONObject(group.params.map { ($0.name, .string($0.value)) }))
        object["runs"] = .array(group.runs.map { .string($0.run.id) })
        object["mean"] = .double(group.estimate.mean)
        object["low"] = .double(group.estimate.low)
        object["high"] = .double(group.estimate.high)
        return .object(object)
    }
}
