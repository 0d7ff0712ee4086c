import Testing

@testable import Language

@Suite struct LexerTests {
    private func kinds(_ text: String) -> [TokenKind] { Lexer.lex(Source(name: "test", text: text)).tokens.map(\.kind) }

    @Test func longestOperatorWins() {
        #expect(
            kinds("**= ** *= // //= <<= -> => |> || ... != := ..") == [
                .starStarAssign, .starStar, .starAssign, .slashSlash, .slashSlashAssign, .shiftLeftAssign, .arrow, .fatArrow, .pipe,
                .barBar,
                .ellipsis, .notEqual, .colonAssign, .dot, .dot, .endOfFile,
            ])
    }

    @Test func prefixesMakeStringsOnlyBeforeQuotes() {
        #expect(
            kinds("r f rf'a' fr\"a\" Rb 'x' fx") == [
                .name, .name, .fstringStart, .fstringText, .fstringEnd, .fstringStart, .fstringText, .fstringEnd, .name, .string, .name,
                .endOfFile,
            ])
    }

    @Test func newlinesAreMarkedOnTheNextToken() {
        let tokens = Lexer.lex(Source(name: "test", text: "a b\nc # d\n\n e\r\nf")).tokens
        #expect(tokens.map(\.startsLine) == [true, false, true, true, true, false])
    }

    @Test func commentsKnowTheirKindAndPlace() {
        let comments = Lexer.lex(Source(name: "test", text: "# a\nx # b\n## c\n# %% d\ny # %% e\n")).comments
        #expect(comments.map(\.kind) == [.plain, .plain, .documentation, .cell, .plain])
        #expect(comments.map(\.isAloneOnLine) == [true, false, true, true, false])
        #expect(comments.map(\.nextToken) == [0, 1, 1, 1, 2])
    }

    @Test func anOddByteIsAnErrorToken() {
        let stream = Lexer.lex(Source(name: "test", bytes: [0x61, 0xFF, 0xC3, 0x28, 0x00, 0x62]))
        #expect(stream.tokens.map(\.kind) == [.name, .error, .leftParen, .error, .name, .endOfFile])
        #expect(stream.problems.count == 2)
    }

    @Test func aSourceBeyondTheLimitIsRefusedAtOnce() {
        let (program, diagnostics) = Parser.parse(
            Source(name: "big", bytes: [UInt8](repeating: UInt8(ascii: "x"), count: SyntaxLimits.sourceBytes + 1)))
        #expect(diagnostics.map(\.message) == ["the source is too large: 16 MB, the limit is 16 MB"])
        #expect(program.statements.isEmpty)
    }

    @Test(arguments: [
        ("", Completeness.complete), ("x = 1", .complete), ("x = 1\n", .complete), ("f(", .incomplete), ("f(1,\n", .incomplete),
        ("fn f() {", .incomplete),
        ("fn f() {\n  x\n", .incomplete), ("fn f() {\n  x\n}", .complete), ("x = ", .incomplete), ("a +", .incomplete),
        ("a and", .incomplete),
        ("a |>", .incomplete), ("x =>", .incomplete), ("a, ", .incomplete), ("a.", .incomplete), ("a += # why", .incomplete),
        ("return", .complete),
        ("\"\"\"a", .incomplete), ("\"\"\"a\n\"\"\"", .complete), ("\"a", .invalid), ("f\"{x", .invalid), ("f\"\"\"{x", .incomplete),
        ("f\"\"\"{x}", .incomplete),
        (")", .invalid), ("(]", .invalid), ("[}", .invalid), ("{ ( }", .invalid), ("# comment (", .complete), ("\"(\"", .complete),
        ("f\"{x}(\"", .complete),
        ("if x { 1 }", .complete), ("x = [1,\n2", .incomplete), ("def f():", .complete), ("$", .invalid), ("not", .incomplete),
        ("x in", .incomplete),
    ])
    func completeness(_ text: String, _ expected: Completeness) { #expect(Completeness.of(text) == expected) }

    /// The words are written out, since the names of the cases are slow to come by.
    @Test func keywordsAreTheirNames() {
        #expect(TokenKind.keywordTexts == TokenKind.allCases.filter(\.isKeyword).map { "\($0)" })
    }
}
