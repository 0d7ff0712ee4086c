import Foundation
import TestSupport

@testable import Language

/// Runs a script beside the standard library and the scripts of this checkout.
enum LibraryScripts {
    private static let root = Fixtures.directory.deletingLastPathComponent().deletingLastPathComponent()

    /// What the script prints, line by line.
    static func run(_ text: String, builtins: [Builtin] = []) throws -> [String] {
        let printed = Printed()
        var configuration = Interpreter.Configuration()
        configuration.searchPath = [root.appendingPathComponent("stdlib").path, root.appendingPathComponent("scripts").path]
        configuration.builtins = [Namespace("test", builtins)]
        configuration.output = { printed.add($0) }
        try Interpreter(configuration: configuration).run(Source(name: "test.eft", text: text))
        return printed.text.split(separator: "\n").map(String.init)
    }

    private final class Printed: @unchecked Sendable {
        private let lock = NSLock()
        private var collected = ""

        func add(_ text: String) { lock.withLock { collected += text } }
        var text: String { lock.withLock { collected } }
    }
}
