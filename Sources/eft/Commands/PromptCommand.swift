import ArgumentParser
import Console
import Foundation
import Text

/// `eft` without a command: the prompt, the program on standard input, or `-e CODE`.
struct PromptCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prompt", abstract: "Start the prompt, or run a piece of code.", shouldDisplay: false)

    @Option(
        name: [.customShort("e"), .customLong("eval")], parsing: .unconditional,
        help: ArgumentHelp("Run CODE and print its value.", valueName: "CODE"))
    var code: String?

    @Argument(help: .hidden)
    var rest: [String] = []

    func run() throws {
        if let word = rest.first { throw ValidationError(Self.unexpected(word, hasCode: code != nil)) }
        if let code { return try ScriptRunner.evaluate(code) }
        let isTerminal = isatty(STDIN_FILENO) == 1
        let repl = Repl(history: StatementHistory(file: isTerminal ? .standard : nil), information: SystemInformation.lines)
        let status = Terminal.isInteractive ? repl.runInteractive() : repl.runStream(stopsAtError: !isTerminal)
        if status != 0 { throw ExitStatus(code: status) }
    }

    /// What was probably meant by a word that is no command.
    private static func unexpected(_ word: String, hasCode: Bool) -> String {
        if hasCode { return "unexpected argument `\(word)`: the code is one argument, so put it in quotes" }
        if word == "-" || word.hasSuffix(".eft") || FileManager.default.fileExists(atPath: word) {
            return "to run a script: eft run \(word)"
        }
        let near = Spelling.completionOrSuggestion(for: word, among: Eft.commandNames).map { "; did you mean `eft \($0)`?" } ?? ""
        return "there is no command `\(word)`\(near)"
    }
}
