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
            let register = operand(base)
            builder.mark(name.span, [base.span])
            builder.emit(.getField, a: target, b: register, c: builder.site(name.text))
        case .subscripted(let base, let items): subscripted(base, items, span: expression.span, into: target)
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
        var left = operand(first, before: steps.map(\.operand))
        var leftSpan = first.span
        for (index, step) in steps.enumerated() {
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
            builder.emit(.getIndex, a: target, b: register, c: keyRegister)
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
                    parts.append(.value(temporary(expression)))
                }
            case .slice(let lower, let upper, let step, _):
                parts.append(
                    .slice(lower.map { temporary($0) } ?? -1, upper.map { temporary($0) } ?? -1, step.map { temporary($0) } ?? -1))
            }
        }
        return builder.index(IndexDescriptor(items: parts, isTuple: items.count > 1))
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
    var isEllipsis: Bool { if case .ellipsis = kind { true } else { false } }
}
