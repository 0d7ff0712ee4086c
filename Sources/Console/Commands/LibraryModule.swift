import Foundation
import Language

/// A module of the library or of the working directory as help and completion see it: read and parsed, never run.
struct LibraryModule {
    struct Entry {
        let name: String
        /// The signature as written, documentation left out.
        let signature: String
        let doc: String
        let span: Span

        /// The documentation without its examples.
        var text: String { lines.filter { !Self.isExample($0) }.joined(separator: "\n") }
        /// The expressions of its `example:` lines.
        var examples: [String] { lines.filter(Self.isExample).map { String($0.dropFirst(Self.mark.count).trimmed) } }

        private static let mark = "example:"
        private var lines: [Substring] { doc.split(separator: "\n", omittingEmptySubsequences: false) }
        private static func isExample(_ line: Substring) -> Bool { line.hasPrefix(mark) }
    }

    let name: String
    let source: Source

    /// The module `name.eft` that `import` would find; nil if there is none.
    init?(named name: String, _ interpreter: Interpreter, folders: [String]? = nil) {
        guard !name.isEmpty, !name.contains("/") else { return nil }
        let folders = folders ?? ["."] + interpreter.configuration.searchPath
        let paths = folders.map { $0 + "/" + name + ".eft" }
        guard let path = paths.first(where: { access($0, R_OK) == 0 }), let data = FileManager.default.contents(atPath: path) else {
            return nil
        }
        self.name = name
        source = Source(name: HomeDirectory.abbreviate(path), bytes: [UInt8](data))
    }

    /// The names of the library's modules, sorted.
    static func libraryNames(_ interpreter: Interpreter) -> [String] {
        let files = interpreter.configuration.searchPath.flatMap { (try? FileManager.default.contentsOfDirectory(atPath: $0)) ?? [] }
        return Set(files.filter { $0.hasSuffix(".eft") }.map { String($0.dropLast(4)) }).sorted()
    }

    /// Its functions and structs, in order.
    var entries: [Entry] {
        Parser.parse(source).program.statements.compactMap { statement in
            switch statement.kind {
            case .function(let node):
                guard let name = node.name?.text else { return nil }
                return Entry(name: name, signature: source.text(node.signature.span), doc: node.documentation ?? "", span: node.span)
            case .structure(let node):
                return Entry(name: node.name.text, signature: " struct", doc: node.documentation ?? "", span: statement.span)
            default: return nil
            }
        }
    }

    /// The comment at the top of the file.
    var introduction: String {
        let lines = source.text.split(separator: "\n", omittingEmptySubsequences: false)
        let comment = lines.prefix { $0.hasPrefix("#") && !$0.hasPrefix("# %%") && !$0.hasPrefix("##") }
        return comment.map { $0.dropFirst().hasPrefix(" ") ? String($0.dropFirst(2)) : String($0.dropFirst()) }.joined(separator: "\n")
    }
}
