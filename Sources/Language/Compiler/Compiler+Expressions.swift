extension Compiler {
    /// The register that holds the value: that of a variable, or a new temporary.
    mutating func operand(_ expression: Expression) -> Int {
        if case .name(let name) = expression.kind, case .local(let register) = binding(name) {
            checkSet(name, register)
            return register
        }
        let register = builder.allocate()
        self.expression(expression, into: register)
        return register
    }

    /// As `operand`, but a variable is copied if evaluating `later` expressions might assign to it.
    mutating func operand(_ expression: Expression, before later: [Expression]) -> Int {
        if case .name(let name) = expression.kind, case .local = binding(name), later.contains(where: { $0.mayAssign }) {
            let register = builder.allocate()
            self.expression(expression, into: register)
            return register
        }
        return operand(expression)
    }

    /// Evaluates into a register. The register is written last, so it may be a variable that the expression reads.
    mutating func expression(_ expression: Expression, into target: Int) {
        let mark = builder.nextRegister
        emit(expression, into: target)
        builder.release(to: mark)
    }

    private mutating func emit(_ expression: Expression, into target: Int) {
        switch expression.kind {
        case .none: builder.emit(.loadNone, a: target)
        case .boolean(let value): builder.emit(.loadBool, a: target, b: value ? 1 : 0)
        case .integer(let value):
            if Int32(exactly: value) != nil {
                builder.emit(.loadInt, a: target, wide: value)
            } else {
                builder.emit(.loadConst, a: target, wide: builder.constant(.int(value)))
            }
        case .float(let value): builder.emit(.loadConst, a: target, wide: builder.constant(.float(value)))
        case .string(let text): builder.emit(.loadConst, a: target, wide: builder.constant(.string(text)))
        case .interpolation(let parts): interpolation(parts, span: expression.span, into: target)
        case .ellipsis: builder.emit(.loadConst, a: target, wide: builder.constant(.string("...")))
        case .name(let name): load(name, into: target)
        case .list(let elements): sequence(elements, span: expression.span, isTuple: false, into: target)
        case .tuple(let elements): sequence(elements, span: expression.span, isTuple: true, into: target)
        case .dict(let entries): dict(entries, span: expression.span, into: target)
        case .unary(let operation, _, let value): unary(operation, value, span: expression.span, into: target)
        case .binary(let first, let steps): binary(first, steps, into: target)
        case .logical(let operation, let operands): logical(operation, operands, into: target)
        case .comparison(let first, let steps): comparison(first, steps, into: target)
        case .conditional(let condition, let value, let alternative):
            let otherwise = jumps(condition, when: false)
            self.expression(value, into: target)
            let end = builder.emit(.jump, wide: 0)
            for jump in otherwise { builder.patch(jump) }
            self.expression(alternative, into: target)
            builder.patch(end)
        case .attribute(let base, let name):
            if chain(expression, into: target) { return }
            let register = operand(base)
            builder.mark(name.span, [base.span])
            builder.emit(.getField, flag: emptied(register, target) ? 1 : 0, a: target, b: register, c: builder.site(name.text))
        case .subscripted(let base, let items):
            if chain(expression, into: target) { return }
            subscripted(base, items, span: expression.span, into: target)
        case .call(let call): self.call(call, span: expression.span, into: target)
        case .ifElse(let node): ifElse(node, into: target)
        case .tryCatch(let node): tryCatch(node, into: target)
        case .function(let node): function(node, into: target)
        case .comprehension(let node): comprehension(node, span: expression.span, into: target)
        case .invalid: builder.emit(.loadNone, a: target)
        }
    }

    // MARK: Operators

    private mutating func unary(_ operation: UnaryOperator, _ value: Expression, span: Span, into target: Int) {
        if operation == .negate {
            switch value.kind {
            case .integer(let number) where number != .min:
                emit(Expression(kind: .integer(-number), span: span, height: 1), into: target)
                return
            case .float(let number):
                emit(Expression(kind: .float(-number), span: span, height: 1), into: target)
                return
            default: break
            }
        }
        let register = operand(value)
        builder.mark(span, [value.span])
        switch operation {
        case .negate: builder.emit(.negate, a: target, b: register)
        case .not: builder.emit(.not, a: target, b: register)
        case .plus: builder.emit(.unary, flag: 0, a: target, b: register)
        case .invert: builder.emit(.unary, flag: 1, a: target, b: register)
        }
    }

    private mutating func binary(_ first: Expression, _ steps: [BinaryStep], into target: Int) {
        let accumulator = builder.isTemporary(target) ? target : builder.allocate()
        // `2 * x` is x with a constant too; only an error need know that they changed places.
        let swaps = first.isNumber && [.add, .multiply].contains(steps[0].operation) && constantOperand(steps[0].operand) == nil
        var left = swaps ? operand(steps[0].operand) : operand(first, before: steps.map(\.operand))
        var leftSpan = first.span
        for (index, step) in steps.enumerated() {
            if swaps, index == 0, let opcode = step.operation.constantOpcode, let constant = constantOperand(first) {
                let destination = steps.count == 1 ? target : accumulator
                let span = leftSpan.union(step.operand.span)
                builder.mark(span, [leftSpan, step.operand.span])
                builder.emit(opcode, flag: 1, a: destination, b: left, c: constant)
                (left, leftSpan) = (destination, span)
                continue
            }
            let mark = builder.nextRegister
            let destination = index == steps.count - 1 ? target : accumulator
            binary(step.operation, left, leftSpan, step, into: destination)
            builder.release(to: mark)
            left = destination
            leftSpan = leftSpan.union(step.operand.span)
        }
    }

    /// `left op step.operand` into a register, which may be that of `left`: then a text or list grows in place.
    mutating func binary(_ operation: BinaryOperator, _ left: Int, _ leftSpan: Span, _ step: BinaryStep, into target: Int) {
        let spans = (leftSpan.union(step.operand.span), [leftSpan, step.operand.span])
        if let opcode = operation.constantOpcode, let constant = constantOperand(step.operand) {
            builder.mark(spans.0, spans.1)
            builder.emit(opcode, a: target, b: left, c: constant)
            return
        }
        let right = operand(step.operand)
        builder.mark(spans.0, spans.1)
        if let opcode = operation.opcode {
            builder.emit(opcode, a: target, b: left, c: right)
        } else {
            builder.emit(.binary, flag: operation.code, a: target, b: left, c: right)
        }
    }

    /// The constant for a number or text literal, if it can be addressed.
    private mutating func constantOperand(_ expression: Expression) -> Int? {
        let value: Value
        switch expression.kind {
        case .integer(let number): value = .int(number)
        case .float(let number): value = .float(number)
        case .string(let text): value = .string(text)
        default: return nil
        }
        let index = builder.constant(value)
        return index <= 0xFFFF ? index : nil
    }

    private mutating func logical(_ operation: LogicalOperator, _ operands: [Expression], into target: Int) {
        let accumulator = builder.isTemporary(target) ? target : builder.allocate()
        var exits: [Int] = []
        for (index, operand) in operands.enumerated() {
            expression(operand, into: accumulator)
            builder.mark(operand.span, [operand.span])
            if index < operands.count - 1 {
                exits.append(builder.emit(operation == .and ? .jumpFalse : .jumpTrue, a: accumulator, wide: 0))
            } else {
                builder.emit(.checkBool, a: accumulator)
            }
        }
        for exit in exits { builder.patch(exit) }
        if accumulator != target { builder.emit(.take, a: target, b: accumulator) }
    }

    private mutating func comparison(_ first: Expression, _ steps: [ComparisonStep], into target: Int) {
        if steps.count == 1 {
            let left = operand(first, before: [steps[0].operand])
            compare(steps[0], left, first.span, into: target)
            return
        }
        // A chain: each middle operand is kept, since the next comparison reads it again.
        let accumulator = builder.isTemporary(target) ? target : builder.allocate()
        let left = builder.allocate()
        let right = builder.allocate()
        expression(first, into: left)
        var leftSpan = first.span
        var exits: [Int] = []
        for (index, step) in steps.enumerated() {
            let mark = builder.nextRegister
            expression(step.operand, into: right)
            let kept = builder.allocate()
            let isLast = index == steps.count - 1
            if !isLast { builder.emit(.move, a: kept, b: right) }
            builder.mark(leftSpan.union(step.operand.span), [leftSpan, step.operand.span])
            compareRegisters(step.operation, left, right, into: accumulator)
            if !isLast {
                exits.append(builder.emit(.jumpFalse, a: accumulator, wide: 0))
                builder.emit(.take, a: left, b: kept)
            }
            leftSpan = step.operand.span
            builder.release(to: mark)
        }
        for exit in exits { builder.patch(exit) }
        if accumulator != target { builder.emit(.take, a: target, b: accumulator) }
    }

    private mutating func compare(_ step: ComparisonStep, _ left: Int, _ leftSpan: Span, into target: Int) {
        let span = leftSpan.union(step.operand.span)
        if let isNone = step.testsNone {
            builder.emit(.isNone, flag: (isNone ? 0 : 1) | (emptied(left, target) ? 2 : 0), a: target, b: left)
            return
        }
        if let opcode = step.operation.constantOpcode, let constant = constantOperand(step.operand) {
            builder.mark(span, [leftSpan, step.operand.span])
            builder.emit(opcode, a: target, b: left, c: constant)
            return
        }
        let right = operand(step.operand)
        builder.mark(span, [leftSpan, step.operand.span])
        compareRegisters(step.operation, left, right, into: target)
    }

    mutating func compareRegisters(_ operation: ComparisonOperator, _ left: Int, _ right: Int, into target: Int) {
        switch operation {
        case .in: builder.emit(.contains, flag: 0, a: target, b: left, c: right)
        case .notIn: builder.emit(.contains, flag: 1, a: target, b: left, c: right)
        case .is: builder.emit(.identical, flag: 0, a: target, b: left, c: right)
        case .isNot: builder.emit(.identical, flag: 1, a: target, b: left, c: right)
        default: builder.emit(operation.opcode, a: target, b: left, c: right)
        }
    }

    /// Emits a test that jumps away if the condition has the given value; returns the jumps to patch. Falls through otherwise.
    mutating func jumps(_ condition: Expression, when value: Bool) -> [Int] {
        let mark = builder.nextRegister
        defer { builder.release(to: mark) }
        switch condition.kind {
        case .comparison(let first, let steps) where steps.count == 1 && steps[0].testsNone != nil:
            let left = operand(first)
            let flag: UInt8 = (steps[0].testsNone == value ? 1 : 0) | (builder.isTemporary(left) ? 2 : 0)
            builder.emit(.noneJump, flag: flag, b: left)
            return [builder.emitWord()]
        case .comparison(let first, let steps) where steps.count == 1 && steps[0].operation.jumpOpcode != nil:
            let step = steps[0]
            let left = operand(first, before: [step.operand])
            let span = first.span.union(step.operand.span)
            guard let opcodes = step.operation.jumpOpcode else { return [] }
            if let constant = constantOperand(step.operand) {
                builder.mark(span, [first.span, step.operand.span])
                builder.emit(opcodes.constant, flag: value ? 1 : 0, b: left, c: constant)
            } else {
                let right = operand(step.operand)
                builder.mark(span, [first.span, step.operand.span])
                builder.emit(opcodes.register, flag: value ? 1 : 0, b: left, c: right)
            }
            return [builder.emitWord()]
        case .unary(.not, _, let inner): return jumps(inner, when: !value)
        case .logical(let operation, let operands):
            // `and` leaves early on false, `or` on true.
            let leavesOn = operation == .or
            if leavesOn == value { return operands.flatMap { jumps($0, when: value) } }
            var exits: [Int] = []
            for operand in operands.dropLast() { exits += jumps(operand, when: leavesOn) }
            let result = operands.last.map { jumps($0, when: value) } ?? []
            for exit in exits { builder.patch(exit) }
            return result
        default:
            let register = operand(condition)
            builder.mark(condition.span, [condition.span])
            return [builder.emit(value ? .jumpTrue : .jumpFalse, a: register, wide: 0)]
        }
    }

    // MARK: Items

    private mutating func subscripted(_ base: Expression, _ items: [SubscriptItem], span: Span, into target: Int) {
        let later = items.flatMap(\.expressions)
        let register = operand(base, before: later)
        if items.count == 1, case .index(let key) = items[0], !key.isEllipsis {
            let keyRegister = operand(key)
            builder.mark(span, [base.span, key.span])
            getIndex(register, keyRegister, into: target)
            return
        }
        let descriptor = indexDescriptor(items)
        builder.mark(span, [base.span] + items.map(\.span))
        builder.emit(.getIndexGeneral, a: target, b: register, c: descriptor)
    }

    /// Evaluates the parts of a subscript into temporaries and describes where they are.
    mutating func indexDescriptor(_ items: [SubscriptItem]) -> Int {
        var parts: [IndexDescriptor.Item] = []
        for item in items {
            switch item {
            case .index(let expression):
                if expression.isEllipsis {
                    parts.append(.ellipsis)
                } else {
                    parts.append(.value(key(expression)))
                }
            case .slice(let lower, let upper, let step, _):
                parts.append(.slice(lower.map { key($0) } ?? -1, upper.map { key($0) } ?? -1, step.map { key($0) } ?? -1))
            }
        }
        return builder.index(IndexDescriptor(items: parts, isTuple: items.count > 1))
    }

    /// A part of a subscript in a temporary, which stays there: it is let go of when the function returns.
    private mutating func key(_ expression: Expression) -> Int {
        if !expression.isNumber { builder.leavesKeys = true }
        return temporary(expression)
    }

    /// Whether an instruction that writes `target` has to empty the operand.
    private func emptied(_ operand: Int, _ target: Int) -> Bool { operand != target && builder.isTemporary(operand) }

    private mutating func getIndex(_ object: Int, _ key: Int, into target: Int) {
        let flag: UInt8 = (emptied(object, target) ? 1 : 0) | (emptied(key, target) ? 2 : 0)
        builder.emit(.getIndex, flag: flag, a: target, b: object, c: key)
    }

    /// `a.b[i].c` from a variable, in one go: nothing on the way is copied. False for anything else. The same step by step stands behind,
    /// for what takes more than looking.
    private mutating func chain(_ expression: Expression, into target: Int) -> Bool {
        var links: [Expression] = []
        var root = expression
        walk: while true {
            switch root.kind {
            case .attribute(let base, _): (links, root) = (links + [root], base)
            case .subscripted(let base, let items):
                guard items.count == 1, case .index(let key) = items[0], isSimpleKey(key) else { return false }
                (links, root) = (links + [root], base)
            default: break walk
            }
        }
        guard links.count > 1, case .name(let name) = root.kind else { return false }
        var origin: UpdatePath.Root
        switch binding(name) {
        case .local(let register):
            checkSet(name, register)
            origin = .register(register)
        case .global(let text): origin = .cell(cell(text))
        default: return false
        }
        links.reverse()
        var steps: [UpdatePath.Step] = []
        for link in links {
            switch link.kind {
            case .attribute(_, let name): steps.append(.field(builder.parts.sites[builder.site(name.text)]))
            case .subscripted(_, let items):
                guard case .index(let key) = items[0] else { break }
                let register = operand(key)
                if builder.isTemporary(register), !key.isNumber { builder.leavesKeys = true }
                steps.append(.index(register))
            default: break
            }
        }
        let path = builder.path(UpdatePath(root: origin, name: name.text, obstacle: nil, steps: steps))
        builder.emit(.getPath, a: target, c: path)
        let end = builder.emitWord()
        var object = builder.allocate()
        let intermediate = object
        if case .register(let register) = origin { object = register } else { self.expression(root, into: object) }
        for (index, link) in links.enumerated() {
            let result = index == links.count - 1 ? target : intermediate
            switch (link.kind, steps[index]) {
            case (.attribute(let base, let name), _):
                builder.mark(name.span, [base.span])
                builder.emit(.getField, flag: emptied(object, result) ? 1 : 0, a: result, b: object, c: builder.site(name.text))
            case (.subscripted(let base, let items), .index(let key)):
                builder.mark(link.span, [base.span, items[0].span])
                getIndex(object, key, into: result)
            default: break
            }
            object = result
        }
        builder.patch(end)
        return true
    }

    /// Whether a key may be evaluated before what it is a key of: it reads no more than variables and literals.
    private func isSimpleKey(_ key: Expression) -> Bool {
        switch key.kind {
        case .integer, .string: true
        case .name(let name): if case .local = binding(name) { true } else { false }
        case .unary(.negate, _, let value): isSimpleKey(value)
        case .binary(let first, let steps): isSimpleKey(first) && steps.allSatisfy { isSimpleKey($0.operand) }
        default: false
        }
    }

    /// Evaluates into a new temporary, variables too.
    mutating func temporary(_ expression: Expression) -> Int {
        let register = builder.allocate()
        self.expression(expression, into: register)
        return register
    }
}

extension SubscriptItem {
    var expressions: [Expression] {
        switch self {
        case .index(let expression): [expression]
        case .slice(let lower, let upper, let step, _): [lower, upper, step].compactMap { $0 }
        }
    }
}

extension Expression {
    /// Whether this is an int or float literal.
    var isNumber: Bool {
        switch kind {
        case .integer, .float: true
        default: false
        }
    }

    var isEllipsis: Bool { if case .ellipsis = kind { true } else { false } }
}
