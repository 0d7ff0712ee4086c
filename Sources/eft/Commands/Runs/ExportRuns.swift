import ArgumentParser
import Clickstream
import Console
import Experiments
import Foundation
import Text

/// `eft runs export`.
struct ExportRuns: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Copy runs to an MLflow server.",
        discussion: """
            Experiments, runs, parameters, curves, states and models. What the server has already is not sent again, so that the same
            command later brings its copy up to date. MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN,
            say who asks.
            """)

    @OptionGroup var options: RunsOptions

    @Option(help: ArgumentHelp("The server, such as http://localhost:5000.", valueName: "address"))
    var mlflow: String

    @Flag(help: "As a JSON object.")
    var json = false

    func run() throws {
        let store = try options.open()
        let copy: MLflowCopy
        do {
            copy = try MLflowCopy(of: store, to: mlflow)
            try copy.run { StandardError.write($0) }
        } catch let error as MLflowError {
            throw ScriptUsageError("\(error)" + (error.help.map { "; \($0)" } ?? ""))
        }
        if json {
            return try RunsOptions.write(
                .object([
                    "runs": .int(Int64(copy.runs)), "new_runs": .int(Int64(copy.newRuns)), "values": .int(Int64(copy.values)),
                    "models": .int(Int64(copy.models)),
                ]))
        }
        RunsOptions.write([
            "\(copy.runs) runs: \(copy.newRuns) new, \(copy.values) values and \(copy.models) models sent to \(copy.server)"
        ])
    }
}
