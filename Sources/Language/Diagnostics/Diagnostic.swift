/// One report about a program, from the parser, the checker or a running script.
public struct Diagnostic: Sendable {
    public enum Severity: String, Sendable { case error, warning }

    /// A span of a source with what there is to say about it; the text may be empty.
    public struct Label: Sendable {
        public var source: Source
        public var span: Span
        public var text: String

        public init(_ source: Source, _ span: Span, _ text: String = "") {
            self.source = source
            self.span = span
            self.text = text
        }
    }

    /// A call that was under way: the function's name and the place that it had reached.
    public struct Frame: Sendable {
        public var function: String
        public var source: Source
        public var span: Span

        public init(function: String, source: Source, span: Span) {
            self.function = function
            self.source = source
            self.span = span
        }
    }

    public var severity: Severity
    public var kind: ErrorKind
    /// A stable name of the rule that was broken, such as `undefined-name`; for tools, not shown to people.
    public var id: String
    public var message: String
    /// The first label is the place that the report is about.
    public var labels: [Label]
    /// Further facts, shown as `= note` lines.
    public var notes: [String]
    /// How to mend it, in one line.
    public var help: String?
    /// The calls under way, innermost first.
    public var stack: [Frame]

    public init(
        _ kind: ErrorKind, id: String = "", _ message: String, labels: [Label] = [], notes: [String] = [], help: String? = nil,
        stack: [Frame] = [], severity: Severity = .error
    ) {
        self.severity = severity
        self.kind = kind
        self.id = id
        self.message = message
        self.labels = labels
        self.notes = notes
        self.help = help
        self.stack = stack
    }
}

/// The errors that kept a program from running.
public struct Diagnostics: Error, Sendable, CustomStringConvertible {
    public var list: [Diagnostic]

    public init(_ list: [Diagnostic]) { self.list = list }

    public var description: String { list.map { "\($0.kind.rawValue): \($0.message)" }.joined(separator: "\n") }
}
