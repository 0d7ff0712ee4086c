/// How strongly operators bind, from the weakest.
enum Precedence {
    static let pipe: UInt8 = 1
    static let or: UInt8 = 2
    static let and: UInt8 = 3
    static let not: UInt8 = 4
    static let comparison: UInt8 = 5
    static let bitOr: UInt8 = 6
    static let bitXor: UInt8 = 7
    static let bitAnd: UInt8 = 8
    static let shift: UInt8 = 9
    static let sum: UInt8 = 10
    static let product: UInt8 = 11
    static let unary: UInt8 = 12
    static let power: UInt8 = 13
}

extension Parser {
    /// An expression: a lambda, a conditional, or operators.
    mutating func parseExpression() throws(Failure) -> Expression {
        if isAtLambda { return try parseLambda() }
        let start = current.start
        let value = try parseOperators(Precedence.pipe)
        guard kind == .if, !isAtLineEnd else { return value }
        let keyword = current.span
        advance()
        let condition = try parseOperators(Precedence.pipe)
        guard kind == .else, !isAtLineEnd else {
            throw unexpected(
                expected: "`else`", help: "a conditional expression is written `a if condition else b`", also: (keyword, "of this `if`"))
        }
        advance()
        try enter()
        defer { leave() }
        let alternative = try parseExpression()
        return try make(
            .conditional(condition: condition, value: value, alternative: alternative), span(from: start),
            over: max(condition.height, value.height, alternative.height))
    }

    /// Operators that bind at least as strongly as `minimum`.
    mutating func parseOperators(_ minimum: UInt8) throws(Failure) -> Expression {
        let start = current.start
        var left = kind == .not || kind == .bang ? try parseNot(minimum) : try parseUnary()
        while let (precedence, family) = infix(), precedence >= minimum, continuesExpression {
            switch family {
            case .pipe: left = try parsePipe(left, start)
            case .logical(let operation): left = try parseLogical(operation, left, precedence, start)
            case .comparison: left = try parseComparison(left, start)
            case .binary: left = try parseBinary(left, precedence, start)
            }
        }
        return left
    }

    enum InfixFamily {
        case pipe
        case logical(LogicalOperator)
        case comparison
        case binary
    }

    /// The family of the current token as an operator between two operands.
    private func infix() -> (UInt8, InfixFamily)? {
        switch kind {
        case .pipe: (Precedence.pipe, .pipe)
        case .or, .barBar: (Precedence.or, .logical(.or))
        case .and, .ampersandAmpersand: (Precedence.and, .logical(.and))
        case .equal, .notEqual, .less, .lessEqual, .greater, .greaterEqual, .in, .is: (Precedence.comparison, .comparison)
        case .not: kind(ahead: 1) == .in ? (Precedence.comparison, .comparison) : nil
        default: binaryOperator().map { ($0.1, .binary) }
        }
    }

    private func binaryOperator() -> (BinaryOperator, UInt8)? {
        switch kind {
        case .bar: (.bitOr, Precedence.bitOr)
        case .caret: (.bitXor, Precedence.bitXor)
        case .ampersand: (.bitAnd, Precedence.bitAnd)
        case .shiftLeft: (.shiftLeft, Precedence.shift)
        case .shiftRight: (.shiftRight, Precedence.shift)
        case .plus: (.add, Precedence.sum)
        case .minus: (.subtract, Precedence.sum)
        case .star: (.multiply, Precedence.product)
        case .slash: (.divide, Precedence.product)
        case .slashSlash: (.floorDivide, Precedence.product)
        case .percent: (.modulo, Precedence.product)
        case .at: (.matmul, Precedence.product)
        default: nil
        }
    }

    /// `a + b - c`: operators of one precedence, from the left.
    private mutating func parseBinary(_ first: Expression, _ precedence: UInt8, _ start: UInt32) throws(Failure) -> Expression {
        var steps: [BinaryStep] = []
        var height = first.height
        while let (operation, its) = binaryOperator(), its == precedence, continuesExpression {
            if let failure = foreignIncrement(after: first, isFirst: steps.isEmpty) { throw failure }
            let operatorSpan = current.span
            advance()
            let operand = try parseOperators(precedence + 1)
            height = max(height, operand.height)
            steps.append(BinaryStep(operation: operation, operatorSpan: operatorSpan, operand: operand))
        }
        return try make(.binary(first, steps), span(from: start), over: height)
    }

