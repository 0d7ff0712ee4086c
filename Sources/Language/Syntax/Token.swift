/// A token: its kind and where it lies. Its text is what the source holds there.
///
/// Blanks, newlines and comments are not tokens: they are what lies between one token and the next, so that tokens and
/// gaps together are the whole source.
package struct Token: Sendable {
    package var kind: TokenKind
    /// Whether a newline lies between the token before and this one.
    package var startsLine: Bool
    package var start: UInt32
    package var end: UInt32

    package var span: Span { Span(start: start, end: end) }
}

package enum TokenKind: UInt8, Sendable, CaseIterable {
    case name, integer, float, string
    // f"text{value!r:>4}": start, text, open, …, conversion, colon, text, close, end
    case fstringStart, fstringText, fieldOpen, fieldConversion, fieldColon, fieldClose, fstringEnd
    // keywords
    case and, assert, `break`, `catch`, `continue`, `else`, `false`, finally, fn, `for`, `if`, `import`, `in`, `is`, none, not, or
    case raise, `return`, `true`, `try`, `while`
    // brackets and punctuation
    case leftParen, rightParen, leftBracket, rightBracket, leftBrace, rightBrace
    case comma, dot, ellipsis, colon, semicolon, question, arrow, fatArrow, pipe
    case assign
    case plusAssign, minusAssign, starAssign, slashAssign, slashSlashAssign, percentAssign, starStarAssign, atAssign
    case ampersandAssign, barAssign, caretAssign, shiftLeftAssign, shiftRightAssign
    case plus, minus, star, slash, slashSlash, percent, starStar, at
    case ampersand, bar, caret, tilde, shiftLeft, shiftRight
    case equal, notEqual, less, lessEqual, greater, greaterEqual
    // spellings of other languages, for which the parser knows the right one
    case ampersandAmpersand, barBar, bang, colonAssign
    /// Bytes that belong to no token; a problem tells what is wrong with them.
    case error
    case endOfFile

    /// The word or sign as it is written; nil for tokens whose text varies.
    package var text: String? {
        switch self {
        case .name, .integer, .float, .string, .fstringStart, .fstringText, .fieldConversion, .fstringEnd, .error, .endOfFile: nil
        case .fieldOpen, .leftBrace: "{"
        case .fieldClose, .rightBrace: "}"
        case .fieldColon, .colon: ":"
        case .leftParen: "("
        case .rightParen: ")"
        case .leftBracket: "["
        case .rightBracket: "]"
        case .comma: ","
        case .dot: "."
        case .ellipsis: "..."
        case .semicolon: ";"
        case .question: "?"
        case .arrow: "->"
        case .fatArrow: "=>"
        case .pipe: "|>"
        case .assign: "="
        case .plusAssign: "+="
        case .minusAssign: "-="
        case .starAssign: "*="
        case .slashAssign: "/="
        case .slashSlashAssign: "//="
        case .percentAssign: "%="
        case .starStarAssign: "**="
        case .atAssign: "@="
        case .ampersandAssign: "&="
        case .barAssign: "|="
        case .caretAssign: "^="
        case .shiftLeftAssign: "<<="
        case .shiftRightAssign: ">>="
        case .plus: "+"
        case .minus: "-"
        case .star: "*"
        case .slash: "/"
        case .slashSlash: "//"
        case .percent: "%"
        case .starStar: "**"
        case .at: "@"
        case .ampersand: "&"
        case .bar: "|"
        case .caret: "^"
        case .tilde: "~"
        case .shiftLeft: "<<"
        case .shiftRight: ">>"
        case .equal: "=="
        case .notEqual: "!="
        case .less: "<"
        case .lessEqual: "<="
        case .greater: ">"
        case .greaterEqual: ">="
        case .ampersandAmpersand: "&&"
        case .barBar: "||"
        case .bang: "!"
        case .colonAssign: ":="
        default: isKeyword ? "\(self)" : nil
        }
    }

    package var isKeyword: Bool { rawValue >= TokenKind.and.rawValue && rawValue <= TokenKind.while.rawValue }

    /// The words that the language reserves, in the order of the cases.
    package static let keywordTexts = [
        "and", "assert", "break", "catch", "continue", "else", "false", "finally", "fn", "for", "if", "import", "in", "is", "none", "not",
        "or",
        "raise", "return", "true", "try", "while",
    ]

    /// The keywords by their length, for a look-up without building strings.
    static let keywords: [[(bytes: [UInt8], kind: TokenKind)]] = {
        var table: [[(bytes: [UInt8], kind: TokenKind)]] = Array(repeating: [], count: 16)
        for (kind, text) in zip(TokenKind.allCases.filter(\.isKeyword), keywordTexts) {
            table[text.utf8.count].append((Array(text.utf8), kind))
        }
        return table
    }()

    /// The arithmetic of `+=` and its like.
    var augmentedOperator: BinaryOperator? {
        switch self {
        case .plusAssign: .add
        case .minusAssign: .subtract
        case .starAssign: .multiply
        case .slashAssign: .divide
        case .slashSlashAssign: .floorDivide
        case .percentAssign: .modulo
        case .starStarAssign: .power
        case .atAssign: .matmul
        case .ampersandAssign: .bitAnd
        case .barAssign: .bitOr
        case .caretAssign: .bitXor
        case .shiftLeftAssign: .shiftLeft
        case .shiftRightAssign: .shiftRight
        default: nil
        }
    }
}

/// A comment, from its `#` to the end of its line.
package struct Comment: Sendable {
    package enum Kind: Sendable {
        case plain
        /// `## …`
        case documentation
        /// `# %% …` alone on its line.
        case cell
    }

    package let kind: Kind
    package let span: Span
    /// Whether nothing but blanks stands before it on its line.
    package let isAloneOnLine: Bool
    /// The index of the token that follows.
    package let nextToken: Int
}

/// What the lexer found wrong with a piece of text.
package struct LexicalProblem: Sendable {
    package enum Kind: Sendable {
        case unexpectedCharacter
        case invalidUTF8
        case unterminatedString(quote: String)
        case unterminatedField
        case malformedNumber
        case backslash
        case tooLarge
    }

    package let kind: Kind
    package let span: Span
}

/// What the lexer makes of a source.
package struct TokenStream: Sendable {
    /// Ends with `endOfFile`.
    package var tokens: [Token] = []
    package var comments: [Comment] = []
    package var problems: [LexicalProblem] = []
}
