import Foundation
import Synchronization
import Testing

@testable import Language

/// Runs the programs under `programs`: what they print must be their `# expect:` comments, in order; an error must be the one of their
/// `# expect error: Kind: message` comment, on its line.
@Suite struct ProgramTests {
    static let directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("programs")

    static let names: [String] = {
        let files = FileManager.default.enumerator(atPath: directory.path)
        return (files?.allObjects as? [String] ?? []).filter { $0.hasSuffix(".eft") && !$0.contains("library/") }.sorted()
    }()

    @Test(arguments: names) func program(_ name: String) throws {
        let url = ProgramTests.directory.appendingPathComponent(name)
        let text = try String(contentsOf: url, encoding: .utf8)
        let expectation = Expectation(text)
        let run = ScriptRun(text, name: url.path)
        #expect(run.lines == expectation.lines, "\(name)")
        switch (run.error, expectation.error) {
        case (nil, nil): break
        case (let actual?, let expected?):
            #expect("\(actual.kind.rawValue): \(actual.message)" == expected.text, "\(name)")
            let label = actual.labels.first
            #expect(label.map { $0.source.position(of: $0.span.start).line } == expected.line, "\(name)")
        case (let actual?, nil): Issue.record("\(name): unexpected \(actual.kind.rawValue): \(actual.message)")
        case (nil, let expected?): Issue.record("\(name): no error, but expected \(expected.text)")
        }
    }

    @Test func programsAreFound() { #expect(ProgramTests.names.count > 30) }
}

/// What the comments of a program say about its run.
struct Expectation {
    var lines: [String] = []
    var error: (text: String, line: Int)?

    init(_ program: String) {
        for (index, line) in program.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if let range = line.range(of: "# expect error: ") {
                error = (String(line[range.upperBound...]), index + 1)
            } else if let range = line.range(of: "# expect:") {
                let rest = line[range.upperBound...]
                lines.append(String(rest.hasPrefix(" ") ? rest.dropFirst() : rest))
            }
        }
    }
}

/// One run of a program in a fresh interpreter, with its output.
struct ScriptRun {
    private(set) var output = ""
    private(set) var value: Value?
    private(set) var error: Diagnostic?

    /// The lines printed, without an empty one at the end.
    var lines: [String] {
        var lines = output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if lines.last == "" { lines.removeLast() }
        return lines
    }

    init(_ text: String, name: String = "test.eft", configure: (inout Interpreter.Configuration) -> Void = { _ in }) {
        let box = OutputBox()
        var configuration = Interpreter.Configuration()
        configuration.output = { text in box.append(text) }
        configuration.searchPath = [ProgramTests.directory.appendingPathComponent("modules/library").path]
        configuration.stepBudget = 50_000_000
        configure(&configuration)
        let interpreter = Interpreter(configuration: configuration)
        do {
            value = try interpreter.run(Source(name: name, text: text))
        } catch let diagnostics as Diagnostics {
            error = diagnostics.list.first
        } catch {
            self.error = Diagnostic(.value, "not a diagnostic: \(error)")
        }
        output = box.text
    }
}

/// Collects what scripts print.
final class OutputBox: Sendable {
    private let content = Mutex("")
    var text: String { content.withLock { $0 } }
    func append(_ text: String) { content.withLock { $0 += text } }
}
