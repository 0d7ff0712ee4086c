extension Parser {
    // MARK: Numbers

    mutating func parseInteger() throws(Failure) -> Expression {
        let span = current.span
        var digits = source.bytes[span.range]
        advance()
        var base = 10
        if digits.count > 1, digits.first == UInt8(ascii: "0") {
            switch digits[digits.startIndex + 1] | 0x20 {
            case UInt8(ascii: "x"): base = 16
            case UInt8(ascii: "b"): base = 2
            case UInt8(ascii: "o"): base = 8
            default: break
            }
            if base != 10 { digits = digits.dropFirst(2) }
        }
        if digits.last == UInt8(ascii: "_") || (base == 10 && digits.first == UInt8(ascii: "_")) || digits.isEmpty {
            throw fail("malformed-number", "`\(source.text(span))` is not a number", at: span)
        }
        if base == 10, digits.count > 1, digits.first == UInt8(ascii: "0"), digits.contains(where: { $0 != UInt8(ascii: "0") }) {
            throw fail(
                "leading-zero", "a decimal number does not begin with 0", at: span, help: "write an octal number as `0o…`")
        }
        return try make(.integer(value(of: digits, base, span)), span)
    }

    private mutating func value(of digits: ArraySlice<UInt8>, _ base: Int, _ span: Span) throws(Failure) -> Int {
        var value = 0
        for digit in digits where digit != UInt8(ascii: "_") {
            let letter = Int(digit | 0x20) - Int(UInt8(ascii: "a"))
            let number = digit <= UInt8(ascii: "9") ? Int(digit) - Int(UInt8(ascii: "0")) : letter + 10
            guard number >= 0, number < base else {
                throw fail("malformed-number", "`\(source.text(span))` is not a number in base \(base)", at: span)
            }
            let (product, overflow) = value.multipliedReportingOverflow(by: base)
            let (sum, carry) = product.addingReportingOverflow(number)
            if overflow || carry {
                throw fail(
                    "integer-overflow", "the integer does not fit in 64 bits", at: span, label: "more than 9223372036854775807",
                    help: base == 10 ? "write a float: `\(source.text(span).filter { $0 != "_" }).0`" : nil)
            }
            value = sum
        }
        return value
    }

    mutating func parseFloat() throws(Failure) -> Expression {
        let span = current.span
        let text = source.text(span)
        advance()
        guard let value = Double(text.filter { $0 != "_" }), !text.hasSuffix("_") else {
            throw fail("malformed-number", "`\(text)` is not a number", at: span)
        }
        return try make(.float(value), span)
    }

    // MARK: Strings

    /// One string literal or several in a row, which join.
    mutating func parseStrings() throws(Failure) -> Expression {
        let start = current.start
        var parts: [InterpolationPart] = []
        var isInterpolated = false
        var height = 0
        repeat {
            if kind == .string {
                let token = current
                advance()
                append(.text(decodeString(token)), to: &parts)
            } else {
                isInterpolated = true
                try parseInterpolation(into: &parts, &height)
            }
        } while (kind == .string || kind == .fstringStart) && !isAtLineEnd
        if isInterpolated { return try make(.interpolation(parts), span(from: start), over: height) }
        guard case .text(let text)? = parts.first else { return try make(.string(""), span(from: start)) }
        return try make(.string(text), span(from: start))
    }

    private func append(_ part: InterpolationPart, to parts: inout [InterpolationPart]) {
        if case .text(let text) = part, case .text(var joined)? = parts.last {
            // Held here alone, the text grows in place: a long row of literals is joined in one pass.
            parts[parts.count - 1] = .text("")
            joined += text
            parts[parts.count - 1] = .text(joined)
        } else {
            parts.append(part)
        }
    }

    private mutating func decodeString(_ token: Token) -> String {
        let bytes = source.bytes
        var start = Int(token.start)
        let end = Int(token.end)
        var isRaw = false
        while start < end, bytes[start] != UInt8(ascii: "\""), bytes[start] != UInt8(ascii: "'") {
            if bytes[start] | 0x20 == UInt8(ascii: "r") { isRaw = true }
            start += 1
        }
        let quote = start < end ? bytes[start] : 0
        let isTriple = start + 2 < end && bytes[start + 1] == quote && bytes[start + 2] == quote && end - start >= 6
        let margin = isTriple ? 3 : 1
        // An unterminated string has no closing quote to take off; its problem has been reported.
        guard start + 2 * margin <= end else { return "" }
        return decode(start + margin..<end - margin, isRaw: isRaw, isFormatted: false)
    }

    /// The value of literal text: escapes replaced, `\r\n` as `\n`, `{{` as `{` in an f-string.
    private mutating func decode(_ range: Range<Int>, isRaw: Bool, isFormatted: Bool) -> String {
        var decoder = StringDecoder(bytes: source.bytes, range: range, isRaw: isRaw, isFormatted: isFormatted)
        let text = decoder.decode()
        for problem in decoder.problems {
            report(problem.id, problem.message, at: problem.span, help: problem.help)
        }
        return text
    }

    // MARK: F-strings

    private mutating func parseInterpolation(into parts: inout [InterpolationPart], _ height: inout Int) throws(Failure) {
        let isRaw = source.bytes[current.span.range].contains { $0 | 0x20 == UInt8(ascii: "r") }
        advance()
        while true {
            switch kind {
            case .fstringText:
                let token = current
                advance()
                append(.text(decode(token.span.range, isRaw: isRaw, isFormatted: true)), to: &parts)
            case .fieldOpen:
                let field = try parseField(isRaw: isRaw)
                height = max(height, field.value.height)
                parts.append(.field(field))
            case .fstringEnd:
                advance()
                return
            default:
                throw unexpected(expected: "the end of the f-string")
            }
        }
    }

    /// `{value}`, `{value = }`, `{value!r}`, `{value:format}`.
    private mutating func parseField(isRaw: Bool) throws(Failure) -> InterpolationField {
        try enter()
        let saved = (newlinesMatter, allowsTrailingBlock)
        newlinesMatter = false
        allowsTrailingBlock = true
        defer {
            leave()
            (newlinesMatter, allowsTrailingBlock) = saved
        }
        let opener = current
        advance()
        if kind == .fieldClose || kind == .fieldColon || kind == .fieldConversion {
            throw fail(
                "empty-field", "a field of the f-string is empty", at: Span(start: opener.start, end: current.end),
                help: "for braces in the text write `{{` and `}}`")
        }
        let value = try parseExpressionList()
        var label: String?
        if accept(.assign) { label = source.text(Span(start: opener.end, end: current.start)) }
        let conversion = try parseConversion()
        var format: [InterpolationPart]?
        if accept(.fieldColon) { format = try parseFormat(isRaw: isRaw) }
        guard kind == .fieldClose else {
            throw unexpected(expected: "`}`", also: (opener.span, "the field opens here"))
        }
        advance()
        return InterpolationField(
            value: value, conversion: conversion, format: format, label: label, span: span(from: opener.start))
    }

    private mutating func parseConversion() throws(Failure) -> InterpolationField.Conversion? {
        guard kind == .fieldConversion else { return nil }
        let span = current.span
        advance()
        switch source.text(span) {
        case "!r", "!a": return .representation
        case "!s": return .string
        default:
            throw fail(
                "conversion", "there is no conversion `\(source.text(span))`", at: span, help: "`!r` shows the value as code, `!s` as text")
        }
    }

    private mutating func parseFormat(isRaw: Bool) throws(Failure) -> [InterpolationPart] {
        var parts: [InterpolationPart] = []
        while true {
            switch kind {
            case .fstringText:
                parts.append(.text(text(current)))
                advance()
            case .fieldOpen:
                parts.append(.field(try parseField(isRaw: isRaw)))
            default:
                return parts
            }
        }
    }
}
