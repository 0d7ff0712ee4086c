import Language

/// The language reference as one Markdown document, made from what calls, checks and help read: the language page, the tables of
/// builtins, the types and their members, the modules.
public struct Reference {
    private let interpreter: Interpreter

    public init(interpreter: Interpreter) { self.interpreter = interpreter }

    public func markdown() -> String {
        var parts = [
            "# eft \(Workspace.version): the language and its library",
            "`eft doc NAME` shows the part about a name, `name?` at the prompt does too.",
            "## The language",
        ]
        parts += Guide.topics.map { "### \($0.title)\n\n\($0.text)" }
        parts.append("## Functions")
        parts.append(
            """
            What every script sees without `import`. Examples may speak of `items`, `inputs`, `pairs` and `data` (a catalogue, sessions, these in \
            pairs, and by split), of a `model`, of a `tuner` with its `params`, `settings` and `tracker`, and of a `folder` to write to.
            """)
        parts += LanguageSupport.builtinNamespaces(interpreter).map { section($0, path: "") }
        parts.append("## Types")
        parts += LanguageSupport.types(interpreter).map(section)
        parts.append("## Modules")
        parts += LanguageSupport.modules(interpreter).map { section($0, path: $0.name + ".") }
        parts += libraryModules.map(section)
        return parts.joined(separator: "\n\n") + "\n"
    }

    /// The modules that are files of the library.
    var libraryModules: [LibraryModule] {
        let natives = Set(LanguageSupport.modules(interpreter).map(\.name))
        return LibraryModule.libraryNames(interpreter).filter { !natives.contains($0) }.compactMap {
            LibraryModule(named: $0, interpreter, folders: interpreter.configuration.searchPath)
        }
    }

    private func section(_ namespace: Namespace, path: String) -> String {
        var parts = ["### \(path.isEmpty ? namespace.name : "module \(namespace.name)")"]
        if !namespace.doc.isEmpty { parts.append(namespace.doc) }
        let constants = namespace.constants.map { "- `\(path)\($0.name)` = `\($0.value.repr)`: \($0.doc)" }
        if !constants.isEmpty { parts.append(constants.joined(separator: "\n")) }
        parts += namespace.builtins.map { entry($0, path: path) }
        return parts.joined(separator: "\n\n")
    }

    private func section(_ type: TypeTable) -> String {
        var parts = ["### type \(type.name)"]
        if !type.doc.isEmpty { parts.append(type.doc) }
        if !type.attributes.isEmpty {
            parts.append(type.attributes.map { "- `.\($0.name)`: `\($0.type)`. \($0.doc)" }.joined(separator: "\n"))
        }
        parts += type.methods.builtins.map { entry($0, path: ".") }
        return parts.joined(separator: "\n\n")
    }

    private func section(_ module: LibraryModule) -> String {
        var parts = ["### module \(module.name)"]
        if !module.introduction.isEmpty { parts.append(module.introduction) }
        for entry in module.entries {
            let text = entry.text.isEmpty ? "" : "\n\n\(entry.text)"
            parts.append("#### `\(module.name).\(entry.name)\(entry.signature)`" + text + code(entry.examples.joined(separator: "\n")))
        }
        return parts.joined(separator: "\n\n")
    }

    private func entry(_ builtin: Builtin, path: String) -> String {
        let aliases = builtin.aliases.isEmpty ? "" : " Also `" + builtin.aliases.joined(separator: "`, `") + "`."
        return "#### `\(path)\(builtin.name)\(builtin.signature.description)`\n\n\(builtin.doc)\(aliases)\(code(builtin.example))"
    }

    private func code(_ example: String) -> String { example.isEmpty ? "" : "\n\n```eft\n\(example)\n```" }
}

/// A type as help shows it.
struct TypeTable {
    let name: String
    let doc: String
    let attributes: [(name: String, type: String, doc: String)]
    let methods: Namespace
}
