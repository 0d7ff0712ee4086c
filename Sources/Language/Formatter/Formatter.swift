/// Formatter: a source → the same program in the canonical layout.
///
/// It decides blanks, indentation, empty lines and the columns of comments; where lines break is left to the author, but that the
/// braces of a block of several lines stand at line ends, `else`, `catch`, `finally` follow the `}` before them, and a `;` at the
/// end of a line goes. Tokens and comments stay as they are, which `format` checks before it gives a result.
public enum Formatter {
    /// The text of the source in the canonical layout; formatting it again changes nothing.
    ///
    /// - Throws: `Diagnostics` when the source does not parse.
    public static func format(_ source: Source) throws -> String {
        let (program, problems) = Parser.parse(source)
        if problems.contains(where: { $0.severity == .error }) { throw Diagnostics(problems) }
        var builder = LineBuilder(source, program.layout)
        let text = builder.build()
        let result = Source(name: source.name, text: text)
        guard outline(of: source, program.layout) == outline(of: result, Parser.parse(result).program.layout) else {
            let help = "please report the file; it is left as it is"
            throw Diagnostics([Diagnostic(.syntax, id: "format", "\(source.name): formatting would change the program", help: help)])
        }
        return text
    }

    /// What formatting must not change: the tokens, where statements begin, and the comments.
    private static func outline(of source: Source, _ layout: TokenLayout) -> [String] {
        let stream = Lexer.lex(source)
        let starts = Set(layout.statementStarts)
        var outline: [String] = []
        outline.reserveCapacity(stream.tokens.count)
        for (index, token) in stream.tokens.enumerated() where token.kind != .semicolon {
            outline.append((starts.contains(index) ? "\n" : "") + source.text(token.span))
        }
        return outline + stream.comments.map { LineBuilder.normalised(source.text($0.span), isFirst: $0.span.start == 0) }
    }
}
