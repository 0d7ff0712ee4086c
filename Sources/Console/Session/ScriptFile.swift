import Foundation
import Language
import Text

/// Why a script could not be started: the file, or the arguments given to it.
public struct ScriptUsageError: Error, Equatable {
    public let message: String
    public init(_ message: String) { self.message = message }
}

/// A script on disk or on standard input: its text, its cells and the parameters that it declares.
public struct ScriptFile {
    /// One `param` line.
    public struct Parameter: Equatable {
        public let name: String
        /// The annotation as written; empty for none.
        public let type: String
        /// The default as written; nil when a value must be given.
        public let defaultText: String?
        public let doc: String
        let span: Span
        let defaultSpan: Span?
    }

    public let path: String
    public let source: Source
    public let cells: [Cell]
    public let parameters: [Parameter]

    /// Reads a script; `-` is standard input.
    public init(path: String) throws {
        if path == "-" {
            self.init(source: Source(name: "<stdin>", bytes: [UInt8](FileHandle.standardInput.readDataToEndOfFile())), path: path)
            return
        }
        do {
            let data = try Data(contentsOf: URL(fileURLWithPath: path))
            self.init(source: Source(name: path, bytes: [UInt8](data)), path: path)
        } catch {
            throw ScriptUsageError(Self.reason(path: path, error: error))
        }
    }

    /// A script whose text is at hand; `path` is what messages call it.
    public init(source: Source, path: String) {
        self.path = path
        self.source = source
        let program = Parser.parse(source).program
        cells = program.cells
        parameters = program.statements.compactMap { statement in
            guard case .param(let node) = statement.kind else { return nil }
            return Parameter(
                name: node.name.text, type: node.type.map { source.text($0.span) } ?? "",
                defaultText: node.defaultValue.map { source.text($0.span) }, doc: node.documentation ?? "", span: statement.span,
                defaultSpan: node.defaultValue?.span)
        }
    }

    /// "cannot read x.eft: no such file", with the name in the same folder that was probably meant.
    static func reason(path: String, error: any Error) -> String {
        var status = stat()
        if stat(path, &status) == 0 {
            let isFolder = status.st_mode & S_IFMT == S_IFDIR
            return "cannot read \(path): "
                + (isFolder ? "it is a directory" : String(cString: strerror(access(path, R_OK) == 0 ? EIO : errno)))
        }
        let url = URL(fileURLWithPath: path)
        let names = (try? FileManager.default.contentsOfDirectory(atPath: url.deletingLastPathComponent().path)) ?? []
        let near = Spelling.completionOrSuggestion(for: url.lastPathComponent, among: names).map { "; did you mean \($0)?" } ?? ""
        return "cannot read \(path): no such file\(near)"
    }

    // MARK: Arguments

    /// The values in `--name value`, `--name=value` and, for a bool, plain `--name`, checked against the declarations.
    public func parameters(from words: [String]) throws -> [String: String] {
        var values: [String: String] = [:]
        var index = 0
        while index < words.count {
            let word = words[index]
            index += 1
            guard word.hasPrefix("--"), word.count > 2 else {
                throw ScriptUsageError("unexpected argument `\(word)`; parameters are given as --name value")
            }
            let body = word.dropFirst(2)
            let parts = body.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let typed = String(parts[0])
            // Dashes are how options are usually spelled; names in the language have underscores.
            let name = typed.replacing("-", with: "_")
            guard let parameter = parameters.first(where: { $0.name == name }) else { throw unknown(typed) }
            let value: String
            if parts.count == 2 {
                value = String(parts[1])
            } else if parameter.type == "bool", index >= words.count || words[index].hasPrefix("--") {
                value = "true"
            } else if index < words.count {
                value = words[index]
                index += 1
            } else {
                throw ScriptUsageError("--\(typed) needs a value\(parameter.type.isEmpty ? "" : " (\(parameter.type))")")
            }
            guard values[name] == nil else { throw ScriptUsageError("--\(typed) is given twice") }
            guard parameter.accepts(value) else {
                throw ScriptUsageError("--\(typed) takes \(parameter.typeWithArticle), not `\(value)`")
            }
            values[name] = value
        }
        for parameter in parameters where parameter.defaultText == nil && values[parameter.name] == nil {
            let type = parameter.type.isEmpty ? "VALUE" : "<\(parameter.type)>"
            throw ScriptUsageError("\(path) needs a value for --\(parameter.name) \(type)")
        }
        return values
    }

