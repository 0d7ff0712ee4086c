import Foundation
import TestSupport
import Testing

@testable import Language

/// The checker is silent about every program that runs, and of one that fails it says what the run says.
@Suite struct FalseAlarmTests {
    private static func interpreter() -> Interpreter {
        var configuration = Interpreter.Configuration()
        configuration.searchPath = [ProgramTests.directory.appendingPathComponent("modules/library").path]
        return Interpreter(configuration: configuration)
    }

    private static func describe(_ diagnostic: Diagnostic) -> String {
        let line = diagnostic.labels.first.map { $0.source.position(of: $0.span.start).line } ?? 0
        return "\(line): \(diagnostic.kind.rawValue): \(diagnostic.message)"
    }

    /// The errors that are reported of a program beside the one that its comments expect.
    private static func alarms(_ text: String, name: String) -> [String] {
        let expected = Expectation(text).error.map { "\($0.line): \($0.text)" }
        let found = interpreter().check(Source(name: name, text: text)).diagnostics.filter { $0.severity == .error }
        return found.map(describe).filter { $0 != expected }
    }

    @Test(arguments: ProgramTests.names) func program(_ name: String) throws {
        let url = ProgramTests.directory.appendingPathComponent(name)
        #expect(Self.alarms(try String(contentsOf: url, encoding: .utf8), name: url.path) == [])
    }

    @Test(arguments: SuiteTests.cases) func suite(_ test: SuiteTests.Case) {
        #expect(Self.alarms(test.text, name: test.file) == [])
    }

    /// Programs that fail when they run, for every kind of reason: whatever is reported as certain is what they fail with, or comes later.
    @Test(arguments: Golden.names("runtime")) func failing(_ name: String) throws {
        let url = Golden.directory.appendingPathComponent("runtime/\(name).eft")
        let text = try String(contentsOf: url, encoding: .utf8)
        let certain = Self.interpreter().check(Source(name: url.path, text: text)).certain
        let run = ScriptRun(text, name: url.path) { $0.stepBudget = 200_000 }
        #expect(certain.isEmpty || run.error != nil)
    }

    @Test func generatedProgramsOfPython() throws {
        let parts = try Fixtures.lines("language/programs.txt").joined(separator: "\n").components(separatedBy: "#### program ").dropFirst()
        for part in parts {
            let program = part.components(separatedBy: "#### output\n")[0].drop { $0 != "\n" }.dropFirst()
            #expect(Self.interpreter().check(Source(name: "program", text: String(program))).certain.map(Self.describe) == [], "\(program)")
        }
    }

    /// Expressions of which CPython says the value or the error.
    @Test func expressionsOfPython() throws {
        let interpreter = Interpreter()
        var wrong: [String] = []
        for line in try Fixtures.lines("language/expressions.tsv") {
            let parts = line.split(separator: "\t", maxSplits: 1).map(String.init)
            let certain = interpreter.check(Source(name: "expression", text: parts[0])).certain
            let fails = ErrorKind.allCases.contains { parts[1].hasPrefix($0.rawValue + ":") }
            if !certain.isEmpty, !fails { wrong.append("\(parts[0]) is \(parts[1]): \(certain.map(Self.describe))") }
        }
        // Code that would fail is reported also where it happens not to be reached: the rounds of a comprehension over nothing.
        #expect(wrong.allSatisfy { $0.contains(" for x in ") }, "\(wrong.joined(separator: "\n"))")
        #expect(wrong.count <= 1)
    }
}
