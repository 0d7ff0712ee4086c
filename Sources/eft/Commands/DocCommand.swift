import ArgumentParser
import Console

/// `eft doc [NAME]`.
struct DocCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doc",
        abstract: "Show the documentation of a name, or list all names.")

    @Argument(help: "A function, constant, module or method's owner, such as cosine_similarity or math.sqrt.")
    var name: String?

    func run() throws {
        let page = HelpPage(interpreter: Workspace.makeInterpreter())
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
