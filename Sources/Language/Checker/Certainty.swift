/// Finds the functions of a module whose errors end the program if it gets to them: those that code outside every `try` and test leads to,
/// and no code inside one does.
struct Certainty {
    /// The functions declared at the top level, by name; a name that is declared twice stands for all of them.
    private var declared: [String: [FunctionNode]] = [:]
    /// What functions are led to, by whether the place is in a `try` or a test.
    private var plain: Set<String> = []
    private var guarded: Set<String> = []
    private var pending: [(name: String, isGuarded: Bool)] = []

    /// The `FunctionNode.id`s of those functions.
    static func functions(of program: Program) -> Set<Int> {
        var certainty = Certainty()
        for statement in program.statements {
            if case .function(let node) = statement.kind, let name = node.name { certainty.declared[name.text, default: []].append(node) }
        }
        if certainty.declared.isEmpty { return [] }
        certainty.visit(program.body, false)
        while let (name, isGuarded) = certainty.pending.popLast() {
            for node in certainty.declared[name] ?? [] { certainty.visit(node, isGuarded) }
        }
        let certain = certainty.plain.subtracting(certainty.guarded)
        return Set(certain.flatMap { certainty.declared[$0] ?? [] }.map(\.id))
    }

    private mutating func reach(_ name: String, _ isGuarded: Bool) {
        guard declared[name] != nil else { return }
        let isNew = isGuarded ? guarded.insert(name).inserted : plain.insert(name).inserted
        if isNew { pending.append((name, isGuarded)) }
    }

    private mutating func visit(_ node: FunctionNode, _ isGuarded: Bool) {
        for parameter in node.signature.parameters { visit(parameter.defaultValue, isGuarded) }
        visit(node.body, isGuarded)
    }

    private mutating func visit(_ block: Block, _ isGuarded: Bool) {
        for statement in block.statements { visit(statement, isGuarded) }
    }

    private mutating func visit(_ statement: Statement, _ isGuarded: Bool) {
        switch statement.kind {
        case .test(let node): visit(node.function, true)
        case .function(let node):
            // One of the top level is visited once something leads to it.
            if node.name.map({ declared[$0.text]?.contains { $0.id == node.id } ?? false }) != true { visit(node, isGuarded) }
        default: for part in statement.parts { visit(part, isGuarded) }
        }
    }

    private mutating func visit(_ part: SyntaxPart, _ isGuarded: Bool) {
        switch part {
        case .expression(let expression): visit(expression, isGuarded)
        case .block(let block): visit(block, isGuarded)
        case .function(let node): visit(node, isGuarded)
        case .target, .caught: break
        }
    }

    private mutating func visit(_ expression: Expression?, _ isGuarded: Bool) {
        guard let expression else { return }
        switch expression.kind {
        case .name(let name): reach(name.text, isGuarded)
        case .tryCatch(let node):
            visit(node.body, isGuarded || !node.catches.isEmpty)
            for clause in node.catches { visit(clause.body, isGuarded) }
            if let body = node.finally { visit(body, isGuarded) }
        default:
            guard expression.height > 1 else { return }
            for part in expression.parts { visit(part, isGuarded) }
        }
    }
}

/// Whether a `try` stands somewhere in a block.
struct TrySearch {
    private(set) var isFound = false

    init(_ block: Block) { visit(block) }

    private mutating func visit(_ block: Block) {
        for statement in block.statements where !isFound {
            for part in statement.parts { visit(part) }
        }
    }

    private mutating func visit(_ part: SyntaxPart) {
        switch part {
        case .expression(let expression):
            if case .tryCatch = expression.kind { isFound = true }
            if isFound || expression.height <= 1 { return }
            for part in expression.parts { visit(part) }
        case .block(let block): visit(block)
        case .function(let node): visit(node.body)
        case .target, .caught: break
        }
    }
}
