import Console
import Foundation
import Language

/// Runs a script or a piece of code outside the prompt.
enum ScriptRunner {
    /// `eft run`.
    static func run(_ script: ScriptFile, parameters: [String: String]) throws {
        _ = try execute(script.source, parameters: parameters)
    }

    /// `eft -e`: prints the last value unless it is none.
    static func evaluate(_ code: String) throws {
        let value = try execute(Source(name: "-e", text: code), parameters: [:])
        guard !value.isNone else { return }
        StandardOutput.shared.endLine()
        StandardOutput.shared.write(value.repr + "\n")
    }

    private static func execute(_ source: Source, parameters: [String: String]) throws -> Value {
        let interpreter = Workspace.makeInterpreter(parameters: parameters)
        let signals = SignalWatch.install { interpreter.interrupt() }
        signals.enter(.script)
        do {
            let value = try interpreter.run(source)
            StandardOutput.shared.flush()
            return value
        } catch {
            StandardOutput.shared.endLine()
            StandardError.write(ErrorReport.text(error, colour: Terminal.hasColour(STDERR_FILENO)))
            throw ExitStatus(code: ErrorReport.isInterrupt(error) ? ExitStatus.interrupted : ExitStatus.scriptError)
        }
    }
}
