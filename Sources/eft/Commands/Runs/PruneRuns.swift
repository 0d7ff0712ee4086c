import ArgumentParser
import Console
import Experiments
import Text

/// `eft runs prune`.
struct PruneRuns: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune",
        abstract: "Delete runs with their curves and models.",
        discussion: """
            Says what would go; --yes deletes it. At least one of --failed, --older-than, --experiment and --keep-best must say which;
            a run must fit all that are given. Runs that are going on are never deleted, and what ablations know of their cells stays.
            """)

    @OptionGroup var options: RunsOptions

    @Flag(help: "Runs that failed.")
    var failed = false

    @Option(help: ArgumentHelp("Runs that began more than this many days ago.", valueName: "days"))
    var olderThan: Double?

    @Option(help: ArgumentHelp("Runs whose experiment's name has this in it.", valueName: "text"))
    var experiment: String?

    @Option(help: ArgumentHelp("All but the best N settings by --metric.", valueName: "N"))
    var keepBest: Int?

    @Option(help: ArgumentHelp("The metric of --keep-best.", valueName: "name"))
    var metric: String?

    @Flag(help: "Delete them.")
    var yes = false

    @Flag(help: "As a JSON array.")
    var json = false

    func run() throws {
        var pruning = RunPruning()
        pruning.onlyFailed = failed
        pruning.olderThan = olderThan
        pruning.experiment = experiment
        pruning.keepBest = keepBest
        pruning.metric = metric
        guard !pruning.isEmpty else {
            throw ScriptUsageError("say which runs: --failed, --older-than DAYS, --experiment TEXT or --keep-best N --metric NAME")
        }
        guard keepBest == nil || metric != nil else { throw ScriptUsageError("--keep-best needs --metric NAME") }
        let store = try options.open()
        let runs = try pruning.runs(in: store)
        if yes { try store.prune(runs) }
        if json { return try RunsOptions.write(.array(runs.map(\.json))) }
        if !runs.isEmpty { RunsOptions.write(RunReport.list(runs, width: Terminal.width())) }
        let what = runs.count == 1 ? "1 run" : "\(runs.count) runs"
        RunsOptions.write([yes ? "\(what) deleted" : "\(what) would be deleted; --yes does it"])
    }
}
