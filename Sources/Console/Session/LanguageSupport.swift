import Language

/// What the console asks of the language, in one place.
enum LanguageSupport {
    /// Whether a statement needs more lines: a bracket or string is open, or a documentation comment waits for what it documents.
    static func isIncomplete(_ text: String) -> Bool {
        if case .incomplete = Completeness.of(text) { return true }
        let last = text.split(separator: "\n").last { !$0.trimmed.isEmpty }
        return last?.trimmed.hasPrefix("##") ?? false
    }

    /// Whether `line` can only be the continuation of the statement above it.
    static func continues(_ line: String) -> Bool {
        let start = line.drop { $0 == " " || $0 == "\t" }
        if start.hasPrefix("|>") { return true }
        guard start.hasPrefix("."), let next = start.dropFirst().first else { return false }
        return next.isLetter || next == "_"
    }

    static func render(_ list: [Diagnostic], colour: Bool) -> String {
        DiagnosticRenderer(usesColor: colour).render(list) + "\n"
    }

    /// Native functions that every module sees.
    static func builtinNamespaces(_ interpreter: Interpreter) -> [Namespace] { interpreter.builtins }

    /// Native modules for `import`.
    static func modules(_ interpreter: Interpreter) -> [Namespace] { Prelude.modules + interpreter.configuration.modules }

    /// The types of values, with what they answer.
    static func types(_ interpreter: Interpreter) -> [TypeTable] {
        Prelude.types.map { TypeTable(name: $0.name, doc: $0.doc, attributes: [], methods: $0) }
    }

    /// The text of a function of the session or of a script, with its documentation.
    static func sourceText(of function: FunctionObject) -> String? {
        guard let node = declaration(of: function) else { return nil }
        let doc = (node.documentation ?? "").split(separator: "\n").map { "## \($0)\n" }.joined()
        return doc + function.source.text(node.span)
    }

    /// Where a function was written, as `file:line`.
    static func place(of function: FunctionObject) -> String? {
        declaration(of: function).map { "\(function.source.name):\(function.source.position(of: $0.span.start).line)" }
    }

    /// The last declaration of that name at the top of the function's own source, which is the one that is in force.
    private static func declaration(of function: FunctionObject) -> FunctionNode? {
        let declarations = Parser.parse(function.source).program.statements.compactMap { statement -> FunctionNode? in
            if case .function(let node) = statement.kind { return node }
            return nil
        }
        return declarations.last { $0.name?.text == function.name }
    }

    static let keywords = [
        "and", "as", "assert", "break", "catch", "continue", "else", "false", "finally", "fn", "for", "from", "if", "import", "in", "is",
        "none", "not", "or", "param", "raise", "return", "struct", "test", "true", "try", "while",
    ]
}
