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
    }

    let name: String
    let source: Source

    /// The module `name.eft` that `import` would find; nil if there is none.
    init?(named name: String, _ interpreter: Interpreter) {
        guard !name.isEmpty, !name.contains("/") else { return nil }
        let folders = ["."] + interpreter.configuration.searchPath
        let paths = folders.map { $0 + "/" + name + ".eft" }
        guard let path = paths.first(where: { access($0, R_OK) == 0 }), let data = FileManager.default.contents(atPath: path) else {
            return nil
        }
        self.name = name
        source = Source(name: HomeDirectory.abbreviate(path), bytes: [UInt8](data))
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