    private mutating func parseLogical(
        _ operation: LogicalOperator, _ first: Expression, _ precedence: UInt8, _ start: UInt32
    ) throws(Failure) -> Expression {
        var operands = [first]
        while let (its, _) = infix(), its == precedence, continuesExpression {
            if kind == .ampersandAmpersand || kind == .barBar {
                report(
                    "foreign-operator", "`\(text(current))` is spelled `\(operation.rawValue)`", at: current.span,
                    help: "write `a \(operation.rawValue) b`")
            }
            advance()
            operands.append(try parseOperators(precedence + 1))
        }
        return try make(.logical(operation, operands), span(from: start), over: operands.reduce(0) { max($0, $1.height) })
    }

    /// `a < b <= c`, `a not in b`, `a is not b`.
    private mutating func parseComparison(_ first: Expression, _ start: UInt32) throws(Failure) -> Expression {
        var steps: [ComparisonStep] = []
        while continuesExpression, let (operation, length) = comparisonOperator() {
            let begin = current.start
            for _ in 0..<length { advance() }
            let operatorSpan = span(from: begin)
            if kind == .assign, !current.startsLine, current.start == previousSpan.end {
                let spelling = operation == .notEqual ? "!=" : "=="
                report("foreign-operator", "`\(spelling)=` is spelled `\(spelling)`", at: Span(start: begin, end: current.end))
                advance()
            }
            let operand = try parseOperators(Precedence.comparison + 1)
            steps.append(ComparisonStep(operation: operation, operatorSpan: operatorSpan, operand: operand))
        }
        let height = steps.reduce(first.height) { max($0, $1.operand.height) }
        return try make(.comparison(first, steps), span(from: start), over: height)
    }

    /// The comparison at the current token and how many tokens it has.
    private func comparisonOperator() -> (ComparisonOperator, Int)? {
        switch kind {
        case .equal: (.equal, 1)
        case .notEqual: (.notEqual, 1)
        case .less: (.less, 1)
        case .lessEqual: (.lessEqual, 1)
        case .greater: (.greater, 1)
        case .greaterEqual: (.greaterEqual, 1)
        case .in: (.in, 1)
        case .not: kind(ahead: 1) == .in ? (.notIn, 2) : nil
        case .is: kind(ahead: 1) == .not ? (.isNot, 2) : (.is, 1)
        default: nil
        }
    }

    /// `x |> f(y)`: the piped value becomes the first argument.
    private mutating func parsePipe(_ input: Expression, _ start: UInt32) throws(Failure) -> Expression {
        let pipe = current.span
        advance()
        let stage = try parsePostfix()
        let piped = Argument(kind: .positional, value: input, span: input.span)
        var call: Call
        switch stage.kind {
        case .call(let inner) where inner.pipe == nil:
            call = Call(
                callee: inner.callee, arguments: [piped] + inner.arguments, pipe: pipe, hasTrailingBlock: inner.hasTrailingBlock,
                parentheses: inner.parentheses)
        case .name, .attribute, .subscripted:
            call = Call(callee: stage, arguments: [piped], pipe: pipe, hasTrailingBlock: false, parentheses: stage.span.after)
        default:
            throw fail(
                "pipe-target", "`|>` needs a function on its right", at: stage.span, label: "not a function",
                help: "write `x |> f(y)` for `f(x, y)`")
        }
        return try make(.call(call), span(from: start), over: max(input.height, stage.height))
    }

