// Operands: literals, names, brackets, and what may follow them — calls, subscripts, attributes, trailing blocks.

extension Parser {
    /// A primary expression with its calls, subscripts and attributes.
    mutating func parsePostfix() throws(Failure) -> Expression {
        let start = current.start
        let first = kind
        var value = try parsePrimary()
        if first == .if || first == .try { return value }
        var canTakeBlock = first == .name || first == .leftParen
        while continuesExpression {
            switch kind {
            case .leftParen:
                value = try parseCall(value, start)
                canTakeBlock = true
            case .leftBracket:
                value = try parseSubscript(value, start)
                canTakeBlock = true
            case .dot:
                advance()
                let name = try parseMemberName()
                value = try make(.attribute(value, name), span(from: start), over: value.height)
                canTakeBlock = true
            case .leftBrace:
                guard allowsTrailingBlock, canTakeBlock, !hasTrailingBlock(value) else { return value }
                value = try parseBlockCall(value, start)
            default:
                return value
            }
        }
        return value
    }

    /// What follows `.`: any word, also those of the language.
    private mutating func parseMemberName() throws(Failure) -> Identifier {
        guard kind == .name || kind.isKeyword, !isAtLineEnd else {
            throw unexpected(expected: "a name after `.`")
        }
        let identifier = Identifier(text: text(current), span: current.span)
        advance()
        return identifier
    }

    // MARK: Primaries

    private mutating func parsePrimary() throws(Failure) -> Expression {
        switch kind {
        case .name: return try parseNameOperand()
        case .integer: return try parseInteger()
        case .float: return try parseFloat()
        case .string, .fstringStart: return try parseStrings()
        case .true, .false, .none, .ellipsis: return try parseConstant()
        case .leftParen: return try parseParenthesized()
        case .leftBracket: return try parseList()
        case .leftBrace: return try parseDict()
        case .if: return try parseIf()
        case .try: return try parseTry()
        default: throw unexpected(expected: "an expression")
        }
    }

    private mutating func parseConstant() throws(Failure) -> Expression {
        let value: ExpressionKind =
            switch kind {
            case .true: .boolean(true)
            case .false: .boolean(false)
            case .ellipsis: .ellipsis
            default: .none
            }
        let span = current.span
        advance()
        return try make(value, span)
    }

    private mutating func parseNameOperand() throws(Failure) -> Expression {
        if let constant = foreignConstant() {
            let span = current.span
            advance()
            return try make(constant, span)
        }
        let name = makeName(text(current), current.span)
        advance()
        return try make(.name(name), name.span)
    }

    // MARK: Brackets

    /// Runs `parse` with newlines without meaning, as inside brackets.
    private mutating func insideBrackets<Result>(
        _ parse: (inout Parser, _ opener: Int) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try enter()
        let opener = index
        let saved = (newlinesMatter, allowsTrailingBlock)
        newlinesMatter = false
        allowsTrailingBlock = true
        defer {
            leave()
            (newlinesMatter, allowsTrailingBlock) = saved
        }
        advance()
        return try parse(&self, opener)
    }

    /// `(a)`, `()`, `(a,)`, `(a, *b)`, `(x for x in xs)`.
    private mutating func parseParenthesized() throws(Failure) -> Expression {
        let start = current.start
        return try insideBrackets { parser, opener throws(Failure) in
            var elements: [Element] = []
            var hasComma = false
            while parser.kind != .rightParen, parser.kind != .endOfFile {
                elements.append(try parser.parseElement())
                if parser.kind == .for, elements.count == 1, let only = elements.first, !only.isSpread {
                    return try parser.parseComprehension(.list(only.value), only.value.height, opener, start)
                }
                guard parser.accept(.comma) else { break }
                hasComma = true
            }
            try parser.expectCloser(of: opener)
            if !hasComma, let only = elements.first, !only.isSpread {
                // The node keeps its own span: an operator that fails underlines the operand, not the parentheses.
                return only.value
            }
            let height = elements.reduce(0) { max($0, $1.value.height) }
            return try parser.make(.tuple(elements), parser.span(from: start), over: height)
        }
    }

    private mutating func parseList() throws(Failure) -> Expression {
        let start = current.start
        return try insideBrackets { parser, opener throws(Failure) in
            var elements: [Element] = []
            while parser.kind != .rightBracket, parser.kind != .endOfFile {
                elements.append(try parser.parseElement())
                if parser.kind == .for, elements.count == 1, let only = elements.first, !only.isSpread {
                    return try parser.parseComprehension(.list(only.value), only.value.height, opener, start)
                }
                guard parser.accept(.comma) else { break }
            }
            try parser.expectCloser(of: opener)
            let height = elements.reduce(0) { max($0, $1.value.height) }
            return try parser.make(.list(elements), parser.span(from: start), over: height)
        }
    }

