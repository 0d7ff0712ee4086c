/// Lexer: source text → tokens with spans, comments and problems; never fails, an odd byte becomes an error token.
///
/// It leaves to the parser whether a newline ends a statement and what a literal's value is.
package struct Lexer {
    let bytes: [UInt8]
    var position = 0
    var output = TokenStream()
    /// Whether a newline was passed since the last token.
    var sawNewline = true
    /// The f-strings that are open at `position`, outermost first.
    var fstrings: [OpenFString] = []

    /// An f-string under way.
    struct OpenFString {
        let quote: UInt8
        let isTriple: Bool
        let isRaw: Bool
        let start: Int
        /// Whether it, or an f-string around it, must end with its line.
        let isOneLine: Bool
        /// The fields that are open in it: more than one inside a format such as `{x:>{width}}`.
        var fields: [OpenField] = []
    }

    struct OpenField {
        let start: Int
        /// The brackets open inside the field: only at depth 0 do `}`, `:` and `!` end the value.
        var depth = 0
        var isInFormat = false
    }

    package static func lex(_ source: Source) -> TokenStream {
        var lexer = Lexer(bytes: source.bytes)
        lexer.run()
        return lexer.output
    }

    init(bytes: [UInt8]) {
        self.bytes = bytes
        output.tokens.reserveCapacity(min(bytes.count, SyntaxLimits.sourceBytes) / 4 + 1)
    }

    mutating func run() {
        if bytes.count > SyntaxLimits.sourceBytes {
            output.problems.append(LexicalProblem(kind: .tooLarge, span: Span(0, 0)))
            output.tokens.append(Token(kind: .endOfFile, startsLine: true, start: 0, end: 0))
            return
        }
        if byte(0) == 0xEF, byte(1) == 0xBB, byte(2) == 0xBF { position = 3 }
        while true {
            if let open = fstrings.last, open.fields.last?.isInFormat ?? true {
                lexFStringText(open)
                continue
            }
            skipBlanks()
            if closeFStringAtLineEnd() { continue }
            guard position < bytes.count else { break }
            lexToken()
        }
        emit(.endOfFile, from: bytes.count)
    }

    /// The byte `offset` bytes ahead of `position`; 0 past the end.
    func byte(_ offset: Int) -> UInt8 {
        let index = position + offset
        return index < bytes.count ? bytes[index] : 0
    }

    mutating func emit(_ kind: TokenKind, from start: Int) {
        output.tokens.append(
            Token(kind: kind, startsLine: sawNewline, start: UInt32(clamping: start), end: UInt32(clamping: position)))
        sawNewline = false
    }

    /// Emits a token of `length` bytes.
    mutating func emit(_ kind: TokenKind, length: Int) {
        let start = position
        position += length
        emit(kind, from: start)
    }

    mutating func report(_ kind: LexicalProblem.Kind, _ start: Int, _ end: Int) {
        output.problems.append(LexicalProblem(kind: kind, span: Span(start, end)))
    }

    // MARK: Blanks and comments

    private mutating func skipBlanks() {
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), 0x0B, 0x0C:
                position += 1
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
                if isInSingleLineField { return }
                position += 1
                sawNewline = true
            case UInt8(ascii: "#"):
                if isInSingleLineField { return }
                lexComment()
            case UInt8(ascii: "\\") where byte(1) == UInt8(ascii: "\n") || (byte(1) == UInt8(ascii: "\r") && byte(2) == UInt8(ascii: "\n")):
                if isInSingleLineField { return }
                report(.backslash, position, position + 1)
                position += byte(1) == UInt8(ascii: "\n") ? 2 : 3
            case 0x80...:
                guard let length = unicodeBlankLength() else { return }
                position += length
            default:
                return
            }
        }
    }

    /// The length of a no-break space, a zero-width space or their like, which pasted text brings along.
    private func unicodeBlankLength() -> Int? {
        switch (byte(0), byte(1), byte(2)) {
        case (0xC2, 0xA0, _): 2
        case (0xE2, 0x80, 0x80...0x8B), (0xE2, 0x80, 0xA8), (0xE2, 0x80, 0xA9), (0xE2, 0x80, 0xAF), (0xE3, 0x80, 0x80), (0xEF, 0xBB, 0xBF):
            3
        default: nil
        }
    }

    private mutating func lexComment() {
        let start = position
        while position < bytes.count, bytes[position] != UInt8(ascii: "\n") { position += 1 }
        var end = position
        if end > start, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
        var isAlone = true
        var index = start - 1
        while index >= 0, bytes[index] != UInt8(ascii: "\n") {
            let isBlank = bytes[index] == UInt8(ascii: " ") || bytes[index] == UInt8(ascii: "\t") || bytes[index] == UInt8(ascii: "\r")
            if !isBlank, index > 2 || bytes[index] < 0x80 {
                isAlone = false
                break
            }
            index -= 1
        }
        var kind = Comment.Kind.plain
        let second = start + 1 < end ? bytes[start + 1] : 0
        if second == UInt8(ascii: "#") {
            kind = .documentation
        } else if isAlone {
            let mark = second == UInt8(ascii: " ") ? start + 2 : start + 1
            if mark + 1 < end, bytes[mark] == UInt8(ascii: "%"), bytes[mark + 1] == UInt8(ascii: "%") { kind = .cell }
        }
        output.comments.append(Comment(kind: kind, span: Span(start, end), isAloneOnLine: isAlone, nextToken: output.tokens.count))
    }

    // MARK: Tokens

    private mutating func lexToken() {
        let first = bytes[position]
        switch first {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"):
            if !lexPrefixedString(first) { lexName() }
        case UInt8(ascii: "0")...UInt8(ascii: "9"):
            lexNumber()
        case UInt8(ascii: "."):
            if isDigit(byte(1)) {
                lexNumber()
            } else if byte(1) == UInt8(ascii: "."), byte(2) == UInt8(ascii: ".") {
                emit(.ellipsis, length: 3)
            } else {
                emit(.dot, length: 1)
            }
        case UInt8(ascii: "\""), UInt8(ascii: "'"):
            lexString(from: position, isRaw: false)
        case 0x80...:
            lexUnicode()
        default:
            lexPunctuation(first)
        }
    }

    private mutating func lexName() {
        let start = position
        while position < bytes.count {
            let next = bytes[position]
            if isNameByte(next) {
                position += 1
            } else if next >= 0x80, let (scalar, length) = decodeScalar(at: position), scalar.properties.isXIDContinue {
                position += length
            } else {
                break
            }
        }
        emit(keyword(start, position) ?? .name, from: start)
    }

    private func keyword(_ start: Int, _ end: Int) -> TokenKind? {
        let length = end - start
        guard length < TokenKind.keywords.count else { return nil }
        for (word, kind) in TokenKind.keywords[length] where word[0] == bytes[start] {
            if bytes[start..<end].elementsEqual(word) { return kind }
        }
        return nil
    }

    private mutating func lexUnicode() {
        let start = position
        guard let (scalar, length) = decodeScalar(at: position) else {
            position += 1
            while position < bytes.count, bytes[position] >= 0x80, decodeScalar(at: position) == nil { position += 1 }
            report(.invalidUTF8, start, position)
            emit(.error, from: start)
            return
        }
        if scalar.properties.isXIDStart {
            lexName()
        } else if scalar == "…" {
            emit(.ellipsis, length: length)
        } else {
            position += length
            report(.unexpectedCharacter, start, position)
            emit(.error, from: start)
        }
    }

    /// The scalar whose UTF-8 begins at `index`, and its length; nil if the bytes are no UTF-8.
    func decodeScalar(at index: Int) -> (Unicode.Scalar, Int)? {
        guard index < bytes.count else { return nil }
        let length =
            switch bytes[index] {
            case 0..<0x80: 1
            case 0xC2..<0xE0: 2
            case 0xE0..<0xF0: 3
            case 0xF0..<0xF5: 4
            default: 0
            }
        guard length > 0, index + length <= bytes.count else { return nil }
        var value = length == 1 ? UInt32(bytes[index]) : UInt32(bytes[index]) & (0x7F >> UInt32(length))
        for next in bytes[index + 1..<index + length] {
            guard next & 0xC0 == 0x80 else { return nil }
            value = value << 6 | UInt32(next & 0x3F)
        }
        let shortest: UInt32 = [0, 0, 0x80, 0x800, 0x10000][length]
        guard value >= shortest, let scalar = Unicode.Scalar(value) else { return nil }
        return (scalar, length)
    }

    func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

    func isNameByte(_ byte: UInt8) -> Bool {
        (byte | 0x20) &- UInt8(ascii: "a") < 26 || byte &- UInt8(ascii: "0") < 10 || byte == UInt8(ascii: "_")
    }
}
