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

    private static func tokenize(_ text: String) -> [Substring] {
        var tokens: [Substring] = []
        var rest = text[...]
        while let first = rest.first {
            if first.isWhitespace {
                rest.removeFirst()
                continue
            }
            let token: Substring
            if first == "\"" || first == "'" {
                let body = rest.dropFirst()
                let end = body.firstIndex(of: first).map { body.index(after: $0) } ?? body.endIndex
                token = rest[rest.startIndex..<end]
            } else if first.isLetter || first == "_" || first.isNumber {
                var previous: Character = " "
                token = rest.prefix { character in
                    defer { previous = character }
                    return character.isLetter || character.isNumber || character == "_"
                        || (first.isNumber && (character == "." || ((character == "-" || character == "+") && previous == "e")))
                }
            } else {
                let symbol = ["...", "->", "**"].first { rest.hasPrefix($0) }
                token = rest.prefix(symbol?.count ?? (first == "…" ? 1 : 1))
            }
            tokens.append(token)
            rest = rest[token.endIndex...]
        }
        return tokens
    }

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
        guard let first = current.first, first.isLetter || first == "_" else {
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
        if let first = token.first, first == "\"" || first == "'" {
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
