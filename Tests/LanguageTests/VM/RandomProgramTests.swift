import Testing
import TestSupport

@testable import Language

/// Random programs of the subset shared with Python, against CPython's output (`Tests/Fixtures/language/programs.py` writes the
/// file; `scripts/fuzz-language` compares as many as one likes).
@Suite struct RandomProgramTests {
    @Test func programsAgreeWithPython() throws {
        let parts = try Fixtures.lines("language/programs.txt").joined(separator: "\n").components(separatedBy: "#### program ").dropFirst()
        #expect(parts.count == 120)
        var wrong: [String] = []
        for part in parts {
            let halves = part.components(separatedBy: "#### output\n")
            let (name, program) = (halves[0].prefix { $0 != "\n" }, halves[0].drop { $0 != "\n" }.dropFirst())
            let run = ScriptRun(String(program), name: "\(name).eft")
            let expected = halves[1].hasSuffix("\n") ? halves[1] : halves[1] + "\n"
            if run.output != expected { wrong.append("program \(part)\nprints\n\(run.output)\(run.error.map { "\($0)" } ?? "")") }
        }
        #expect(wrong.isEmpty, "\(wrong.count) programs differ:\n\(wrong.prefix(3).joined(separator: "\n"))")
    }
}