    private mutating func parseNot(_ minimum: UInt8) throws(Failure) -> Expression {
        try enter()
        defer { leave() }
        let operatorSpan = current.span
        if kind == .bang { report("foreign-operator", "`!` is spelled `not`", at: operatorSpan, help: "write `not x`") }
        if minimum > Precedence.not, kind == .not {
            throw fail("not-operand", "`not` needs parentheses here", at: operatorSpan, help: "write `(not x)`")
        }
        advance()
        let operand =
            kind == .not || kind == .bang ? try parseNot(Precedence.not) : try parseOperators(max(minimum, Precedence.comparison))
        return try make(
            .unary(.not, operatorSpan: operatorSpan, operand), span(from: operatorSpan.start), over: operand.height)
    }

    /// `-x`, `+x`, `~x`, and powers, which bind more strongly: `-x ** 2` is `-(x ** 2)`.
    private mutating func parseUnary() throws(Failure) -> Expression {
        let operation: UnaryOperator
        switch kind {
        case .minus: operation = .negate
        case .plus: operation = .plus
        case .tilde: operation = .invert
        default: return try parsePower()
        }
        try enter()
        defer { leave() }
        let operatorSpan = current.span
        advance()
        if operation == .negate, let smallest = try parseSmallestInteger(from: operatorSpan) { return smallest }
        let operand = try parseUnary()
        return try make(
            .unary(operation, operatorSpan: operatorSpan, operand), span(from: operatorSpan.start), over: operand.height)
    }

    /// -9223372036854775808, whose digits alone are too large for an integer.
    private mutating func parseSmallestInteger(from operatorSpan: Span) throws(Failure) -> Expression? {
        guard kind == .integer, current.end - current.start >= 19, kind(ahead: 1) != .starStar else { return nil }
        let digits = text(current).filter { $0 != "_" }
        guard digits == "9223372036854775808" else { return nil }
        advance()
        return try make(.integer(.min), span(from: operatorSpan.start))
    }

    private mutating func parsePower() throws(Failure) -> Expression {
        let start = current.start
        let base = try parsePostfix()
        guard kind == .starStar, continuesExpression else { return base }
        try enter()
        defer { leave() }
        let operatorSpan = current.span
        advance()
        let exponent = try parseUnary()
        let step = BinaryStep(operation: .power, operatorSpan: operatorSpan, operand: exponent)
        return try make(.binary(base, [step]), span(from: start), over: max(base.height, exponent.height))
    }

    // MARK: Lambdas

    /// Whether `x =>` or `( … ) =>` comes next.
    private var isAtLambda: Bool {
        switch kind {
        case .name: return kind(ahead: 1) == .fatArrow && !token(ahead: 1).startsLine
        case .leftParen:
            let partner = Int(partners[index])
            return partner > 0 && partner + 1 < tokens.count && tokens[partner + 1].kind == .fatArrow && !tokens[partner + 1].startsLine
        default: return false
        }
    }

    private mutating func parseLambda() throws(Failure) -> Expression {
        try enter()
        defer { leave() }
        let start = current.start
        let id = makeFunctionID()
        let parameters = kind == .name ? [parseBareParameter()] : try parseParameters()
        let signature = Signature(parameters: parameters, result: nil, span: span(from: start))
        advance()
        let isBlock = kind == .leftBrace
        let body = isBlock ? try parseLambdaBlock() : try expressionBody(parseExpression())
        return try makeFunction(.lambda, id, signature, body, isExpressionBody: !isBlock, start)
    }

    /// After `=>` a `{` opens a block; `{"key": …` there is a dict that lacks parentheses.
    private mutating func parseLambdaBlock() throws(Failure) -> Block {
        let first = kind(ahead: 1)
        if first == .string || first == .integer || first == .name, kind(ahead: 2) == .colon,
            first != .name || !isType(afterColonAt: index + 2)
        {
            throw fail(
                "dict-after-arrow", "after `=>` a `{` opens a block, not a dict", at: current.span,
                help: "put the dict in parentheses: `=> ({ … })`")
        }
        return try parseBlock()
    }

    private func isType(afterColonAt index: Int) -> Bool {
        index + 2 < tokens.count && tokens[index + 1].kind == .name && tokens[index + 2].kind == .assign
    }

