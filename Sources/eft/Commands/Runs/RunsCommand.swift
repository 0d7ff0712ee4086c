import ArgumentParser
import Console
import Experiments
import Foundation
import Text

/// `eft runs`.
struct RunsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs",
        abstract: "List the recorded runs of this directory, or look at some.",
        usage: "eft runs [list | show RUN | compare RUN RUN… | plot RUN… | best METRIC | prune | export --mlflow ADDRESS] [options]",
        discussion: """
            A RUN is an id, the beginning of one, or a name (of several, the newest). Without a subcommand all runs are listed;
            eft runs RUN is eft runs show RUN. Every subcommand takes --store FILE and --json.
            """,
        subcommands: [ListRuns.self, ShowRun.self, CompareRuns.self, PlotRuns.self, BestRuns.self, PruneRuns.self, ExportRuns.self],
        defaultSubcommand: ListRuns.self)
}

/// What every subcommand of `eft runs` takes.
struct RunsOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The run store.", valueName: "file"))
    var store = ExperimentsManager.defaultStore

    func open() throws -> RunStore {
        guard FileManager.default.fileExists(atPath: store) else {
            throw ScriptUsageError("there are no runs here: \(store) does not exist")
        }
        return try RunStore(path: store)
    }

    /// The run that a word means.
    static func find(_ name: String, in store: RunStore) throws -> RunDetails {
        do {
            return try store.details(named: name)
        } catch let error as RunLookupError {
            throw ScriptUsageError("\(error.description); eft runs lists them")
        }
    }

    static func write(_ lines: [String]) { for line in lines { StandardOutput.shared.write(line + "\n") } }

    static func write(_ json: JSONValue) throws {
        var writer = JSONWriter(indent: 2)
        writer.nonFinite = .null
        StandardOutput.shared.write(try writer.string(json) + "\n")
    }
}

/// `eft runs list`.
struct ListRuns: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List runs, the newest last.")

    @OptionGroup var options: RunsOptions

    @Option(help: ArgumentHelp("Only runs whose experiment's name has this in it.", valueName: "text"))
    var experiment: String?

    @Option(help: ArgumentHelp("Only runs that are running, finished or failed.", valueName: "status"))
    var status: String?

    @Option(help: ArgumentHelp("Only the newest N.", valueName: "N"))
    var last: Int?

    @Flag(help: "As a JSON array, with parameters and metrics.")
    var json = false

    @Argument(help: .hidden)
    var name: String?

    func run() throws {
        let store = try options.open()
        if let name { return try ShowRun.show(name, in: store, json: json) }
        var wanted: RunStatus?
        if let status {
            guard let known = RunStatus(rawValue: status.uppercased()) else {
                throw ScriptUsageError("--status is running, finished or failed, not `\(status)`")
            }
            wanted = known
        }
        let runs = try store.details(RunFilter(experiment: experiment, status: wanted, last: last))
        if json { return try RunsOptions.write(.array(runs.map(\.json))) }
        RunsOptions.write(RunReport.list(runs, width: Terminal.width()))
    }
}

/// `eft runs show`.
struct ShowRun: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Show a run's parameters and curves.")

    @OptionGroup var options: RunsOptions

    @Flag(help: "As a JSON object, with the whole curves.")
    var json = false

    @Argument(help: ArgumentHelp("The run.", valueName: "RUN"))
    var name: String

    func run() throws { try Self.show(name, in: try options.open(), json: json) }

    static func show(_ name: String, in store: RunStore, json: Bool) throws {
        let details = try RunsOptions.find(name, in: store)
        guard json else { return RunsOptions.write(try RunReport.page(of: details, in: store, width: Terminal.width())) }
        var object = details.json.objectValue ?? JSONObject()
        object["curves"] = .object(
            JSONObject(
                try details.metrics.map { metric in
                    (metric.name, .array(try store.curve(metric.name, run: details.run.id).map { .double($0.value) }))
                }))
        try RunsOptions.write(.object(object))
    }
}

/// `eft runs compare`.
struct CompareRuns: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare", abstract: "Put runs beside each other: what differs in their parameters, and their last metrics.")

    @OptionGroup var options: RunsOptions

    @Flag(help: "As a JSON object.")
    var json = false

    @Argument(help: ArgumentHelp("Two runs or more.", valueName: "RUN"))
    var names: [String]

    func run() throws {
        guard names.count > 1 else { throw ScriptUsageError("say which runs to compare: eft runs compare RUN RUN") }
        let store = try options.open()
        let comparison = RunComparison(try names.map { try RunsOptions.find($0, in: store) })
        if json { return try RunsOptions.write(comparison.json) }
        RunsOptions.write(RunReport.comparison(comparison, width: Terminal.width()))
    }
}
