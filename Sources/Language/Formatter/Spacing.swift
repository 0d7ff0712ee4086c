/// Whether a blank stands between two tokens of a line.
struct Spacing {
    enum Bracket {
        case round, square, dict, block
        /// The body of a struct.
        case fields

        init(_ kind: TokenKind) {
            switch kind {
            case .leftParen: self = .round
            case .leftBracket: self = .square
            default: self = .dict
            }
        }
    }

    private var previous: TokenKind?
    /// What bracket the previous token opened, if it opened one.
    private var opened: Bracket?
    /// Whether the previous token is a sign that belongs to what follows: `-x`, `*rest`.
    private var isPrefix = false

    /// Whether the last token was part of a statement, and not what opened a block.
    var isWithinStatements: Bool {
        switch previous {
        case nil, .leftBrace, .fatArrow: false
        default: true
        }
    }

    /// Decides for the next token, and notes it. `inside` is the innermost open bracket, of which a closer is the end.
    mutating func isBlank(before kind: TokenKind, opening: Bracket?, in inside: Bracket?, startsLine: Bool) -> Bool {
        let isSign = Spacing.signs.contains(kind) && !(previous.map(Spacing.endsOperand) ?? false && !startsLine)
        defer {
            previous = kind == .fstringStart ? .string : kind
            opened = opening
            isPrefix = isSign
        }
        guard let previous, !startsLine else { return false }
        if let opened {
            switch opened {
            case .round, .square, .dict: return false
            case .block, .fields: return true
            }
        }
        if isPrefix || previous == .dot { return false }
        switch kind {
        case .comma, .semicolon, .dot, .question, .colon: return false
        case .rightParen, .rightBracket: return false
        case .rightBrace: return inside == .block || inside == .fields
        case .leftParen: return !Spacing.endsOperand(previous) && previous != .fn
        case .leftBracket: return !Spacing.endsOperand(previous)
        default: return previous != .colon || inside != .square
        }
    }

    private static let signs: Set<TokenKind> = [.minus, .plus, .tilde, .star, .starStar]

    /// Whether a token can be the last of an operand, so that a sign after it is an operator and a bracket a call or an index.
    private static func endsOperand(_ kind: TokenKind) -> Bool {
        switch kind {
        case .name, .integer, .float, .string, .fstringEnd, .rightParen, .rightBracket, .rightBrace, .true, .false, .none, .ellipsis,
            .question:
            true
        default: false
        }
    }
}
