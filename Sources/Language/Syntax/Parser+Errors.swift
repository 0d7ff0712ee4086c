// Reporting errors, and finding the place to go on after one.

extension Parser {
    /// Adds a diagnostic unless the limit is reached, a problem of the lexer explains it, or one was given at the same place.
    mutating func report(
        _ id: String, _ message: String, at span: Span, label: String = "", also second: (Span, String)? = nil, help: String? = nil,
        notes: [String] = []
    ) {
        if isAborted || hasProblem(from: statementStart, to: span.end) { return }
        if diagnostics.contains(where: { $0.labels.first?.span.start == span.start }) { return }
        guard diagnostics.count < SyntaxLimits.errors else {
            isCut = true
            return
        }
        var labels = [Diagnostic.Label(source, span, label)]
        if let second { labels.append(Diagnostic.Label(source, second.0, second.1)) }
        diagnostics.append(Diagnostic(.syntax, id: id, message, labels: labels, notes: notes, help: help))
    }

    /// Reports and gives the failure to throw.
    mutating func fail(
        _ id: String, _ message: String, at span: Span, label: String = "", also second: (Span, String)? = nil, help: String? = nil
    ) -> Failure {
        report(id, message, at: span, label: label, also: second, help: help)
        return Failure()
    }

    private func hasProblem(from start: UInt32, to end: UInt32) -> Bool {
        var low = 0
        var high = problemStarts.count
        while low < high {
            let middle = (low + high) / 2
            if problemStarts[middle] < start { low = middle + 1 } else { high = middle }
        }
        return low < problemStarts.count && problemStarts[low] <= end
    }

    /// What the current token is, for messages.
    var found: String {
        if kind != .endOfFile, isAtLineEnd { return "the end of the line" }
        return describe(current)
    }

    func describe(_ token: Token) -> String {
        switch token.kind {
        case .endOfFile: return "the end of the source"
        case .string, .fstringStart: return "a string"
        case .fstringText: return "text"
        case .fstringEnd: return "the end of the f-string"
        case .integer, .float, .name: return "`\(text(token))`"
        default: return "`\(token.kind.text ?? text(token))`"
        }
    }

    /// Where to point at for what is missing before the current token: at the token, or after the line that ends too early.
    var missingSpan: Span {
        if kind == .endOfFile || isAtLineEnd { return previousSpan.after }
        if kind == .string || kind == .fstringStart { return Span(start: current.start, end: current.start + 1) }
        return current.span
    }

    /// The error for a token that cannot stand where it does.
    mutating func unexpected(expected: String, help: String? = nil, also second: (Span, String)? = nil) -> Failure {
        if let failure = foreignSpelling() { return failure }
        return fail(
            "unexpected-token", "expected \(expected), found \(found)", at: missingSpan, label: "expected \(expected)", also: second,
            help: help)
    }

    mutating func unmatchedCloser() -> Failure {
        let bracket = describe(current)
        return fail("unmatched-bracket", "\(bracket) closes nothing", at: current.span, label: "no bracket is open here")
    }

    mutating func expect(_ kind: TokenKind, _ purpose: String) throws(Failure) -> Span {
        guard self.kind == kind else { throw unexpected(expected: purpose) }
        let span = current.span
        advance()
        return span
    }

    mutating func expectIdentifier(_ purpose: String) throws(Failure) -> Identifier {
        guard kind == .name, !isAtLineEnd else {
            if kind.isKeyword, !isAtLineEnd {
                throw fail(
                    "reserved-word", "`\(text(current))` is a word of the language, it cannot be \(purpose)", at: current.span,
                    label: "choose another name")
            }
            throw unexpected(expected: purpose)
        }
        let identifier = Identifier(text: text(current), span: current.span)
        advance()
        return identifier
    }

    mutating func expectName(_ purpose: String) throws(Failure) -> Name {
        let identifier = try expectIdentifier(purpose)
        return makeName(identifier.text, identifier.span)
    }

    /// Consumes the bracket that closes the one at token `opener`.
    mutating func expectCloser(of opener: Int, orElse separator: String = "`,`") throws(Failure) {
        let open = tokens[opener]
        guard let closer = open.kind.closer, let closeText = closer.text, let openText = open.kind.text else { return }
        if kind == closer {
            advance()
            return
        }
        if kind.isCloser {
            throw fail(
                "mismatched-bracket", "expected `\(closeText)`, found \(describe(current))", at: current.span,
                label: "does not close `\(openText)`", also: (open.span, "`\(openText)` opened here"))
        }
        if partners[opener] < 0 {
            if kind == .endOfFile, isEndReported { throw Failure() }
            isEndReported = kind == .endOfFile
            var second: (Span, String)?
            if let pair = misindentedPair(after: opener) { second = pair }
            throw fail(
                "unclosed-bracket", "`\(openText)` is never closed", at: open.span, label: "opened here", also: second,
                help: "add `\(closeText)`")
        }
        if separator == "`,`", let failure = foreignSpelling() { throw failure }
        if kind == .assign {
            throw fail(
                "assignment-in-expression", "`=` assigns, it cannot stand in an expression", at: current.span, help: "to compare write `==`"
            )
        }
        throw fail(
            "unexpected-token", "expected \(separator) or `\(closeText)`, found \(describe(current))", at: current.span,
            label: "expected \(separator) or `\(closeText)`", also: (open.span, "`\(openText)` opened here"))
    }

    /// For an unclosed `{` at token `opener`: a later `}` that stands further left than the line of the `{` it pairs with, which
    /// is likely meant for another.
    private func misindentedPair(after opener: Int) -> (Span, String)? {
        guard tokens[opener].kind == .leftBrace else { return nil }
        for index in (opener + 1)..<max(opener + 1, min(tokens.count, opener + 5000)) {
            guard tokens[index].kind == .rightBrace, tokens[index].startsLine, partners[index] > opener else { continue }
            let partner = tokens[Int(partners[index])]
            let line = source.lineIndex(at: partner.start)
            if column(tokens[index]) < indentation(ofLine: line) {
                return (tokens[index].span, "this `}` closes the `{` of line \(line + 1), which is indented further")
            }
        }
        return nil
    }

    /// How many bytes stand before a token on its line.
    func column(_ token: Token) -> Int {
        Int(token.start) - Int(source.lineStarts[source.lineIndex(at: token.start)])
    }

    func indentation(ofLine line: Int) -> Int {
        source.bytes[source.lineRange(line)].prefix { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }.count
    }

    /// After an error in the statement that began at token `start`: goes to where the next one begins.
    ///
    /// Groups in brackets that began inside the statement are part of it, whatever lines they cover.
    mutating func synchronize(from start: Int) {
        let failed = index
        var next = start
        while next < tokens.count - 1 {
            let token = tokens[next]
            if next > start, next >= failed, token.startsLine || token.kind == .semicolon { break }
            if token.kind == .rightBrace, Int(partners[next]) < start, partners[next] >= 0, next >= failed { break }
            let partner = Int(partners[next])
            next = token.kind.closer != nil && partner > next ? partner + 1 : next + 1
        }
        index = max(failed, min(next, tokens.count - 1))
        if index == failed, failed == start { advance() }
    }
}
