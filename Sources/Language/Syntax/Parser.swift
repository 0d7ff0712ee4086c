/// Parser: a source → its syntax tree and the errors found; never fails.
///
/// Recursive descent for statements, precedence climbing for expressions. An error ends its statement; parsing goes on
/// at the next one. It leaves to the resolver what names mean and where `return` and `break` may stand.
package struct Parser {
    let source: Source
    let tokens: [Token]
    let comments: [Comment]
    /// For each bracket token the index of its partner; -1 for other tokens and brackets without one.
    let partners: [Int32]
    /// Where the lexer found problems, ascending; parse errors that they explain are not reported.
    let problemStarts: [UInt32]

    /// The current token.
    var index = 0
    var diagnostics: [Diagnostic] = []
    var nameCount = 0
    var functionCount = 0
    var layout = TokenLayout()
    /// How many nested constructs are under way.
    var depth = 0
    /// The greatest height of the nodes made since the block began.
    var tallest = 0
    /// Whether a newline ends a statement: so in blocks, not inside brackets.
    var newlinesMatter = true
    /// Whether `f(x) {` passes a block: not in conditions, where `{` opens the body.
    var allowsTrailingBlock = true
    /// The byte where the statement under way begins.
    var statementStart: UInt32 = 0

    /// Whether the rest of the source is given up and no more is to be reported.
    var isAborted = false
    /// Whether a bracket that is open at the end has been reported; those around it have the same cause.
    var isEndReported = false
    /// Whether an error was left out because there were too many.
    var isCut = false
    /// Whether the error for a Python block's `:` would repeat what has been said about its `def`.
    var isColonExplained = false

    /// Thrown after an error has been reported, to leave the statement.
    struct Failure: Error {}

    package static func parse(_ source: Source) -> (program: Program, diagnostics: [Diagnostic]) {
        var parser = Parser(source)
        let program = parser.parseProgram()
        return (program, parser.diagnostics)
    }

    init(_ source: Source) {
        let stream = Lexer.lex(source)
        self.source = source
        tokens = stream.tokens
        comments = stream.comments
        partners = Brackets.match(stream.tokens)
        problemStarts = stream.problems.map(\.span.start).sorted()
        diagnostics = stream.problems.isEmpty ? [] : LexicalDiagnostics.report(stream.problems, in: source)
    }

    private mutating func parseProgram() -> Program {
        var statements: [Statement] = []
        while kind != .endOfFile {
            statements += parseStatements()
            if kind == .endOfFile { break }
            // A closing bracket that no block waits for.
            _ = unmatchedCloser()
            advance()
        }
        let body = Block(statements: statements, span: Span(0, source.bytes.count), height: tallest + 1)
        if isCut, !diagnostics.isEmpty {
            diagnostics[diagnostics.count - 1].notes.append("there are more errors; only the first \(SyntaxLimits.errors) are shown")
        }
        diagnostics.sort { ($0.labels.first?.span.start ?? 0) < ($1.labels.first?.span.start ?? 0) }
        return Program(
            source: source, body: body, cells: cells(statements), nameCount: nameCount, functionCount: functionCount, layout: layout)
    }

    /// The `# %%` comments that stand between statements.
    private func cells(_ statements: [Statement]) -> [Cell] {
        var marks: [Comment] = []
        var next = 0
        for comment in comments where comment.kind == .cell {
            while next < statements.count, statements[next].span.end <= comment.span.start { next += 1 }
            if next < statements.count, statements[next].span.start < comment.span.start { continue }
            marks.append(comment)
        }
        return marks.indices.map { index in
            let span = marks[index].span
            let end = index + 1 < marks.count ? marks[index + 1].span.start : UInt32(clamping: source.bytes.count)
            let title = source.text(span).drop { $0 == "#" || $0 == " " }.dropFirst(2)
            return Cell(
                title: title.trimmingBlanks, line: source.lineIndex(at: span.start) + 1, span: Span(start: span.start, end: end))
        }
    }

    // MARK: The cursor

    var current: Token { tokens[index] }
    var kind: TokenKind { tokens[index].kind }

    /// The kind of the token `offset` places ahead.
    func kind(ahead offset: Int) -> TokenKind { token(ahead: offset).kind }

    func token(ahead offset: Int) -> Token { tokens[min(index + offset, tokens.count - 1)] }

    /// The token before the current one.
    var previousSpan: Span { index > 0 ? tokens[index - 1].span : Span(0, 0) }

    mutating func advance() {
        if index < tokens.count - 1 { index += 1 }
    }

    /// Consumes the current token if it is of `kind`.
    mutating func accept(_ kind: TokenKind) -> Bool {
        guard self.kind == kind else { return false }
        advance()
        return true
    }

    func text(_ token: Token) -> String { source.text(token.span) }

    /// Whether the current token begins a new line that ends the statement.
    var isAtLineEnd: Bool { newlinesMatter && current.startsLine }

    /// Whether the current token, if an operator, belongs to the expression before it: it stands on the same line, or is
    /// one of those that continue a line.
    var continuesExpression: Bool {
        guard isAtLineEnd else { return true }
        switch kind {
        case .pipe: return true
        case .dot: return kind(ahead: 1) == .name || kind(ahead: 1).isKeyword
        default: return false
        }
    }

    /// Whether a statement may end before the current token.
    var isAtStatementEnd: Bool {
        switch kind {
        case .endOfFile, .semicolon, .rightBrace: true
        default: current.startsLine
        }
    }

    /// The span from the byte `start` to the end of the last token consumed.
    func span(from start: UInt32) -> Span { Span(start: start, end: max(start, previousSpan.end)) }

    // MARK: Making nodes

    mutating func makeName(_ text: String, _ span: Span) -> Name {
        defer { nameCount += 1 }
        return Name(text: text, span: span, id: nameCount)
    }

    mutating func makeFunctionID() -> Int {
        defer { functionCount += 1 }
        return functionCount
    }

    /// An expression over parts of which the highest is `height`.
    mutating func make(_ kind: ExpressionKind, _ span: Span, over height: Int = 0) throws(Failure) -> Expression {
        if height >= SyntaxLimits.height { throw tooDeep(span) }
        tallest = max(tallest, height + 1)
        return Expression(kind: kind, span: span, height: height + 1)
    }

    /// Begins a nested construct; undone with `leave`. Every way in which the parser calls itself passes here.
    mutating func enter(levels: Int = 1) throws(Failure) {
        if depth + levels > SyntaxLimits.nesting { throw tooDeep(current.span) }
        depth += levels
    }

    mutating func leave(levels: Int = 1) { depth -= levels }

    /// Reports that the program nests too deeply and gives up on the rest of it.
    private mutating func tooDeep(_ span: Span) -> Failure {
        let start = Span(start: span.start, end: min(span.end, span.start + 1))
        report(
            "too-deep", "the code nests too deeply", at: start, label: "more than \(SyntaxLimits.nesting) levels",
            help: "give parts of it names, or move them to functions")
        isAborted = true
        index = tokens.count - 1
        return Failure()
    }
}

