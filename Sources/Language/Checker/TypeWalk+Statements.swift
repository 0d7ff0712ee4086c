extension TypeWalk {
    /// Walks the statements of a block as far as they can be reached; the block's value.
    func statements(_ block: Block) -> StaticType {
        var value = StaticType.none
        for (index, statement) in block.statements.enumerated() {
            if !frame.isReachable { return .never }
            if case .expression(let expression) = statement.kind {
                value = self.expression(expression)
                if index + 1 < block.statements.count { checkUnused(expression, value) }
            } else {
                self.statement(statement)
                value = .none
            }
        }
        return frame.isReachable ? value : .never
    }

    private func statement(_ statement: Statement) {
        switch statement.kind {
        case .expression(let expression): _ = self.expression(expression)
        case .assignment(let targets, let type, _, let value): assignment(targets, type, value)
        case .augmented(let target, let operation, let span, let value): augmented(target, operation, span, value, statement.span)
        case .param(let node): param(node)
        case .importModules(let nodes): for node in nodes { importModule(node) }
        case .importNames(let module, let names): importNames(module, names)
        case .function(let node):
            if let name = node.name {
                let function = make(node)
                assign(name, function)
            }
        case .structure(let node):
            let made = make(node)
            defaults(of: node, made)
            assign(node.name, .structType(made))
        case .forLoop(let node):
            let element = iterate(expression(node.iterable), at: node.iterable.span)
            loop(node.body, isEndless: false, entry: { self.bind(node.target, element) })
        case .whileLoop(let condition, let body): whileLoop(condition, body)
        case .returnValue(let value):
            let type = value.map { expression($0) } ?? .none
            if let function = frame.function { checkResult(type, of: function, at: value?.span ?? statement.span) }
            frame.returned = frame.returned.joined(type)
            frame.isReachable = false
        case .breakLoop: leaveLoop { $0.breaks.append($1) }
        case .continueLoop: leaveLoop { $0.continues.append($1) }
        case .raise(let value):
            if let value { checkRaise(expression(value), at: value.span) }
            frame.isReachable = false
        case .assert(let condition, let message):
            self.condition(condition)
            if let message { frame.merge([frame.branch { _ = self.expression(message) }, frame.branch {}]) }
            narrow(condition, true)
        case .test(let node): _ = make(node.function)
        case .invalid: break
        }
    }

    // MARK: Assignment

    private func assignment(_ targets: [Target], _ type: TypeNode?, _ value: Expression) {
        var given = expression(value)
        if let type, case .name(let name)? = targets.first?.kind {
            let wanted = TypeExpression(type)
            let promised = self.type(wanted)
            if !require(given, wanted, .annotationType, subject: "`\(name.text)`", at: value.span) || given.isUnknown { given = promised }
            if case .float = promised { given = .float }
        }
        checkNothing(given, value)
        for target in targets { bind(target, given) }
    }

    /// `x = xs.append(1)`: the method changes its list and gives none.
    private func checkNothing(_ type: StaticType, _ value: Expression) {
        guard case .none = type, case .call(let call) = value.kind, case .attribute(let base, let name) = call.callee.kind,
            MutatingMethods.names.contains(name.text), base.placeRoot != nil
        else { return }
        report.add(
            .noneResult, "`\(name.text)` changes \(source.text(base.span)) in place and gives none", at: value.span,
            help: "write it as a statement of its own")
    }

    private func augmented(_ target: Target, _ operation: BinaryOperator, _ operatorSpan: Span, _ value: Expression, _ span: Span) {
        let right: StaticType
        switch target.kind {
        case .name(let name):
            right = expression(value)
            let result = binary(operation, type(of: name), right, left: target.span, right: value.span, span)
            assign(name, result.counted)
        case .attribute(let base, let name):
            let left = member(expression(base), name, of: base.span)
            right = expression(value)
            change(base, field: name, to: binary(operation, left, right, left: target.span, right: value.span, span), at: span)
        case .subscripted(let base, let items):
            let left = index(expression(base), items, base: base.span, span: target.span)
            right = expression(value)
            change(base, items, to: binary(operation, left, right, left: target.span, right: value.span, span), at: target.span)
        default: _ = expression(value)
        }
    }

    func bind(_ target: Target, _ type: StaticType) {
        switch target.kind {
        case .name(let name): assign(name, type)
        case .tuple(let parts): unpack(type, parts, target.span)
        case .rest(let inner): bind(inner, .listOf(.unknown))
        case .attribute(let base, let name): change(base, field: name, to: type, at: target.span)
        case .subscripted(let base, let items): change(base, items, to: type, at: target.span)
        case .invalid: break
        }
    }

    private func unpack(_ type: StaticType, _ targets: [Target], _ span: Span) {
        let hasRest = targets.contains { if case .rest = $0.kind { true } else { false } }
        let parts = self.parts(of: type)
        if let parts, !hasRest, parts.count != targets.count {
            report.add(.unpackCount, "expected \(targets.count) values to unpack, got \(parts.count)", at: span)
        } else if let parts, hasRest, parts.count < targets.count - 1 {
            report.add(.unpackCount, "expected at least \(targets.count - 1) values to unpack, got \(parts.count)", at: span)
        } else if let parts, !hasRest {
            for (target, part) in zip(targets, parts) { bind(target, part) }
            return
        }
        let element: StaticType
        if type.members.allSatisfy({ $0.element(context.shapes) == nil }) {
            report.add(.notIterable, "\(type.described) cannot be unpacked into several variables", at: span, label: type.label)
            element = .unknown
        } else {
            element = type.element(context.shapes) ?? .unknown
        }
        for target in targets { bind(target, element) }
    }

    private func parts(of type: StaticType) -> [StaticType]? {
        switch type {
        case .list(_, let parts): parts
        case .tuple(let parts): parts
        default: nil
        }
    }

    private func param(_ node: ParamNode) {
        var type = node.type.map { self.type($0) } ?? .unknown
        if let value = node.defaultValue {
            let given = expression(value)
            if let annotation = node.type {
                require(given, TypeExpression(annotation), .defaultType, subject: "the default of `\(node.name.text)`", at: value.span)
            } else {
                type = .unknown
            }
        }
        assign(node.name, type)
    }

    private func checkRaise(_ type: StaticType, at span: Span) {
        let canRaise = type.members.contains { member in
            switch member {
            case .unknown, .never, .error, .builtin, .callable, .object, .host: true
            default: false
            }
        }
        if canRaise { return }
        report.add(
            .raiseType, "only errors can be raised, not \(type.described)", at: span, label: type.label,
            help: "such as `raise ValueError(\"what is wrong\")`")
    }

    // MARK: Imports

    private func importModule(_ node: ImportNode) {
        switch context.module(node.module, from: source) {
        case .success(let module): assign(node.binding, .module(module))
        case .failure(let error):
            report.add(.missingModule, error.message, at: node.module.span, help: error.help, kind: error.kind)
            assign(node.binding, .unknown)
        }
    }

    private func importNames(_ reference: ModuleReference, _ names: [ImportedName]) {
        let found = context.module(reference, from: source)
        if case .failure(let error) = found {
            report.add(.missingModule, error.message, at: reference.span, help: error.help, kind: error.kind)
        }
        for name in names {
            guard case .success(let module) = found else {
                assign(name.binding, .unknown)
                continue
            }
            assign(name.binding, moduleMember(module, name.name))
            if let structure = module.structure(name.name.text) { structs[name.binding.text] = structure }
        }
    }

    // MARK: Loops

    private func whileLoop(_ condition: Expression, _ body: Block) {
        let isEndless = if case .boolean(true) = condition.kind { true } else { false }
        loop(
            body, isEndless: isEndless,
            entry: {
                self.condition(condition)
                self.narrow(condition, true)
            })
        if !isEndless { narrow(condition, false) }
    }

    /// Walks a loop until the types at its head no longer change.
    ///
    /// - Parameter entry: what happens at the head of each round: the condition, the loop's variables.
    private func loop(_ body: Block, isEndless: Bool, entry: () -> Void) {
        let changing = ChangedNames(body).names.compactMap { slot(of: $0) }
        for slot in changing { frame.set(slot, frame.slots[slot].counted) }
        // Deep inside other loops a second walk costs too much: what changes there is not known.
        var isPatient = frame.loops.count < 4
        if !isPatient { for slot in changing where !isUnset(slot) { frame.set(slot, .unknown) } }
        let mark = report.mark
        for round in 0..<3 {
            frame.loops.append(TypeFrame.LoopEnds(changing: changing))
            let end = frame.branch {
                entry()
                _ = statements(body)
            }
            guard let ends = frame.loops.popLast() else { return }
            let back = [end] + ends.continues
            if isPatient, let changes = changes(of: changing, after: back), !changes.isEmpty {
                report.rewind(to: mark)
                for (slot, type) in changes { frame.set(slot, round == 0 ? type : .unknown) }
                isPatient = round < 1
                continue
            }
            leave(ends, back, isEndless: isEndless)
            return
        }
    }

    private func isUnset(_ slot: Int) -> Bool { if case .never = frame.slots[slot] { true } else { false } }

    /// What the slots are at the head of a loop after a round, where that is more than before it.
    private func changes(of slots: [Int], after ways: [TypeFrame.Branch]) -> [Int: StaticType]? {
        var changes: [Int: StaticType] = [:]
        for slot in slots where !isUnset(slot) {
            let before = frame.slots[slot]
            let joined = StaticType.joined([before] + ways.filter(\.isReachable).map { $0.changes[slot] ?? before })
            if !joined.isSame(as: before) { changes[slot] = joined }
        }
        return changes
    }

    private func leave(_ ends: TypeFrame.LoopEnds, _ back: [TypeFrame.Branch], isEndless: Bool) {
        let skipped = TypeFrame.Branch(changes: [:], isReachable: true)
        frame.merge(isEndless ? ends.breaks : ends.breaks + back + [skipped])
    }

    private func leaveLoop(_ note: (inout TypeFrame.LoopEnds, TypeFrame.Branch) -> Void) {
        if let innermost = frame.loops.indices.last {
            note(&frame.loops[innermost], frame.snapshot(frame.loops[innermost].changing))
        }
        frame.isReachable = false
    }

    /// What a loop over a value gives, one by one.
    func iterate(_ type: StaticType, at span: Span) -> StaticType {
        if let element = type.element(context.shapes) {
            if case .never = element { return .unknown }
            return element
        }
        var help: String?
        if case .int = type { help = "to count, loop over range(n)" }
        report.add(.notIterable, "\(type.described) cannot be looped over", at: span, label: type.label, help: help)
        return .unknown
    }
}