    private mutating func parseDict() throws(Failure) -> Expression {
        let start = current.start
        return try insideBrackets { parser, opener throws(Failure) in
            var entries: [DictEntry] = []
            var height = 0
            while parser.kind != .rightBrace, parser.kind != .endOfFile {
                let begin = parser.current.start
                if parser.accept(.starStar) {
                    let value = try parser.parseOperators(Precedence.bitOr)
                    entries.append(.spread(value, span: parser.span(from: begin)))
                    height = max(height, value.height)
                } else {
                    let key = try parser.parseExpression()
                    guard parser.accept(.colon) else { throw parser.missingDictValue(key, opener) }
                    let value = try parser.parseExpression()
                    height = max(height, key.height, value.height)
                    if parser.kind == .for, entries.isEmpty {
                        return try parser.parseComprehension(.dict(key: key, value: value), height, opener, start)
                    }
                    entries.append(.pair(key: key, value: value))
                }
                guard parser.accept(.comma) else { break }
            }
            try parser.expectCloser(of: opener)
            return try parser.make(.dict(entries), parser.span(from: start), over: height)
        }
    }

    private mutating func missingDictValue(_ key: Expression, _ opener: Int) -> Failure {
        if kind == .comma || kind == .rightBrace || kind == .for {
            return fail(
                "set-literal", "`{ … }` here is a dict and needs `key: value` pairs", at: key.span, label: "a key without a value",
                help: "for a list write `[ … ]`; there are no set literals")
        }
        return unexpected(expected: "`:`", also: (tokens[opener].span, "in this dict"))
    }

    /// The clauses of a comprehension and the bracket that closes it.
    private mutating func parseComprehension(
        _ kind: Comprehension.Kind, _ height: Int, _ opener: Int, _ start: UInt32
    ) throws(Failure) -> Expression {
        let (clauses, clauseHeight) = try parseClauses()
        try expectCloser(of: opener, orElse: "`for`, `if`")
        return try make(
            .comprehension(Comprehension(kind: kind, clauses: clauses)), span(from: start), over: max(height, clauseHeight))
    }

    private mutating func parseClauses() throws(Failure) -> ([Comprehension.Clause], Int) {
        var clauses: [Comprehension.Clause] = []
        var height = 0
        while true {
            let start = current.start
            if accept(.for) {
                let target = try parseLoopTarget()
                guard kind == .in else { throw unexpected(expected: "`in`") }
                advance()
                let iterable = try parseOperators(Precedence.pipe)
                height = max(height, iterable.height)
                clauses.append(.loop(target: target, iterable: iterable, span: span(from: start)))
            } else if accept(.if) {
                let condition = try parseOperators(Precedence.pipe)
                height = max(height, condition.height)
                clauses.append(.condition(condition))
            } else {
                return (clauses, height)
            }
        }
    }

    // MARK: Calls

    private mutating func parseCall(_ callee: Expression, _ start: UInt32) throws(Failure) -> Expression {
        let opening = current.start
        let arguments = try parseArguments()
        let call = Call(callee: callee, arguments: arguments, pipe: nil, hasTrailingBlock: false, parentheses: span(from: opening))
        let height = arguments.reduce(callee.height) { max($0, $1.value.height) }
        return try make(.call(call), span(from: start), over: height)
    }

    private mutating func parseArguments() throws(Failure) -> [Argument] {
        try insideBrackets { parser, opener throws(Failure) in
            var arguments: [Argument] = []
            var names: Set<String> = []
            while parser.kind != .rightParen, parser.kind != .endOfFile {
                let argument = try parser.parseArgument()
                try parser.check(argument, after: arguments, &names)
                if parser.kind == .for, case .positional = argument.kind {
                    let start = argument.span.start
                    let (clauses, height) = try parser.parseClauses()
                    let list = try parser.make(
                        .comprehension(Comprehension(kind: .list(argument.value), clauses: clauses)), parser.span(from: start),
                        over: max(height, argument.value.height))
                    if !arguments.isEmpty || parser.kind == .comma {
                        throw parser.fail(
                            "generator-argument", "a generator beside other arguments needs brackets", at: list.span,
                            help: "write `[\(parser.source.text(list.span))]`")
                    }
                    arguments.append(Argument(kind: .positional, value: list, span: list.span))
                    break
                }
                arguments.append(argument)
                guard parser.accept(.comma) else { break }
            }
            try parser.expectCloser(of: opener)
            return arguments
        }
    }

    private mutating func parseArgument() throws(Failure) -> Argument {
        let start = current.start
        if accept(.star) {
            let value = try parseExpression()
            return Argument(kind: .rest, value: value, span: span(from: start))
        }
        if accept(.starStar) {
            let value = try parseExpression()
            return Argument(kind: .options, value: value, span: span(from: start))
        }
        if kind == .name || kind.isKeyword, kind(ahead: 1) == .assign {
            let name = Identifier(text: text(current), span: current.span)
            advance()
            advance()
            let value = try parseExpression()
            return Argument(kind: .keyword(name), value: value, span: span(from: start))
        }
        let value = try parseExpression()
        if kind == .colon, case .name(let name) = value.kind {
            throw fail("keyword-colon", "a keyword argument is written with `=`", at: current.span, help: "write `\(name.text) = …`")
        }
        if kind == .assign {
            throw fail(
                "keyword-name", "the name of a keyword argument is a plain name", at: value.span, help: "to compare write `==`")
        }
        return Argument(kind: .positional, value: value, span: span(from: start))
    }

