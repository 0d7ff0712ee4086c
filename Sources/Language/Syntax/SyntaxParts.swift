/// What lies directly inside an expression.
package enum SyntaxPart {
    case expression(Expression)
    case block(Block)
    case function(FunctionNode)
    /// What a loop of a comprehension binds.
    case target(Target)
    /// The variable of a `catch`.
    case caught(Name)
}

extension Expression {
    /// Visits the parts directly inside, in the order in which they run.
    package func forEachPart(_ visit: (SyntaxPart) -> Void) {
        switch kind {
        case .none, .boolean, .integer, .float, .string, .ellipsis, .name, .invalid: break
        case .interpolation(let parts): Self.visit(parts, visit)
        case .list(let elements), .tuple(let elements): for element in elements { visit(.expression(element.value)) }
        case .dict(let entries):
            for entry in entries {
                switch entry {
                case .pair(let key, let value):
                    visit(.expression(key))
                    visit(.expression(value))
                case .spread(let value, _): visit(.expression(value))
                }
            }
        case .unary(_, _, let operand): visit(.expression(operand))
        case .binary(let first, let steps):
            visit(.expression(first))
            for step in steps { visit(.expression(step.operand)) }
        case .logical(_, let operands): for operand in operands { visit(.expression(operand)) }
        case .comparison(let first, let steps):
            visit(.expression(first))
            for step in steps { visit(.expression(step.operand)) }
        case .conditional(let condition, let value, let alternative):
            for part in [condition, value, alternative] { visit(.expression(part)) }
        case .attribute(let base, _): visit(.expression(base))
        case .subscripted(let base, let items):
            visit(.expression(base))
            for part in items.parts { visit(.expression(part)) }
        case .call(let call):
            visit(.expression(call.callee))
            for argument in call.arguments { visit(.expression(argument.value)) }
        case .ifElse(let node):
            for branch in node.branches {
                visit(.expression(branch.condition))
                visit(.block(branch.body))
            }
            if let body = node.otherwise { visit(.block(body)) }
        case .tryCatch(let node):
            visit(.block(node.body))
            for clause in node.catches {
                if let name = clause.name { visit(.caught(name)) }
                visit(.block(clause.body))
            }
            if let body = node.finally { visit(.block(body)) }
        case .function(let node): visit(.function(node))
        case .comprehension(let node):
            for clause in node.clauses {
                switch clause {
                case .loop(let target, let iterable, _):
                    visit(.expression(iterable))
                    visit(.target(target))
                case .condition(let condition): visit(.expression(condition))
                }
            }
            switch node.kind {
            case .list(let value): visit(.expression(value))
            case .dict(let key, let value):
                visit(.expression(key))
                visit(.expression(value))
            }
        }
    }

    private static func visit(_ parts: [InterpolationPart], _ visit: (SyntaxPart) -> Void) {
        for case .field(let field) in parts {
            visit(.expression(field.value))
            if let format = field.format { self.visit(format, visit) }
        }
    }
}

extension [SubscriptItem] {
    /// The expressions in the brackets.
    package var parts: [Expression] {
        flatMap { item -> [Expression] in
            switch item {
            case .index(let expression): [expression]
            case .slice(let lower, let upper, let step, _): [lower, upper, step].compactMap { $0 }
            }
        }
    }
}

extension Expression {
    /// What `forEachPart` visits.
    package var parts: [SyntaxPart] {
        var parts: [SyntaxPart] = []
        forEachPart { parts.append($0) }
        return parts
    }
}

extension Statement {
    /// What lies directly inside, in the order in which it runs.
    package var parts: [SyntaxPart] {
        switch kind {
        case .expression(let expression): [.expression(expression)]
        case .assignment(let targets, _, _, let value): [.expression(value)] + targets.map { .target($0) } + targets.flatMap(\.parts)
        case .augmented(let target, _, _, let value): target.parts + [.expression(value), .target(target)]
        case .param(let node): node.defaultValue.map { [.expression($0)] } ?? []
        case .function(let node): [.function(node)]
        case .structure(let node): node.fields.compactMap(\.defaultValue).map { .expression($0) }
        case .forLoop(let node): [.expression(node.iterable), .target(node.target)] + node.target.parts + [.block(node.body)]
        case .whileLoop(let condition, let body): [.expression(condition), .block(body)]
        case .returnValue(let value), .raise(let value): value.map { [.expression($0)] } ?? []
        case .assert(let condition, let message): [.expression(condition)] + (message.map { [.expression($0)] } ?? [])
        case .test(let node): [.function(node.function)]
        case .importModules, .importNames, .breakLoop, .continueLoop, .invalid: []
        }
    }
}

extension Target {
    /// The expressions inside: of `a.b[c] = v` the base and the key.
    package var parts: [SyntaxPart] {
        switch kind {
        case .name, .invalid: []
        case .attribute(let base, _): [.expression(base)]
        case .subscripted(let base, let items): [.expression(base)] + items.parts.map { .expression($0) }
        case .tuple(let parts): parts.flatMap(\.parts)
        case .rest(let inner): inner.parts
        }
    }
}
