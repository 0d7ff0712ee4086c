import ArgumentParser
import Console

/// `eft run FILE [--name value]…`.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run a script.",
        usage: "eft run FILE [--name value]…",
        discussion: """
            The options are the script's own: each `param margin: float = 0.025` in it is set by --margin.
            `eft run FILE --help` lists them. FILE may be - for standard input; a script may begin with
            #!/usr/bin/env -S eft run
            """)

    @Argument(parsing: .captureForPassthrough, help: ArgumentHelp("The script and its parameters.", valueName: "FILE"))
    var words: [String] = []

    func run() throws {
        guard let path = words.first else { throw ValidationError("say which script: eft run FILE") }
        if path == "--help" || path == "-h" { throw CleanExit.helpRequest(self) }
        if path.hasPrefix("--") { throw ValidationError("the script comes first: eft run FILE \(words.joined(separator: " "))") }
        let script = try ScriptFile(path: path)
        let rest = Array(words.dropFirst())
        if rest.contains("--help") || rest.contains("-h") {
            StandardOutput.shared.write(script.help() + "\n")
            return
        }
        do {
            try ScriptRunner.run(script, parameters: try script.parameters(from: rest))
        } catch let error as ScriptUsageError {
            throw ScriptUsageError(error.message + "\n" + "See eft run \(path) --help.")
        }
    }
}
