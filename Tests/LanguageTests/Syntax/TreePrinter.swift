@testable import Language

/// Writes syntax trees as compact s-expressions, for golden tests.
enum TreePrinter {
    static func print(_ text: String) -> String {
        let (program, diagnostics) = Parser.parse(Source(name: "test", text: text))
        if !diagnostics.isEmpty { return diagnostics.map { "error: \($0.message)" }.joined(separator: "\n") }
        return program.statements.map(statement).joined(separator: "\n")
    }

    static func statement(_ node: Statement) -> String {
        switch node.kind {
        case .expression(let value): return expression(value)
        case .assignment(let targets, let type, _, let value):
            let left = targets.map(target).joined(separator: " ")
            return form("=", left, type.map { ":" + self.type($0) }, expression(value))
        case .augmented(let left, let operation, _, let value):
            return form(operation.rawValue + "=", target(left), expression(value))
        case .param(let node):
            return form("param", node.name.text, node.type.map(typed), node.defaultValue.map(expression), node.documentation.map(quoted))
        case .importModules(let nodes):
            return form("import", nodes.map { "\(module($0.module)):\($0.binding.text)" }.joined(separator: " "))
        case .importNames(let source, let names):
            return form("from", module(source), names.map { "\($0.name.text):\($0.binding.text)" }.joined(separator: " "))
        case .function(let node): return function(node)
        case .structure(let node):
            return form("struct", node.name.text, node.documentation.map(quoted), node.fields.map(parameter).joined(separator: " "))
        case .forLoop(let node): return form("for", target(node.target), expression(node.iterable), block(node.body))
        case .whileLoop(let condition, let body): return form("while", expression(condition), block(body))
        case .returnValue(let value): return form("return", value.map(expression))
        case .breakLoop: return "(break)"
        case .continueLoop: return "(continue)"
        case .raise(let value): return form("raise", value.map(expression))
        case .assert(let condition, let message): return form("assert", expression(condition), message.map(expression))
        case .test(let node): return form("test", quoted(node.name), block(node.function.body))
        case .invalid: return "(invalid)"
        }
    }

    static func expression(_ node: Expression) -> String {
        switch node.kind {
        case .none: return "none"
        case .boolean(let value): return "\(value)"
        case .integer(let value): return "\(value)"
        case .float(let value): return "\(value)"
        case .string(let value): return quoted(value)
        case .interpolation(let parts): return form("f", parts.map(part).joined(separator: " "))
        case .ellipsis: return "..."
        case .name(let name): return name.text
        case .list(let elements): return "[" + elements.map(element).joined(separator: " ") + "]"
        case .tuple(let elements): return form("tuple", elements.map(element).joined(separator: " "))
        case .dict(let entries): return "{" + entries.map(entry).joined(separator: " ") + "}"
        case .unary(let operation, _, let operand): return form(operation.rawValue, expression(operand))
        case .binary(let first, let steps):
            return steps.reduce(expression(first)) { form($1.operation.rawValue, $0, expression($1.operand)) }
        case .logical(let operation, let operands): return form(operation.rawValue, operands.map(expression).joined(separator: " "))
        case .comparison(let first, let steps):
            if steps.count == 1, let step = steps.first {
                return form(step.operation.rawValue, expression(first), expression(step.operand))
            }
            return form(
                "chain", expression(first), steps.map { "\($0.operation.rawValue) \(expression($0.operand))" }.joined(separator: " "))
        case .conditional(let condition, let value, let alternative):
            return form("?", expression(condition), expression(value), expression(alternative))
        case .attribute(let base, let name): return expression(base) + "." + name.text
        case .subscripted(let base, let items): return form("at", expression(base), items.map(subscriptItem).joined(separator: " "))
        case .call(let call):
            let head = call.pipe == nil ? "call" : "pipe"
            return form(head, expression(call.callee), call.arguments.map(argument).joined(separator: " "))
        case .ifElse(let node):
            let branches = node.branches.map { "\(expression($0.condition)) \(block($0.body))" }.joined(separator: " ")
            return form("if", branches, node.otherwise.map(block))
        case .tryCatch(let node):
            let catches = node.catches.map { clause in
                form("catch", clause.kinds.map(\.text).joined(separator: "|"), clause.name?.text, block(clause.body))
            }
            return form("try", block(node.body), catches.joined(separator: " "), node.finally.map { form("finally", block($0)) })
        case .function(let node): return function(node)
        case .comprehension(let node):
            let clauses = node.clauses.map { clause in
                switch clause {
                case .loop(let left, let iterable, _): form("for", target(left), expression(iterable))
                case .condition(let condition): form("if", expression(condition))
                }
            }
            switch node.kind {
            case .list(let value): return form("collect", expression(value), clauses.joined(separator: " "))
            case .dict(let key, let value):
                return form("collect", expression(key) + ": " + expression(value), clauses.joined(separator: " "))
            }
        case .invalid: return "(invalid)"
        }
    }

