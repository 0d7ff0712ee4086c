extension Expression {
    /// The name at the root of `a.b[c].d`, if there is one.
    var placeRoot: Name? {
        var expression = self
        while true {
            switch expression.kind {
            case .name(let name): return name
            case .attribute(let base, _), .subscripted(let base, _): expression = base
            default: return nil
            }
        }
    }
}

extension Compiler {
    /// Evaluates the keys on the way to a place, such as `t.a.b[2]`, and describes the way; returns the number of the path.
    mutating func path(_ place: Expression) -> Int {
        var links: [Expression] = []
        var root = place
        walk: while true {
            switch root.kind {
            case .attribute(let base, _), .subscripted(let base, _):
                links.append(root)
                root = base
            default: break walk
            }
        }
        let (origin, name, obstacle) = pathRoot(root)
        var steps: [UpdatePath.Step] = []
        for link in links.reversed() {
            switch link.kind {
            case .attribute(_, let name): steps.append(.field(builder.parts.sites[builder.site(name.text)]))
            case .subscripted(_, let items):
                if items.count == 1, case .index(let key) = items[0], !key.isEllipsis {
                    steps.append(.index(keyRegister(key)))
                } else {
                    steps.append(.general(indexDescriptor(items)))
                }
            default: break
            }
        }
        return builder.path(UpdatePath(root: origin, name: name, obstacle: obstacle, steps: steps))
    }

    private mutating func keyRegister(_ key: Expression) -> Int {
        if case .name(let name) = key.kind, case .local(let register) = binding(name) {
            checkSet(name, register)
            return register
        }
        if !key.isNumber { builder.leavesKeys = true }
        return temporary(key)
    }

    private mutating func pathRoot(_ root: Expression) -> (UpdatePath.Root, String, UpdatePath.Obstacle?) {
        guard case .name(let name) = root.kind else {
            return (.register(temporary(root)), "", .temporary)
        }
        switch binding(name) {
        case .local(let register):
            checkSet(name, register)
            return (.register(register), name.text, nil)
        case .global(let text) where builder.isModule: return (.cell(cell(text)), name.text, nil)
        case .global, .captured: return (.register(temporary(root)), name.text, .outerVariable)
        default: return (.register(temporary(root)), name.text, .temporary)
        }
    }

    // MARK: Assignment

    /// Assigns a register to a target; a temporary is emptied.
    mutating func assign(_ register: Int, to target: Target) {
        let mark = builder.nextRegister
        defer { builder.release(to: mark) }
        switch target.kind {
        case .name(let name): store(register, to: name)
        case .attribute(let base, let name):
            assignPlace(Expression(kind: .attribute(base, name), span: target.span, height: base.height + 1), base, register)
        case .subscripted(let base, let items):
            assignPlace(Expression(kind: .subscripted(base, items), span: target.span, height: base.height + 1), base, register)
        case .tuple(let targets): unpack(register, targets, span: target.span)
        case .rest(let inner): assign(register, to: inner)
        case .invalid: break
        }
    }

    private mutating func assignPlace(_ place: Expression, _ base: Expression, _ register: Int) {
        // `xs[i] = v` with a variable of this function is by far the most common place.
        if case .subscripted(_, let items) = place.kind, items.count == 1, case .index(let key) = items[0], !key.isEllipsis,
            case .name(let name) = base.kind, case .local(let variable) = binding(name)
        {
            checkSet(name, variable)
            let keyRegister = keyRegister(key)
            builder.mark(place.span, [base.span, key.span])
            let flag: UInt8 = (builder.isTemporary(keyRegister) ? 1 : 0) | (builder.isTemporary(register) ? 2 : 0)
            builder.emit(.setIndex, flag: flag, a: variable, b: keyRegister, c: register)
            return
        }
        let path = self.path(place)
        builder.mark(place.span, [base.span])
        builder.emit(.setPath, flag: builder.isTemporary(register) ? 1 : 0, a: register, c: path)
    }

