import ArgumentParser
import Console
import Foundation

/// `eft doc [NAME]`.
struct DocCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doc",
        abstract: "Show the documentation of a name or a topic, or list them all.",
        discussion: """
            NAME is a function, module, type or member (len, math.sqrt, str.split), a word of the language, or a topic: syntax, values,
            functions, tensors, errors, running, …; without it, all are listed. --reference prints the whole language reference, in
            Markdown where the output is no terminal.
            """)

    @Flag(help: "Print the language page and the documentation of everything.")
    var reference = false

    @Flag(help: "With --reference: Markdown on a terminal too.")
    var markdown = false

    @Argument(help: "A function, constant, module or method's owner, such as cosine_similarity or math.sqrt.")
    var name: String?

    func run() throws {
        let interpreter = Workspace.makeInterpreter()
        let page = HelpPage(interpreter: interpreter)
        if reference {
            if let name { throw ValidationError("--reference is about everything, so not about `\(name)`") }
            let isPlain = markdown || isatty(STDOUT_FILENO) == 0
            StandardOutput.shared.write(isPlain ? Reference(interpreter: interpreter).markdown() : page.reference() + "\n")
            return
        }
        if markdown { throw ValidationError("--markdown goes with --reference") }
        guard let name else {
            for line in page.index(width: Terminal.width()) { StandardOutput.shared.write(line + "\n") }
            return
        }
        guard let text = page.text(for: name, source: false) else {
            let near = page.suggestion(for: name).map { "; did you mean `\($0)`?" } ?? ". `eft doc` lists all names."
            throw ScriptUsageError("there is nothing named `\(name)`\(near)")
        }
        StandardOutput.shared.write(text + "\n")
    }
}
