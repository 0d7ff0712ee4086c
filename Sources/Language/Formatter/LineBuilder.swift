import Text

/// Puts the tokens of a source on lines.
struct LineBuilder {
    /// A line of the result.
    struct Line {
        var indent: Int
        var code: String
        var comment: String?
        /// Whether an empty line stands above.
        var isAfterBlank: Bool
    }

    /// A bracket under way.
    private struct Open {
        let kind: Spacing.Bracket
        /// Indentation of the line on which it was opened.
        let indent: Int
    }

    private let source: Source
    private let stream: TokenStream
    private let partners: [Int32]
    private let breaks: LineBreaks
    private let statementStarts: Set<Int>
    private var spacing = Spacing()
    private var lines: [Line] = []
    private var open: [Open] = []
    private var openKinds: [Int: Spacing.Bracket] = [:]
    private var nextComment = 0

    init(_ source: Source, _ layout: TokenLayout) {
        self.source = source
        stream = Lexer.lex(source)
        partners = Brackets.match(stream.tokens)
        statementStarts = Set(layout.statementStarts)
        breaks = LineBreaks(stream, partners, layout)
        for opener in layout.blockOpeners { openKinds[opener] = .block }
        for opener in layout.structOpeners { openKinds[opener] = .fields }
    }

    mutating func build() -> String {
        var index = 0
        var isSeparated = false
        var isPending = false
        let tokens = stream.tokens
        while index < tokens.count {
            let token = tokens[index]
            let newline = isPending || breaks.isBroken(before: index)
            takeComments(before: index)
            if token.kind == .endOfFile { break }
            if token.kind == .semicolon {
                // Kept only between two statements of a line; a line that it began, what follows it begins.
                isSeparated = true
                isPending = newline && index > 0
                index += 1
                continue
            }
            if isSeparated, !newline, token.kind != .rightBrace, spacing.isWithinStatements { put(";", .semicolon, index) }
            isSeparated = false
            isPending = false
            if newline || lines.isEmpty {
                startLine(indent: indentation(at: index), isAfterBlank: isAfterBlank(token.start, previous: index))
            }
            // An f-string is one piece, as it was written.
            let last = token.kind == .fstringStart && partners[index] > 0 ? Int(partners[index]) : index
            let text = source.text(Span(start: token.start, end: tokens[last].end))
            put(text, token.kind, index, startsLine: newline)
            index = last + 1
        }
        return CommentColumns.render(lines)
    }

    // MARK: Tokens

    private mutating func put(_ text: String, _ kind: TokenKind, _ index: Int, startsLine: Bool = false) {
        guard !lines.isEmpty else { return }
        let opening = kind.closer == nil || kind == .fstringStart ? nil : openKinds[index] ?? Spacing.Bracket(kind)
        let hasBlank = spacing.isBlank(
            before: kind, opening: opening, in: open.last?.kind, startsLine: startsLine || lines.last?.code == "")
        lines[lines.count - 1].code += (hasBlank ? " " : "") + text
        if let opening {
            open.append(Open(kind: opening, indent: lines[lines.count - 1].indent))
        } else if kind.isCloser, kind != .fstringEnd {
            _ = open.popLast()
        }
    }

    private mutating func startLine(indent: Int, isAfterBlank: Bool) {
        let isFirst = lines.isEmpty || breaks.endsWithOpener(lines.last?.code ?? "")
        lines.append(Line(indent: indent, code: "", comment: nil, isAfterBlank: isAfterBlank && !isFirst))
    }

    /// The indentation of a line that begins with the token.
    private func indentation(at index: Int) -> Int {
        let kind = stream.tokens[index].kind
        guard let innermost = open.last else { return isContinuation(index) ? 1 : 0 }
        if kind.isCloser { return innermost.indent }
        let continues = innermost.kind == .block && isContinuation(index)
        return innermost.indent + (continues ? 2 : 1)
    }

    private func isContinuation(_ index: Int) -> Bool {
        switch stream.tokens[index].kind {
        case .else, .catch, .finally, .endOfFile: false
        default: !statementStarts.contains(index) && !stream.tokens[index].kind.isCloser
        }
    }

    // MARK: Comments and empty lines

    /// Puts the comments that stand between the token before and this one.
    private mutating func takeComments(before index: Int) {
        while nextComment < stream.comments.count, stream.comments[nextComment].nextToken <= index {
            let comment = stream.comments[nextComment]
            let text = LineBuilder.normalised(source.text(comment.span), isFirst: comment.span.start == 0)
            if comment.isAloneOnLine || lines.isEmpty {
                let kind = stream.tokens[index].kind
                let indent = kind.isCloser ? (open.last?.indent ?? -1) + 1 : indentation(at: index)
                startLine(indent: indent, isAfterBlank: isAfterBlank(comment.span.start, previous: index))
                lines[lines.count - 1].code = text
            } else {
                lines[lines.count - 1].comment = text
            }
            nextComment += 1
        }
    }

    /// `# text`, with one blank at least after the marks and none at the end; the `#!` of a first line stays.
    static func normalised(_ comment: String, isFirst: Bool) -> String {
        let text = comment.trimmingBlanks
        if isFirst, text.hasPrefix("#!") { return text }
        let marks = text.prefix { $0 == "#" }
        let rest = text.dropFirst(marks.count)
        guard let first = rest.first, first != " ", first != "\t" else { return text }
        return marks + " " + rest
    }

    /// Whether an empty line stands above the place in the source; never before a closing bracket.
    private func isAfterBlank(_ start: UInt32, previous index: Int) -> Bool {
        if stream.tokens[index].kind.isCloser, stream.tokens[index].start == start { return false }
        var newlines = 0
        var position = Int(start) - 1
        while position >= 0 {
            switch source.bytes[position] {
            case UInt8(ascii: "\n"): newlines += 1
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: ";"): break
            default: return newlines > 1
            }
            position -= 1
        }
        return newlines > 1
    }
}
