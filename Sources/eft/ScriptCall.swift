import ArgumentParser
import Console

/// A script and the values of its parameters, as `eft run FILE [--name value]…` gives them.
struct ScriptCall {
    let script: ScriptFile
    let parameters: [String: String]
    /// Whether `--json` stands among the words and is not a parameter of the script's.
    let wantsJSON: Bool

    /// Nil when the words ask for help, which has been shown.
    ///
    /// - Parameter takesJSON: whether the command has an option `--json` that may stand behind the script.
    /// - Throws: `ScriptUsageError` for words that do not fit the script.
    init?(_ words: [String], of command: any ParsableCommand.Type, command name: String, takesJSON: Bool = false) throws {
        var words = words
        var wantsJSON = false
        if takesJSON, words.first == "--json" {
            wantsJSON = true
            words.removeFirst()
        }
        guard let path = words.first else { throw ValidationError("say which script: eft \(name) FILE") }
        if path == "--help" || path == "-h" { throw CleanExit.helpRequest(command) }
        if path.hasPrefix("-"), path != "-" {
            throw ValidationError("the script comes first: eft \(name) FILE \(words.joined(separator: " "))")
        }
        let script = try ScriptFile(path: path)
        var rest = Array(words.dropFirst())
        if rest.contains("--help") || rest.contains("-h") {
            StandardOutput.shared.write(script.help() + "\n")
            return nil
        }
        if takesJSON, !script.parameters.contains(where: { $0.name == "json" }), let place = rest.firstIndex(of: "--json") {
            wantsJSON = true
            rest.remove(at: place)
        }
        do {
            parameters = try script.parameters(from: rest)
        } catch let error as ScriptUsageError {
            throw ScriptUsageError(error.message + (path == "-" ? "" : "\nSee eft run \(path) --help."))
        }
        self.script = script
        self.wantsJSON = wantsJSON
    }
}
