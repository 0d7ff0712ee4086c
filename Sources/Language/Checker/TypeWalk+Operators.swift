import Text

extension TypeWalk {
    // MARK: Binary

    /// `left op right`. Fails for a union only if every member does.
    func binary(
        _ operation: BinaryOperator, _ left: StaticType, _ right: StaticType, left leftSpan: Span, right rightSpan: Span, _ span: Span
    ) -> StaticType {
        var results: [StaticType] = []
        var failure: ScriptError?
        for a in left.members {
            for b in right.members {
                switch attempt(operation, a, b) {
                case .success(let type): results.append(type)
                case .failure(let error): failure = failure ?? error
                }
            }
        }
        guard results.isEmpty, let failure else { return .joined(results) }
        reportOperands(failure, [(leftSpan, left), (rightSpan, right)], span)
        return .never
    }

    func reportOperands(_ error: ScriptError, _ operands: [(span: Span, type: StaticType)], _ span: Span) {
        let rule: CheckRule = error.kind == .shape ? .shape : .operandType
        guard let first = operands.first else { return }
        report.add(
            rule, error.message, at: first.span, label: first.type.label, also: operands.dropFirst().map { ($0.span, $0.type.label) },
            notes: error.notes, help: error.help, kind: error.kind)
    }

    private func attempt(_ operation: BinaryOperator, _ a: StaticType, _ b: StaticType) -> Result<StaticType, ScriptError> {
        if a.isTensor || b.isTensor { return tensors(operation.host, a, b) }
        if a.isUnknown || b.isUnknown || a.isHost || b.isHost { return .success(.unknown) }
        guard let first = a.sample, let second = b.sample else { return .failure(unsupported(operation.rawValue, a, b)) }
        do {
            return .success(result(operation, a, b, try Operators.binary(operation, first, second)))
        } catch {
            let error = ScriptError(wrapping: error)
            return error.kind == .type ? .failure(error) : .success(.unknown)
        }
    }

    /// The type of a result, with what the sample does not tell.
    private func result(_ operation: BinaryOperator, _ a: StaticType, _ b: StaticType, _ sample: Value) -> StaticType {
        switch (operation, a, b) {
        case (.power, .int, .int): return .union([.anyInt, .float])
        case (_, .int(let x), .int(let y)): return isInt(sample) ? .int(folded(operation, x, y)) : StaticType(sample)
        case (.add, .list(let x, let first), .list(let y, let second)):
            let parts = first.flatMap { first in second.map { first + $0 } }
            return .listOf(x.joined(y), parts: parts)
        case (.add, .tuple(let x?), .tuple(let y?)): return .tupleOf(x + y)
        case (.multiply, .list(let item, _), _), (.multiply, _, .list(let item, _)): return .listOf(item)
        case (.multiply, .tuple, _), (.multiply, _, .tuple), (.add, .tuple, .tuple): return .tuple(nil)
        case (.bitOr, .dict(let k1, let v1), .dict(let k2, let v2)): return .dictOf(k1.joined(k2), v1.joined(v2))
        default: return StaticType(sample).counted
        }
    }

    private func isInt(_ value: Value) -> Bool { if case .int = value { true } else { false } }

    private func folded(_ operation: BinaryOperator, _ x: ShapeAxis, _ y: ShapeAxis) -> ShapeAxis {
        guard case .size(let a) = x, case .size(let b) = y else { return .unknown }
        let result: (partialValue: Int, overflow: Bool)
        switch operation {
        case .add: result = a.addingReportingOverflow(b)
        case .subtract: result = a.subtractingReportingOverflow(b)
        case .multiply: result = a.multipliedReportingOverflow(by: b)
        case .floorDivide where a >= 0 && b > 0: return .size(a / b)
        default: return .unknown
        }
        return result.overflow ? .unknown : .size(result.partialValue)
    }

    private func unsupported(_ operation: String, _ a: StaticType, _ b: StaticType) -> ScriptError {
        ScriptError(
            .type, "unsupported operand types for \(operation): \(a.typeName ?? "any") and \(b.typeName ?? "any")",
            help: Operators.help(for: operation, a.typeName, b.typeName))
    }

