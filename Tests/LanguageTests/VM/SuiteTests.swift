import Foundation
import Testing

@testable import Language

/// The behaviours that the test suites of Lox and Wren check, as cases of our own in `programs/lox` and `programs/wren`.
///
/// A `.cases` file holds programs, each below a line `# case: name`, with expectations as in `ProgramTests`. `manifest.tsv` lists
/// every file of the suite once, with the case that covers it ("lox/values: add") or a dash and why there is none.
@Suite struct SuiteTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        /// The program, behind so many empty lines that its lines have the numbers of the file.
        let text: String
        let file: String
        var testDescription: String { name }
    }

    static let suites = ["lox", "wren"]

    static let cases: [Case] = suites.flatMap { suite in
        let folder = ProgramTests.directory.appendingPathComponent(suite)
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return files.filter { $0.hasSuffix(".cases") }.sorted().flatMap { split(folder.appendingPathComponent($0), suite: suite) }
    }

    static func split(_ file: URL, suite: String) -> [Case] {
        let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        var cases: [Case] = []
        var (name, lines): (String?, [String]) = (nil, [])
        let topic = "\(suite)/\(file.deletingPathExtension().lastPathComponent)"
        let mark = "# case: "
        let all = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) + [mark]
        for (index, line) in all.enumerated() {
            guard line.hasPrefix(mark) else {
                lines.append(line)
                continue
            }
            if let name { cases.append(Case(name: "\(topic): \(name)", text: lines.joined(separator: "\n"), file: file.path)) }
            name = String(line.dropFirst(mark.count))
            lines = [String](repeating: "", count: index + 1)
        }
        return cases
    }

    @Test(arguments: cases) func program(_ test: Case) {
        let expectation = Expectation(test.text)
        let run = ScriptRun(test.text, name: test.file)
        #expect(run.lines == expectation.lines)
        #expect(run.error.map { "\($0.kind.rawValue): \($0.message)" } == expectation.error?.text)
        let line = run.error?.labels.first.map { $0.source.position(of: $0.span.start).line }
        #expect(line == expectation.error?.line)
    }

    @Test(arguments: [("lox", 265, 202), ("wren", 453, 302)])
    func everyFileOfTheSuiteIsAccountedFor(_ suite: String, _ files: Int, _ ported: Int) throws {
        let manifest = ProgramTests.directory.appendingPathComponent("\(suite)/manifest.tsv")
        let rows = try String(contentsOf: manifest, encoding: .utf8).split(separator: "\n").map {
            $0.split(separator: "\t").map(String.init)
        }
        #expect(rows.allSatisfy { $0.count == 2 })
        #expect(Set(rows.map { $0[0] }).count == rows.count, "a file is listed twice")
        #expect(rows.count == files)
        let names = Set(SuiteTests.cases.map(\.name))
        #expect(names.count == SuiteTests.cases.count, "two cases have one name")
        let covered = rows.map { $0[1] }.filter { !$0.hasPrefix("- ") }
        #expect(covered.filter { !names.contains($0) } == [])
        #expect(covered.count == ported)
    }
}
