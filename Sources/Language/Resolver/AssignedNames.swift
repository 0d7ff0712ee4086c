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
            for part in items.parts { visit(part) }
        case .invalid: break
        }
    }

    private mutating func visit(_ expression: Expression?) {
        // Only blocks hold statements, and a block is two levels high at least.
        guard let expression, expression.height > 1 else { return }
        expression.forEachPart { part in
            switch part {
            case .expression(let inner): visit(inner)
            case .block(let block): visit(block)
            case .caught(let name): bind(name.text)
            case .function, .target: break
            }
        }
    }
}
