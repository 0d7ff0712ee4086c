import Foundation
import Language
import Text

/// `%help`, `name?` and `name??`.
enum HelpCommands {
    static let all: [Command] = [
        Command("help", "[NAME]", "this overview, or the documentation of a name") { call in
            try describe(call.arguments, source: false, in: call.session)
            return .outcome(.done)
        }
    ]

    /// Writes what there is to know about a topic: nothing for the overview, `%command`, or a dotted name.
    static func describe(_ topic: String, source: Bool, in session: Session) throws {
        if topic.isEmpty { return overview(in: session) }
        if topic.hasPrefix("%") {
            guard let command = CommandTable.find(String(topic.dropFirst())) else { throw CommandError("there is no command \(topic)") }
            session.say(usage(command) + "\n    " + command.summary)
            return
        }
        let page = HelpPage(interpreter: session.interpreter, style: session.outputStyle)
        if let text = page.text(for: topic, source: source) { return session.say(text) }
        if let command = CommandTable.find(topic) { return session.say(usage(command) + "\n    " + command.summary) }
        let names = Lookup(session.interpreter).rootNames.filter { $0 != topic }
        let near = Spelling.completionOrSuggestion(for: topic, among: names).map { "; did you mean \($0)?" } ?? ""
        throw CommandError("there is nothing named \(topic)\(near)")
    }

    private static func usage(_ command: Command) -> String {
        let aliases = command.aliases.isEmpty ? "" : "  (also " + command.aliases.map { "%" + $0 }.joined(separator: ", ") + ")"
        return "%\(command.name)\(command.usage.isEmpty ? "" : " " + command.usage)\(aliases)"
    }

    private static func overview(in session: Session) {
        let style = session.outputStyle
        session.say(
            """
            Type a statement and press Return; its value is shown and kept in \(style.bold("_")), that of input 7 in \(style.bold("_7")). An open bracket continues on the next line.
            Tab completes, Ctrl-R searches the history, Ctrl-C stops what is running, Ctrl-D leaves.

            """)
        let rows =
            [["name?", "documentation of a name; name?? shows its source"], ["!command", "a line for the shell"]]
            + CommandTable.all.map { ["%\($0.name) \($0.usage)", $0.summary] }
        for line in TextTable.lines(rows, width: Terminal.width()) { session.say("  " + line) }
    }
}

/// The documentation of one name, from the session's values and the tables of builtins.
public struct HelpPage {
    let lookup: Lookup
    let style: TextStyle
    /// Columns of a terminal; elsewhere lines stay as long as they are.
    private let width: Int

    init(interpreter: Interpreter, style: TextStyle, width: Int? = nil) {
        lookup = Lookup(interpreter)
        self.style = style
        self.width = width ?? (isatty(STDOUT_FILENO) == 1 ? Terminal.width() : 1 << 20)
    }

    /// A page for standard output.
    public init(interpreter: Interpreter) {
        self.init(interpreter: interpreter, style: TextStyle(enabled: Terminal.hasColour(1)))
    }

    /// The page about `topic`; nil when there is nothing of that name.
    public func text(for topic: String, source: Bool) -> String? {
        switch lookup.find(topic) {
        case .value(let name, let value): page(name, value, source: source)
        case .builtin(let owner, let builtin): page(builtin, owner: owner, source: source)
        case .constant(let constant): page(constant)
        case .module(let namespace): page(namespace)
        case .library(let module): page(module)
        case .entry(let module, let entry): page(entry, of: module, source: source)
        case .type(let type): page(type)
        case nil: Guide.topic(topic).map { "\(style.bold($0.title))\n\n" + markdown.terminal($0.text) }
        }
    }

    private var markdown: Markdown { Markdown(style: style, width: Terminal.width()) }

    /// The whole reference for reading in a terminal.
    public func reference() -> String { markdown.terminal(Reference(interpreter: lookup.interpreter).markdown()) }

    /// Names like `topic`.
    public func suggestion(for topic: String) -> String? {
        Spelling.completionOrSuggestion(for: topic, among: lookup.rootNames + Guide.topics.map(\.name))
    }

    /// All documented names with a line each, by namespace.
    public func index(width: Int) -> [String] {
        var lines: [String] = []
        for namespace in LanguageSupport.builtinNamespaces(lookup.interpreter) + LanguageSupport.modules(lookup.interpreter) {
            lines.append(style.bold(namespace.name) + (namespace.doc.isEmpty ? "" : "  " + namespace.doc))
            let rows =
                namespace.builtins.map { [$0.name, firstSentence($0.doc)] } + namespace.constants.map { [$0.name, firstSentence($0.doc)] }
            lines += TextTable.lines(rows.sorted { $0[0] < $1[0] }, width: width - 2).map { "  " + $0 }
            lines.append("")
        }
        for name in lookup.interpreter.moduleNames() {
            guard let module = LibraryModule(named: name, lookup.interpreter) else { continue }
            lines.append(style.bold(name) + "  " + firstSentence(module.introduction))
            lines += TextTable.lines(module.entries.map { [$0.name, firstSentence($0.doc)] }, width: width - 2).map { "  " + $0 }
            lines.append("")
        }
        lines.append(style.bold("language") + "  The language by topic; eft doc --reference prints everything")
        lines += TextTable.lines(Guide.topics.map { [$0.name, $0.title] }, width: width - 2).map { "  " + $0 }
        return lines
    }

