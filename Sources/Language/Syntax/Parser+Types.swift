extension Parser {
    private static let dtypes: Set<String> = ["f32", "f64", "i32", "bool", "tensor"]

    /// `float`, `f32[n, d]`, `list[str]`, `int | none`, `int?`, `fn(int) -> bool`
    mutating func parseType() throws(Failure) -> TypeNode {
        try enter()
        defer { leave() }
        let start = current.start
        var options = [try parseSingleType()]
        while kind == .bar, !isAtLineEnd {
            advance()
            options.append(try parseSingleType())
        }
        if options.count == 1, let only = options.first { return only }
        return TypeNode(kind: .union(options), span: span(from: start))
    }

    private mutating func parseSingleType() throws(Failure) -> TypeNode {
        let start = current.start
        guard !isAtLineEnd else { throw unexpected(expected: "a type") }
        var type: TypeNode
        switch kind {
        case .none:
            type = TypeNode(kind: .name(Identifier(text: "none", span: current.span)), span: current.span)
            advance()
        case .fn:
            type = try parseFunctionType()
        case .name:
            type = try parseNamedType()
        default:
            throw unexpected(expected: "a type")
        }
        if kind == .question, !isAtLineEnd {
            advance()
            let none = TypeNode(kind: .name(Identifier(text: "none", span: previousSpan)), span: previousSpan)
            type = TypeNode(kind: .union([type, none]), span: span(from: start))
        }
        return type
    }

    private mutating func parseFunctionType() throws(Failure) -> TypeNode {
        let start = current.start
        advance()
        guard kind == .leftParen, !isAtLineEnd else {
            return TypeNode(kind: .function(parameters: nil, result: nil), span: span(from: start))
        }
        let parameters = try parseBracketed { parser throws(Failure) in try parser.parseType() }
        var result: TypeNode?
        if kind == .arrow, !isAtLineEnd {
            advance()
            result = try parseType()
        }
        return TypeNode(kind: .function(parameters: parameters, result: result), span: span(from: start))
    }

    private mutating func parseNamedType() throws(Failure) -> TypeNode {
        let name = try expectIdentifier("a type")
        if name.text == "None" { report("foreign-constant", "`None` is spelled `none`", at: name.span, help: "write `none`") }
        if kind == .dot, !isAtLineEnd {
            advance()
            let member = try expectIdentifier("the name of a type")
            return TypeNode(kind: .member(name, member), span: span(from: name.span.start))
        }
        guard kind == .leftBracket, !isAtLineEnd else { return TypeNode(kind: .name(name), span: name.span) }
        if Self.dtypes.contains(name.text) {
            let axes = try parseBracketed { parser throws(Failure) in try parser.parseAxis() }
            return TypeNode(kind: .tensor(dtype: name, axes: axes), span: span(from: name.span.start))
        }
        if isLikeDType(name.text) {
            throw fail(
                "unknown-dtype", "there is no dtype `\(name.text)`", at: name.span, help: "the dtypes are f32, f64, i32 and bool")
        }
        let arguments = try parseBracketed { parser throws(Failure) in try parser.parseType() }
        return TypeNode(kind: .generic(name, arguments), span: span(from: name.span.start))
    }

    /// `f16`, `int64`, `float32`: a dtype of other libraries.
    private func isLikeDType(_ text: String) -> Bool {
        let letters = text.prefix { $0.isLetter }
        let digits = text.dropFirst(letters.count)
        return ["f", "i", "u", "int", "uint", "float", "bf"].contains(String(letters)) && ["8", "16", "32", "64"].contains(String(digits))
    }

    private mutating func parseAxis() throws(Failure) -> TypeNode.Axis {
        let span = current.span
        switch kind {
        case .ellipsis:
            advance()
            return TypeNode.Axis(kind: .ellipsis, span: span)
        case .name:
            advance()
            return TypeNode.Axis(kind: .name(source.text(span)), span: span)
        case .integer:
            guard case .integer(let size) = try parseInteger().kind else { throw Failure() }
            return TypeNode.Axis(kind: .size(size), span: span)
        default:
            throw unexpected(expected: "an axis", help: "an axis is a size, a name or `...`, as in `f32[8, d]`")
        }
    }

    /// Items with commas between the bracket at the current token and its partner.
    private mutating func parseBracketed<Item>(_ parseItem: (inout Parser) throws(Failure) -> Item) throws(Failure) -> [Item] {
        let opener = index
        let saved = newlinesMatter
        newlinesMatter = false
        defer { newlinesMatter = saved }
        advance()
        var items: [Item] = []
        while !kind.isCloser, kind != .endOfFile {
            items.append(try parseItem(&self))
            guard accept(.comma) else { break }
        }
        try expectCloser(of: opener)
        return items
    }
}
