extension FlowCheck {
    /// Walks the statements of a block; whether its end can be reached.
    func walk(_ block: Block) -> Bool {
        var isReachable = true
        var isReported = false
        var declared: [String: Span] = [:]
        for (index, statement) in block.statements.enumerated() {
            if !isReachable, !isReported {
                isReported = true
                report.add(
                    .unreachable, "this never runs", at: statement.span,
                    also: index > 0 ? [(block.statements[index - 1].span, "nothing gets past this")] : [])
            }
            noteDeclaration(statement, &declared)
            let isLast = index + 1 == block.statements.count || startsCell(block.statements[index + 1], after: statement)
            if !isLast, case .expression(let expression) = statement.kind { checkEffect(expression) }
            let continues = walk(statement)
            isReachable = isReachable && continues
        }
        return isReachable
    }

    /// Whether a cell begins between two statements of the module: the value of the first is what its cell shows.
    private func startsCell(_ next: Statement, after statement: Statement) -> Bool {
        frames.count == 1 && program.cells.contains { $0.span.start > statement.span.start && $0.span.start <= next.span.start }
    }

    /// - Parameter declared: what the block has declared and no statement can have used yet, with the place.
    private func noteDeclaration(_ statement: Statement, _ declared: inout [String: Span]) {
        switch statement.kind {
        case .function(let node): if let name = node.name { noteDeclaration(of: name, &declared) }
        case .structure(let node): noteDeclaration(of: node.name, &declared)
        case .test(let node):
            let key = "test \"\(node.name)\""
            if let first = declared[key] {
                report.add(
                    .duplicateTest, "there are two tests \"\(node.name)\"", at: node.nameSpan, label: "again here",
                    also: [(first, "first here")])
            }
            declared[key] = node.nameSpan
        case .importModules, .importNames, .param: break
        default: declared = declared.filter { $0.key.hasPrefix("test ") }
        }
    }

    private func noteDeclaration(of name: Name, _ declared: inout [String: Span]) {
        if let first = declared[name.text] {
            report.add(
                .redefinition, "`\(name.text)` is declared again before anything could use the first", at: name.span, label: "again here",
                also: [(first, "first here")])
        }
        declared[name.text] = name.span
    }

    /// Walks a statement; whether the one behind it can be reached.
    private func walk(_ statement: Statement) -> Bool {
        switch statement.kind {
        case .expression(let expression):
            noteAction(expression)
            return flow(expression)
        case .assignment(let targets, _, _, let value):
            checkSelfAssignment(targets, value, statement.span)
            let continues = flow(value)
            for target in targets { bind(target, isPlain: true) }
            return continues
        case .augmented(let target, _, _, let value):
            expression(value)
            if case .name(let name) = target.kind { update(name) } else { bind(target, isPlain: false) }
        case .param(let node): param(node, statement.span)
        case .importModules(let nodes):
            for node in nodes {
                assign(node.binding, isPlain: false)
                noteImport(node.binding, node.alias == nil ? node.module.span : node.span, isFrom: false)
            }
        case .importNames(_, let names):
            for name in names {
                assign(name.binding, isPlain: false)
                noteImport(name.binding, name.binding.span, isFrom: true)
            }
        case .function(let node):
            function(node)
            if let name = node.name {
                if case .local(let register) = resolution.binding(name) { frame.functions.insert(register) }
                assign(name, isPlain: frames.count > 1)
            }
        case .structure(let node):
            structure(node)
            assign(node.name, isPlain: false)
        case .forLoop(let node):
            isScript = isScript || frames.count == 1
            expression(node.iterable)
            _ = loop(node.body) { bind(node.target, isPlain: false) }
        case .whileLoop(let condition, let body):
            isScript = isScript || frames.count == 1
            expression(condition)
            let breaks = loop(body) {}
            if case .boolean(true) = condition.kind { return breaks }
        case .returnValue(let value):
            expression(value)
            return false
        case .breakLoop:
            if let innermost = frame.breaks.indices.last { frame.breaks[innermost] = true }
            return false
        case .continueLoop: return false
        case .raise(let value):
            expression(value)
            return false
        case .assert(let condition, let message):
            expression(condition)
            expression(message)
        case .test(let node): function(node.function)
        case .invalid: break
        }
        return true
    }

    /// `x += 1`: an update alone is no use of `x`, but it needs a value.
    private func update(_ name: Name) {
        if case .local(let register) = resolution.binding(name) {
            let wasRead = frame.reads.contains(register)
            read(name)
            if !wasRead { frame.reads.remove(register) }
            frame.assigned.insert(register)
        } else {
            read(name)
        }
    }

    private func noteImport(_ name: Name, _ span: Span, isFrom: Bool) {
        // What is imported in a `try` may be there to see whether it can be.
        if frames.count == 1, report.caught.isEmpty { imports.append((name, span, isFrom)) }
    }

    private func noteAction(_ expression: Expression) {
        guard frames.count == 1 else { return }
        switch expression.kind {
        case .string, .none: break
        default: isScript = true
        }
    }

    /// Walks a loop's body; whether a `break` ends the loop.
    private func loop(_ body: Block, binding: () -> Void) -> Bool {
        // What a round assigns, the next one may read above.
        noteAssigned(in: body)
        frame.breaks.append(false)
        binding()
        _ = walk(body)
        return frame.breaks.removeLast()
    }

    private func noteAssigned(in body: Block) {
        let names = AssignedNames(body).names
        if frames.count == 1 {
            assignedGlobals.formUnion(names)
        } else {
            let names = Set(names)
            for (register, name) in frame.scope.localNames.enumerated() where names.contains(name) { frame.assigned.insert(register) }
        }
    }

    /// Walks an expression that is a statement or its value; whether what is behind can be reached.
    private func flow(_ expression: Expression) -> Bool {
        switch expression.kind {
        case .ifElse(let node):
            var isReachable = node.otherwise == nil
            for branch in node.branches {
                self.expression(branch.condition)
                if walk(branch.body) { isReachable = true }
            }
            if let body = node.otherwise, walk(body) { isReachable = true }
            return isReachable
        case .tryCatch(let node):
            let kinds = node.caughtKinds
            var isReachable = report.catching(kinds) { walk(node.body) }
            for clause in node.catches {
                if let name = clause.name { assign(name, isPlain: false) }
                if walk(clause.body) { isReachable = true }
            }
            if let body = node.finally, !walk(body) { isReachable = false }
            return isReachable
        default:
            self.expression(expression)
            return true
        }
    }

    // MARK: Targets

    func bind(_ target: Target, isPlain: Bool) {
        switch target.kind {
        case .name(let name): assign(name, isPlain: isPlain)
        case .tuple(let parts): for part in parts { bind(part, isPlain: false) }
        case .rest(let part): bind(part, isPlain: false)
        case .attribute(let base, _): expression(base)
        case .subscripted(let base, let items):
            expression(base)
            for part in items.parts { expression(part) }
        case .invalid: break
        }
    }

    private func checkSelfAssignment(_ targets: [Target], _ value: Expression, _ span: Span) {
        guard case .name(let name) = value.kind, targets.contains(where: { $0.isName(name.text) }) else { return }
        // `print = print` makes a variable of a builtin.
        if case .global(let text) = resolution.binding(name), natives.contains(text) { return }
        report.add(.selfAssignment, "`\(name.text)` is assigned to itself", at: span)
    }
}