    // MARK: Tensors

    private func tensors(_ operation: HostBinaryOperator, _ a: StaticType, _ b: StaticType) -> Result<StaticType, ScriptError> {
        for operand in [a, b] {
            switch operand {
            case .tensor, .int, .float, .bool, .unknown, .never, .host, .object: break
            default: return .failure(unsupported(operation.rawValue, a, b))
            }
        }
        guard let shapes = context.shapes else { return .success(.unknown) }
        switch shapes.binary(operation, a.fact, b.fact) {
        case .value(let fact):
            let type = StaticType(fact)
            return .success(type.isUnknown ? .anyTensor : type)
        case .failure(let failure): return .failure(ScriptError(failure.kind, failure.message, help: failure.help))
        }
    }

    // MARK: Unary

    func unary(_ operation: UnaryOperator, _ operatorSpan: Span, _ operand: Expression, _ span: Span) -> StaticType {
        if operation == .not {
            condition(operand)
            return .bool
        }
        let type = expression(operand)
        // A negative literal.
        if operation == .negate, case .int(.size(let number)) = type, number != .min { return .int(.size(-number)) }
        let host: HostUnaryOperator = operation == .negate ? .negate : operation == .plus ? .plus : .invert
        var results: [StaticType] = []
        var failure: ScriptError?
        for member in type.members {
            switch attempt(host, member) {
            case .success(let type): results.append(type)
            case .failure(let error): failure = failure ?? error
            }
        }
        guard results.isEmpty, let failure else { return .joined(results) }
        report.add(
            .operandType, failure.message, at: operand.span, label: type.label, help: failure.help, kind: failure.kind)
        return .unknown
    }

    private func attempt(_ operation: HostUnaryOperator, _ type: StaticType) -> Result<StaticType, ScriptError> {
        if case .tensor(let facts) = type {
            guard let shapes = context.shapes else { return .success(.unknown) }
            switch shapes.unary(operation, facts) {
            case .value(let fact): return .success(StaticType(fact))
            case .failure(let failure): return .failure(ScriptError(failure.kind, failure.message, help: failure.help))
            }
        }
        guard let sample = type.sample else { return .success(.unknown) }
        do {
            return .success(StaticType(try Operators.unary(operation, sample)).counted)
        } catch {
            let error = ScriptError(wrapping: error)
            return error.kind == .type ? .failure(error) : .success(.unknown)
        }
    }

    // MARK: Logic

    func logical(_ operation: LogicalOperator, _ operands: [Expression]) -> StaticType {
        guard let first = operands.first else { return .bool }
        condition(first)
        let rest = frame.branch {
            narrow(first, operation == .and)
            for operand in operands.dropFirst() {
                condition(operand)
                narrow(operand, operation == .and)
            }
        }
        frame.merge([rest, TypeFrame.Branch(changes: [:], isReachable: true)])
        return .bool
    }

    // MARK: Comparison

    func comparison(_ first: Expression, _ steps: [ComparisonStep]) -> StaticType {
        var left = expression(first)
        var span = first.span
        var result = StaticType.bool
        for step in steps {
            let right = expression(step.operand)
            // Literals are compared on purpose.
            let type = compare(step, left, span, right, isMeant: first.isLiteral)
            result = steps.count == 1 ? type : .bool
            (left, span) = (right, step.operand.span)
        }
        return result
    }

    private func compare(_ step: ComparisonStep, _ left: StaticType, _ leftSpan: Span, _ right: StaticType, isMeant: Bool) -> StaticType {
        let operands = [(span: leftSpan, type: left), (span: step.operand.span, type: right)]
        switch step.operation {
        case .in, .notIn:
            checkMembership(left, right, operands)
            return .bool
        case .is, .isNot:
            if !isMeant { checkEquality(step, operands) }
            return .bool
        case .equal, .notEqual:
            if let host = step.operation.host, left.isTensor || right.isTensor {
                if case .success(let type) = tensors(host, left, right) { return type }
                return .bool
            }
            if left.isUnknown || right.isUnknown { return .unknown }
            if left.members.contains(where: { $0.isTensor || $0.isHost }) || right.members.contains(where: { $0.isTensor || $0.isHost }) {
                return .unknown
            }
            if !isMeant { checkEquality(step, operands) }
            return .bool
        default: return order(step, operands)
        }
    }