    static func target(_ node: Target) -> String {
        switch node.kind {
        case .name(let name): name.text
        case .attribute(let base, let name): expression(base) + "." + name.text
        case .subscripted(let base, let items): form("at", expression(base), items.map(subscriptItem).joined(separator: " "))
        case .tuple(let parts): form("", parts.map(target).joined(separator: " "))
        case .rest(let part): "*" + target(part)
        case .invalid: "(invalid)"
        }
    }

    static func block(_ node: Block) -> String { "{" + node.statements.map(statement).joined(separator: "; ") + "}" }

    private static func function(_ node: FunctionNode) -> String {
        let head =
            switch node.kind {
            case .declaration: "fn " + (node.name?.text ?? "")
            case .lambda: "lambda"
            case .trailingBlock: "block"
            case .test: "test"
            }
        let parameters = "(" + node.signature.parameters.map(parameter).joined(separator: " ") + ")"
        let result = node.signature.result.map { "->" + type($0) }
        return form(head, parameters, result, node.documentation.map(quoted), block(node.body))
    }

    private static func parameter(_ node: ParameterNode) -> String {
        let star =
            switch node.kind {
            case .plain: node.isKeywordOnly ? "/" : ""
            case .rest: "*"
            case .options: "**"
            }
        return star + node.name.text + (node.type.map(typed) ?? "") + (node.defaultValue.map { "=" + expression($0) } ?? "")
            + (node.documentation.map(quoted) ?? "")
    }

    private static func typed(_ node: TypeNode) -> String { ":" + type(node) }

    static func type(_ node: TypeNode) -> String {
        switch node.kind {
        case .name(let name): return name.text
        case .member(let module, let name): return module.text + "." + name.text
        case .tensor(let dtype, let axes):
            let items = axes.map { axis in
                switch axis.kind {
                case .size(let size): "\(size)"
                case .name(let name): name
                case .ellipsis: "..."
                }
            }
            return dtype.text + "[" + items.joined(separator: ",") + "]"
        case .generic(let name, let arguments): return name.text + "<" + arguments.map(type).joined(separator: ",") + ">"
        case .union(let options): return options.map(type).joined(separator: "|")
        case .function(let parameters, let result):
            return "fn" + (parameters.map { "(" + $0.map(type).joined(separator: ",") + ")" } ?? "")
                + (result.map { "->" + type($0) } ?? "")
        }
    }

    private static func subscriptItem(_ item: SubscriptItem) -> String {
        switch item {
        case .index(let value): expression(value)
        case .slice(let lower, let upper, let step, _):
            [lower, upper, step].map { $0.map(expression) ?? "_" }.joined(separator: ":")
        }
    }

    private static func argument(_ node: Argument) -> String {
        switch node.kind {
        case .positional: expression(node.value)
        case .keyword(let name): name.text + "=" + expression(node.value)
        case .rest: "*" + expression(node.value)
        case .options: "**" + expression(node.value)
        }
    }

    private static func element(_ node: Element) -> String { (node.isSpread ? "*" : "") + expression(node.value) }

    private static func entry(_ node: DictEntry) -> String {
        switch node {
        case .pair(let key, let value): expression(key) + ": " + expression(value)
        case .spread(let value, _): "**" + expression(value)
        }
    }

    private static func part(_ node: InterpolationPart) -> String {
        switch node {
        case .text(let text): return quoted(text)
        case .field(let field):
            let conversion: String? =
                switch field.conversion {
                case .string: "!s"
                case .representation: "!r"
                case nil: nil
                }
            let format = field.format.map { ":" + $0.map(part).joined(separator: " ") }
            return "<" + [field.label.map(quoted), expression(field.value), conversion, format].compactMap { $0 }.joined(separator: " ")
                + ">"
        }
    }

    private static func module(_ node: ModuleReference) -> String {
        switch node {
        case .name(let name): name.text
        case .path(let path, _): quoted(path)
        }
    }

    private static func form(_ head: String, _ parts: String?...) -> String {
        "(" + ([head] + parts.compactMap { $0 }).filter { !$0.isEmpty }.joined(separator: " ") + ")"
    }

    private static func quoted(_ text: String) -> String {
        "'" + text.replacing("\n", with: "\\n").replacing("'", with: "\\'") + "'"
    }
}