/// Collects the variables that a block may change, outside the functions in it.
struct ChangedNames {
    private(set) var names: [Name] = []
    private var seen: Set<String> = []

    init(_ block: Block) { visit(block) }
    init(_ expression: Expression) { visit(expression) }

    private mutating func add(_ name: Name) { if seen.insert(name.text).inserted { names.append(name) } }

    private mutating func visit(_ block: Block) { for statement in block.statements { visit(statement) } }

    private mutating func visit(_ statement: Statement) {
        switch statement.kind {
        case .param(let node): add(node.name)
        case .importModules(let nodes): for node in nodes { add(node.binding) }
        case .importNames(_, let names): for name in names { add(name.binding) }
        case .function(let node): if let name = node.name { add(name) }
        case .structure(let node): add(node.name)
        default: break
        }
        for part in statement.parts {
            if case .target(let target) = part { add(target) } else { visit(part) }
        }
    }

    private mutating func add(_ target: Target) {
        switch target.kind {
        case .name(let name): add(name)
        case .tuple(let parts): for part in parts { add(part) }
        case .rest(let part): add(part)
        case .attribute(let base, _), .subscripted(let base, _): if let root = base.placeRoot { add(root) }
        case .invalid: break
        }
    }

    private mutating func visit(_ part: SyntaxPart) {
        switch part {
        case .expression(let expression): visit(expression)
        case .block(let block): visit(block)
        case .caught(let name): add(name)
        // A comprehension's variables are its own, as a function's are.
        case .function, .target: break
        }
    }

    private mutating func visit(_ expression: Expression) {
        guard expression.height > 1 else { return }
        if case .call(let call) = expression.kind, case .attribute(let base, let name) = call.callee.kind,
            MutatingMethods.names.contains(name.text), let root = base.placeRoot
        {
            add(root)
        }
        for part in expression.parts { visit(part) }
    }
}
