import ArgumentParser
import Console
import Foundation
import Language

/// `eft fmt FILE…`.
struct FmtCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fmt",
        abstract: "Bring scripts into the one layout.",
        usage: "eft fmt [--check] PATH…",
        discussion: """
            Blanks, indentation, empty lines and the columns of comments are decided; where lines break is yours. Names of changed
            files are printed. A file with syntax errors is left alone. PATH may be - : standard input to standard output.

            Exit codes: 0 done, 1 a file does not parse or, with --check, is not in the layout, 2 usage.
            """)

    @ArgumentParser.Argument(help: ArgumentHelp("Scripts, or folders to look through for .eft files.", valueName: "PATH"))
    var paths: [String]

    @Flag(help: "Change nothing; list the files that are not in the layout and end with 1.")
    var check = false

    func run() throws {
        var isWrong = false
        for file in try ScriptFiles.find(paths) {
            do {
                let text = try Language.Formatter.format(file.source)
                if file.path == "-", !check {
                    StandardOutput.shared.write(text)
                } else if Array(text.utf8) != file.source.bytes {
                    if check { isWrong = true } else { try write(text, to: file.path) }
                    StandardOutput.shared.write(file.path + "\n")
                }
            } catch let error as Diagnostics {
                isWrong = true
                StandardError.write(ErrorReport.text(error, colour: Terminal.hasColour(STDERR_FILENO)))
            }
        }
        if isWrong { throw ExitStatus(code: ExitStatus.scriptError) }
    }

    /// Replaces the file in one step, keeping its permissions; a link stays a link.
    private func write(_ text: String, to path: String) throws {
        let url = URL(fileURLWithPath: path).resolvingSymlinksInPath()
        do {
            let permissions = try FileManager.default.attributesOfItem(atPath: url.path)[.posixPermissions]
            try Data(text.utf8).write(to: url, options: .atomic)
            if let permissions { try FileManager.default.setAttributes([.posixPermissions: permissions], ofItemAtPath: url.path) }
        } catch {
            throw ScriptUsageError("\(path) cannot be written: \(error.localizedDescription)")
        }
    }
}
