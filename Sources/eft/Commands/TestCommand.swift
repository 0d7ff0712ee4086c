import ArgumentParser
import Console
import Foundation
import Language
import Synchronization
import Text

/// `eft test [PATH…]`.
struct TestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Run the tests in scripts.",
        usage: "eft test [PATH…] [--filter TEXT] [--json]",
        discussion: """
            A test is a block `test "name" { … }` at the top of a script, which fails by an error or a false `assert`; or a line
            `## example: expression` in a doc comment, whose value must not be false. The script's own statements run once; each
            test starts from the variables as they left them and from random numbers seeded with 0. What a test prints is shown if
            it fails. `eft run` and `import` skip tests.

            Exit codes: 0 when all pass, 3 when a test fails or a script has an error, 2 when there is nothing to test.
            """)

    @ArgumentParser.Argument(
        help: ArgumentHelp("Scripts, or folders to look through for .eft files; without any, this folder.", valueName: "PATH"))
    var paths: [String] = []

    @Option(help: "Run only tests whose name, or file, contains this text.")
    var filter: String?

    @Flag(help: "Print one JSON object a line for each test: file, line, name, passed, message.")
    var json = false

    func run() throws {
        var tally = TestTally(json: json)
        let files = try ScriptFiles.find(paths.isEmpty ? ["."] : paths)
        let running = RunningInterpreter()
        let signals = SignalWatch.install { running.interrupt() }
        signals.enter(.script)
        for file in files { try test(file, running, &tally) }
        guard tally.count > 0 else {
            let what = filter.map { " whose name contains \($0.debugDescription)" } ?? ""
            throw ScriptUsageError("no tests\(what) in \(files.isEmpty ? "any .eft file here" : files.map(\.path).joined(separator: ", "))")
        }
        tally.finish()
        if tally.failed > 0 { throw ExitStatus(code: ExitStatus.testFailed) }
    }

    private func test(_ file: ScriptFile, _ running: RunningInterpreter, _ tally: inout TestTally) throws {
        do {
            let suite = try TestSuite(file.source)
            let wanted: (TestSuite.Case) -> Bool = { test in
                filter.map { test.name.contains($0) || file.path.contains($0) } ?? true
            }
            try suite.run(where: wanted) { output in
                let interpreter = Workspace.makeInterpreter(output: output)
                running.set(interpreter)
                return interpreter
            } report: {
                tally.add($0, file: file.path)
            }
        } catch {
            if ErrorReport.isInterrupt(error) {
                tally.finish()
                throw ExitStatus(code: ExitStatus.interrupted)
            }
            tally.addFailure(of: file.path, error)
        }
    }
}

/// The interpreter that Ctrl-C stops: each script under test has its own.
private final class RunningInterpreter: Sendable {
    private let current = Mutex<Interpreter?>(nil)

    func set(_ interpreter: Interpreter) { current.withLock { $0 = interpreter } }
    func interrupt() { current.withLock { $0 }?.interrupt() }
}

/// Counts and shows how tests end.
struct TestTally {
    let json: Bool
    private(set) var passed = 0
    private(set) var failed = 0
    private var files: Set<String> = []

    init(json: Bool) { self.json = json }

    var count: Int { passed + failed }

    mutating func add(_ outcome: TestSuite.Outcome, file: String) {
        if files.insert(file).inserted, !json { write(file) }
        if outcome.failure == nil { passed += 1 } else { failed += 1 }
        if json {
            writeJSON(file: file, line: outcome.test.line, name: outcome.test.name, outcome.failure)
            return
        }
        write((outcome.failure == nil ? "  ok      " : "  FAILED  ") + outcome.test.name)
        guard let failure = outcome.failure else { return }
        write(indented(ErrorReport.text(failure, colour: Terminal.hasColour(STDOUT_FILENO))))
        if !outcome.output.isEmpty { write("      it printed:\n" + indented(outcome.output)) }
    }

    /// A script that could not be tested at all counts as one failure.
    mutating func addFailure(of file: String, _ error: any Error) {
        failed += 1
        files.insert(file)
        if json {
            writeJSON(file: file, line: 1, name: "(script)", error)
        } else {
            write(file + "\n  FAILED  before its tests:\n" + indented(ErrorReport.text(error, colour: Terminal.hasColour(STDOUT_FILENO))))
        }
    }

    /// The summary, which is the last line.
    func finish() {
        if !json { write("\(passed) passed, \(failed) failed in \(files.count) file\(files.count == 1 ? "" : "s")") }
    }

    private func write(_ line: String) { StandardOutput.shared.write(line + "\n") }

    private func indented(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { $0.isEmpty ? "" : "      " + $0 }.joined(separator: "\n")
            .trimmingCharacters(in: .newlines)
    }

    private func writeJSON(file: String, line: Int, name: String, _ failure: (any Error)?) {
        var object = JSONObject()
        object["file"] = .string(file)
        object["line"] = .int(Int64(line))
        object["name"] = .string(name)
        object["passed"] = .bool(failure == nil)
        if let failure { object["message"] = .string(ErrorReport.text(failure, colour: false)) }
        if let text = try? JSONWriter().string(.object(object)) { write(text) }
    }
}
