import ArgumentParser
import Console
import Foundation

/// `eft profile FILE [--name value]…`.
struct ProfileCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "profile",
        abstract: "Run a script and show where its time and memory go.",
        usage: "eft profile [--flame PATH] [--top N] [--json] FILE [--name value]…",
        discussion: """
            Shown for each line: the time of its statements alone (self) and with the functions that they call (total), how often they
            ran, and the tensor memory they took; for each tensor operation, forward and backward, its calls, time, memory and, where it
            is a product, its rate. An operation's self time is without that of the operations it runs. The options come before FILE;
            those behind it are the script's.

            --flame writes a file for https://www.speedscope.app with the calls in the order of time, and the memory by call.
            """)

    @Option(help: ArgumentHelp("Write a flame graph to this file.", valueName: "PATH"))
    var flame: String?

    @Option(help: ArgumentHelp("Show this many lines and operations.", valueName: "N"))
    var top = 25

    @Flag(help: "Print the tables as JSON, all of them; what the script prints goes to standard error.")
    var json = false

    @Argument(parsing: .captureForPassthrough, help: ArgumentHelp("The script and its parameters.", valueName: "FILE"))
    var words: [String] = []

    func validate() throws {
        guard top > 0 else { throw ValidationError("--top must be positive, not \(top)") }
    }

    func run() throws {
        guard let call = try ScriptCall(words, of: Self.self, command: "profile") else { return }
        let profile = ScriptProfile()
        let options = ScriptRunner.Options(parameters: call.parameters, keepsOutputClear: json, profile: profile)
        var status: ExitStatus?
        do {
            try ScriptRunner.run(call.script.source, options)
        } catch let ended as ExitStatus {
            // What ran up to the error or to Ctrl-C is worth seeing.
            status = ended
        }
        let report = ProfileReport(profile)
        if let flame { try write(profile.lines.speedscope(name: call.script.path, exporter: "eft \(Workspace.version)"), to: flame) }
        if json {
            StandardOutput.shared.write(report.json() + "\n")
        } else {
            StandardOutput.shared.endLine()
            for line in report.text(top: top, width: Terminal.width(), showsOption: true) { StandardOutput.shared.write(line + "\n") }
            if let flame { StandardError.write("flame graph: \(flame), to be opened at https://www.speedscope.app\n") }
        }
        if let status { throw status }
    }

    private func write(_ text: String, to path: String) throws {
        do {
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        } catch {
            throw ScriptUsageError("\(path) cannot be written: \(error.localizedDescription)")
        }
    }
}
