// Spellings of Python and other languages: each is named and answered with the right one, instead of "unexpected token".

extension Parser {
    /// `True`, `False` and `None`: reported, then taken as what they mean.
    mutating func foreignConstant() -> ExpressionKind? {
        let word = text(current)
        let meaning: (ExpressionKind, String)
        switch word {
        case "True": meaning = (.boolean(true), "true")
        case "False": meaning = (.boolean(false), "false")
        case "None": meaning = (.none, "none")
        default: return nil
        }
        report("foreign-constant", "`\(word)` is spelled `\(meaning.1)`", at: current.span, help: "write `\(meaning.1)`")
        return meaning.0
    }

    /// Words that begin a statement elsewhere; the name after them tells them from variables.
    private static let foreignStatements: [String: (message: String, help: String?)] = [
        "def": ("functions are declared with `fn`", "write `fn name(…) { … }`"),
        "function": ("functions are declared with `fn`", "write `fn name(…) { … }`"),
        "func": ("functions are declared with `fn`", "write `fn name(…) { … }`"),
        "fun": ("functions are declared with `fn`", "write `fn name(…) { … }`"),
        "class": ("there are no classes", "`struct Name { field: type = value }` holds data, functions stand beside it"),
        "let": ("variables need no declaration", "assign to the name: `name = value`"),
        "var": ("variables need no declaration", "assign to the name: `name = value`"),
        "const": ("variables need no declaration", "assign to the name: `name = value`"),
        "val": ("variables need no declaration", "assign to the name: `name = value`"),
        "global": ("a function cannot rebind a name of the module", "return the new value and assign it where the function is called"),
        "nonlocal": ("a function cannot rebind a name outside it", "return the new value and assign it where the function is called"),
        "with": (
            "there is no `with` statement",
            "functions that do something around a block take it: `no_grad { … }`; files are read and written whole: `read_text(path)`"
        ),
        "del": (
            "there is no `del` statement",
            "remove an element with `xs.pop(i)` or `d.pop(key)`; a value goes by itself when its name gets another: `x = none`"
        ),
        "yield": ("there are no generators", "collect the values in a list and return it"),
        "async": ("there is no `async`", nil),
        "await": ("there is no `await`", nil),
        "throw": ("errors are raised with `raise`", "write `raise ValueError(\"…\")`"),
        "switch": ("there is no `switch`", "write `if … { } else if … { }`"),
        "match": ("there is no `match`", "write `if … { } else if … { }`"),
        "case": ("there is no `case`", "write `if … { } else if … { }`"),
        "unless": ("there is no `unless`", "write `if not … { }`"),
        "until": ("there is no `until`", "write `while not … { }`"),
        "foreach": ("loops over elements are written with `for`", "write `for x in xs { … }`"),
        "new": ("values are made by calling their type", "write `Name(…)`"),
        "include": ("modules are loaded with `import`", "write `import name`"),
        "require": ("modules are loaded with `import`", "write `import name`"),
        "using": ("modules are loaded with `import`", "write `import name`"),
        "echo": ("`print` is a function", "write `print(…)`"),
        "elif": ("`elif` without an `if` before it", "write `if … { } else if … { }`"),
        "except": ("`except` without a `try` before it", "write `try { … } catch e { … }`"),
    ]

    /// A statement of another language at the current name, which another word follows; nil if it is none.
    mutating func parseForeignStatement() throws(Failure) -> StatementKind? {
        let word = text(current)
        let span = current.span
        let next = kind(ahead: 1)
        if word == "lambda", next == .name || next == .colon { throw foreignLambda() }
        if word == "except", next == .colon || next == .name { throw skippingIndented(span, "`except` without a `try` before it") }
        guard let (message, help) = Self.foreignStatements[word] else { return nil }
        guard [.name, .string, .fstringStart, .integer, .float, .true, .false, .none, .not].contains(next) else { return nil }
        if ["def", "function", "func", "fun"].contains(word), kind(ahead: 2) == .leftParen {
            report("foreign-keyword", message, at: span, label: "`\(word)` is spelled `fn`", help: help)
            isColonExplained = true
            let function = try parseFunction()
            return .function(function)
        }
        if word == "class" { throw skippingIndented(span, message, help) }
        throw fail("foreign-keyword", message, at: span, help: help)
    }

