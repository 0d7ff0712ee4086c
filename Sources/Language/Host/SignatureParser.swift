/// Reads the signature text of a builtin: "(a: f32[..., d], k: int = 10, *rest, **options) -> f32[...]".
///
/// The texts are ours, so a malformed one is a bug: `parse` throws, and a test walks every table.
struct SignatureParser {
    private let tokens: [Substring]
    private var position = 0

    static func parse(_ text: String) throws -> CallSignature {
        var parser = SignatureParser(tokens: tokenize(text))
        return try parser.signature()
    }

    static func parseType(_ text: String) throws -> TypeExpression {
        var parser = SignatureParser(tokens: tokenize(text))
        return try parser.type()
    }

    private init(tokens: [Substring]) { self.tokens = tokens }

    /// Works on bytes: hundreds of signatures are read before the first line of a script runs.
    private static func tokenize(_ text: String) -> [Substring] {
        let bytes = text.utf8
        var tokens: [Substring] = []
        var start = bytes.startIndex
        while start < bytes.endIndex {
            let first = bytes[start]
            var end = bytes.index(after: start)
            func skip(while holds: (UInt8) -> Bool) { while end < bytes.endIndex, holds(bytes[end]) { end = bytes.index(after: end) } }
            if first <= UInt8(ascii: " ") {
                start = end
                continue
            } else if first == UInt8(ascii: "\"") || first == UInt8(ascii: "'") {
                skip { $0 != first }
                if end < bytes.endIndex { end = bytes.index(after: end) }
            } else if isDigit(first) {
                var previous = first
                skip { byte in
                    defer { previous = byte }
                    let isSign = byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+")
                    return isLetter(byte) || isDigit(byte) || byte == UInt8(ascii: ".") || isSign && previous == UInt8(ascii: "e")
                }
            } else if isLetter(first) {
                skip { isLetter($0) || isDigit($0) }
            } else if first >= 0x80 {
                skip { $0 & 0xC0 == 0x80 }
            } else if let symbol = ["...", "->", "**"].first(where: { text[start...].hasPrefix($0) }) {
                end = bytes.index(start, offsetBy: symbol.utf8.count)
            }
            tokens.append(text[start..<end])
            start = end
        }
        return tokens
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }
    private static func isLetter(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "_") || (byte | 0x20) &- UInt8(ascii: "a") < 26 }

    private var current: Substring { position < tokens.count ? tokens[position] : "" }

    private mutating func accept(_ token: Substring) -> Bool {
        guard current == token else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ token: Substring) throws {
        guard accept(token) else { throw ScriptError(.syntax, "signature: expected `\(token)`, found `\(current)`") }
    }

    private mutating func name() throws -> String {
        guard let first = current.utf8.first, SignatureParser.isLetter(first) else {
            throw ScriptError(.syntax, "signature: expected a name, found `\(current)`")
        }
        defer { position += 1 }
        return String(current)
    }

    private mutating func signature() throws -> CallSignature {
        try expect("(")
        var parameters: [CallSignature.Parameter] = []
        var keywordOnly = false
        while !accept(")") {
            if accept("*") {
                keywordOnly = true
                if current != "," { parameters.append(.init(name: try name(), kind: .rest, type: try annotation())) }
            } else if accept("**") {
                parameters.append(.init(name: try name(), kind: .options, type: try annotation()))
            } else {
                parameters.append(try parameter(keywordOnly ? .keywordOnly : .positional))
            }
            if !accept(",") && current != ")" { throw ScriptError(.syntax, "signature: expected `,` or `)`, found `\(current)`") }
        }
        return CallSignature(parameters: parameters, result: accept("->") ? try type() : .any)
    }

    private mutating func annotation() throws -> TypeExpression { accept(":") ? try type() : .any }

    private mutating func parameter(_ kind: CallSignature.Kind) throws -> CallSignature.Parameter {
        var parameter = CallSignature.Parameter(name: try name(), kind: kind)
        parameter.type = try annotation()
        if accept("=") {
            let start = position
            parameter.defaultValue = try literal()
            parameter.defaultText = tokens[start..<position].joined()
        }
        return parameter
    }

    private mutating func type() throws -> TypeExpression {
        var options = [try simpleType()]
        while accept("|") { options.append(try simpleType()) }
        return options.count == 1 ? options[0] : .union(options)
    }

    private mutating func simpleType() throws -> TypeExpression {
        let name = try name()
        guard accept("[") else { return TypeExpression(name: name) }
        if TensorType.dtypes.contains(name) || name == "bool" {
            var axes: [TensorType.Axis] = []
            while !accept("]") {
                axes.append(try axis())
                if !accept(",") && current != "]" { try expect("]") }
            }
            return .tensor(TensorType(dtype: name, axes: axes))
        }
        var arguments: [TypeExpression] = []
        repeat { arguments.append(try type()) } while accept(",")
        try expect("]")
        switch (name, arguments.count) {
        case ("list", 1): return .list(arguments[0])
        case ("dict", 2): return .dict(arguments[0], arguments[1])
        case ("tuple", _): return .tuple(arguments)
        default: throw ScriptError(.syntax, "signature: `\(name)` does not take \(arguments.count) types")
        }
    }

    private mutating func axis() throws -> TensorType.Axis {
        if accept("...") || accept("…") { return .ellipsis }
        if let size = Int(current) {
            position += 1
            return .size(size)
        }
        return .named(try name())
    }

    private mutating func literal() throws -> Value {
        if accept("-") {
            switch try literal() {
            case .int(let value): return .int(0 &- value)
            case .float(let value): return .float(-value)
            default: throw ScriptError(.syntax, "signature: expected a number after `-`")
            }
        }
        let token = current
        position += 1
        switch token {
        case "true": return .bool(true)
        case "false": return .bool(false)
        case "none": return .none
        case "inf": return .float(.infinity)
        case "[":
            var items: [Value] = []
            while !accept("]") {
                items.append(try literal())
                if !accept(",") && current != "]" { try expect("]") }
            }
            return .list(items)
        case "(":
            var items: [Value] = []
            while !accept(")") {
                items.append(try literal())
                if !accept(",") && current != ")" { try expect(")") }
            }
            return .tuple(items)
        case "{":
            try expect("}")
            return .dict(DictObject())
        default: break
        }
        if let first = token.utf8.first, first == UInt8(ascii: "\"") || first == UInt8(ascii: "'") {
            return .string(SignatureParser.unescaped(token.dropFirst().dropLast()))
        }
        if let value = Int(token) { return .int(value) }
        if let value = Double(token) { return .float(value) }
        throw ScriptError(.syntax, "signature: `\(token)` is not a literal")
    }

    private static func unescaped(_ text: Substring) -> String {
        String(text).replacing("\\n", with: "\n").replacing("\\t", with: "\t")
    }
}
