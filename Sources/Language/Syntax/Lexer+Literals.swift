extension Lexer {
    // MARK: Numbers

    /// `12 1_000 0xff 0b101 0o17 1.5 .5 1. 2e-3`; digits that run into letters make a malformed number.
    mutating func lexNumber() {
        let start = position
        var kind = TokenKind.integer
        let marker = byte(1) | 0x20
        if byte(0) == UInt8(ascii: "0"), marker == UInt8(ascii: "x") || marker == UInt8(ascii: "b") || marker == UInt8(ascii: "o") {
            position += 2
            while isNameByte(byte(0)) { position += 1 }
            emit(.integer, from: start)
            return
        }
        skipDigits()
        if byte(0) == UInt8(ascii: "."), isDigit(byte(1)) || endsFloatAfterPoint(byte(1)) {
            kind = .float
            position += 1
            skipDigits()
        }
        if byte(0) | 0x20 == UInt8(ascii: "e") {
            let sign = byte(1) == UInt8(ascii: "+") || byte(1) == UInt8(ascii: "-") ? 1 : 0
            if isDigit(byte(1 + sign)) {
                kind = .float
                position += 1 + sign
                skipDigits()
            }
        }
        if isNameByte(byte(0)) || (byte(0) == UInt8(ascii: ".") && isDigit(byte(1))) {
            while isNameByte(byte(0)) || (byte(0) == UInt8(ascii: ".") && isDigit(byte(1))) { position += 1 }
            report(.malformedNumber, start, position)
        }
        emit(kind, from: start)
    }

    private mutating func skipDigits() {
        while isDigit(byte(0)) || byte(0) == UInt8(ascii: "_") { position += 1 }
    }

    /// Whether the point of `1.` belongs to the number: not in `1.name` and `1...`.
    private func endsFloatAfterPoint(_ next: UInt8) -> Bool {
        if next | 0x20 == UInt8(ascii: "e") {
            return isDigit(byte(2)) || ((byte(2) == UInt8(ascii: "-") || byte(2) == UInt8(ascii: "+")) && isDigit(byte(3)))
        }
        return !isNameByte(next) && next != UInt8(ascii: ".") && next < 0x80
    }

    // MARK: Strings

    /// Lexes `r"…"`, `f"…"` and their mixtures; false if what follows is a plain name.
    mutating func lexPrefixedString(_ first: UInt8) -> Bool {
        var length = 0
        var isRaw = false
        var isFormatted = false
        while length < 2 {
            switch byte(length) | 0x20 {
            case UInt8(ascii: "r") where !isRaw: isRaw = true
            case UInt8(ascii: "f") where !isFormatted: isFormatted = true
            default:
                guard length > 0, isQuote(byte(length)) else { return false }
                return lexPrefixedString(length, isRaw: isRaw, isFormatted: isFormatted)
            }
            length += 1
        }
        guard isQuote(byte(length)) else { return false }
        return lexPrefixedString(length, isRaw: isRaw, isFormatted: isFormatted)
    }

    private func isQuote(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") }

    private mutating func lexPrefixedString(_ prefix: Int, isRaw: Bool, isFormatted: Bool) -> Bool {
        let start = position
        position += prefix
        guard isFormatted else {
            lexString(from: start, isRaw: isRaw)
            return true
        }
        let quote = byte(0)
        let isTriple = byte(1) == quote && byte(2) == quote
        position += isTriple ? 3 : 1
        emit(.fstringStart, from: start)
        fstrings.append(
            OpenFString(quote: quote, isTriple: isTriple, isRaw: isRaw, start: start, isOneLine: isInSingleLineField || !isTriple))
        return true
    }

    /// Lexes a string whose opening quote is at `position` and whose prefix begins at `start`.
    mutating func lexString(from start: Int, isRaw: Bool) {
        let quote = byte(0)
        let isTriple = byte(1) == quote && byte(2) == quote
        position += isTriple ? 3 : 1
        while position < bytes.count {
            let next = bytes[position]
            if next == UInt8(ascii: "\\") {
                position = skippingEscape(position)
            } else if next == quote, !isTriple || (byte(1) == quote && byte(2) == quote) {
                position += isTriple ? 3 : 1
                emit(.string, from: start)
                return
            } else if next == UInt8(ascii: "\n"), !isTriple {
                break
            } else {
                position += 1
            }
        }
        position = min(position, bytes.count)
        if position > start, !isTriple, bytes[position - 1] == UInt8(ascii: "\r") { position -= 1 }
        if isInSingleLineField, let field = fstrings.last?.fields.last {
            report(.unterminatedField, field.start, field.start + 1)
        } else {
            reportUnterminated(quote, isTriple, start, position)
        }
        emit(.string, from: start)
    }

    /// The index after the backslash at `index` and the byte that it escapes, `\r\n` being one.
    private func skippingEscape(_ index: Int) -> Int {
        if index + 2 < bytes.count, bytes[index + 1] == UInt8(ascii: "\r"), bytes[index + 2] == UInt8(ascii: "\n") { return index + 3 }
        return min(index + 2, bytes.count)
    }

    private mutating func reportUnterminated(_ quote: UInt8, _ isTriple: Bool, _ start: Int, _ end: Int) {
        let mark = String(repeating: String(UnicodeScalar(quote)), count: isTriple ? 3 : 1)
        report(.unterminatedString(quote: mark), start, end)
    }

    // MARK: F-strings

    /// Lexes the text of an f-string, or of a format in it, up to the next field or the end.
    mutating func lexFStringText(_ open: OpenFString) {
        let start = position
        let isInFormat = !open.fields.isEmpty
        scanning: while position < bytes.count {
            let next = bytes[position]
            switch next {
            case UInt8(ascii: "\\") where !isInFormat:
                let isBrace = byte(1) == UInt8(ascii: "{") || byte(1) == UInt8(ascii: "}")
                // `\u{1F600}` is an escape, not a field.
                let isUnicode = !open.isRaw && byte(1) == UInt8(ascii: "u") && byte(2) == UInt8(ascii: "{")
                position = isBrace ? position + 1 : isUnicode ? position + 3 : skippingEscape(position)
                if isUnicode {
                    while isNameByte(byte(0)) { position += 1 }
                    if byte(0) == UInt8(ascii: "}") { position += 1 }
                }
            case UInt8(ascii: "{"):
                if !isInFormat, byte(1) == UInt8(ascii: "{") { position += 2 } else { break scanning }
            case UInt8(ascii: "}"):
                if isInFormat { break scanning }
                // A lone `}` stays text; the parser asks for `}}`.
                position += byte(1) == UInt8(ascii: "}") ? 2 : 1
            case open.quote where !open.isTriple || (byte(1) == open.quote && byte(2) == open.quote):
                break scanning
            case UInt8(ascii: "\n") where !open.isTriple:
                break scanning
            default:
                position += 1
            }
        }
        if position > start { emit(.fstringText, from: start) }
        guard position < bytes.count else { return endFStrings() }
        switch bytes[position] {
        case UInt8(ascii: "{"):
            fstrings[fstrings.count - 1].fields.append(OpenField(start: position))
            emit(.fieldOpen, length: 1)
        case UInt8(ascii: "}"):
            fstrings[fstrings.count - 1].fields.removeLast()
            emit(.fieldClose, length: 1)
        case UInt8(ascii: "\n"):
            endUnterminated(open)
        default:
            if let field = open.fields.last { report(.unterminatedField, field.start, field.start + 1) }
            fstrings.removeLast()
            emit(.fstringEnd, length: open.isTriple ? 3 : 1)
        }
    }

    /// Whether code inside a field of a one-line f-string is being read: such a field ends with its line.
    var isInSingleLineField: Bool { fstrings.last?.isOneLine ?? false }

    var isFieldDepthZero: Bool { fstrings.last?.fields.last?.depth == 0 }

    mutating func setInFormat(_ value: Bool) {
        let top = fstrings.count - 1
        fstrings[top].fields[fstrings[top].fields.count - 1].isInFormat = value
    }

    mutating func changeFieldDepth(by change: Int) {
        guard let top = fstrings.indices.last, let field = fstrings[top].fields.indices.last else { return }
        fstrings[top].fields[field].depth = max(0, fstrings[top].fields[field].depth + change)
    }

    /// At the end of a line inside a field of a one-line f-string, or at the end of the source inside any: closes the f-string.
    mutating func closeFStringAtLineEnd() -> Bool {
        guard let open = fstrings.last else { return false }
        if position >= bytes.count {
            endFStrings()
            return true
        }
        let next = bytes[position]
        guard isInSingleLineField, next == UInt8(ascii: "\n") || next == UInt8(ascii: "\r") || next == UInt8(ascii: "#") else {
            return false
        }
        if next == UInt8(ascii: "#") {
            while position < bytes.count, bytes[position] != UInt8(ascii: "\n") { position += 1 }
            report(.unterminatedField, open.fields.last?.start ?? open.start, (open.fields.last?.start ?? open.start) + 1)
            fstrings.removeAll()
            emit(.fstringEnd, from: position)
            return true
        }
        endUnterminated(open)
        return true
    }

    /// Reports that `open` misses its end and emits an empty end token for it.
    private mutating func endUnterminated(_ open: OpenFString) {
        if let field = open.fields.last {
            report(.unterminatedField, field.start, field.start + 1)
        } else {
            reportUnterminated(open.quote, open.isTriple, open.start, position)
        }
        fstrings.removeLast()
        emit(.fstringEnd, from: position)
    }

    /// At the end of the source: closes every f-string, reporting the innermost.
    private mutating func endFStrings() {
        guard let open = fstrings.last else { return }
        endUnterminated(open)
        while fstrings.popLast() != nil { emit(.fstringEnd, from: position) }
    }
}
