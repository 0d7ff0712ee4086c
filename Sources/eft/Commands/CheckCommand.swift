import ArgumentParser
import Console
import Foundation
import Language
import Text

/// `eft check PATH…`.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Look for mistakes in scripts without running them.",
        usage: """
            eft check PATH… [--strict] [--json]
            eft check --rules
            """,
        discussion: """
            Names, calls and their arguments, types and the shapes of tensors where they are known, fields of structs, modules and the
            engine's objects, values that nobody reads, code that never runs. What cannot be known is never reported. `eft run` looks for
            the errors among these before it starts. PATH may be - : standard input.

            Exit codes: 0 nothing found but warnings, 1 errors, or with --strict warnings, 2 usage.
            """)

    @ArgumentParser.Argument(help: ArgumentHelp("Scripts, or folders to look through for .eft files.", valueName: "PATH"))
    var paths: [String] = []

    @Flag(help: "End with 1 for warnings too.")
    var strict = false

    @Flag(
        help: """
            Print one JSON object a line for each finding: file, line, column, end_line, end_column, severity, kind, id, rule, message, \
            help, notes.
            """)
    var json = false

    @Flag(help: "List the rules with an example of each.")
    var rules = false

    func run() throws {
        if rules {
            guard paths.isEmpty else { throw ValidationError("--rules lists the rules; it takes no PATH") }
            StandardOutput.shared.write(CheckRules.text())
            return
        }
        guard !paths.isEmpty else { throw ValidationError("say which scripts: eft check PATH…") }
        var tally = CheckTally(json: json)
        for file in try ScriptFiles.find(paths) {
            tally.add(Workspace.makeInterpreter().check(file.source), source: file.source)
        }
        guard tally.files > 0 else { throw ScriptUsageError("there is no .eft file in \(paths.joined(separator: ", "))") }
        tally.finish()
        if tally.errors > 0 || strict && tally.warnings > 0 { throw ExitStatus(code: ExitStatus.scriptError) }
    }
}

/// The rules as `eft check --rules` shows them.
enum CheckRules {
    static func text() -> String {
        CheckRule.all.map { rule in
            let example = rule.example.split(separator: "\n", omittingEmptySubsequences: false).map { "      " + $0 }
            return "\(rule.id)  \(rule.severity.rawValue)\n  \(rule.what)\n\n" + example.joined(separator: "\n") + "\n"
        }.joined(separator: "\n")
    }
}

/// Counts and shows what was found.
struct CheckTally {
    let json: Bool
    private(set) var files = 0
    private(set) var errors = 0
    private(set) var warnings = 0

    init(json: Bool) { self.json = json }

    mutating func add(_ result: CheckResult, source: Source) {
        files += 1
        for diagnostic in result.diagnostics {
            if diagnostic.severity == .error { errors += 1 } else { warnings += 1 }
            if json { writeJSON(diagnostic, source) }
        }
        if !json, !result.diagnostics.isEmpty {
            StandardOutput.shared.write(
                ErrorReport.text(Diagnostics(result.diagnostics), colour: Terminal.hasColour(STDOUT_FILENO)) + "\n")
        }
    }

    /// The summary, which is the last line.
    func finish() {
        if json { return }
        let what = [Self.count(errors, "error"), Self.count(warnings, "warning")].joined(separator: ", ")
        StandardOutput.shared.write("\(what) in \(Self.count(files, "file"))\n")
    }

    private static func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }

    private func writeJSON(_ diagnostic: Diagnostic, _ source: Source) {
        let place = diagnostic.labels.first
        let origin = place?.source ?? source
        let start = origin.position(of: place?.span.start ?? 0)
        let end = origin.position(of: place?.span.end ?? 0)
        var object = JSONObject()
        object["file"] = .string(origin.name)
        object["line"] = .int(Int64(start.line))
        object["column"] = .int(Int64(start.column))
        object["end_line"] = .int(Int64(end.line))
        object["end_column"] = .int(Int64(end.column))
        object["severity"] = .string(diagnostic.severity.rawValue)
        object["kind"] = .string(diagnostic.kind.rawValue)
        object["id"] = .string(diagnostic.id)
        object["rule"] = .string(CheckRule.all.first { $0.id == diagnostic.id }?.what ?? diagnostic.kind.rawValue)
        object["message"] = .string(diagnostic.message)
        object["help"] = diagnostic.help.map { .string($0) } ?? .null
        object["notes"] = .array(diagnostic.notes.map { .string($0) })
        if let text = try? JSONWriter().string(.object(object)) { StandardOutput.shared.write(text + "\n") }
    }
}