    /// Reports, then passes over the lines that are indented further than the current one.
    private mutating func skippingIndented(_ span: Span, _ message: String, _ help: String? = nil) -> Failure {
        report("foreign-keyword", message, at: span, help: help)
        let line = source.lineIndex(at: span.start)
        let margin = indentation(ofLine: line)
        while kind != .endOfFile {
            let partner = Int(partners[index])
            if kind == .leftBrace, partner > index { index = partner }
            advance()
            if current.startsLine, column(current) <= margin { break }
        }
        return Failure()
    }

    private mutating func foreignLambda() -> Failure {
        fail("foreign-keyword", "a function without a name is written with `=>`", at: current.span, help: "write `x => x + 1`")
    }

    /// The error for the current token if it is another language's spelling of an operator or a word.
    mutating func foreignSpelling() -> Failure? {
        let span = current.span
        switch kind {
        case .colonAssign:
            return fail("walrus", "`:=` is not part of the language", at: span, help: "assign with `=` in a statement of its own")
        case .question:
            return fail("ternary", "there is no `? :`", at: span, help: "write `a if condition else b`")
        case .bang:
            return fail("foreign-operator", "`!` is spelled `not`", at: span, help: "write `not x`")
        case .name where index > 0 && !isAtLineEnd:
            let previous = tokens[index - 1]
            if previous.kind == .name, text(previous) == "lambda" {
                return fail(
                    "foreign-keyword", "a function without a name is written with `=>`", at: previous.span, help: "write `x => x + 1`")
            }
            return nil
        case .fn:
            return fail(
                "anonymous-fn", "a function without a name is written with `=>`", at: span, help: "write `x => x + 1` or `(x, y) => { … }`")
        default:
            return nil
        }
    }

    mutating func malformedFunction() -> Failure {
        let span = current.span
        if kind(ahead: 1) == .leftParen {
            return fail(
                "anonymous-fn", "a function without a name is written with `=>`", at: span, help: "write `x => x + 1` or `(x, y) => { … }`")
        }
        advance()
        if kind.isKeyword, !current.startsLine {
            return fail(
                "reserved-word", "`\(text(current))` is a word of the language, it cannot name a function", at: current.span,
                label: "choose another name")
        }
        return unexpected(expected: "a name for the function", also: (span, "after this `fn`"))
    }

    /// `x++` and `x--`, where the second sign has no operand.
    mutating func foreignIncrement(after operand: Expression, isFirst: Bool) -> Failure? {
        guard isFirst, kind == .plus || kind == .minus, case let next = token(ahead: 1), next.kind == kind, next.start == current.end else {
            return nil
        }
        let after = token(ahead: 2)
        let isEnd = after.startsLine || [.endOfFile, .semicolon, .rightBrace, .rightParen].contains(after.kind)
        guard isEnd else { return nil }
        return increment(of: source.text(operand.span), Span(start: current.start, end: next.end))
    }

    /// A statement that begins like a comment, a decorator or an increment of other languages.
    mutating func foreignBeginning() -> Failure? {
        switch kind {
        case .slashSlash:
            return skippingLine("comment", "a comment begins with `#`")
        case .slash where kind(ahead: 1) == .star || kind(ahead: 1) == .starStar:
            return skippingLine("comment", "a comment begins with `#` and ends with its line")
        case .at where kind(ahead: 1) == .name:
            let name = text(token(ahead: 1))
            return skippingLine("decorator", "there are no decorators", help: "declare the function, then write `name = \(name)(name)`")
        default:
            return foreignIncrement()
        }
    }

    /// Reports and passes over the rest of the line.
    private mutating func skippingLine(_ id: String, _ message: String, help: String? = nil) -> Failure {
        let failure = fail(id, message, at: current.span, help: help)
        repeat { advance() } while !current.startsLine && kind != .endOfFile
        return failure
    }

    /// `++x` and `--x` as a statement.
    private mutating func foreignIncrement() -> Failure? {
        guard kind == .plus || kind == .minus, case let next = token(ahead: 1), next.kind == kind, next.start == current.end else {
            return nil
        }
        guard token(ahead: 2).kind == .name else { return nil }
        return increment(of: text(token(ahead: 2)), Span(start: current.start, end: next.end))
    }

