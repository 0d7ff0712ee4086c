import Foundation

/// Strings and numbers.
extension JSONParser {
    /// The string whose opening quote stands here.
    mutating func string() throws(JSONError) -> String {
        let opening = position
        position += 1
        let first = position
        var bits: UInt8 = 0
        while position < end {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                // Most strings are ASCII, which needs no second look.
                let text = bits < 0x80 ? String(decoding: bytes[first..<position], as: UTF8.self) : try text(first..<position)
                position += 1
                return text
            case UInt8(ascii: "\\"): return try escapedString(opening: opening, from: first)
            case 0x00..<0x20: throw controlCharacter()
            case let byte:
                bits |= byte
                position += 1
            }
        }
        position = opening
        throw error(.syntax, "this string is not closed; expected '\"'")
    }

    /// The rest of a string that holds escapes; `position` is at the first backslash.
    private mutating func escapedString(opening: Int, from first: Int) throws(JSONError) -> String {
        var result = try text(first..<position)
        while position < end {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                position += 1
                return result
            case UInt8(ascii: "\\"): result.unicodeScalars.append(try escape())
            case 0x00..<0x20: throw controlCharacter()
            default:
                let run = position
                while position < end, bytes[position] >= 0x20, bytes[position] != UInt8(ascii: "\""), bytes[position] != UInt8(ascii: "\\")
                {
                    position += 1
                }
                result += try text(run..<position)
            }
        }
        position = opening
        throw error(.syntax, "this string is not closed; expected '\"'")
    }

    /// The text of `range`, checked to be UTF-8.
    private mutating func text(_ range: Range<Int>) throws(JSONError) -> String {
        if let text = String(validating: bytes[range], as: UTF8.self) { return text }
        let valid = UTF8Check.validPrefix(of: bytes, in: range)
        position = range.lowerBound + valid
        throw error(.encoding, "byte 0x\(String(bytes[position], radix: 16)) is not valid UTF-8")
    }

    private func controlCharacter() -> JSONError {
        let escape =
            switch bytes[position] {
            case 0x0A: "\\n"
            case 0x0D: "\\r"
            case 0x09: "\\t"
            default: "\\u00" + (bytes[position] < 16 ? "0" : "") + String(bytes[position], radix: 16)
            }
        return error(.syntax, "a control character inside a string; it is written \(escape)")
    }

    /// The character of the escape that starts here.
    private mutating func escape() throws(JSONError) -> Unicode.Scalar {
        let backslash = position
        guard position + 1 < end else { throw error(expected: "an escape such as \\n") }
        position += 2
        switch bytes[position - 1] {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{08}"
        case UInt8(ascii: "f"): return "\u{0C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try unicodeEscape(backslash)
        default:
            position = backslash
            throw error(expected: #"one of the escapes \" \\ \/ \b \f \n \r \t \uXXXX"#)
        }
    }

    private mutating func unicodeEscape(_ backslash: Int) throws(JSONError) -> Unicode.Scalar {
        let high = try hexadecimal(backslash)
        if let scalar = Unicode.Scalar(high) { return scalar }
        if high < 0xDC00, end - position >= 2, bytes[position] == UInt8(ascii: "\\"), bytes[position + 1] == UInt8(ascii: "u") {
            let second = position
            position += 2
            let low = try hexadecimal(second)
            if (0xDC00..<0xE000).contains(low), let scalar = Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00)) {
                return scalar
            }
            position = second
        }
        if options.rejectsLoneSurrogates {
            position = backslash
            throw error(.refused, "half of a surrogate pair, which is no character")
        }
        return "\u{FFFD}"
    }

    private mutating func hexadecimal(_ backslash: Int) throws(JSONError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard position < end, let digit = Self.hexadecimalDigit(bytes[position]) else {
                position = backslash
                throw error(.syntax, "an escape without four hexadecimal digits after \\u")
            }
            value = value << 4 | digit
            position += 1
        }
        return value
    }

    private static func hexadecimalDigit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
    }

    /// The number that starts here: an Int64 when it is written as a whole number and fits, else a double.
    mutating func number() throws(JSONError) -> JSONValue {
        let first = position
        let negative = take(UInt8(ascii: "-"))
        if negative, options.allowsNonFinite, take("Infinity") { return .double(-.infinity) }
        guard position < end, Self.isDigit(bytes[position]) else { throw error(expected: "a digit") }
        var magnitude: Int64 = 0
        var fits = true
        if bytes[position] == UInt8(ascii: "0") {
            position += 1
            if position < end, Self.isDigit(bytes[position]) {
                position -= 1
                throw error(.syntax, "a number with a leading zero")
            }
        } else {
            while position < end, Self.isDigit(bytes[position]) {
                // Built on the negative side, which reaches one further: Int64.min is a number too.
                let (product, overflow) = magnitude.multipliedReportingOverflow(by: 10)
                let (sum, carry) = product.subtractingReportingOverflow(Int64(bytes[position] - UInt8(ascii: "0")))
                fits = fits && !overflow && !carry
                magnitude = sum
                position += 1
            }
        }
        let whole = try !fraction()
        if whole, fits, !(negative && magnitude == 0) {
            if negative { return .int(magnitude) }
            if magnitude != .min { return .int(-magnitude) }
        }
        let text = String(decoding: bytes[first..<position], as: UTF8.self)
        return .double(Double(text) ?? .nan)
    }

    /// Steps over a fraction and an exponent; false when there is neither.
    private mutating func fraction() throws(JSONError) -> Bool {
        let first = position
        if take(UInt8(ascii: ".")) { try digits() }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            _ = take(UInt8(ascii: "+")) || take(UInt8(ascii: "-"))
            try digits()
        }
        return position > first
    }

    private mutating func digits() throws(JSONError) {
        guard position < end, Self.isDigit(bytes[position]) else { throw error(expected: "a digit") }
        while position < end, Self.isDigit(bytes[position]) { position += 1 }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
}

/// Errors with their place.
extension JSONParser {
    /// "expected …, found …" at the current position.
    func error(expected: String) -> JSONError { located(.syntax, found: foundHere(), expected: expected) }

    /// Another complaint at the current position.
    func error(_ kind: JSONError.Kind, _ complaint: String) -> JSONError { located(kind, found: complaint, expected: "") }

    private func located(_ kind: JSONError.Kind, found: String, expected: String) -> JSONError {
        var line = 1
        var lineStart = start
        for index in start..<position where bytes[index] == 0x0A {
            line += 1
            lineStart = index + 1
        }
        // Continuation bytes do not start a scalar.
        let column = bytes[lineStart..<position].count { $0 & 0xC0 != 0x80 } + 1
        return JSONError(kind, offset: position - start, line: line, column: column, found: found, expected: expected)
    }

    private func foundHere() -> String {
        guard position < end else { return "the end of the text" }
        var stop = position + 1
        if Self.isWordByte(bytes[position]) {
            while stop < end, stop - position < 24, Self.isWordByte(bytes[stop]) { stop += 1 }
            while stop < end, bytes[stop] & 0xC0 == 0x80 { stop += 1 }
        }
        let text = String(decoding: bytes[position..<stop], as: UTF8.self)
        switch text {
        case "None": return "None (JSON writes null)"
        case "True", "False": return "\(text) (JSON writes \(text.lowercased()))"
        case "NaN", "Infinity": return "\(text), which JSON has no way to write"
        case "'": return "' (JSON strings stand in double quotes)"
        default: return JSONWriter.quoted(text)
        }
    }
}
