import Foundation
import Synchronization
import TestSupport

@testable import Bindings
@testable import Language

/// A script run with everything of the engine in it, and what came of it.
struct ScriptRun {
    private(set) var value: Value?
    private(set) var output = ""
    private(set) var error: Diagnostic?

    /// The kind and message of the error, as in "ValueError: k must be positive".
    var failure: String? { error.map { "\($0.kind.rawValue): \($0.message)" } }
    /// The report on the error as a user sees it.
    var rendering: String? { error.map { DiagnosticRenderer().render($0) } }

    init(
        _ text: String, name: String = "test.eft", bindings: [String: Value] = [:],
        configure: (inout Interpreter.Configuration) -> Void = { _ in }
    ) {
        let box = OutputBox()
        let interpreter = Interpreter(configuration: ScriptRun.configuration(box, configure))
        for (name, value) in bindings { interpreter.globals.define(name, value) }
        do {
            value = try interpreter.run(Source(name: name, text: text))
        } catch let diagnostics as Diagnostics {
            error = diagnostics.list.first
        } catch {
            self.error = Diagnostic(.value, "not a diagnostic: \(error)")
        }
        output = box.text
    }

    /// The configuration that scripts get, with the library of this checkout.
    static func configuration(
        _ box: OutputBox, _ configure: (inout Interpreter.Configuration) -> Void = { _ in }
    ) -> Interpreter.Configuration {
        var configuration = Environment.configuration()
        configuration.output = { text in box.append(text) }
        configuration.searchPath = [standardLibrary]
        configure(&configuration)
        return configuration
    }

    static let standardLibrary = Fixtures.directory.deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("stdlib")
        .path
}

/// Collects what scripts print.
final class OutputBox: Sendable {
    private let content = Mutex("")
    var text: String { content.withLock { $0 } }
    func append(_ text: String) { content.withLock { $0 += text } }
}