/// Pairs brackets up.
enum Brackets {
    /// For each token the index of the bracket that it pairs with, or -1. A closing bracket pairs with the nearest open one
    /// of its kind; those in between stay without partner.
    static func match(_ tokens: [Token]) -> [Int32] {
        var partners = [Int32](repeating: -1, count: tokens.count)
        var open: [(index: Int, closer: TokenKind)] = []
        var openCount = [Int](repeating: 0, count: TokenKind.allCases.count)
        for (index, token) in tokens.enumerated() {
            if let closer = token.kind.closer {
                open.append((index, closer))
                openCount[Int(closer.rawValue)] += 1
            } else if token.kind.isCloser, openCount[Int(token.kind.rawValue)] > 0 {
                while let (opener, closer) = open.popLast() {
                    openCount[Int(closer.rawValue)] -= 1
                    guard closer == token.kind else { continue }
                    partners[opener] = Int32(clamping: index)
                    partners[index] = Int32(clamping: opener)
                    break
                }
            }
        }
        return partners
    }
}

extension TokenKind {
    /// The bracket that closes this one.
    var closer: TokenKind? {
        switch self {
        case .leftParen: .rightParen
        case .leftBracket: .rightBracket
        case .leftBrace: .rightBrace
        case .fieldOpen: .fieldClose
        case .fstringStart: .fstringEnd
        default: nil
        }
    }

    var isCloser: Bool {
        switch self {
        case .rightParen, .rightBracket, .rightBrace, .fieldClose, .fstringEnd: true
        default: false
        }
    }
}

extension StringProtocol {
    /// Without the blanks at either end.
    var trimmingBlanks: String {
        var rest = self[...]
        while let first = rest.first, first == " " || first == "\t" { rest = rest.dropFirst() }
        while let last = rest.last, last == " " || last == "\t" || last == "\r" { rest = rest.dropLast() }
        return String(rest)
    }
}
