/// Collects the names that a body binds, in order of first appearance: assignments, loops, imports, declarations, catches.
///
/// Functions inside have their own names; comprehension variables belong to their comprehension.
struct AssignedNames {
    private(set) var names: [String] = []
    /// Names that some statement other than `x += …` binds.
    private(set) var plain: Set<String> = []
    private var seen: Set<String> = []

    init(_ body: Block) { visit(body) }

    private mutating func bind(_ name: String, isPlain: Bool = true) {
        if seen.insert(name).inserted { names.append(name) }
        if isPlain { plain.insert(name) }
    }

    private mutating func visit(_ block: Block) {
        for statement in block.statements { visit(statement) }
    }

    private mutating func visit(_ statement: Statement) {
        switch statement.kind {
        case .expression(let expression): visit(expression)
        case .assignment(let targets, _, _, let value):
            visit(value)
            for target in targets { bind(target) }
        case .augmented(let target, _, _, let value):
            visit(value)
            bind(target, isPlain: false)
        case .param(let node):
            bind(node.name.text)
            visit(node.defaultValue)
        case .importModules(let nodes): for node in nodes { bind(node.binding.text) }
        case .importNames(_, let names): for name in names { bind(name.binding.text) }
        case .function(let node): if let name = node.name { bind(name.text) }
        case .structure(let node): bind(node.name.text)
        case .forLoop(let node):
            visit(node.iterable)
            bind(node.target)
            visit(node.body)
        case .whileLoop(let condition, let body):
            visit(condition)
            visit(body)
        case .returnValue(let value), .raise(let value): visit(value)
        case .assert(let condition, let message):
            visit(condition)
            visit(message)
        case .test, .breakLoop, .continueLoop, .invalid: break
        }
    }

    private mutating func bind(_ target: Target, isPlain: Bool = true) {
        switch target.kind {
        case .name(let name): bind(name.text, isPlain: isPlain)
        case .tuple(let parts): for part in parts { bind(part, isPlain: isPlain) }
        case .rest(let part): bind(part, isPlain: isPlain)
        case .attribute(let base, _): visit(base)
        case .subscripted(let base, let items):
            visit(base)
            visit(items)
        case .invalid: break
        }
    }

    private mutating func visit(_ items: [SubscriptItem]) {
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

    private mutating func visit(_ expression: Expression?) {
        // Only blocks hold statements, and a block is two levels high at least.
        guard let expression, expression.height > 1 else { return }
        switch expression.kind {
        case .ifElse(let node):
            for branch in node.branches {
                visit(branch.condition)
                visit(branch.body)
            }
            if let body = node.otherwise { visit(body) }
        case .tryCatch(let node):
            visit(node.body)
            for clause in node.catches {
                if let name = clause.name { bind(name.text) }
                visit(clause.body)
            }
            if let body = node.finally { visit(body) }
        case .list(let elements), .tuple(let elements): for element in elements { visit(element.value) }
        case .dict(let entries):
            for entry in entries {
                switch entry {
                case .pair(let key, let value):
                    visit(key)
                    visit(value)
                case .spread(let value, _): visit(value)
                }
            }
        case .unary(_, _, let operand): visit(operand)
        case .binary(let first, let steps):
            visit(first)
            for step in steps { visit(step.operand) }
        case .logical(_, let operands): for operand in operands { visit(operand) }
        case .comparison(let first, let steps):
            visit(first)
            for step in steps { visit(step.operand) }
        case .conditional(let condition, let value, let alternative):
            visit(condition)
            visit(value)
            visit(alternative)
        case .attribute(let base, _): visit(base)
        case .subscripted(let base, let items):
            visit(base)
            visit(items)
        case .call(let call):
            visit(call.callee)
            for argument in call.arguments { visit(argument.value) }
        case .interpolation(let parts): visit(parts)
        case .comprehension(let node):
            switch node.kind {
            case .list(let value): visit(value)
            case .dict(let key, let value):
                visit(key)
                visit(value)
            }
            for clause in node.clauses {
                switch clause {
                case .loop(_, let iterable, _): visit(iterable)
                case .condition(let condition): visit(condition)
                }
            }
        case .function, .none, .boolean, .integer, .float, .string, .ellipsis, .name, .invalid: break
        }
    }

    private mutating func visit(_ parts: [InterpolationPart]) {
        for case .field(let field) in parts {
            visit(field.value)
            if let format = field.format { visit(format) }
        }
    }
}
