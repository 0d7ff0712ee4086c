// The last use of a variable moves its value out instead of copying it. Whoever gets the value then holds it alone, so that a function
// may change the list or struct that it was given, and give it back, without a copy: `state = step(state)`.

extension Compiler {
    /// Which variables nothing reads after an expression.
    enum LastUse {
        case nothing
        /// The function ends with it.
        case everything
        /// Those that the result is assigned to.
        case replaced([Target])
    }

    /// Compiles `expression` by `body`, moving out of the variables that are dead after it and occur in it once.
    mutating func moving(_ lastUse: LastUse, in expression: Expression, _ body: (inout Compiler) -> Void) {
        let outer = (builder.moved, builder.movedLast)
        (builder.moved, builder.movedLast) = movable(lastUse, in: expression)
        body(&self)
        (builder.moved, builder.movedLast) = outer
    }

    private func movable(_ lastUse: LastUse, in expression: Expression) -> (moved: Set<Int>, last: Set<Int>) {
        // Where an error may be caught in this function, its variables are not dead.
        guard builder.finalizers.isEmpty else { return ([], []) }
        var candidates: Set<Int>?
        switch lastUse {
        case .nothing: return ([], [])
        case .everything: break
        case .replaced(let targets):
            var registers: Set<Int> = []
            for target in targets { collect(target, into: &registers) }
            if registers.isEmpty { return ([], []) }
            candidates = registers
        }
        var uses: [Int: Int] = [:]
        guard count(expression, times: 1, &uses) else { return ([], []) }
        if let candidates { uses = uses.filter { candidates.contains($0.key) } }
        return (Set(uses.filter { $0.value == 1 }.keys), argumentsReadByOthers(expression, uses))
    }

    /// `f(state, state.count)`: variables that are an argument by themselves, and are read in other arguments of the same call, which
    /// is all of the expression. They are moved when those others have been evaluated.
    private func argumentsReadByOthers(_ expression: Expression, _ uses: [Int: Int]) -> Set<Int> {
        guard case .call(let call) = expression.kind, !call.callee.mayAssign, !call.callee.isMutatingMethod else { return [] }
        var found: Set<Int> = []
        var bare: [Int: Int] = [:]
        for argument in call.arguments {
            guard case .positional = argument.kind, !argument.value.mayAssign else { return [] }
            if let register = variable(argument.value) { bare[register, default: 0] += 1 }
        }
        var inCallee: [Int: Int] = [:]
        guard count(call.callee, times: 1, &inCallee) else { return [] }
        for (register, times) in bare where times == 1 && uses[register, default: 0] > 1 && inCallee[register] == nil {
            found.insert(register)
        }
        return found
    }

    /// The register of an expression that is a variable of this function.
    func variable(_ expression: Expression) -> Int? {
        guard case .name(let name) = expression.kind, case .local(let register) = binding(name) else { return nil }
        return register
    }

    private func collect(_ target: Target, into registers: inout Set<Int>) {
        switch target.kind {
        case .name(let name): if case .local(let register) = binding(name) { registers.insert(register) }
        case .tuple(let parts): for part in parts { collect(part, into: &registers) }
        case .rest(let part): collect(part, into: &registers)
        case .attribute, .subscripted, .invalid: break
        }
    }

    /// Counts how often an expression reads each variable; what may be read many times counts twice. False where it holds statements.
    private func count(_ expression: Expression, times: Int, _ uses: inout [Int: Int]) -> Bool {
        func all(_ parts: [Expression], times: Int = times) -> Bool {
            for part in parts where !count(part, times: times, &uses) { return false }
            return true
        }
        switch expression.kind {
        case .none, .boolean, .integer, .float, .string, .ellipsis, .invalid: return true
        case .name(let name):
            if case .local(let register) = binding(name) { uses[register, default: 0] += times }
            return true
        case .interpolation(let parts): return count(parts, times: times, &uses)
        case .list(let elements), .tuple(let elements): return all(elements.map(\.value))
        case .dict(let entries):
            return all(
                entries.flatMap { entry in
                    switch entry {
                    case .pair(let key, let value): [key, value]
                    case .spread(let value, _): [value]
                    }
                })
        case .unary(_, _, let value), .attribute(let value, _): return all([value])
        case .binary(let first, let steps): return all([first] + steps.map(\.operand))
        case .logical(_, let operands): return all(operands)
        case .comparison(let first, let steps): return all([first] + steps.map(\.operand))
        case .conditional(let condition, let value, let alternative): return all([condition, value, alternative])
        case .subscripted(let base, let items): return all([base] + items.flatMap(\.expressions))
        case .call(let call): return all([call.callee] + call.arguments.map(\.value))
        case .function(let node):
            for capture in resolution.functions[node.id].captures {
                if case .local(let register) = capture.origin { uses[register, default: 0] += 2 }
            }
            return true
        case .comprehension(let node):
            var parts: [Expression] = []
            switch node.kind {
            case .list(let value): parts = [value]
            case .dict(let key, let value): parts = [key, value]
            }
            for clause in node.clauses {
                switch clause {
                case .loop(_, let iterable, _): parts.append(iterable)
                case .condition(let condition): parts.append(condition)
                }
            }
            return all(parts, times: 2)
        case .ifElse, .tryCatch: return false
        }
    }

    private func count(_ parts: [InterpolationPart], times: Int, _ uses: inout [Int: Int]) -> Bool {
        for case .field(let field) in parts {
            guard count(field.value, times: times, &uses), count(field.format ?? [], times: times, &uses) else { return false }
        }
        return true
    }
}
