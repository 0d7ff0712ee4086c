import ArgumentParser
import Console
import Foundation

/// `eft run FILE [--name value]…`.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run a script.",
        usage: "eft run FILE [--name value]… [--json]",
        discussion: """
            The options are the script's own: each `param margin: float = 0.025` in it is set by --margin.
            `eft run FILE --help` lists them. FILE may be - for standard input; `eft FILE.eft` is the same as `eft run FILE.eft`.
            `eft run --disassemble FILE` shows the compiled code instead of running it.

            With --json the script's last value is printed as JSON: tensors as nested lists, structs as objects, tables as lists of
            rows, nan and inf as null. What the script prints goes to standard error then.

            A script is made a command by its first line and chmod +x:
                #!/usr/bin/env eft             if its name ends in .eft
                #!/usr/bin/env -S eft run      under any name; without -S, env looks for a program "eft run"

            Exit codes: 0 ok, 1 the script failed, 2 the file or an option is wrong, 4 the training diverged (a step's loss was not
            finite and nothing caught the error, or the script's last value is what a diverged fit returned), 130 interrupted. An
            ablation or a search of which nothing succeeded is an error (1); one in which some failed lists them and ends with 0.

            For the ablations and searches of a script: --workers N runs cells in N processes, each with its share of the threads; --dry-run lists
            the cells, which of them are done, and what the others may take; --only parameter=value runs those that fit; --fresh runs
            cells again that are done. See eft help ablate.

            --threads N sets the threads for kernels and matrix products (default: EFT_THREADS, else the cores); a script with a
            parameter of that name takes it itself, unless it stands before FILE.
            """)

    @Argument(parsing: .captureForPassthrough, help: ArgumentHelp("The script and its parameters.", valueName: "FILE"))
    var words: [String] = []

    func run() throws { try Self.run(words) }

    /// - Parameter words: the script and its parameters.
    static func run(_ all: [String]) throws {
        var words = all
        try ThreadSetting.take(from: &words, around: { try? ScriptFile(path: $0) })
        let sweepOptions = try SweepSetting.take(from: &words, command: all, script: { try? ScriptFile(path: $0) })
        if words.first == "--disassemble" {
            guard words.count == 2 else { throw ValidationError("say which script: eft run --disassemble FILE") }
            return try ScriptRunner.disassemble(try ScriptFile(path: words[1]).source)
        }
        guard let call = try ScriptCall(words, of: Self.self, command: "run", takesJSON: true) else { return }
        try ScriptRunner.run(call.script.source, .init(parameters: call.parameters, result: call.wantsJSON ? .json : .nothing))
        SweepSetting.reportUnused(sweepOptions)
    }
}
