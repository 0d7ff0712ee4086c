import Foundation
import TestSupport
import Testing

@testable import Bindings
@testable import Language

/// What is said of errors in tensor operations, the whole report: the operation, its operands and where they were made, the fix.
/// One file holds the programs, each below a line `# case: name`, each report as the comment lines below its program.
@Suite struct TensorGoldenTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        let program: String
        let report: String
        var testDescription: String { name }
    }

    static let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("errors.cases")

    static let cases = read(file)

    /// The cases of a file.
    static func read(_ file: URL) -> [Case] {
        let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        return text.components(separatedBy: "# case: ").dropFirst().map { part in
            let lines = part.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            let report = lines.dropFirst().filter { $0.hasPrefix("#|") }.map { String($0.dropFirst($0.hasPrefix("#| ") ? 3 : 2)) }
            let program = lines.dropFirst().filter { !$0.hasPrefix("#|") }
            return Case(name: lines[0], program: program.joined(separator: "\n"), report: report.joined(separator: "\n"))
        }
    }

    @Test(arguments: cases) func report(_ test: Case) {
        #expect(ScriptRun(test.program, name: "train.eft").rendering == test.report)
    }

    @Test func thereAreManyPrograms() { #expect(Self.cases.count >= 40) }
}