    /// A body that is one expression.
    func expressionBody(_ value: Expression) -> Block {
        Block(statements: [Statement(kind: .expression(value), span: value.span)], span: value.span, height: value.height)
    }

    /// A name that the caller has seen to be there, as a parameter.
    mutating func parseBareParameter() -> ParameterNode {
        let name = makeName(text(current), current.span)
        advance()
        return ParameterNode(
            kind: .plain, name: name, type: nil, defaultValue: nil, isKeywordOnly: false, documentation: nil, span: name.span)
    }

    mutating func makeFunction(
        _ kind: FunctionNode.Kind, _ id: Int, _ signature: Signature, _ body: Block, isExpressionBody: Bool, _ start: UInt32
    ) throws(Failure) -> Expression {
        let span = span(from: start)
        let node = FunctionNode(
            kind: kind, id: id, name: nil, signature: signature, body: body, isExpressionBody: isExpressionBody, documentation: nil,
            span: span)
        let height = signature.parameters.reduce(body.height) { max($0, $1.defaultValue?.height ?? 0) }
        return try make(.function(node), span, over: height)
    }

    // MARK: if and try

    mutating func parseIf() throws(Failure) -> Expression {
        let start = current.start
        var branches: [IfNode.Branch] = []
        var otherwise: Block?
        var keyword = current.span
        advance()
        while true {
            let condition = try parseCondition(after: branches.isEmpty ? "if" : "else if")
            let body = try parseBody(of: "if", keyword)
            branches.append(IfNode.Branch(condition: condition, body: body, keyword: keyword))
            if acceptElif() {
                keyword = previousSpan
            } else if kind == .else {
                let begin = current.start
                advance()
                guard kind == .if else {
                    otherwise = try parseBody(of: "else", previousSpan)
                    break
                }
                advance()
                keyword = span(from: begin)
            } else {
                break
            }
        }
        var height = otherwise?.height ?? 0
        for branch in branches { height = max(height, branch.condition.height, branch.body.height) }
        return try make(.ifElse(IfNode(branches: branches, otherwise: otherwise)), span(from: start), over: height)
    }

    mutating func parseTry() throws(Failure) -> Expression {
        let keyword = current.span
        advance()
        let body = try parseBody(of: "try", keyword)
        var catches: [TryNode.Catch] = []
        while kind == .catch || isAtExcept { catches.append(try parseCatch()) }
        var finally: Block?
        if kind == .finally {
            advance()
            finally = try parseBody(of: "finally", previousSpan)
        }
        if catches.isEmpty, finally == nil {
            throw fail(
                "try-alone", "`try` needs a `catch` or a `finally`", at: keyword, label: "nothing handles its errors",
                help: "write `try { … } catch e { … }`")
        }
        var height = max(body.height, finally?.height ?? 0)
        for clause in catches { height = max(height, clause.body.height) }
        return try make(.tryCatch(TryNode(body: body, catches: catches, finally: finally)), span(from: keyword.start), over: height)
    }

    /// `catch { }`, `catch e { }`, `catch IOError { }`, `catch IOError e { }`, `catch IOError | KeyError e { }`.
    private mutating func parseCatch() throws(Failure) -> TryNode.Catch {
        let keyword = current.span
        if kind == .name { report("foreign-keyword", "`except` is spelled `catch`", at: keyword, help: "write `catch IOError e { … }`") }
        advance()
        var kinds: [Identifier] = []
        var name: Name?
        while kind == .name, !current.startsLine, text(current).first?.isUppercase == true {
            kinds.append(try expectIdentifier("a kind of error"))
            guard kind == .bar || kind == .comma else { break }
            advance()
        }
        if kind == .name, !current.startsLine {
            if text(current) == "as", kind(ahead: 1) == .name {
                report("foreign-keyword", "`as` is not needed here", at: current.span, help: "write `catch IOError e { … }`")
                advance()
            }
            name = try expectName("a name for the error")
        }
        let body = try parseBody(of: "catch", keyword)
        return TryNode.Catch(kinds: kinds, name: name, body: body, span: span(from: keyword.start))
    }
}