    private func unknown(_ name: String) -> ScriptUsageError {
        if parameters.isEmpty { return ScriptUsageError("\(path) takes no parameters, so not --\(name)") }
        let names = parameters.map(\.name)
        let near = Spelling.completionOrSuggestion(for: name, among: names).map { "did you mean --\($0)?" }
        return ScriptUsageError("\(path) has no parameter --\(name); " + (near ?? "it has --" + names.joined(separator: ", --")))
    }

    /// The help page: what the script is for, how to run it, and its parameters.
    public func help() -> String {
        var lines = ["USAGE: eft run \(path)\(parameters.isEmpty ? "" : " [--name value]…")"]
        let intro = introduction
        if !intro.isEmpty { lines = [intro, ""] + lines }
        guard !parameters.isEmpty else { return (lines + ["", "The script declares no parameters."]).joined(separator: "\n") }
        lines += ["", "PARAMETERS:"]
        let heads = parameters.map { "--\($0.name)" + ($0.type.isEmpty ? "" : " <\($0.type)>") }
        let width = min(34, heads.map(\.count).max() ?? 0)
        for (head, parameter) in zip(heads, parameters) {
            let standard = parameter.defaultText.map { "(default: \($0))" } ?? "(required)"
            let doc = parameter.doc.replacing("\n", with: " ")
            lines.append("  " + TextTable.pad(head, width) + "  " + (doc.isEmpty ? "" : doc + " ") + standard)
        }
        return lines.joined(separator: "\n")
    }

    /// The comment at the top of the script, without the marks and the `#!` line.
    private var introduction: String {
        var lines: [String] = []
        for line in source.text.split(separator: "\n", omittingEmptySubsequences: false).prefix(40) {
            if line.hasPrefix("#!") && lines.isEmpty { continue }
            guard line.hasPrefix("#"), !line.hasPrefix("# %%") else { break }
            lines.append(String(line.drop { $0 == "#" }.trimmed))
        }
        return lines.joined(separator: "\n")
    }

    /// The text of a cell, after as many blank lines as stand above it, so that line numbers are the file's.
    func cellText(_ index: Int) -> String {
        let lineNumber = cells[index].line
        return String(repeating: "\n", count: max(0, lineNumber - 1)) + source.text(cells[index].span)
    }

    /// What stands before the first cell, if it is more than comments.
    var preamble: String? {
        guard let first = cells.first, first.span.start > 0 else { return nil }
        let text = source.text(Span(0, Int(first.span.start)))
        let isCode = text.split(separator: "\n").contains { !$0.trimmed.isEmpty && !$0.trimmed.hasPrefix("#") }
        return isCode ? text : nil
    }

    /// The script with `values` as the defaults of its parameters, for running it inside a session.
    func substituting(_ values: [String: String]) -> ScriptFile {
        var bytes = source.bytes
        for parameter in parameters.reversed() {
            guard let value = values[parameter.name] else { continue }
            let literal = Array(parameter.literal(value).utf8)
            if let span = parameter.defaultSpan {
                bytes.replaceSubrange(Int(span.start)..<Int(span.end), with: literal)
            } else {
                bytes.insert(contentsOf: Array(" = ".utf8) + literal, at: Int(parameter.span.end))
            }
        }
        return ScriptFile(source: Source(name: source.name, bytes: bytes), path: path)
    }
}

extension ScriptFile.Parameter {
    var typeWithArticle: String {
        switch type {
        case "int": "an int"
        case "float": "a float"
        case "bool": "true or false"
        default: "a \(type)"
        }
    }

    /// Whether `text` can be a value of the type; types other than the plain ones are left to the script.
    func accepts(_ text: String) -> Bool {
        value(text) != nil
    }

    private func value(_ text: String) -> Value? { Interpreter.value(of: text, as: TypeExpression(name: type.isEmpty ? "any" : type)) }

    /// `text` as the language would write it.
    func literal(_ text: String) -> String {
        value(text)?.repr ?? text
    }
}
