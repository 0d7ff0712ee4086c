extension Lexer {
    /// Lexes brackets, operators and punctuation; the longest match wins.
    mutating func lexPunctuation(_ first: UInt8) {
        let second = byte(1)
        let isAssigning = second == UInt8(ascii: "=")
        switch first {
        case UInt8(ascii: "("): open(.leftParen)
        case UInt8(ascii: "["): open(.leftBracket)
        case UInt8(ascii: "{"): open(.leftBrace)
        case UInt8(ascii: ")"): close(.rightParen)
        case UInt8(ascii: "]"): close(.rightBracket)
        case UInt8(ascii: "}"): closeBrace()
        case UInt8(ascii: ","): emit(.comma, length: 1)
        case UInt8(ascii: ";"): emit(.semicolon, length: 1)
        case UInt8(ascii: "?"): emit(.question, length: 1)
        case UInt8(ascii: "~"): emit(.tilde, length: 1)
        case UInt8(ascii: ":"):
            if isFieldDepthZero {
                setInFormat(true)
                emit(.fieldColon, length: 1)
            } else {
                choose(isAssigning, .colonAssign, .colon)
            }
        case UInt8(ascii: "!"):
            if isFieldDepthZero, !isAssigning {
                emit(.fieldConversion, length: isNameByte(second) ? 2 : 1)
            } else {
                choose(isAssigning, .notEqual, .bang)
            }
        case UInt8(ascii: "="):
            if second == UInt8(ascii: ">") { emit(.fatArrow, length: 2) } else { choose(isAssigning, .equal, .assign) }
        case UInt8(ascii: "+"): choose(isAssigning, .plusAssign, .plus)
        case UInt8(ascii: "-"):
            if second == UInt8(ascii: ">") { emit(.arrow, length: 2) } else { choose(isAssigning, .minusAssign, .minus) }
        case UInt8(ascii: "%"): choose(isAssigning, .percentAssign, .percent)
        case UInt8(ascii: "@"): choose(isAssigning, .atAssign, .at)
        case UInt8(ascii: "^"): choose(isAssigning, .caretAssign, .caret)
        case UInt8(ascii: "*"): double(.star, .starAssign, .starStar, .starStarAssign)
        case UInt8(ascii: "/"): double(.slash, .slashAssign, .slashSlash, .slashSlashAssign)
        case UInt8(ascii: "<"): double(.less, .lessEqual, .shiftLeft, .shiftLeftAssign)
        case UInt8(ascii: ">"): double(.greater, .greaterEqual, .shiftRight, .shiftRightAssign)
        case UInt8(ascii: "&"):
            if second == first { emit(.ampersandAmpersand, length: 2) } else { choose(isAssigning, .ampersandAssign, .ampersand) }
        case UInt8(ascii: "|"):
            if second == first {
                emit(.barBar, length: 2)
            } else if second == UInt8(ascii: ">") {
                emit(.pipe, length: 2)
            } else {
                choose(isAssigning, .barAssign, .bar)
            }
        default:
            report(.unexpectedCharacter, position, position + 1)
            emit(.error, length: 1)
        }
    }

    /// `x=` or `x`.
    private mutating func choose(_ isAssigning: Bool, _ long: TokenKind, _ short: TokenKind) {
        if isAssigning { emit(long, length: 2) } else { emit(short, length: 1) }
    }

    /// `x`, `x=`, `xx`, `xx=`.
    private mutating func double(_ single: TokenKind, _ singleAssign: TokenKind, _ double: TokenKind, _ doubleAssign: TokenKind) {
        if byte(1) == bytes[position] {
            if byte(2) == UInt8(ascii: "=") { emit(doubleAssign, length: 3) } else { emit(double, length: 2) }
        } else {
            choose(byte(1) == UInt8(ascii: "="), singleAssign, single)
        }
    }

    private mutating func open(_ kind: TokenKind) {
        changeFieldDepth(by: 1)
        emit(kind, length: 1)
    }

    private mutating func close(_ kind: TokenKind) {
        changeFieldDepth(by: -1)
        emit(kind, length: 1)
    }

    private mutating func closeBrace() {
        if isFieldDepthZero {
            fstrings[fstrings.count - 1].fields.removeLast()
            emit(.fieldClose, length: 1)
        } else {
            close(.rightBrace)
        }
    }
}
