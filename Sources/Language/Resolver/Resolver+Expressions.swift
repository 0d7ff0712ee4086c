import Text

extension Resolver {
    mutating func visit(_ expression: Expression?) {
        guard let expression else { return }
        switch expression.kind {
        case .none, .boolean, .integer, .float, .string, .ellipsis, .invalid: break
        case .name(let name): use(name)
        case .interpolation(let parts): visit(parts)
        case .list(let elements), .tuple(let elements): for element in elements { visit(element.value) }
        case .dict(let entries): for entry in entries { visit(entry) }
        case .unary(_, _, let operand): visit(operand)
        case .binary(let first, let steps):
            visit(first)
            for step in steps { visit(step.operand) }
        case .logical(_, let operands):
            visit(operands.first)
            for operand in operands.dropFirst() { visitSometimes(operand) }
        case .comparison(let first, let steps):
            visit(first)
            for (index, step) in steps.enumerated() {
                if index == 0 { visit(step.operand) } else { visitSometimes(step.operand) }
            }
        case .conditional(let condition, let value, let alternative):
            visit(condition)
            visitSometimes(value)
            visitSometimes(alternative)
        case .attribute(let base, _): visit(base)
        case .subscripted(let base, let items):
            visit(base)
            visit(items)
        case .call(let call):
            visit(call.callee)
            for argument in call.arguments { visit(argument.value) }
        case .ifElse(let node): visit(node)
        case .tryCatch(let node): visit(node)
        case .function(let node): visit(node)
        case .comprehension(let node): visit(node)
        }
    }

    /// An expression that may not be evaluated: what it assigns does not count after it.
    private mutating func visitSometimes(_ expression: Expression) {
        let before = state.assigned
        visit(expression)
        state.assigned = before
    }

    mutating func visit(_ items: [SubscriptItem]) {
        for item in items {
            switch item {
            case .index(let expression): visit(expression)
            case .slice(let lower, let upper, let step, _):
                visit(lower)
                visit(upper)
                visit(step)
            }
        }
    }

    private mutating func visit(_ parts: [InterpolationPart]) {
        for case .field(let field) in parts {
            visit(field.value)
            if let format = field.format { visit(format) }
        }
    }

    private mutating func visit(_ entry: DictEntry) {
        switch entry {
        case .pair(let key, let value):
            if case .name(let name) = key.kind { dictKeys.insert(name.id) }
            visit(key)
            visit(value)
        case .spread(let value, _): visit(value)
        }
    }

    private mutating func visitBranch(_ block: Block, from before: Registers) -> Registers {
        state.assigned = before
        state.blockDepth += 1
        visit(block)
        state.blockDepth -= 1
        return state.assigned
    }

    private mutating func visit(_ node: IfNode) {
        var after = Registers.unreachable
        for branch in node.branches {
            visit(branch.condition)
            let before = state.assigned
            after = after.merged(visitBranch(branch.body, from: before))
            state.assigned = before
        }
        if let body = node.otherwise {
            after = after.merged(visitBranch(body, from: state.assigned))
        } else {
            after = after.merged(state.assigned)
        }
        state.assigned = after
    }

    private mutating func visit(_ node: TryNode) {
        let before = state.assigned
        var after = visitBranch(node.body, from: before)
        for clause in node.catches {
            check(clause.kinds)
            // The body may have failed anywhere, so only what held before it holds here.
            state.assigned = before
            if let name = clause.name { bind(name) }
            after = after.merged(visitBranch(clause.body, from: state.assigned))
        }
        guard let body = node.finally else {
            state.assigned = after
            return
        }
        let final = visitBranch(body, from: before)
        state.assigned = after.adding(final)
    }

    private mutating func check(_ kinds: [Identifier]) {
        let known = ErrorKind.allCases.map(\.rawValue)
        for kind in kinds where !known.contains(kind.text) {
            let help: String? =
                if kind.text == "Exception" || kind.text == "Error" || kind.text == "BaseException" {
                    "`catch e { … }` catches every kind"
                } else if let near = Spelling.suggestion(for: kind.text, among: known) {
                    "did you mean `\(near)`?"
                } else {
                    "the kinds are \(known.joined(separator: ", "))"
                }
            report(.name, "undefined-kind", "there is no kind of error `\(kind.text)`", at: kind.span, help: help)
        }
    }

    /// Variables of a comprehension are registers of the function around it, visible only inside. The first iterable is
    /// evaluated outside.
    private mutating func visit(_ node: Comprehension) {
        let before = state.assigned
        let outer = state.comprehensions.count
        for clause in node.clauses {
            switch clause {
            case .loop(let target, let iterable, _):
                visit(iterable)
                var variables: [String: Int] = [:]
                addVariables(of: target, to: &variables)
                state.comprehensions.append(variables)
                bind(target)
            case .condition(let condition): visit(condition)
            }
        }
        switch node.kind {
        case .list(let value): visit(value)
        case .dict(let key, let value):
            visit(key)
            visit(value)
        }
        state.comprehensions.removeSubrange(outer...)
        state.assigned = before
    }

    private func addVariables(of target: Target, to variables: inout [String: Int]) {
        switch target.kind {
        case .name(let name): if variables[name.text] == nil { variables[name.text] = state.addRegister(name.text) }
        case .tuple(let parts): for part in parts { addVariables(of: part, to: &variables) }
        case .rest(let part): addVariables(of: part, to: &variables)
        case .attribute, .subscripted, .invalid: break
        }
    }
}
