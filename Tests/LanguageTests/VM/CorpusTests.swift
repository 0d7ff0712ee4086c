import Testing
import TestSupport

@testable import Language

/// Expressions of the subset shared with Python, against CPython's answers (`Tests/Fixtures/language/expressions.py` writes the file).
@Suite struct CorpusTests {
    @Test func expressionsAgreeWithPython() throws {
        let lines = try Fixtures.lines("language/expressions.tsv")
        #expect(lines.count == 4000)
        let interpreter = Interpreter()
        var wrong: [String] = []
        for line in lines {
            let parts = line.split(separator: "\t", maxSplits: 1).map(String.init)
            let actual: String
            do {
                actual = try interpreter.run(Source(name: "expression", text: parts[0])).repr
            } catch let error as Diagnostics {
                actual = error.description
            }
            if actual != parts[1] { wrong.append("\(parts[0]) is \(actual), in Python \(parts[1])") }
        }
        #expect(wrong.isEmpty, "\(wrong.prefix(10).joined(separator: "\n"))")
    }
}
