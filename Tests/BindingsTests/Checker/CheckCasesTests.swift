import Foundation
import TestSupport
import Testing

@testable import Bindings
@testable import Language

/// What the checker says of tensors and of the engine's objects. One file holds the programs, each below a line `# case: name`, each
/// report as the comment lines below its program; with `EFT_RECORD_GOLDEN=1` it is written anew and the test fails.
@Suite struct CheckCasesTests {
    static let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("check.cases")

    static let cases = TensorGoldenTests.read(file)

    static func report(_ program: String) -> String {
        let found = Interpreter(configuration: ScriptRun.configuration(OutputBox())).check(Source(name: "train.eft", text: program))
        return DiagnosticRenderer().render(found.diagnostics)
    }

    @Test func reports() throws {
        if ProcessInfo.processInfo.environment["EFT_RECORD_GOLDEN"] == "1" {
            let parts = Self.cases.map { test in
                let report = Self.report(test.program).split(separator: "\n", omittingEmptySubsequences: false)
                let lines = report.map { $0.isEmpty ? "#|" : "#| \($0)" }
                return "# case: \(test.name)\n" + test.program.trimmingCharacters(in: .newlines) + "\n" + lines.joined(separator: "\n")
                    + "\n"
            }
            let text = "# What is said before anything runs of tensors and objects of the engine; read by CheckCasesTests.\n\n"
            try (text + parts.joined(separator: "\n")).write(to: Self.file, atomically: true, encoding: .utf8)
            Issue.record("recorded check.cases")
        }
        for test in Self.cases { #expect(Self.report(test.program) == test.report, "\(test.name)") }
    }

    @Test func theRuleOfShapesHasAnExample() {
        let interpreter = Interpreter(configuration: ScriptRun.configuration(OutputBox()))
        let found = interpreter.check(Source(name: "shape", text: CheckRule.shape.example)).diagnostics
        #expect(found.map(\.id) == [CheckRule.shape.id] && found.map(\.kind) == [.shape])
    }

    @Test func thereAreManyPrograms() { #expect(Self.cases.count >= 25) }

    // MARK: No false alarms

    static let folder = Fixtures.directory.deletingLastPathComponent().deletingLastPathComponent()

    static let scripts: [String] = ["stdlib", "scripts", "Tests/Fixtures"].flatMap { name in
        let files = FileManager.default.enumerator(atPath: folder.appendingPathComponent(name).path)?.allObjects as? [String] ?? []
        return files.filter { $0.hasSuffix(".eft") }.map { "\(name)/\($0)" }.sorted()
    }

    /// Nothing at all is reported of the library, of the scripts, and of the tours of the tests.
    @Test(arguments: scripts) func script(_ name: String) throws {
        let url = Self.folder.appendingPathComponent(name)
        let source = Source(name: url.path, bytes: [UInt8](try Data(contentsOf: url)))
        let found = Interpreter(configuration: ScriptRun.configuration(OutputBox())).check(source).diagnostics
        #expect(found.isEmpty, "\(DiagnosticRenderer().render(found))")
    }

    @Test func scriptsAreFound() { #expect(Self.scripts.count > 30) }

    /// The examples of all rows run, so nothing is wrong with them.
    @Test(arguments: ExampleTests.rows) func example(_ row: ExampleTests.Row) {
        let source = Source(name: "example", text: "folder = \"\"\n" + row.program)
        let found = Interpreter(configuration: ScriptRun.configuration(OutputBox())).check(source).diagnostics
        #expect(found.filter { $0.severity == .error }.isEmpty, "\(DiagnosticRenderer().render(found))")
    }

    /// Programs whose tensor operations fail: what is reported before is what the run ends in, or the run ends before it gets there.
    @Test(arguments: TensorGoldenTests.cases) func failing(_ test: TensorGoldenTests.Case) {
        let interpreter = Interpreter(configuration: ScriptRun.configuration(OutputBox()))
        let certain = interpreter.check(Source(name: "train.eft", text: test.program)).certain
        #expect(certain.isEmpty || ScriptRun(test.program).error != nil)
    }
}
