extension Parser {
    // MARK: Functions

    mutating func parseFunction() throws(Failure) -> FunctionNode {
        let documentation = documentation(before: index)
        let start = current.span
        advance()
        let name = try expectName("a name for the function")
        let id = makeFunctionID()
        guard kind == .leftParen, !isAtLineEnd else {
            throw unexpected(expected: "`(`", help: "a function is written `fn \(name.text)(…) { … }`")
        }
        let signature = try parseSignature()
        let (body, isExpression) = try parseFunctionBody(of: name, start)
        return FunctionNode(
            kind: .declaration, id: id, name: name, signature: signature, body: body, isExpressionBody: isExpression,
            documentation: documentation, span: span(from: start.start))
    }

    private mutating func parseFunctionBody(of name: Name, _ start: Span) throws(Failure) -> (Block, Bool) {
        guard kind == .fatArrow || kind == .assign, !isAtLineEnd else { return (try parseBody(of: "fn", start), false) }
        throw fail(
            "function-body", "the body of a `fn` is written in braces", at: current.span, label: "expected `{`",
            help: "write `fn \(name.text)(…) { … }`; its value is that of the last expression")
    }

    /// `(a, b: int = 1, *rest, k = 2, **options) -> type`
    mutating func parseSignature() throws(Failure) -> Signature {
        let start = current.start
        let parameters = try parseParameters()
        var result: TypeNode?
        if kind == .arrow {
            advance()
            result = try parseType()
        }
        return Signature(parameters: parameters, result: result, span: span(from: start))
    }

    mutating func parseParameters() throws(Failure) -> [ParameterNode] {
        guard kind == .leftParen else { throw unexpected(expected: "`(`") }
        let opener = index
        let saved = (newlinesMatter, allowsTrailingBlock)
        newlinesMatter = false
        allowsTrailingBlock = true
        defer { (newlinesMatter, allowsTrailingBlock) = saved }
        advance()
        var parameters: [ParameterNode] = []
        var isKeywordOnly = false
        while kind != .rightParen, kind != .endOfFile {
            if kind == .star, kind(ahead: 1) == .comma, !isKeywordOnly {
                advance()
                isKeywordOnly = true
            } else {
                let parameter = try parseParameter(isKeywordOnly: isKeywordOnly)
                try checkOrder(of: parameter, after: parameters)
                if parameter.kind == .rest { isKeywordOnly = true }
                parameters.append(parameter)
            }
            guard accept(.comma) else { break }
        }
        try expectCloser(of: opener)
        return parameters
    }

    private mutating func parseParameter(isKeywordOnly: Bool) throws(Failure) -> ParameterNode {
        let documentation = documentation(before: index)
        let start = current.start
        let kind: ParameterNode.Kind = accept(.star) ? .rest : accept(.starStar) ? .options : .plain
        let name = try expectName("a parameter name")
        let type = accept(.colon) ? try parseType() : nil
        var defaultValue: Expression?
        if self.kind == .assign {
            if kind != .plain {
                throw fail("rest-default", "`*\(name.text)` takes what is left over, it has no default", at: current.span)
            }
            advance()
            defaultValue = try parseExpression()
        }
        return ParameterNode(
            kind: kind, name: name, type: type, defaultValue: defaultValue, isKeywordOnly: isKeywordOnly,
            documentation: documentation ?? trailingDocumentation(), span: span(from: start))
    }

    private mutating func checkOrder(of parameter: ParameterNode, after earlier: [ParameterNode]) throws(Failure) {
        guard let last = earlier.last else { return }
        if last.kind == .options {
            throw fail(
                "parameter-order", "nothing can follow `**\(last.name.text)`", at: parameter.span,
                also: (last.span, "takes all that is left"))
        }
        if parameter.kind == .rest, earlier.contains(where: { $0.kind == .rest }) {
            throw fail("parameter-order", "a function has one `*` parameter at most", at: parameter.span)
        }
        if parameter.kind == .plain, !parameter.isKeywordOnly, parameter.defaultValue == nil, last.defaultValue != nil {
            throw fail(
                "parameter-order", "`\(parameter.name.text)` has no default but follows a parameter that has one", at: parameter.span,
                also: (last.span, "has a default"), help: "move `\(parameter.name.text)` before it, or give it a default")
        }
    }