    private mutating func unpack(_ register: Int, _ targets: [Target], span: Span) {
        let start = builder.allocate(targets.count)
        let restAt = targets.firstIndex { if case .rest = $0.kind { true } else { false } }
        builder.mark(span)
        if let restAt {
            builder.emit(.unpackRest, a: register, b: start, c: restAt)
            builder.emitWord(targets.count - restAt - 1)
        } else {
            builder.emit(.unpack, a: register, b: start, c: targets.count)
        }
        for (index, target) in targets.enumerated() { assign(start + index, to: target) }
    }

    mutating func assignment(_ targets: [Target], _ type: TypeNode?, _ value: Expression) {
        moving(.replaced(targets), in: value) { $0.plainAssignment(targets, type, value) }
    }

    private mutating func plainAssignment(_ targets: [Target], _ type: TypeNode?, _ value: Expression) {
        // A single variable is written directly.
        if targets.count == 1, case .name(let name) = targets[0].kind, case .local(let register) = binding(name) {
            expression(value, into: register)
            if let type {
                builder.mark(value.span, [value.span])
                check(register, TypeExpression(type), subject: "`\(name.text)`")
            }
            return
        }
        // `a, b = b, a` without making a tuple.
        if targets.count == 1, case .tuple(let parts) = targets[0].kind, case .tuple(let elements) = value.kind,
            parts.count == elements.count, !elements.contains(where: \.isSpread),
            !parts.contains(where: { if case .rest = $0.kind { true } else { false } })
        {
            let registers = elements.map { temporary($0.value) }
            for (part, register) in zip(parts, registers) { assign(register, to: part) }
            return
        }
        let register = temporary(value)
        if let type, case .name(let name)? = targets.first?.kind {
            builder.mark(value.span, [value.span])
            check(register, TypeExpression(type), subject: "`\(name.text)`")
        }
        for (index, target) in targets.enumerated() {
            if index < targets.count - 1 {
                let copy = builder.allocate()
                builder.emit(.move, a: copy, b: register)
                assign(copy, to: target)
            } else {
                assign(register, to: target)
            }
        }
    }

    mutating func augmented(_ target: Target, _ operation: BinaryOperator, _ value: Expression, span: Span) {
        switch target.kind {
        case .name(let name):
            if case .local(let register) = binding(name) {
                checkSet(name, register)
                if value.mayAssign {
                    let left = builder.allocate()
                    builder.emit(.move, a: left, b: register)
                    binary(
                        operation, left, target.span, BinaryStep(operation: operation, operatorSpan: target.span, operand: value),
                        into: register)
                    return
                }
                binary(
                    operation, register, target.span, BinaryStep(operation: operation, operatorSpan: target.span, operand: value),
                    into: register)
                return
            }
            // A module variable is taken out of its cell for the operation, so that a text or list can grow in place.
            let place = Expression(kind: .name(name), span: target.span, height: 1)
            let operand = temporary(value)
            let path = self.path(place)
            builder.mark(span, [target.span, value.span])
            builder.emit(.updatePath, flag: operation.code, a: operand, c: path)
        case .attribute(let base, let name):
            updatePlace(.attribute(base, name), base, target.span, operation, value, span: span)
        case .subscripted(let base, let items):
            updatePlace(.subscripted(base, items), base, target.span, operation, value, span: span)
        case .tuple, .rest, .invalid: break
        }
    }

    private mutating func updatePlace(
        _ kind: ExpressionKind, _ base: Expression, _ targetSpan: Span, _ operation: BinaryOperator, _ value: Expression, span: Span
    ) {
        let path = self.path(Expression(kind: kind, span: targetSpan, height: base.height + 1))
        let operand = temporary(value)
        builder.mark(span, [targetSpan, value.span])
        builder.emit(.updatePath, flag: operation.code, a: operand, c: path)
    }
}
