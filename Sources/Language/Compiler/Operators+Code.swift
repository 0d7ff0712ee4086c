extension BinaryOperator {
    /// The number by which instructions name the operator.
    var code: UInt8 {
        switch self {
        case .add: 0
        case .subtract: 1
        case .multiply: 2
        case .divide: 3
        case .floorDivide: 4
        case .modulo: 5
        case .power: 6
        case .matmul: 7
        case .bitAnd: 8
        case .bitOr: 9
        case .bitXor: 10
        case .shiftLeft: 11
        case .shiftRight: 12
        }
    }

    private static let byCode: [BinaryOperator] = BinaryOperator.allCases.sorted { $0.code < $1.code }

    init(code: UInt8) { self = BinaryOperator.byCode[Int(code) % BinaryOperator.byCode.count] }

    var opcode: Opcode? {
        switch self {
        case .add: .add
        case .subtract: .subtract
        case .multiply: .multiply
        case .divide: .divide
        case .floorDivide: .floorDivide
        case .modulo: .modulo
        default: nil
        }
    }

    var constantOpcode: Opcode? {
        switch self {
        case .add: .addK
        case .subtract: .subtractK
        case .multiply: .multiplyK
        case .divide: .divideK
        case .floorDivide: .floorDivideK
        case .modulo: .moduloK
        default: nil
        }
    }

    var host: HostBinaryOperator { HostBinaryOperator(rawValue: rawValue) ?? .add }
}

extension ComparisonOperator {
    /// For the six comparisons proper.
    var opcode: Opcode {
        switch self {
        case .notEqual: .notEqual
        case .less: .less
        case .lessEqual: .lessEqual
        case .greater: .greater
        case .greaterEqual: .greaterEqual
        default: .equal
        }
    }

    var constantOpcode: Opcode? {
        switch self {
        case .equal: .equalK
        case .notEqual: .notEqualK
        case .less: .lessK
        case .lessEqual: .lessEqualK
        case .greater: .greaterK
        case .greaterEqual: .greaterEqualK
        default: nil
        }
    }

    var jumpOpcode: (register: Opcode, constant: Opcode)? {
        switch self {
        case .equal: (.equalJump, .equalJumpK)
        case .notEqual: (.notEqualJump, .notEqualJumpK)
        case .less: (.lessJump, .lessJumpK)
        case .lessEqual: (.lessEqualJump, .lessEqualJumpK)
        case .greater: (.greaterJump, .greaterJumpK)
        case .greaterEqual: (.greaterEqualJump, .greaterEqualJumpK)
        default: nil
        }
    }

    var host: HostBinaryOperator? { HostBinaryOperator(rawValue: rawValue) }
}

extension Expression {
    /// Whether evaluating the expression may assign to a variable of the function: through a block, or a method that changes its object.
    var mayAssign: Bool {
        switch kind {
        case .none, .boolean, .integer, .float, .string, .ellipsis, .name, .function, .invalid: false
        case .ifElse, .tryCatch, .comprehension: true
        case .interpolation(let parts): parts.contains { $0.mayAssign }
        case .list(let elements), .tuple(let elements): elements.contains { $0.value.mayAssign }
        case .dict(let entries):
            entries.contains { entry in
                switch entry {
                case .pair(let key, let value): key.mayAssign || value.mayAssign
                case .spread(let value, _): value.mayAssign
                }
            }
        case .unary(_, _, let value): value.mayAssign
        case .binary(let first, let steps): first.mayAssign || steps.contains { $0.operand.mayAssign }
        case .logical(_, let operands): operands.contains { $0.mayAssign }
        case .comparison(let first, let steps): first.mayAssign || steps.contains { $0.operand.mayAssign }
        case .conditional(let condition, let value, let alternative): condition.mayAssign || value.mayAssign || alternative.mayAssign
        case .attribute(let base, _): base.mayAssign
        case .subscripted(let base, let items): base.mayAssign || items.contains { $0.expressions.contains { $0.mayAssign } }
        case .call(let call):
            call.callee.isMutatingMethod || call.callee.mayAssign || call.arguments.contains { $0.value.mayAssign }
        }
    }

    /// Whether this is `x.append` or the like.
    var isMutatingMethod: Bool {
        if case .attribute(_, let name) = kind { MutatingMethods.names.contains(name.text) } else { false }
    }
}

extension InterpolationPart {
    fileprivate var mayAssign: Bool {
        switch self {
        case .text: false
        case .field(let field): field.value.mayAssign || (field.format ?? []).contains { $0.mayAssign }
        }
    }
}

extension ComparisonStep {
    /// Whether the step asks that a value is none, or that it is not; nil if it asks something else.
    var testsNone: Bool? {
        guard case .none = operand.kind else { return nil }
        switch operation {
        case .is: return true
        case .isNot: return false
        default: return nil
        }
    }
}
