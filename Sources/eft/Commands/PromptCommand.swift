import ArgumentParser
import Console
import Foundation
import Language
import Text

/// `eft` without a command: the prompt, the program on standard input, or `-e CODE`.
struct PromptCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prompt", abstract: "Start the prompt, or run a piece of code.", shouldDisplay: false)

    @Option(
        name: [.customShort("e"), .customLong("eval")], parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Run CODE and print its value; several pieces run one after the other, as lines.", valueName: "CODE"))
    var code: [String] = []

    @Flag(help: "With -e: print the value as JSON; what the code prints goes to standard error.")
    var json = false

    @Option(help: ArgumentHelp("Threads for kernels and matrix products (default: EFT_THREADS, else the cores).", valueName: "N"))
    var threads: String?

    /// Values for the `param`s of the code.
    @ArgumentParser.Argument(parsing: .captureForPassthrough, help: .hidden)
    var rest: [String] = []

    func run() throws {
        if let threads { try ThreadSetting.apply(threads) }
        if !code.isEmpty { return try Self.evaluate(code, rest, wantsJSON: json) }
        if let word = rest.first {
            throw ValidationError(word.hasPrefix("-") && word != "-" ? "Unknown option '\(word)'" : Self.unexpected(word))
        }
        if json { throw ValidationError("--json goes with -e CODE or eft run FILE") }
        let isTerminal = isatty(STDIN_FILENO) == 1
        let repl = Repl(
            history: StatementHistory(file: isTerminal ? .standard : nil), information: SystemInformation.lines, profiler: ScriptProfile())
        let status = Terminal.isInteractive ? repl.runInteractive() : repl.runStream(stopsAtError: !isTerminal)
        if status != 0 { throw ExitStatus(code: status) }
    }

    /// Runs pieces of code as one program.
    ///
    /// - Parameter words: the values of its parameters, as typed.
    static func evaluate(_ code: [String], _ words: [String] = [], wantsJSON: Bool = false) throws {
        var (words, wantsJSON) = (words, wantsJSON)
        let script = ScriptFile(source: Source(name: "-e", text: code.joined(separator: "\n")), path: "-e")
        if let word = words.first, !word.hasPrefix("--") {
            throw ValidationError("unexpected argument `\(word)`: each -e takes one argument, so put the code in quotes")
        }
        if let place = words.firstIndex(of: "--json"), !script.parameters.contains(where: { $0.name == "json" }) {
            wantsJSON = true
            words.remove(at: place)
        }
        let parameters = try script.parameters(from: words)
        try ScriptRunner.run(script.source, .init(parameters: parameters, result: wantsJSON ? .json : .value))
    }

    /// What was probably meant by a word that is no command.
    private static func unexpected(_ word: String) -> String {
        let near =
            Spelling.completionOrSuggestion(for: word, among: Eft.commandNames + ["help"]).map { "; did you mean `eft \($0)`?" } ?? ""
        return "there is no command `\(word)`\(near)"
    }
}