    // MARK: Structs, params, tests

    mutating func parseStruct() throws(Failure) -> StructNode {
        let documentation = documentation(before: index)
        let start = current.span
        advance()
        let name = try expectName("a name for the struct")
        let id = makeFunctionID()
        guard kind == .leftBrace else {
            throw unexpected(expected: "`{`", also: (start, "the fields of this struct are missing"))
        }
        let opener = index
        layout.structOpeners.append(opener)
        let saved = (newlinesMatter, allowsTrailingBlock)
        newlinesMatter = false
        allowsTrailingBlock = true
        defer { (newlinesMatter, allowsTrailingBlock) = saved }
        advance()
        var fields: [ParameterNode] = []
        while kind != .rightBrace, kind != .endOfFile {
            if kind == .fn {
                throw fail(
                    "struct-method", "a struct holds fields only", at: current.span, label: "not a field",
                    help: "declare the function beside the struct and pass the struct to it")
            }
            var field = try parseParameter(isKeywordOnly: false)
            if field.kind != .plain { throw fail("struct-field", "a struct has plain fields only", at: field.span) }
            let isSeparated = kind == .comma || kind == .semicolon
            if isSeparated { advance() }
            if field.documentation == nil, let text = trailingDocumentation() { field = field.documented(text) }
            fields.append(field)
            if !isSeparated, !current.startsLine { break }
        }
        try expectCloser(of: opener)
        return StructNode(name: name, fields: fields, id: id, documentation: documentation)
    }

    mutating func parseParam() throws(Failure) -> StatementKind {
        let above = documentation(before: index)
        advance()
        let name = try expectName("a name for the parameter")
        var type: TypeNode?
        if !isAtLineEnd, accept(.colon) { type = try parseType() }
        var value: Expression?
        if !isAtLineEnd, accept(.assign) { value = try parseExpression() }
        return .param(ParamNode(name: name, type: type, defaultValue: value, documentation: trailingDocumentation() ?? above))
    }

    mutating func parseTest() throws(Failure) -> StatementKind {
        let documentation = documentation(before: index)
        let start = current.span
        advance()
        let nameSpan = current.span
        guard case .string(let name) = try parseStrings().kind else {
            throw fail("test-name", "the name of a test is a plain string", at: nameSpan)
        }
        let id = makeFunctionID()
        let signature = Signature(parameters: [], result: nil, span: nameSpan.after)
        let body = try parseBody(of: "test", start)
        let function = FunctionNode(
            kind: .test, id: id, name: nil, signature: signature, body: body, isExpressionBody: false, documentation: documentation,
            span: span(from: start.start))
        return .test(TestNode(name: name, nameSpan: nameSpan, function: function))
    }

    // MARK: Imports

    mutating func parseImport() throws(Failure) -> StatementKind {
        advance()
        var imports: [ImportNode] = []
        repeat {
            let start = current.start
            let module = try parseModuleReference()
            let alias = try parseAlias()
            let binding = try bindingName(of: module, alias)
            imports.append(ImportNode(module: module, binding: binding, alias: alias, span: span(from: start)))
        } while !isAtLineEnd && accept(.comma)
        return .importModules(imports)
    }

    private mutating func parseModuleReference() throws(Failure) -> ModuleReference {
        guard kind == .string else {
            let name = try expectIdentifier("the name of a module, or the path of a file in quotes")
            if kind == .dot, !isAtLineEnd {
                throw fail(
                    "dotted-module", "modules have no parts with dots", at: current.span,
                    help: "a file in a folder is imported by its path: `import \"\(name.text)/….eft\" as …`")
            }
            return .name(name)
        }
        let span = current.span
        guard case .string(let path) = try parseStrings().kind else {
            throw fail("module-path", "the path of a module is a plain string", at: span)
        }
        return .path(path, span: span)
    }

