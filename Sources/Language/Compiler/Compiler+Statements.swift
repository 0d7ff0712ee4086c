extension Compiler {
    mutating func statement(_ statement: Statement) {
        let mark = builder.nextRegister
        defer { builder.release(to: mark) }
        trace(statement.span)
        switch statement.kind {
        case .expression(let expression): effect(expression)
        case .assignment(let targets, let type, _, let value): assignment(targets, type, value)
        case .augmented(let target, let operation, _, let value): augmented(target, operation, value, span: statement.span)
        case .param(let node): parameter(node, span: statement.span)
        case .importModules(let nodes): for node in nodes { importModule(node) }
        case .importNames(let module, let names): importNames(module, names)
        case .function(let node): declaration(node.name) { $0.function(node, into: $1) }
        case .structure(let node): declaration(node.name) { $0.structure(node, span: statement.span, into: $1) }
        case .forLoop(let node):
            loop(over: node.iterable, target: node.target) { $0.block(node.body) }
        case .whileLoop(let condition, let body): whileLoop(condition, body)
        case .returnValue(let value): returnStatement(value, span: statement.span)
        case .breakLoop: leaveLoop { $0.breaks.append($1) }
        case .continueLoop: leaveLoop { $0.continues.append($1) }
        case .raise(let value): raise(value, span: statement.span)
        case .assert(let condition, let message): assertion(condition, message, span: statement.span)
        case .test(let node): test(node)
        case .invalid: break
        }
    }

    /// An expression for its effect only.
    private mutating func effect(_ expression: Expression) {
        if case .ifElse(let node) = expression.kind {
            ifElse(node, into: nil)
            return
        }
        let register = builder.allocate()
        self.expression(expression, into: register)
        builder.emit(.clear, a: register)
    }

    /// Binds what `make` leaves in a register to a name.
    private mutating func declaration(_ name: Name?, _ make: (inout Compiler, Int) -> Void) {
        guard let name else { return }
        if case .local(let register) = binding(name) {
            make(&self, register)
        } else {
            let register = builder.allocate()
            make(&self, register)
            store(register, to: name)
        }
    }

    private mutating func structure(_ node: StructNode, span: Span, into target: Int) {
        let scope = resolution.functions[node.id]
        let prototype = nested(
            name: node.name.text, signature: callSignature(node.fields, result: nil, withDefaults: true), scope: scope,
            doc: node.documentation ?? "", span: span
        ) { compiler in
            compiler.trace(node.name.span)
            compiler.defaults(node.fields)
            compiler.builder.mark(span)
            let result = compiler.builder.allocate()
            compiler.builder.emit(.makeStruct, a: result)
            compiler.emitReturn(result)
        }
        builder.parts.structures.append(
            StructureDescriptor(name: node.name.text, doc: node.documentation ?? "", prototype: prototype))
        builder.mark(span)
        builder.emit(.structType, a: target, wide: builder.parts.structures.count - 1)
    }

    // MARK: Branches and loops

    mutating func ifElse(_ node: IfNode, into target: Int?) {
        var ends: [Int] = []
        for (index, branch) in node.branches.enumerated() {
            if index > 0 { trace(branch.condition.span) }
            let exits = jumps(branch.condition, when: false)
            branchBody(branch.body, into: target)
            if index < node.branches.count - 1 || node.otherwise != nil || target != nil {
                ends.append(builder.emit(.jump, wide: 0))
            }
            for exit in exits { builder.patch(exit) }
        }
        if let otherwise = node.otherwise {
            branchBody(otherwise, into: target)
        } else if let target {
            builder.emit(.loadNone, a: target)
        }
        for end in ends { builder.patch(end) }
    }

    private mutating func branchBody(_ block: Block, into target: Int?) {
        if let target {
            body(block.statements, into: target)
        } else {
            self.block(block)
        }
    }

    mutating func loop(over iterable: Expression, target: Target, _ body: (inout Compiler) -> Void) {
        let mark = builder.nextRegister
        let state = builder.allocate(4)
        if !countingLoop(over: iterable, state: state) {
            expression(iterable, into: state)
            builder.mark(iterable.span, [iterable.span])
            builder.emit(.iterPrepare, a: state)
        }
        let start = builder.position
        trace(iterable.span)
        var element = -1
        if case .name(let name) = target.kind, case .local(let register) = binding(name) { element = register }
        let direct = element >= 0
        if !direct { element = builder.allocate() }
        builder.mark(iterable.span, [iterable.span])
        builder.emit(.iterNext, a: state, b: element)
        let exit = builder.emitWord()
        if !direct { assign(element, to: target) }
        builder.loops.append(.init(finalizerCount: builder.finalizers.count))
        body(&self)
        let context = builder.loops.removeLast()
        for jump in context.continues { builder.patch(jump, to: builder.position) }
        builder.mark(iterable.span)
        builder.emitLoop(to: start)
        builder.patch(exit)
        for jump in context.breaks { builder.patch(jump) }
        builder.emit(.clear, a: state)
        builder.release(to: mark)
    }

    /// `for … in range(…)` makes no range; false if the loop is over anything else.
    private mutating func countingLoop(over iterable: Expression, state: Int) -> Bool {
        guard case .call(let call) = iterable.kind, (1...3).contains(call.arguments.count),
            let (opcode, constant) = knownCallee(call), opcode == .callConstant, case .name(let name) = call.callee.kind,
            name.text == "range"
        else { return false }
        for (index, argument) in call.arguments.enumerated() { expression(argument.value, into: state + 1 + index) }
        builder.mark(iterable.span, [call.callee.span] + call.arguments.map(\.span))
        builder.emit(.iterRange, a: state, b: call.arguments.count, c: constant)
        return true
    }

    private mutating func whileLoop(_ condition: Expression, _ body: Block) {
        let start = builder.position
        trace(condition.span)
        let exits = jumps(condition, when: false)
        builder.loops.append(.init(finalizerCount: builder.finalizers.count))
        block(body)
        let context = builder.loops.removeLast()
        for jump in context.continues { builder.patch(jump, to: builder.position) }
        builder.mark(condition.span)
        builder.emitLoop(to: start)
        for jump in exits + context.breaks { builder.patch(jump) }
    }

    private mutating func leaveLoop(_ note: (inout FunctionBuilder.LoopContext, Int) -> Void) {
        guard let context = builder.loops.last else { return }
        runFinalizers(downTo: context.finalizerCount)
        let jump = builder.emit(.jump, wide: 0)
        note(&builder.loops[builder.loops.count - 1], jump)
    }

    private mutating func returnStatement(_ value: Expression?, span: Span) {
        if let value, builder.finalizers.isEmpty, let register = variable(value) {
            checkSet(value)
            return returnRegister(register, span: value.span)
        }
        let register = builder.allocate()
        if let value {
            moving(.everything, in: value) { $0.expression(value, into: register) }
        } else {
            builder.emit(.loadNone, a: register)
        }
        builder.mark(value?.span ?? span)
        if builder.parts.signature.result != .any { builder.emit(.checkResult, a: register) }
        if !builder.finalizers.isEmpty { runFinalizers(downTo: 0) }
        emitReturn(register)
    }

    // MARK: Errors

    /// Runs the `finally` blocks that a jump out of them leaves, innermost first. The guards of the `try`s left do not cover the copies.
    private mutating func runFinalizers(downTo count: Int) {
        var open = builder.finalizers
        let loops = builder.loops
        for index in stride(from: open.count - 1, through: count, by: -1) {
            let start = builder.position
            if let finally = open[index].block {
                builder.finalizers = Array(open[..<index])
                builder.loops = Array(loops[..<min(loops.count, open[index].loopCount)])
                block(finally)
                open.replaceSubrange(..<index, with: builder.finalizers)
            }
            for covered in index..<open.count { open[covered].gaps.append(start..<builder.position) }
        }
        builder.finalizers = open
        builder.loops = loops
    }

    /// Guards the code from `start` to here, except the gaps.
    private mutating func guardRange(from start: Int, gaps: [Range<Int>], to end: Int, _ handler: (Int, Int) -> Handler) {
        var from = start
        for gap in gaps.sorted(by: { $0.lowerBound < $1.lowerBound }) where gap.lowerBound >= from {
            if gap.lowerBound > from { builder.parts.handlers.append(handler(from, gap.lowerBound)) }
            from = gap.upperBound
        }
        if end > from { builder.parts.handlers.append(handler(from, end)) }
    }

    mutating func tryCatch(_ node: TryNode, into target: Int) {
        let temporaries = builder.nextRegister
        let error = builder.allocate()
        // The result is built aside: an error on the way must not leave half of it in a variable.
        builder.finalizers.append(.init(block: node.finally, loopCount: builder.loops.count))
        let start = builder.position
        body(node.body.statements, into: target)
        let bodyEnd = builder.position
        let bodyGaps = builder.finalizers.last?.gaps ?? []
        var ends: [Int] = []
        if !node.catches.isEmpty {
            ends.append(builder.emit(.jump, wide: 0))
            let entry = builder.position
            guardRange(from: start, gaps: bodyGaps, to: bodyEnd) {
                Handler(start: $0, end: $1, target: entry, register: error, temporaries: temporaries)
            }
            for clause in node.catches { catchClause(clause, error: error, into: target, ends: &ends) }
            builder.emit(.raise, flag: 1, a: error)
        }
        for end in ends { builder.patch(end) }
        let finalizer = builder.finalizers.removeLast()
        guard let finally = node.finally else { return }
        let end = builder.position
        block(finally)
        let done = builder.emit(.jump, wide: 0)
        let entry = builder.position
        guardRange(from: start, gaps: finalizer.gaps, to: end) {
            Handler(start: $0, end: $1, target: entry, register: error, temporaries: temporaries)
        }
        block(finally)
        builder.emit(.raise, flag: 1, a: error)
        builder.patch(done)
    }

    private mutating func catchClause(_ clause: TryNode.Catch, error: Int, into target: Int, ends: inout [Int]) {
        let mark = builder.nextRegister
        var next: Int?
        if !clause.kinds.isEmpty {
            let matches = builder.allocate()
            let kinds = builder.constant(.tuple(clause.kinds.map { .string($0.text) }))
            builder.mark(clause.span)
            builder.emit(.catchMatch, a: matches, b: error, c: kinds)
            next = builder.emit(.jumpFalse, a: matches, wide: 0)
        }
        if let name = clause.name {
            let copy = builder.allocate()
            builder.emit(.move, a: copy, b: error)
            store(copy, to: name)
        }
        builder.caughtErrors.append(error)
        body(clause.body.statements, into: target)
        builder.caughtErrors.removeLast()
        builder.emit(.clear, a: error)
        ends.append(builder.emit(.jump, wide: 0))
        if let next { builder.patch(next) }
        builder.release(to: mark)
    }

    private mutating func raise(_ value: Expression?, span: Span) {
        guard let value else {
            if let error = builder.caughtErrors.last {
                builder.mark(span)
                builder.emit(.raise, flag: 1, a: error)
            }
            return
        }
        let register = temporary(value)
        builder.mark(span, [value.span])
        builder.emit(.raise, a: register)
    }

    private mutating func assertion(_ condition: Expression, _ message: Expression?, span: Span) {
        var operands: (Int, Int)?
        let pass: [Int]
        if case .comparison(let first, let steps) = condition.kind, steps.count == 1 {
            let left = temporary(first)
            let right = temporary(steps[0].operand)
            let copies = builder.allocate(2)
            builder.emit(.move, a: copies, b: left)
            builder.emit(.move, a: copies + 1, b: right)
            let result = builder.allocate()
            builder.mark(condition.span, [first.span, steps[0].operand.span])
            compareRegisters(steps[0].operation, copies, copies + 1, into: result)
            pass = [builder.emit(.jumpTrue, a: result, wide: 0)]
            operands = (left, right)
        } else {
            pass = jumps(condition, when: true)
        }
        var flag: UInt8 = 0
        let text = builder.allocate()
        if let message {
            expression(message, into: text)
            flag |= 1
        }
        if operands != nil { flag |= 2 }
        builder.mark(condition.span, operands == nil ? [] : comparisonSpans(condition))
        builder.emit(.assertFail, flag: flag, a: text, b: operands?.0 ?? 0, c: operands?.1 ?? 0)
        for jump in pass { builder.patch(jump) }
        if let operands {
            builder.emit(.clear, a: operands.0)
            builder.emit(.clear, a: operands.1)
        }
    }

    private func comparisonSpans(_ condition: Expression) -> [Span] {
        guard case .comparison(let first, let steps) = condition.kind, let step = steps.first else { return [] }
        return [first.span, step.operand.span]
    }

    // MARK: Declarations

    private mutating func parameter(_ node: ParamNode, span: Span) {
        let type = node.type.map { TypeExpression($0) } ?? .any
        let register = builder.allocate()
        module.parameters.append(
            ScriptParameter(
                name: node.name.text, type: type, defaultText: node.defaultValue.map { program.source.text($0.span) },
                doc: node.documentation ?? ""))
        builder.mark(span, [node.name.span])
        builder.emit(.scriptParameter, a: register, wide: module.parameters.count - 1)
        if let value = node.defaultValue {
            let jump = builder.emit(.jumpIfSet, a: register, wide: 0)
            expression(value, into: register)
            builder.mark(value.span, [value.span])
            check(register, type, subject: "`\(node.name.text)`")
            builder.patch(jump)
        }
        store(register, to: node.name)
    }

    private mutating func importModule(_ node: ImportNode) {
        let register = builder.allocate()
        load(node.module, span: node.span, into: register)
        store(register, to: node.binding)
    }

    private mutating func importNames(_ module: ModuleReference, _ names: [ImportedName]) {
        let register = builder.allocate()
        load(module, span: module.span, into: register)
        for name in names {
            let value = builder.allocate()
            builder.mark(name.name.span, [module.span])
            builder.emit(.importName, a: value, b: register, c: builder.site(name.name.text))
            store(value, to: name.binding)
        }
        builder.emit(.clear, a: register)
    }

    private mutating func load(_ module: ModuleReference, span: Span, into register: Int) {
        let descriptor: ImportDescriptor
        switch module {
        case .name(let identifier): descriptor = ImportDescriptor(module: .name(identifier.text))
        case .path(let path, _): descriptor = ImportDescriptor(module: .path(path))
        }
        builder.parts.imports.append(descriptor)
        builder.mark(module.span)
        builder.emit(.importModule, a: register, wide: builder.parts.imports.count - 1)
    }

    private mutating func test(_ node: TestNode) {
        let register = builder.allocate()
        function(node.function, into: register)
        builder.emit(.declareTest, a: register, wide: builder.constant(.string(node.name)))
    }
}