    private mutating func increment(of operand: String, _ span: Span) -> Failure {
        let sign = kind == .plus ? "+" : "-"
        return fail("increment", "there is no `\(sign)\(sign)` operator", at: span, help: "write `\(operand) \(sign)= 1`")
    }

    /// `elif`, `elsif` and `elseif` after a body: reported, then taken as `else if`.
    mutating func acceptElif() -> Bool {
        guard kind == .name, ["elif", "elsif", "elseif"].contains(text(current)), kind(ahead: 1) != .assign else { return false }
        report("foreign-keyword", "`\(text(current))` is spelled `else if`", at: current.span, help: "write `else if`")
        advance()
        return true
    }

    /// Whether Python's `except` comes next.
    var isAtExcept: Bool {
        guard kind == .name, text(current) == "except" else { return false }
        let next = kind(ahead: 1)
        return next == .name || next == .colon || next == .leftBrace
    }

    /// `else`, `catch` or `finally` at the beginning of a statement.
    mutating func strayClause() -> Failure {
        let word = text(current)
        let owner = kind == .else ? "if" : "try"
        let failure = fail(
            "stray-clause", "`\(word)` without \(owner == "if" ? "an" : "a") `\(owner)` before it", at: current.span,
            help: "it follows the `}` of the `\(owner)`")
        // Its body is passed over with it.
        advance()
        return failure
    }

    /// A `:` after an expression statement.
    mutating func unexpectedColon() -> Failure {
        fail(
            "unexpected-token", "expected the end of the statement, found `:`", at: current.span,
            help: "blocks are written in braces `{ … }`")
    }

    /// What follows a statement on its line and does not belong to it.
    mutating func endExpected(after statement: Statement) -> Failure {
        if kind == .rightParen || kind == .rightBracket { return unmatchedCloser() }
        if case .expression(let expression) = statement.kind, case .name(let name) = expression.kind {
            if name.text == "lambda" { return foreignSpelling() ?? foreignLambda() }
            switch kind {
            case .string, .fstringStart, .integer, .float, .name, .true, .false, .none:
                return fail(
                    "call-without-parentheses", "a call needs parentheses", at: name.span,
                    help: "write `\(name.text)(\(restOfLine()))`")
            default: break
            }
        }
        if let failure = foreignSpelling() { return failure }
        if kind == .assign {
            return fail("unexpected-token", "cannot assign here", at: current.span, help: "to compare write `==`")
        }
        return fail(
            "unexpected-token", "expected the end of the statement, found \(describe(current))", at: missingSpan,
            label: "expected a new line or `;`")
    }

    /// The source from the current token to the end of its statement, if short enough to quote.
    private func restOfLine() -> String {
        var last = index
        while last + 1 < tokens.count, !tokens[last + 1].startsLine, tokens[last + 1].kind != .semicolon,
            tokens[last + 1].kind != .rightBrace,
            tokens[last + 1].kind != .endOfFile
        {
            last += 1
        }
        let text = source.text(Span(start: current.start, end: tokens[last].end))
        return text.utf8.count <= 60 ? text : "…"
    }

    /// Python's block: a colon and indented lines. Reported, then read by its indentation.
    mutating func parseIndentedBody(of owner: String) throws(Failure) -> Block {
        let colon = current
        try enter(levels: 2)
        let saved = (newlinesMatter, statementStart)
        defer {
            leave(levels: 2)
            (newlinesMatter, statementStart) = saved
        }
        if !isColonExplained {
            report(
                "colon-block", "blocks are written in braces, not after `:`", at: colon.span, label: "expected `{`",
                help: ["else", "try", "finally"].contains(owner) ? "write `\(owner) { … }`" : "write `\(owner) … { … }`")
        }
        isColonExplained = false
        let margin = indentation(ofLine: source.lineIndex(at: colon.start))
        advance()
        let outerTallest = tallest
        tallest = 0
        newlinesMatter = true
        var statements: [Statement] = []
        let isOneLine = !current.startsLine
        while kind != .endOfFile, kind != .rightBrace {
            if current.startsLine, isOneLine || column(current) <= margin { break }
            if accept(.semicolon) { continue }
            if kind == .rightParen || kind == .rightBracket { break }
            statements.append(parseRecovering())
        }
        let height = tallest + 1
        tallest = max(outerTallest, height)
        return Block(statements: statements, span: span(from: colon.start), height: height)
    }
}