    private func order(_ step: ComparisonStep, _ operands: [(span: Span, type: StaticType)]) -> StaticType {
        var results: [StaticType] = []
        var failure: ScriptError?
        for a in operands[0].type.members {
            for b in operands[1].type.members {
                switch attempt(step.operation, a, b) {
                case .success(let type): results.append(type)
                case .failure(let error): failure = failure ?? error
                }
            }
        }
        guard results.isEmpty, let failure else { return .joined(results) }
        reportOperands(failure, operands, operands[0].span)
        return .unknown
    }

    private func attempt(_ operation: ComparisonOperator, _ a: StaticType, _ b: StaticType) -> Result<StaticType, ScriptError> {
        if a.isTensor || b.isTensor, let host = operation.host {
            if a.sequenceOrText || b.sequenceOrText {
                return .failure(
                    ScriptError(
                        .type, "\(operation.rawValue) is not supported between \(a.typeName ?? "any") and \(b.typeName ?? "any")"))
            }
            return tensors(host, a, b)
        }
        if a.isUnknown || b.isUnknown || a.isHost || b.isHost { return .success(.unknown) }
        guard let first = a.sample, let second = b.sample else {
            return .failure(
                ScriptError(.type, "\(operation.rawValue) is not supported between \(a.typeName ?? "any") and \(b.typeName ?? "any")"))
        }
        do {
            return .success(StaticType(try Operators.compare(operation, first, second)))
        } catch {
            let error = ScriptError(wrapping: error)
            return error.kind == .type ? .failure(error) : .success(.bool)
        }
    }

    private func checkMembership(_ item: StaticType, _ container: StaticType, _ operands: [(span: Span, type: StaticType)]) {
        if container.members.allSatisfy({ $0.element(context.shapes) == nil }) {
            reportOperands(ScriptError(.type, "\(container.described) holds no items to look for with `in`"), operands, operands[0].span)
            return
        }
        guard case .str = container, !item.isUnknown, item.members.allSatisfy({ $0.typeName != "str" && !$0.isHost }) else { return }
        reportOperands(
            ScriptError(.type, "`in` needs a str on the left when a str is on the right, not \(item.described)"), operands, operands[0].span
        )
    }

    /// `x == "1"` for an int x.
    private func checkEquality(_ step: ComparisonStep, _ operands: [(span: Span, type: StaticType)]) {
        for a in operands[0].type.members {
            for b in operands[1].type.members where StaticType.mayBeEqual(a, b) { return }
        }
        let isFalse = step.operation == .equal || step.operation == .is
        var help: String?
        if let a = operands[0].type.typeName, let b = operands[1].type.typeName, Set([a, b]) == ["int", "str"] {
            help = "convert the text with int(x), or the number with str(x)"
        }
        report.add(
            .constantComparison, "this is always \(isFalse): \(operands[0].type.described) is never \(operands[1].type.described)",
            at: operands[0].span.union(operands[1].span), help: help)
    }
}

extension StaticType {
    var isTensor: Bool { if case .tensor = self { true } else { false } }

    /// Whether it is an object of the host that answers operators in its own way.
    var isHost: Bool {
        switch self {
        case .host, .object: true
        default: false
        }
    }

    fileprivate var sequenceOrText: Bool {
        switch self {
        case .str, .list, .tuple, .dict, .none: true
        default: false
        }
    }

    /// Whether values of the two types can be equal.
    fileprivate static func mayBeEqual(_ a: StaticType, _ b: StaticType) -> Bool {
        if a.isUnknown || b.isUnknown || a.isHost || b.isHost || a.isTensor || b.isTensor { return true }
        guard let first = a.typeName, let second = b.typeName else { return true }
        if first == second { return true }
        return Set([first, second]).isSubset(of: ["int", "float"])
    }
}

extension Expression {
    fileprivate var isLiteral: Bool {
        switch kind {
        case .none, .boolean, .integer, .float, .string: true
        default: false
        }
    }
}