    private func page(_ name: String, _ value: Value, source: Bool) -> String {
        switch value {
        case .builtin(let builtin): return page(builtin, owner: nil, source: source)
        case .boundMethod(let bound): return page(bound.method, owner: nil, source: source)
        case .function(let function):
            if source, let text = LanguageSupport.sourceText(of: function) { return text }
            let head = signature("fn \(name)", function.signature.description)
            let place = LanguageSupport.place(of: function).map { "\ndefined at \($0)" } ?? ""
            return head + (function.doc.isEmpty ? "" : "\n" + indent(function.doc)) + place
        case .structType(let type):
            return signature("struct \(type.name)", type.signature.description) + (type.doc.isEmpty ? "" : "\n" + indent(type.doc))
        case .host(let object):
            let doc = object.doc.isEmpty ? "" : "\n" + indent(object.doc)
            return style.bold(name) + ": \(object.typeName)  \(ValueDisplay.summary(value))" + doc + members(of: value)
        default:
            return style.bold(name) + ": \(value.typeName)\n" + indent(ValueDisplay.text(value, width: Terminal.width()))
                + members(of: value)
        }
    }

    /// A constant; one that is called, such as a class of the engine, with how.
    private func page(_ constant: Namespace.Constant) -> String {
        let head = lookup.interpreter.describe(constant.value)?.signature.map { signature(constant.name, $0.description) }
        return (head ?? "\(style.bold(constant.name)) = \(constant.value.repr)") + "\n" + indent(constant.doc)
    }

    /// A name in bold and its signature, on as many lines as the window asks for.
    private func signature(_ name: String, _ text: String) -> String {
        let lines = TextLayout.signature(name + text, width: width)
        guard let first = lines.first, first.hasPrefix(name) else { return style.bold(name) + text }
        return ([style.bold(name) + first.dropFirst(name.count)] + lines.dropFirst()).joined(separator: "\n")
    }

    /// A signature that was written on several lines.
    private func oneLine(_ text: String) -> String {
        text.split(whereSeparator: \.isWhitespace).joined(separator: " ").replacing("( ", with: "(").replacing(" )", with: ")")
    }

    private func page(_ builtin: Builtin, owner: String?, source: Bool) -> String {
        var lines = [signature((owner.map { $0 + "." } ?? "") + builtin.name, builtin.signature.description)]
        if !builtin.doc.isEmpty { lines.append(indent(builtin.doc)) }
        if !builtin.aliases.isEmpty { lines.append("    also " + builtin.aliases.joined(separator: ", ")) }
        if !builtin.example.isEmpty { lines.append("example:\n" + indent(builtin.example)) }
        if source { lines.append("(native: it has no source in the language)") }
        return lines.joined(separator: "\n")
    }

    private func page(_ type: TypeTable) -> String {
        let attributes = type.attributes.map { ["." + $0.name, $0.type, $0.doc] }
        let methods = type.methods.builtins.map { [".\($0.name)\($0.signature.description)", firstSentence($0.doc)] }
        let lines = (TextTable.lines(attributes, width: Terminal.width()) + TextTable.lines(methods, width: Terminal.width()))
        return ([style.bold("type " + type.name)] + (type.doc.isEmpty ? [] : [indent(type.doc)]) + lines.map { "    " + $0 })
            .joined(separator: "\n")
    }

    private func page(_ namespace: Namespace) -> String {
        let rows = namespace.builtins.map { [$0.name + $0.signature.description, firstSentence($0.doc)] }
        let lines = TextTable.lines(rows, width: Terminal.width()).map { "    " + $0 }
        return ([style.bold("module " + namespace.name)] + (namespace.doc.isEmpty ? [] : [indent(namespace.doc)]) + lines)
            .joined(separator: "\n")
    }

    private func page(_ module: LibraryModule) -> String {
        let rows = module.entries.map { [$0.name + $0.signature, firstSentence($0.doc)] }
        var parts = [style.bold("module " + module.name) + "  " + module.source.name]
        if !module.introduction.isEmpty { parts.append(indent(module.introduction)) }
        for row in rows { parts.append("  " + style.bold(row[0]) + (row[1].isEmpty ? "" : "\n" + indent(row[1]))) }
        return parts.joined(separator: "\n")
    }

    private func page(_ entry: LibraryModule.Entry, of module: LibraryModule, source: Bool) -> String {
        if source {
            let doc = entry.doc.split(separator: "\n").map { "## \($0)\n" }.joined()
            return doc + module.source.text(entry.span)
        }
        let line = module.source.position(of: entry.span.start).line
        let doc = entry.text.isEmpty ? "" : "\n" + indent(entry.text)
        let examples = entry.examples.isEmpty ? "" : "\nexample:\n" + indent(entry.examples.joined(separator: "\n"))
        return signature("\(module.name).\(entry.name)", oneLine(entry.signature)) + doc + examples
            + "\ndefined at \(module.source.name):\(line)"
    }

    private func members(of value: Value) -> String {
        let names = lookup.members(of: value).map(\.label)
        guard !names.isEmpty else { return "" }
        return "\n" + Completions.columns(names.sorted(), width: Terminal.width() - 4).map { "    " + $0 }.joined(separator: "\n")
    }

    private func firstSentence(_ doc: String) -> String {
        let line = doc.prefix { $0 != "\n" }
        guard let end = line.firstRange(of: ". ") else { return String(line) }
        return String(line[..<end.upperBound]).trimmingSuffix(" ")
    }

    private func indent(_ text: String) -> String {
        TextLayout.prose(text, indent: 4, width: width).joined(separator: "\n")
    }
}

extension String {
    fileprivate func trimmingSuffix(_ mark: Character) -> String {
        var text = self
        while text.last == mark { text.removeLast() }
        return text
    }
}
