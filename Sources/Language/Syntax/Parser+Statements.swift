extension Parser {
    /// Parses statements up to a closing brace or the end.
    mutating func parseStatements() -> [Statement] {
        var statements: [Statement] = []
        while kind != .endOfFile {
            if accept(.semicolon) { continue }
            if kind == .rightBrace { break }
            if kind == .rightParen || kind == .rightBracket {
                _ = unmatchedCloser()
                advance()
                continue
            }
            statements.append(parseRecovering())
        }
        return statements
    }

    /// Parses one statement; after an error gives `invalid` and goes to where the next begins.
    mutating func parseRecovering() -> Statement {
        let start = index
        layout.statementStarts.append(start)
        let saved = (newlinesMatter, allowsTrailingBlock, depth, statementStart)
        newlinesMatter = true
        allowsTrailingBlock = true
        statementStart = current.start
        defer { (newlinesMatter, allowsTrailingBlock, depth, statementStart) = saved }
        do {
            let statement = try parseStatement()
            if !isAtStatementEnd { throw endExpected(after: statement) }
            return statement
        } catch {
            depth = saved.2
            newlinesMatter = true
            synchronize(from: start)
            return Statement(kind: .invalid, span: span(from: tokens[start].start))
        }
    }

    private mutating func parseStatement() throws(Failure) -> Statement {
        let start = current.start
        let kind = try parseStatementKind()
        return Statement(kind: kind, span: span(from: start))
    }

    private mutating func parseStatementKind() throws(Failure) -> StatementKind {
        if kind.isKeyword, kind(ahead: 1) == .assign, !token(ahead: 1).startsLine {
            throw fail(
                "reserved-word", "`\(text(current))` is a word of the language, it cannot name a variable", at: current.span,
                label: "choose another name")
        }
        switch kind {
        case .fn where kind(ahead: 1) == .name: return .function(try parseFunction())
        case .fn: throw malformedFunction()
        case .for: return try parseFor()
        case .while: return try parseWhile()
        case .return:
            advance()
            return .returnValue(isAtStatementEnd ? nil : try parseExpressionList())
        case .break:
            advance()
            return .breakLoop
        case .continue:
            advance()
            return .continueLoop
        case .raise:
            advance()
            return .raise(isAtStatementEnd ? nil : try parseExpression())
        case .assert: return try parseAssert()
        case .import: return try parseImport()
        case .else, .catch, .finally: throw strayClause()
        case .name: return try parseNamedStatement()
        default: return try parseExpressionStatement()
        }
    }

    /// A statement that begins with a name: perhaps one of the words that are reserved only there.
    private mutating func parseNamedStatement() throws(Failure) -> StatementKind {
        let next = token(ahead: 1)
        guard !next.startsLine else { return try parseExpressionStatement() }
        switch next.kind {
        case .name:
            switch text(current) {
            case "param": return try parseParam()
            case "struct": return .structure(try parseStruct())
            case "from": return try parseFromImport()
            default: if let statement = try parseForeignStatement() { return statement }
            }
        case .string, .fstringStart:
            switch text(current) {
            case "test": return try parseTest()
            case "from": return try parseFromImport()
            default: if let statement = try parseForeignStatement() { return statement }
            }
        default:
            if let statement = try parseForeignStatement() { return statement }
        }
        return try parseExpressionStatement()
    }

    // MARK: Expressions and assignments

    private mutating func parseExpressionStatement() throws(Failure) -> StatementKind {
        if let failure = foreignBeginning() { throw failure }
        let first = try parseExpressionList()
        guard !isAtLineEnd else { return .expression(first) }
        switch kind {
        case .assign:
            return try parseAssignment(first)
        case .colon:
            if case .name(let name) = first.kind, let statement = try parseTypedAssignment(name, first) { return statement }
            throw unexpectedColon()
        case .colonAssign:
            throw fail(
                "walrus", "`:=` is not part of the language", at: current.span, label: "assignment is written `=`, as its own statement")
        default:
            guard let operation = kind.augmentedOperator else { return .expression(first) }
            let operatorSpan = current.span
            let target = try target(from: first)
            if case .tuple = target.kind {
                throw fail(
                    "assignment-target", "`\(source.text(operatorSpan))` needs a single target", at: target.span, label: "several targets")
            }
            advance()
            return .augmented(target, operation, operatorSpan: operatorSpan, value: try parseExpressionList())
        }
    }

    private mutating func parseAssignment(_ first: Expression) throws(Failure) -> StatementKind {
        var targets = [try target(from: first)]
        var operatorSpan = current.span
        advance()
        var value = try parseExpressionList()
        while kind == .assign, !isAtLineEnd {
            targets.append(try target(from: value))
            operatorSpan = current.span
            advance()
            value = try parseExpressionList()
        }
        return .assignment(targets: targets, type: nil, operatorSpan: operatorSpan, value: value)
    }

    /// `name: type = value`; nil if what follows the colon is no type on the same line.
    private mutating func parseTypedAssignment(_ name: Name, _ expression: Expression) throws(Failure) -> StatementKind? {
        let next = token(ahead: 1)
        guard !next.startsLine, next.kind == .name || next.kind == .none || next.kind == .fn else { return nil }
        advance()
        let type = try parseType()
        guard kind == .assign, !isAtLineEnd else {
            throw fail(
                "typed-name-value", "`\(name.text)` has a type but no value", at: previousSpan.after, label: "expected `= value`",
                help: "a variable begins with its first assignment: `\(name.text): \(source.text(type.span)) = …`")
        }
        let operatorSpan = current.span
        advance()
        let value = try parseExpressionList()
        let target = Target(kind: .name(name), span: expression.span)
        return .assignment(targets: [target], type: type, operatorSpan: operatorSpan, value: value)
    }

    /// An expression, or several with commas as a tuple; `*x` may stand among several.
    mutating func parseExpressionList() throws(Failure) -> Expression {
        let start = current.start
        let first = try parseElement()
        guard kind == .comma, !isAtLineEnd else {
            if first.isSpread {
                throw fail(
                    "lone-star", "`*` spreads into a list, a tuple or a call", at: first.span, help: "write `[\(source.text(first.span))]`")
            }
            return first.value
        }
        var elements = [first]
        while !isAtLineEnd, accept(.comma) {
            if isAtListEnd { break }
            elements.append(try parseElement())
        }
        let height = elements.reduce(0) { max($0, $1.value.height) }
        return try make(.tuple(elements), span(from: start), over: height)
    }

    /// Whether a list without brackets ends before the current token: `a, = xs`, `for x, in xs`.
    private var isAtListEnd: Bool {
        switch kind {
        case .assign, .semicolon, .rightBrace, .rightParen, .rightBracket, .endOfFile, .in, .leftBrace, .fieldClose, .fieldColon: true
        default: false
        }
    }

    mutating func parseElement() throws(Failure) -> Element {
        let start = current.start
        let isSpread = accept(.star)
        let value = isSpread ? try parseOperators(Precedence.bitOr) : try parseExpression()
        return Element(value: value, isSpread: isSpread, span: span(from: start))
    }

    // MARK: Targets

    /// Takes an expression as something to assign to.
    mutating func target(from expression: Expression) throws(Failure) -> Target {
        let span = expression.span
        switch expression.kind {
        case .name(let name): return Target(kind: .name(name), span: span)
        case .attribute(let base, let field): return Target(kind: .attribute(base, field), span: span)
        case .subscripted(let base, let items): return Target(kind: .subscripted(base, items), span: span)
        case .tuple(let elements), .list(let elements):
            var parts: [Target] = []
            var rest: Span?
            for element in elements {
                let part = try target(from: element.value)
                guard element.isSpread else {
                    parts.append(part)
                    continue
                }
                if let rest {
                    throw fail(
                        "two-rests", "only one part of a destructuring can take the rest", at: element.span, label: "a second `*`",
                        also: (rest, "the first"))
                }
                rest = element.span
                parts.append(Target(kind: .rest(part), span: element.span))
            }
            if parts.isEmpty { throw fail("assignment-target", "there is nothing to assign to", at: span) }
            return Target(kind: .tuple(parts), span: span)
        default:
            let help: String? = if case .comparison = expression.kind { "`==` compares; to assign write `=` alone" } else { nil }
            throw fail(
                "assignment-target", "cannot assign to \(describe(expression))", at: span, label: "not a name, field or element", help: help
            )
        }
    }

    private func describe(_ expression: Expression) -> String {
        switch expression.kind {
        case .call: "a call"
        case .integer, .float: "a number"
        case .string, .interpolation: "a string"
        case .none, .boolean: "`\(source.text(expression.span))`"
        case .dict: "a dict"
        case .function: "a function"
        case .comprehension: "a comprehension"
        default: "an expression"
        }
    }

    // MARK: Loops, assertions

    private mutating func parseFor() throws(Failure) -> StatementKind {
        let keyword = current.span
        advance()
        let target = try parseLoopTarget()
        guard kind == .in, !isAtLineEnd else {
            throw unexpected(expected: "`in`", help: "a loop is written `for x in xs { … }`", also: (keyword, "in this loop"))
        }
        advance()
        let iterable = try parseHeader(list: true)
        let body = try parseBody(of: "for", keyword)
        return .forLoop(ForNode(target: target, iterable: iterable, body: body))
    }

    /// The targets between `for` and `in`.
    mutating func parseLoopTarget() throws(Failure) -> Target {
        let start = current.start
        var elements: [Element] = []
        var hasComma = false
        repeat {
            if kind == .in, hasComma { break }
            let begin = current.start
            let isSpread = accept(.star)
            let value = try parsePostfix()
            elements.append(Element(value: value, isSpread: isSpread, span: span(from: begin)))
            guard kind == .comma else { break }
            hasComma = true
            advance()
        } while true
        if !hasComma, let only = elements.first {
            if only.isSpread { throw fail("lone-star", "`*` needs other targets beside it", at: only.span) }
            return try target(from: only.value)
        }
        let height = elements.reduce(0) { max($0, $1.value.height) }
        return try target(from: make(.tuple(elements), span(from: start), over: height))
    }

    private mutating func parseWhile() throws(Failure) -> StatementKind {
        let keyword = current.span
        advance()
        let condition = try parseCondition(after: "while")
        return .whileLoop(condition: condition, body: try parseBody(of: "while", keyword))
    }

    private mutating func parseAssert() throws(Failure) -> StatementKind {
        advance()
        let condition = try parseExpression()
        if kind == .assign, !isAtLineEnd { throw assignmentInCondition(condition) }
        let message = !isAtLineEnd && accept(.comma) ? try parseExpression() : nil
        return .assert(condition: condition, message: message)
    }

    // MARK: Conditions and bodies

    /// The condition of `if` or `while`.
    mutating func parseCondition(after keyword: String) throws(Failure) -> Expression {
        if kind == .leftBrace { throw unexpected(expected: "a condition after `\(keyword)`") }
        try enter()
        defer { leave() }
        let condition = try parseHeader()
        if kind == .assign, !isAtLineEnd { throw assignmentInCondition(condition) }
        return condition
    }

    /// An expression after which `{` opens a body.
    private mutating func parseHeader(list: Bool = false) throws(Failure) -> Expression {
        let saved = allowsTrailingBlock
        allowsTrailingBlock = false
        defer { allowsTrailingBlock = saved }
        return list ? try parseExpressionList() : try parseExpression()
    }

    private mutating func assignmentInCondition(_ condition: Expression) -> Failure {
        fail("assignment-in-condition", "`=` assigns, it cannot stand in a condition", at: current.span, help: "to compare write `==`")
    }

    /// The braces after the header of `owner`.
    mutating func parseBody(of owner: String, _ header: Span) throws(Failure) -> Block {
        if kind == .leftBrace { return try parseBlock() }
        if kind == .colon { return try parseIndentedBody(of: owner) }
        throw unexpected(expected: "`{`", also: (header, "the body of this `\(owner)` is missing"))
    }

    /// `{ statements }`
    mutating func parseBlock() throws(Failure) -> Block {
        let opener = index
        advance()
        return try parseBlock(opener: opener)
    }

    /// The statements after the `{` at token `opener`, and the `}`.
    mutating func parseBlock(opener: Int) throws(Failure) -> Block {
        layout.blockOpeners.append(opener)
        // A block takes about twice the stack of a bracket.
        try enter(levels: 2)
        let saved = (newlinesMatter, allowsTrailingBlock, statementStart)
        defer {
            leave(levels: 2)
            (newlinesMatter, allowsTrailingBlock, statementStart) = saved
        }
        let outerTallest = tallest
        tallest = 0
        newlinesMatter = true
        let statements = parseStatements()
        let height = tallest + 1
        tallest = max(outerTallest, height)
        if height >= SyntaxLimits.height { _ = try make(.none, tokens[opener].span, over: height) }
        try expectCloser(of: opener, orElse: "a statement")
        return Block(statements: statements, span: span(from: tokens[opener].start), height: height)
    }
}
