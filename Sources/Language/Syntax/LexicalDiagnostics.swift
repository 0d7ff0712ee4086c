/// Turns the lexer's problems into diagnostics, one a line at most.
enum LexicalDiagnostics {
    static func report(_ problems: [LexicalProblem], in source: Source) -> [Diagnostic] {
        var list: [Diagnostic] = []
        var lastLine = -1
        for problem in problems.sorted(by: { $0.span.start < $1.span.start }) {
            let line = source.lineIndex(at: problem.span.start)
            guard line != lastLine else { continue }
            lastLine = line
            list.append(diagnostic(problem, source))
            if list.count == SyntaxLimits.errors { break }
        }
        return list
    }

    private static func diagnostic(_ problem: LexicalProblem, _ source: Source) -> Diagnostic {
        let span = problem.span
        switch problem.kind {
        case .unexpectedCharacter:
            return unexpectedCharacter(span, source)
        case .invalidUTF8:
            return make("invalid-utf8", "these bytes are not UTF-8 text", span, source, help: "save the file as UTF-8")
        case .unterminatedString(let quote):
            let opening = Span(start: span.start, end: min(span.end, span.start + UInt32(quote.utf8.count)))
            let place = quote.utf8.count == 3 ? "" : " on this line"
            let help = quote.utf8.count == 3 ? nil : "a string of several lines is written in \"\"\" … \"\"\""
            return make(
                "unterminated-string", "the string is never closed", opening, source, label: "its end, `\(quote)`, is missing\(place)",
                help: help)
        case .unterminatedField:
            return make(
                "unterminated-field", "a field of the f-string is never closed", span, source, label: "its end, `}`, is missing",
                help: "for a brace in the text write `{{` or `}}`")
        case .malformedNumber:
            return make("malformed-number", "`\(source.text(span))` is not a number", span, source)
        case .backslash:
            return make(
                "backslash", "a backslash does not continue a line", span, source,
                help: "a line goes on inside brackets, and after an operator or a comma")
        case .tooLarge:
            let size = source.bytes.count >> 20
            return make("too-large", "the source is too large: \(size) MB, the limit is \(SyntaxLimits.sourceBytes >> 20) MB", span, source)
        }
    }

    private static func make(
        _ id: String, _ message: String, _ span: Span, _ source: Source, label: String = "", help: String? = nil
    ) -> Diagnostic {
        Diagnostic(.syntax, id: id, message, labels: [Diagnostic.Label(source, span, label)], help: help)
    }

    private static func unexpectedCharacter(_ span: Span, _ source: Source) -> Diagnostic {
        let character = source.text(span)
        let scalar = character.unicodeScalars.first ?? " "
        let isVisible = scalar.value > 0x20 && scalar.value != 0x7F && scalar.properties.generalCategory != .control
        let code =
            "U+" + String(repeating: "0", count: max(0, 4 - String(scalar.value, radix: 16).count))
            + String(scalar.value, radix: 16, uppercase: true)
        let shown =
            character == "`"
            ? "a backtick" : isVisible ? "`\(character)`" : scalar.value == 0 ? "a NUL byte" : "the invisible character \(code)"
        let meant: String? =
            switch character {
            case "“", "”", "„", "«", "»": "strings are written in straight quotes: \"…\""
            case "‘", "’", "‚", "´": "strings are written in straight quotes: '…'"
            case "`": "strings are written in '…' or \"…\""
            case "×", "·", "∙": "write `*`"
            case "÷": "write `/`"
            case "−", "–", "—": "write `-`"
            case "≤": "write `<=`"
            case "≥": "write `>=`"
            case "≠": "write `!=`"
            case "→": "write `->`"
            case "⇒": "write `=>`"
            case "∈": "write `in`"
            case "$": "variables have no mark before their name"
            default: nil
            }
        return make("unexpected-character", "\(shown) has no meaning here", span, source, help: meant)
    }
}