    private mutating func check(_ argument: Argument, after earlier: [Argument], _ names: inout Set<String>) throws(Failure) {
        switch argument.kind {
        case .keyword(let name):
            if !names.insert(name.text).inserted {
                throw fail("repeated-argument", "`\(name.text)` is given twice", at: name.span)
            }
        case .positional:
            if let last = earlier.last, case .keyword(let name) = last.kind {
                throw fail(
                    "argument-order", "a positional argument cannot follow a keyword argument", at: argument.span,
                    also: (last.span, "`\(name.text)` is given by keyword"))
            }
        case .rest, .options: break
        }
    }

    private func hasTrailingBlock(_ expression: Expression) -> Bool {
        if case .call(let call) = expression.kind { return call.hasTrailingBlock }
        return false
    }

    /// `f(x) { … }` and `f { a, b => … }`: the block is a function and the last argument.
    private mutating func parseBlockCall(_ callee: Expression, _ start: UInt32) throws(Failure) -> Expression {
        let block = try parseTrailingBlock()
        let argument = Argument(kind: .positional, value: block, span: block.span)
        let call: Call
        if case .call(let inner) = callee.kind {
            call = Call(
                callee: inner.callee, arguments: inner.arguments + [argument], pipe: inner.pipe, hasTrailingBlock: true,
                parentheses: inner.parentheses)
        } else {
            call = Call(callee: callee, arguments: [argument], pipe: nil, hasTrailingBlock: true, parentheses: callee.span.after)
        }
        return try make(.call(call), span(from: start), over: max(callee.height, block.height))
    }

    private mutating func parseTrailingBlock() throws(Failure) -> Expression {
        let opener = index
        let start = current.start
        let id = makeFunctionID()
        advance()
        let parameters = try parseBlockParameters()
        let signature = Signature(parameters: parameters, result: nil, span: span(from: start))
        let body = try parseBlock(opener: opener)
        return try makeFunction(.trailingBlock, id, signature, body, isExpressionBody: false, start)
    }

    /// `a, b =>` or `(a, b = 1) =>` at the beginning of a trailing block.
    private mutating func parseBlockParameters() throws(Failure) -> [ParameterNode] {
        var next = index
        if kind == .leftParen {
            let partner = Int(partners[index])
            guard partner > 0, partner + 1 < tokens.count, tokens[partner + 1].kind == .fatArrow else { return [] }
            let parameters = try parseParameters()
            advance()
            return parameters
        }
        while tokens[next].kind == .name {
            if tokens[next + 1].kind == .fatArrow { break }
            guard tokens[next + 1].kind == .comma else { return [] }
            next += 2
        }
        guard tokens[next].kind == .name else { return [] }
        var parameters: [ParameterNode] = []
        repeat {
            parameters.append(parseBareParameter())
        } while accept(.comma)
        advance()
        return parameters
    }

    // MARK: Subscripts

    private mutating func parseSubscript(_ base: Expression, _ start: UInt32) throws(Failure) -> Expression {
        let items = try insideBrackets { parser, opener throws(Failure) in
            var items: [SubscriptItem] = []
            while parser.kind != .rightBracket, parser.kind != .endOfFile {
                items.append(try parser.parseSubscriptItem())
                guard parser.accept(.comma) else { break }
            }
            if items.isEmpty, parser.kind == .rightBracket {
                throw parser.fail("empty-subscript", "nothing is selected", at: parser.current.span, label: "expected an index or a slice")
            }
            try parser.expectCloser(of: opener)
            return items
        }
        var height = base.height
        for item in items {
            switch item {
            case .index(let expression): height = max(height, expression.height)
            case .slice(let lower, let upper, let step, _):
                height = max(height, lower?.height ?? 0, upper?.height ?? 0, step?.height ?? 0)
            }
        }
        return try make(.subscripted(base, items), span(from: start), over: height)
    }

    private mutating func parseSubscriptItem() throws(Failure) -> SubscriptItem {
        let start = current.start
        let lower = kind == .colon ? nil : try parseExpression()
        guard accept(.colon) else {
            guard let lower else { throw unexpected(expected: "an index") }
            return .index(lower)
        }
        let upper = try parseSliceBound()
        let step = accept(.colon) ? try parseSliceBound() : nil
        return .slice(lower: lower, upper: upper, step: step, span: span(from: start))
    }

    private mutating func parseSliceBound() throws(Failure) -> Expression? {
        switch kind {
        case .colon, .comma, .rightBracket: nil
        default: try parseExpression()
        }
    }
}
