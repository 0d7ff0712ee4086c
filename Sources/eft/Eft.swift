import ArgumentParser
import Console

/// The root of the command line.
struct Eft: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "eft",
        abstract: "Fine-tune text-embedding models from search clickstreams.",
        usage: """
            eft                            the prompt; on a pipe, the program on standard input
            eft run FILE [--name value]…   run a script; also eft FILE.eft
            eft -e CODE [-e CODE]…         run pieces of code, one after the other, and print the last value
            """,
        discussion: """
            Exit codes: 0 ok, 1 script error, 2 usage, 3 a test failed, 4 training diverged, 130 interrupted.
            """,
        version: Workspace.version,
        subcommands: [
            RunCommand.self, CheckCommand.self, TestCommand.self, FmtCommand.self, ProfileCommand.self, DocCommand.self, InfoCommand.self,
            RunsCommand.self,
            PromptCommand.self,
        ],
        defaultSubcommand: PromptCommand.self)

    /// The names of the commands that `eft --help` lists.
    static var commandNames: [String] {
        configuration.subcommands.filter { $0.configuration.shouldDisplay }.map { $0._commandName }
    }
}
