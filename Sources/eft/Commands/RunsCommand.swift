import ArgumentParser
import Console
import Experiments
import Foundation

/// `eft runs`.
struct RunsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs",
        abstract: "List the recorded runs of this directory, or show the parameters and curves of one.")

    @Option(help: ArgumentHelp("The run store.", valueName: "file"))
    var store = ExperimentsManager.defaultStore

    @Argument(help: "The run to show: its id, the start of it, or its name; without it, all runs are listed.")
    var name: String?

    func run() throws {
        guard FileManager.default.fileExists(atPath: store) else {
            throw ScriptUsageError("there are no runs here: \(store) does not exist")
        }
        let runs = try RunStore(path: store)
        let lines: [String]
        if let name {
            lines = try RunReport.page(of: try find(name, in: runs), in: runs, width: Terminal.width())
        } else {
            lines = try RunReport.list(runs, width: Terminal.width())
        }
        for line in lines { StandardOutput.shared.write(line + "\n") }
    }

    private func find(_ name: String, in store: RunStore) throws -> RunRecord {
        let all = try store.runs()
        let found = all.filter { $0.id == name || $0.name == name }
        let matches = found.isEmpty ? all.filter { $0.id.hasPrefix(name) } : found
        guard let match = matches.last else { throw ScriptUsageError("there is no run `\(name)`; eft runs lists them") }
        guard matches.count == 1 || !found.isEmpty else { throw ScriptUsageError("\(matches.count) runs start with `\(name)`") }
        return match
    }
}
