/// Whether text typed so far can be run, or needs more lines; judged by its tokens.
public enum Completeness: Sendable {
    case complete
    /// A bracket or a string is open, or the last line ends with an operator or a comma.
    case incomplete
    /// More lines cannot help: a bracket closes nothing, or a string ends with its line.
    case invalid

    public static func of(_ text: String) -> Completeness {
        let stream = Lexer.lex(Source(name: "", text: text))
        var needsMore = false
        for problem in stream.problems {
            switch problem.kind {
            case .unterminatedString(let quote) where quote.utf8.count == 3: needsMore = true
            // A field that ends with the text may be one of a """…""" string.
            case .unterminatedField where isInTripleQuotes(problem, stream): needsMore = true
            default: return .invalid
            }
        }
        if needsMore { return .incomplete }
        var open: [TokenKind] = []
        for token in stream.tokens {
            if let closer = token.kind.closer {
                open.append(closer)
            } else if token.kind.isCloser, open.popLast() != token.kind {
                return .invalid
            }
        }
        if !open.isEmpty { return .incomplete }
        guard stream.tokens.count > 1 else { return .complete }
        return stream.tokens[stream.tokens.count - 2].kind.continuesLine ? .incomplete : .complete
    }

    private static func isInTripleQuotes(_ problem: LexicalProblem, _ stream: TokenStream) -> Bool {
        stream.tokens.last { $0.kind == .fstringStart && $0.start < problem.span.start }.map { $0.end - $0.start >= 4 } ?? false
    }
}

extension TokenKind {
    /// Whether a line that ends with this token goes on in the next.
    var continuesLine: Bool {
        switch self {
        case .comma, .dot, .arrow, .fatArrow, .pipe, .assign, .plus, .minus, .star, .slash, .slashSlash, .percent, .starStar, .at,
            .ampersand, .bar, .caret, .tilde, .shiftLeft, .shiftRight, .equal, .notEqual, .less, .lessEqual, .greater, .greaterEqual,
            .and, .or, .not, .in, .is:
            true
        default: augmentedOperator != nil
        }
    }
}