    private mutating func parseAlias() throws(Failure) -> Identifier? {
        guard kind == .name, !isAtLineEnd, text(current) == "as" else { return nil }
        advance()
        return try expectIdentifier("a name after `as`")
    }

    /// The variable that an import binds.
    private mutating func bindingName(of module: ModuleReference, _ alias: Identifier?) throws(Failure) -> Name {
        if let alias { return makeName(alias.text, alias.span) }
        switch module {
        case .name(let name): return makeName(name.text, name.span)
        case .path(let path, let span):
            let file = path.split(separator: "/").last.map(String.init) ?? path
            let stem = file.hasSuffix(".eft") ? String(file.dropLast(4)) : file
            let isName =
                stem.unicodeScalars.first.map { $0 == "_" || $0.properties.isXIDStart } ?? false
                && stem.unicodeScalars.allSatisfy { $0.properties.isXIDContinue } && !TokenKind.keywordTexts.contains(stem)
            guard isName else {
                throw fail("import-name", "this module needs a name here", at: span, help: "write `import \"\(path)\" as name`")
            }
            return makeName(stem, span)
        }
    }

    /// `from module import a, b as c`, also in parentheses.
    mutating func parseFromImport() throws(Failure) -> StatementKind {
        advance()
        let module = try parseModuleReference()
        guard kind == .import, !isAtLineEnd else { throw unexpected(expected: "`import`") }
        advance()
        if kind == .star {
            throw fail(
                "import-star", "`import *` is not part of the language: a name must have a visible origin", at: current.span,
                help: "list the names, or `import \(source.text(module.span))` and use its members")
        }
        let opener = kind == .leftParen ? index : nil
        let saved = newlinesMatter
        defer { newlinesMatter = saved }
        if opener != nil {
            newlinesMatter = false
            advance()
        }
        var names: [ImportedName] = []
        repeat {
            if kind == .rightParen, opener != nil, !names.isEmpty { break }
            let name = try expectIdentifier("a name to import")
            let alias = try parseAlias()
            let bound = alias ?? name
            names.append(ImportedName(name: name, binding: makeName(bound.text, bound.span), alias: alias))
        } while !isAtLineEnd && accept(.comma)
        if let opener { try expectCloser(of: opener) }
        return .importNames(module, names)
    }

    // MARK: Documentation

    /// The `##` lines that stand directly above token `index`.
    func documentation(before index: Int) -> String? {
        var lines: [String] = []
        var position = firstComment(before: index, orAfter: true) - 1
        var lineBelow = source.lineIndex(at: tokens[index].start)
        while position >= 0, comments[position].nextToken == index {
            let comment = comments[position]
            let line = source.lineIndex(at: comment.span.start)
            guard comment.kind == .documentation, comment.isAloneOnLine, line == lineBelow - 1 else { break }
            lines.append(content(of: comment))
            lineBelow = line
            position -= 1
        }
        return lines.isEmpty ? nil : lines.reversed().joined(separator: "\n")
    }

    /// The `##` comment that follows the last token on its line.
    func trailingDocumentation() -> String? {
        let position = firstComment(before: index, orAfter: false)
        guard position < comments.count else { return nil }
        let comment = comments[position]
        guard comment.nextToken == index, comment.kind == .documentation, !comment.isAloneOnLine else { return nil }
        return content(of: comment)
    }

    private func content(of comment: Comment) -> String {
        source.text(comment.span).drop { $0 == "#" }.trimmingBlanks
    }

    /// The index of the first comment that stands before token `index` and no earlier one; with `orAfter`, of the first beyond.
    private func firstComment(before index: Int, orAfter: Bool) -> Int {
        var low = 0
        var high = comments.count
        while low < high {
            let middle = (low + high) / 2
            let next = comments[middle].nextToken
            if next < index || (orAfter && next == index) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension ParameterNode {
    func documented(_ text: String) -> ParameterNode {
        ParameterNode(
            kind: kind, name: name, type: type, defaultValue: defaultValue, isKeywordOnly: isKeywordOnly, documentation: text, span: span)
    }
}
