import Bindings
import Console
import Foundation
import Language

/// Runs a script or a piece of code outside the prompt.
enum ScriptRunner {
    /// How a run is looked at.
    struct Options {
        /// Values of the script's parameters, as typed.
        var parameters: [String: String] = [:]
        /// What the run shows at its end.
        var result = Result.nothing
        /// Standard output is for other programs: what the script prints goes to standard error.
        var keepsOutputClear = false
        /// Listens while the script runs.
        var profile: ScriptProfile?
    }

    enum Result {
        case nothing
        /// The last value, unless it is none.
        case value
        /// The last value as JSON.
        case json
    }

    /// `eft run --disassemble`: the compiled code of a script, which does not run.
    static func disassemble(_ source: Source) throws {
        do {
            StandardOutput.shared.write(try Workspace.makeInterpreter(parameters: [:]).disassemble(source))
        } catch {
            StandardError.write(ErrorReport.text(error, colour: Terminal.hasColour(STDERR_FILENO)))
            throw ExitStatus(code: ExitStatus.scriptError)
        }
    }

    /// Runs to the end, or says what went wrong.
    ///
    /// - Throws: `ExitStatus`, with the code of the language page: an error, an interrupt, a training that diverged.
    static func run(_ source: Source, _ options: Options) throws {
        let isClear = options.keepsOutputClear || options.result == .json
        let interpreter = Workspace.makeInterpreter(parameters: options.parameters, profile: options.profile?.lines) { text in
            if isClear { StandardError.write(text) } else { StandardOutput.shared.write(text) }
        }
        let signals = SignalWatch.install { interpreter.interrupt() }
        signals.enter(.script)
        do {
            let value = try observed(by: options.profile) { try interpreter.run(source) }
            try show(value, options.result)
            StandardOutput.shared.flush()
            try requireConvergence(of: value)
        } catch let status as ExitStatus {
            throw status
        } catch {
            StandardOutput.shared.endLine()
            StandardError.write(ErrorReport.text(error, colour: Terminal.hasColour(STDERR_FILENO)))
            throw ExitStatus(code: code(of: error))
        }
    }

    private static func observed(by profile: ScriptProfile?, _ body: () throws -> Value) throws -> Value {
        guard let profile else { return try body() }
        return try profile.observing(body)
    }

    private static func show(_ value: Value, _ result: Result) throws {
        switch result {
        case .nothing: return
        case .value:
            guard !value.isNone else { return }
            StandardOutput.shared.endLine()
            StandardOutput.shared.write(value.repr + "\n")
        case .json: StandardOutput.shared.write(try ResultJSON.text(value, indent: 2) + "\n")
        }
    }

    private static func code(of error: any Error) -> Int32 {
        if ErrorReport.isInterrupt(error) { return ExitStatus.interrupted }
        return (error as? Diagnostics)?.list.contains { $0.id == ScriptError.divergence } == true
            ? ExitStatus.diverged : ExitStatus.scriptError
    }

    /// A script that ends with what `fit` gave has left it to the caller to look at: a struct whose `status` is "diverged".
    private static func requireConvergence(of value: Value) throws {
        guard case .structure(let object) = value, object.field("status")?.asString == "diverged" else { return }
        let reason = object.field("reason")?.asString.map { ": " + $0 } ?? ""
        StandardError.write("eft: the training diverged\(reason)\n")
        throw ExitStatus(code: ExitStatus.diverged)
    }
}
