extension FlowCheck {
    func expression(_ expression: Expression?) {
        guard let expression else { return }
        switch expression.kind {
        case .name(let name): read(name)
        case .dict(let entries): checkKeys(entries)
        case .ifElse, .tryCatch:
            walkBranches(expression)
            return
        default: break
        }
        if expression.height <= 1 { return }
        expression.forEachPart(visit)
    }

    private func visit(_ part: SyntaxPart) {
        switch part {
        case .expression(let expression): self.expression(expression)
        case .block(let block): _ = walk(block)
        case .function(let node): function(node)
        case .target(let target): bind(target, isPlain: false)
        case .caught(let name): assign(name, isPlain: false)
        }
    }

    private func walkBranches(_ expression: Expression) {
        guard case .tryCatch(let node) = expression.kind else { return expression.forEachPart(visit) }
        report.catching(node.caughtKinds) { _ = walk(node.body) }
        var isBody = true
        expression.forEachPart { part in
            if isBody { isBody = false } else { visit(part) }
        }
    }

    // MARK: Dicts

    private func checkKeys(_ entries: [DictEntry]) {
        var places: [ConstantKey: Span] = [:]
        for case .pair(let key, _) in entries {
            guard let constant = ConstantKey(key) else { continue }
            if let first = places[constant] {
                report.add(
                    .duplicateKey, "the key \(program.source.text(key.span)) stands here twice", at: key.span, label: "this value wins",
                    also: [(first, "this one is lost")])
            }
            places[constant] = key.span
        }
    }

    private enum ConstantKey: Hashable {
        case text(String)
        case number(Double)
        case whole(Int)
        case flag(Bool)

        init?(_ expression: Expression) {
            switch expression.kind {
            case .string(let text): self = .text(text)
            case .integer(let number): self = .whole(number)
            case .float(let number): self = Int(exactly: number).map { .whole($0) } ?? .number(number)
            case .boolean(let flag): self = .flag(flag)
            default: return nil
            }
        }
    }

    // MARK: Statements without effect

    /// - Parameter expression: a statement whose value nobody takes.
    func checkEffect(_ expression: Expression) {
        let message: String
        var help: String?
        switch expression.kind {
        case .comparison(let first, let steps):
            guard first.isQuiet, steps.allSatisfy({ $0.operand.isQuiet }) else { return }
            message = "this comparison is made and forgotten"
            if steps.count == 1, steps[0].operation == .equal, first.placeRoot != nil {
                help = "`=` assigns; `assert` checks"
            }
        case .name(let name):
            message = "the value of `\(name.text)` is not used"
            if isCallable(name) { help = "to call it, add parentheses: `\(name.text)()`" }
        case .integer, .float, .boolean, .list, .tuple:
            guard expression.isQuiet else { return }
            message = "this value is not used"
        case .string:
            message = "this text is not used"
            help = "a comment begins with #, documentation with ## above what it is about"
        default: return
        }
        report.add(.noEffect, message, at: expression.span, help: help)
    }

    private func isCallable(_ name: Name) -> Bool {
        switch resolution.binding(name) {
        case .native: true
        case .global(let text):
            program.statements.contains { statement in
                if case .function(let node) = statement.kind { node.name?.text == text } else { false }
            }
        case .local(let register): frame.functions.contains(register)
        default: false
        }
    }

    // MARK: Parameters of the script

    func param(_ node: ParamNode, _ span: Span) {
        expression(node.defaultValue)
        if let first = params.first(where: { $0.node.name.text == node.name.text }) {
            report.add(
                .duplicateParam, "there are two parameters `\(node.name.text)`", at: node.name.span, label: "again here",
                also: [(first.node.name.span, "first here")])
        } else {
            params.append((node, span))
        }
        if isScript, node.defaultValue == nil {
            report.add(
                .lateParam, "the code above runs before `\(node.name.text)` is asked for", at: span,
                help: "put the parameters at the top of the script")
        }
        if node.name.text == "help" {
            report.add(
                .paramReserved, "`--help` lists the parameters, so this one cannot be set", at: node.name.span,
                help: "give it another name")
        }
        assign(node.name, isPlain: false)
    }

    func checkParams() {
        for (node, _) in params where reads(of: node.name.text) == 0 {
            report.add(
                .unusedParam, "the parameter `\(node.name.text)` is never read", at: node.name.span,
                help: "what `--\(node.name.text)` says has no effect")
        }
    }
}

extension Expression {
    /// Whether computing it can have no effect and cannot fail but for names: names, fields, literals.
    var isQuiet: Bool {
        switch kind {
        case .none, .boolean, .integer, .float, .string, .name: true
        case .attribute(let base, _): base.isQuiet
        case .list(let elements), .tuple(let elements): elements.allSatisfy { !$0.isSpread && $0.value.isQuiet }
        case .unary(.negate, _, let operand): operand.isQuiet
        default: false
        }
    }
}
