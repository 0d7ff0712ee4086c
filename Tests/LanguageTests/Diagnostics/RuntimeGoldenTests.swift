import Foundation
import Testing

@testable import Language

/// What running programs are told when something goes wrong: the whole report, calls under way included.
@Suite struct RuntimeGoldenTests {
    @Test(arguments: Golden.names("runtime")) func rendering(_ name: String) throws {
        try Golden.check(name, in: "runtime") { source in
            let run = ScriptRun(source.text, name: source.name) {
                $0.stepBudget = 200_000
                $0.builtins = [Self.keyboard]
            }
            return Self.portable(run.error.map { DiagnosticRenderer().render($0) } ?? "no error")
        }
    }

    /// Stands for somebody at the keyboard.
    private static let keyboard = Namespace(
        "keyboard",
        [
            Builtin("press_ctrl_c", "() -> none", doc: "Interrupts the running script.") { call in
                call.interpreter.interrupt()
                return .none
            }
        ])

    /// A report without the folders of this machine.
    private static func portable(_ report: String) -> String {
        let here = FileManager.default.currentDirectoryPath + "/"
        let programs = ProgramTests.directory.path + "/"
        let shown = programs.hasPrefix(here) ? String(programs.dropFirst(here.count)) : programs
        let result = report.replacing(programs, with: "").replacing(shown, with: "").replacing(here, with: "")
        // The columns of the calls are as wide as the longest path was.
        guard result != report, let calls = result.range(of: "\nstack:\n") else { return result }
        let table = String(result[calls.upperBound...]).replacing(/(\S) {2,}(?=\S)/) { "\($0.output.1)  " }
        return String(result[..<calls.upperBound]) + table
    }

    @Test func thereAreManyPrograms() {
        #expect(Golden.names("runtime").count + Golden.names("static").count >= 150)
    }
}
