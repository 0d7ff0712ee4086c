/// Collects what the checker finds in one program.
final class CheckReport {
    let source: Source
    private(set) var findings: [Finding] = []
    private var seen: Set<Place> = []
    /// The kinds of errors that the `try` blocks around the place under way catch; nil catches all.
    var caught: [[ErrorKind]?] = []
    /// Whether the place under way runs whenever the program does: not in a test, not in a function that may be called inside a `try`.
    var isCertain = true
    /// Whether what is found is dropped: a walk that only wants types.
    var isQuiet = false

    struct Finding {
        let diagnostic: Diagnostic
        /// Whether the program fails there if it gets there.
        let isCertain: Bool
    }

    private struct Place: Hashable {
        let span: Span
        let rule: String
    }

    init(_ source: Source) { self.source = source }

    /// Reports a break of a rule, once for each place. An error that the program catches is none.
    func add(
        _ rule: CheckRule, _ message: String, at span: Span, label: String = "", also: [(span: Span, text: String)] = [],
        notes: [String] = [], help: String? = nil, kind: ErrorKind? = nil
    ) {
        if isQuiet { return }
        let kind = kind ?? rule.kind
        if rule.severity == .error, caught.contains(where: { $0?.contains(kind) ?? true }) { return }
        guard seen.insert(Place(span: span, rule: rule.id)).inserted else { return }
        let labels = [Diagnostic.Label(source, span, label)] + also.map { Diagnostic.Label(source, $0.span, $0.text) }
        findings.append(
            Finding(
                diagnostic: Diagnostic(
                    kind, id: rule.id, message, labels: labels, notes: notes, help: help, severity: rule.severity),
                isCertain: isCertain && rule.severity == .error))
    }

    /// How far the report has come, for `rewind`.
    var mark: Int { findings.count }

    /// Forgets what was found since a mark: the walk is made again with better knowledge.
    func rewind(to mark: Int) {
        for finding in findings[mark...] {
            if let label = finding.diagnostic.labels.first { seen.remove(Place(span: label.span, rule: finding.diagnostic.id)) }
        }
        findings.removeSubrange(mark...)
    }

    /// Runs `body` with errors of these kinds caught; nil catches all.
    func catching<R>(_ kinds: [ErrorKind]?, _ body: () -> R) -> R {
        caught.append(kinds)
        defer { caught.removeLast() }
        return body()
    }

    /// Runs `body` for a place that may never run, or whose failure may be wanted.
    func uncertain<R>(_ isUncertain: Bool = true, _ body: () -> R) -> R {
        let before = isCertain
        if isUncertain { isCertain = false }
        defer { isCertain = before }
        return body()
    }
}

extension TryNode {
    /// The kinds that it catches, nil for all; empty when it catches none.
    var caughtKinds: [ErrorKind]? {
        if catches.contains(where: { $0.kinds.isEmpty || $0.kinds.contains { $0.text == "Error" } }) { return nil }
        return catches.flatMap(\.kinds).compactMap { ErrorKind(rawValue: $0.text) }
    }
}
