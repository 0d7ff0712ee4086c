import Foundation
import Testing

@testable import Language

/// The programs of `scripts/bench language`, each once and small: they check their own results against published values, or against
/// those of the same program in two other languages.
@Suite struct BenchmarkProgramTests {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("scripts/benchmarks")

    static let names: [String] = {
        let files = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
        return (files ?? []).filter { $0.hasSuffix(".eft") }.sorted()
    }()

    @Test(arguments: names) func program(_ name: String) throws {
        let file = BenchmarkProgramTests.folder.appendingPathComponent(name)
        let run = ScriptRun(try String(contentsOf: file, encoding: .utf8), name: name)
        #expect(run.error == nil, "\(name): \(run.error.map { "\($0.message)" } ?? "")")
        let word = name.replacingOccurrences(of: ".eft", with: "")
        #expect(run.lines.count == 1 && run.lines.first?.hasPrefix(word + " ") == true, "\(name)")
        for language in ["py", "lua"] {
            let twin = file.deletingPathExtension().appendingPathExtension(language)
            #expect(FileManager.default.fileExists(atPath: twin.path), "\(name) has no twin in \(language)")
        }
    }

    @Test func programsAreFound() { #expect(BenchmarkProgramTests.names.count >= 17) }
}
