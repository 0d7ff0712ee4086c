extension TypeWalk {
    /// The type of an expression; walks it as it would run.
    func expression(_ expression: Expression) -> StaticType {
        level += 1
        defer { level -= 1 }
        switch expression.kind {
        case .none: return .none
        case .boolean: return .bool
        case .integer(let number): return .int(.size(number))
        case .float: return .float
        case .string: return .str
        case .interpolation(let parts):
            interpolation(parts)
            return .str
        case .ellipsis, .invalid: return .unknown
        case .name(let name): return type(of: name)
        case .list(let elements):
            let parts = self.elements(elements)
            return .listOf(.joined(parts.types), parts: parts.isComplete ? parts.types : nil)
        case .tuple(let elements):
            let parts = self.elements(elements)
            return parts.isComplete ? .tupleOf(parts.types) : .tuple(nil)
        case .dict(let entries): return dict(entries)
        case .unary(let operation, let span, let operand): return unary(operation, span, operand, expression.span)
        case .binary(let first, let steps):
            var type = self.expression(first)
            var span = first.span
            for step in steps {
                let right = self.expression(step.operand)
                let whole = span.union(step.operand.span)
                type = binary(step.operation, type, right, left: span, right: step.operand.span, whole)
                span = whole
            }
            return type
        case .logical(let operation, let operands): return logical(operation, operands)
        case .comparison(let first, let steps): return comparison(first, steps)
        case .conditional(let condition, let value, let alternative):
            self.condition(condition)
            return choose([
                {
                    self.narrow(condition, true); return self.expression(value)
                },
                {
                    self.narrow(condition, false); return self.expression(alternative)
                },
            ])
        case .attribute(let base, let name): return member(self.expression(base), name, of: base.span)
        case .subscripted(let base, let items): return index(self.expression(base), items, base: base.span, span: expression.span)
        case .call(let call): return self.call(call, expression.span)
        case .ifElse(let node): return ifElse(node)
        case .tryCatch(let node): return tryCatch(node)
        case .function(let node): return make(node)
        case .comprehension(let node): return comprehension(node, expression)
        }
    }

    // MARK: Containers

    private func elements(_ elements: [Element]) -> (types: [StaticType], isComplete: Bool) {
        var types: [StaticType] = []
        var isComplete = true
        for element in elements {
            let type = expression(element.value)
            if element.isSpread {
                isComplete = false
                types.append(iterate(type, at: element.value.span))
            } else {
                types.append(type)
            }
        }
        return (types, isComplete)
    }

    private func dict(_ entries: [DictEntry]) -> StaticType {
        var (keys, values) = (StaticType.never, StaticType.never)
        for entry in entries {
            switch entry {
            case .pair(let key, let value):
                keys = keys.joined(expression(key).counted)
                values = values.joined(expression(value).counted)
            case .spread(let value, _):
                let type = expression(value)
                if case .dict(let key, let item) = type {
                    keys = keys.joined(key)
                    values = values.joined(item)
                } else {
                    (keys, values) = (.unknown, .unknown)
                }
            }
        }
        return .dictOf(keys, values)
    }

    private func comprehension(_ node: Comprehension, _ expression: Expression) -> StaticType {
        var result = StaticType.unknown
        // What a round changes, the next one finds.
        for slot in ChangedNames(expression).names.compactMap({ slot(of: $0) }) { frame.set(slot, .unknown) }
        let end = frame.branch {
            for clause in node.clauses {
                switch clause {
                case .loop(let target, let iterable, _): bind(target, iterate(self.expression(iterable), at: iterable.span).counted)
                case .condition(let condition):
                    self.condition(condition)
                    narrow(condition, true)
                }
            }
            switch node.kind {
            case .list(let value): result = .listOf(self.expression(value).counted)
            case .dict(let key, let value):
                let key = self.expression(key).counted
                result = .dictOf(key, self.expression(value).counted)
            }
        }
        frame.merge([end, TypeFrame.Branch(changes: [:], isReachable: true)])
        return result
    }

    private func interpolation(_ parts: [InterpolationPart]) {
        for case .field(let field) in parts {
            let type = expression(field.value)
            guard let format = field.format else { continue }
            interpolation(format)
            if field.conversion == nil, format.count == 1, case .text(let spec) = format[0] {
                checkFormat(spec, type, at: field.value.span)
            }
        }
    }

    private func checkFormat(_ spec: String, _ type: StaticType, at span: Span) {
        switch type {
        case .none, .bool, .str, .list, .tuple, .dict: break
        default: return
        }
        guard let sample = type.sample else { return }
        do {
            _ = try FormatSpec(spec).format(sample)
        } catch {
            let error = ScriptError(wrapping: error)
            report.add(.formatType, error.message, at: span, label: type.label, help: error.help, kind: error.kind)
        }
    }

    // MARK: Branches

    /// One of several ways is taken; the value is that of the one taken.
    private func choose(_ ways: [() -> StaticType]) -> StaticType {
        var values: [StaticType] = []
        var branches: [TypeFrame.Branch] = []
        for way in ways {
            let branch = frame.branch { values.append(way()) }
            if !branch.isReachable { values.removeLast() }
            branches.append(branch)
        }
        frame.merge(branches)
        return .joined(values)
    }

    /// Walks a condition, which must be a bool.
    func condition(_ expression: Expression) {
        requireBool(self.expression(expression), at: expression.span)
    }

    func requireBool(_ type: StaticType, at span: Span) {
        let isWrong = type.members.allSatisfy { member in
            switch member {
            case .bool, .unknown, .never: false
            default: true
            }
        }
        guard isWrong else { return }
        var help: String?
        if let sample = type.sample {
            help = Operators.conditionError(sample).help
        } else if case .tensor(let facts) = type {
            help = facts.axes?.isEmpty == true ? "take its value with `.item()`" : "use `any(…)`, `all(…)`, or `.item()` of one element"
        }
        report.add(
            .conditionType, "a condition must be true or false, not \(type.described)", at: span, label: type.label, help: help)
    }

    private func ifElse(_ node: IfNode) -> StaticType {
        var values: [StaticType] = []
        var branches: [TypeFrame.Branch] = []
        // What comes after an `else if` runs where none above it held.
        _ = frame.branch { walkBranches(node.branches, node.otherwise, &values, &branches) }
        frame.merge(branches)
        return .joined(values)
    }

    private func walkBranches(
        _ rest: [IfNode.Branch], _ otherwise: Block?, _ values: inout [StaticType], _ branches: inout [TypeFrame.Branch]
    ) {
        for branch in rest {
            condition(branch.condition)
            narrowedBranch(branch.condition, branch.body, &values, &branches)
            narrow(branch.condition, false)
        }
        if let otherwise {
            narrowedBranch(nil, otherwise, &values, &branches)
        } else {
            values.append(.none)
            branches.append(current())
        }
    }

    private func narrowedBranch(
        _ condition: Expression?, _ body: Block, _ values: inout [StaticType], _ branches: inout [TypeFrame.Branch]
    ) {
        var value = StaticType.never
        var end = frame.branch {
            if let condition { narrow(condition, true) }
            value = statements(body)
        }
        if end.isReachable { values.append(value) }
        // Relative to the state before the whole `if`: what the conditions above have narrowed holds here too.
        end.changes.merge(current().changes) { own, _ in own }
        branches.append(end)
    }

    private func current() -> TypeFrame.Branch { frame.sinceBranch() }

    private func tryCatch(_ node: TryNode) -> StaticType {
        var values: [StaticType] = []
        let changing = ChangedNames(node.body).names.compactMap { slot(of: $0) }
        var ends: [TypeFrame.Branch] = []
        report.catching(node.caughtKinds) {
            ends.append(frame.branch { values.append(statements(node.body)) })
        }
        for clause in node.catches {
            ends.append(
                frame.branch {
                    // The body may have failed anywhere.
                    for slot in changing { frame.set(slot, .unknown) }
                    if let name = clause.name { assign(name, .error) }
                    values.append(statements(clause.body))
                })
        }
        let value = StaticType.joined(zip(values, ends).filter { $1.isReachable }.map { $0.0 })
        guard let body = node.finally else {
            frame.merge(ends)
            return value
        }
        let reachesEnd = ends.contains { $0.isReachable }
        let inCatches = node.catches.flatMap { ChangedNames($0.body).names }.compactMap { slot(of: $0) }
        for slot in changing + inCatches { frame.set(slot, .unknown) }
        _ = statements(body)
        if !reachesEnd { frame.isReachable = false }
        return value
    }

    // MARK: Narrowing

    /// Uses what a condition says of variables where it held or did not.
    func narrow(_ condition: Expression, _ holds: Bool) {
        switch condition.kind {
        case .unary(.not, _, let operand): narrow(operand, !holds)
        case .logical(let operation, let operands):
            if (operation == .and) == holds {
                for operand in operands { narrow(operand, holds) }
            } else {
                for operand in operands { forget(operand) }
            }
        case .comparison(let first, let steps):
            guard steps.count == 1, case .name(let name) = first.kind, case .none = steps[0].operand.kind, let slot = slot(of: name) else {
                return forget(condition)
            }
            let isNone: Bool
            switch steps[0].operation {
            case .is, .equal: isNone = holds
            case .isNot, .notEqual: isNone = !holds
            default: return forget(condition)
            }
            frame.set(slot, frame.slots[slot].filtered { $0.isUnknown || $0.isNone == isNone })
        default: forget(condition)
        }
    }

    /// A test of a variable's type, such as `is_a(x, "int")`: the checker does not follow what it says.
    private func forget(_ condition: Expression) {
        switch condition.kind {
        case .call(let call):
            if case .name(let callee) = call.callee.kind, ["is_a", "isinstance", "type", "callable"].contains(callee.text) {
                for argument in call.arguments {
                    if case .name(let name) = argument.value.kind, let slot = slot(of: name) { frame.set(slot, .unknown) }
                }
            }
            for argument in call.arguments { forget(argument.value) }
        case .name, .integer, .string, .boolean, .float, .none: break
        default:
            guard condition.height > 1, condition.height < 20 else { return }
            condition.forEachPart { part in
                if case .expression(let expression) = part { forget(expression) }
            }
        }
    }
}
