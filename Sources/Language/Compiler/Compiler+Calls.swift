extension Compiler {
    /// A call: the function and its arguments go into neighbouring temporaries, where the callee's window will be.
    mutating func call(_ call: Call, span: Span, into target: Int) {
        let spans = [call.callee.span] + call.arguments.map(\.span)
        if case .attribute(let base, let name) = call.callee.kind, MutatingMethods.names.contains(name.text), base.placeRoot != nil,
            !call.hasSpread
        {
            mutatingCall(base, name, call, span: span, spans: [name.span, base.span] + spans.dropFirst(), into: target)
            return
        }
        let window = self.window(for: target)
        if case .attribute(let base, let name) = call.callee.kind {
            methodCall(base, name, call, window: window, span: span, spans: spans)
        } else if let (opcode, index) = knownCallee(call) {
            _ = arguments(call.arguments)
            builder.mark(span, spans)
            builder.emit(opcode, a: window, b: call.arguments.count, c: index)
        } else {
            expression(call.callee, into: window)
            if call.hasSpread {
                spreadArguments(call.arguments)
                builder.mark(span, spans)
                builder.emit(.callSpread, a: window)
            } else {
                let keywords = arguments(call.arguments)
                builder.mark(span, spans)
                if keywords.isEmpty {
                    builder.emit(.call, a: window, b: call.arguments.count)
                } else {
                    let site = builder.site(calleeName(call.callee), keywords: keywords)
                    builder.emit(.callKeywords, a: window, b: call.arguments.count, c: site)
                }
            }
        }
        if window != target { builder.emit(.take, a: target, b: window) }
    }

    /// The first register of a call: the target itself, if the arguments can lie behind it.
    private mutating func window(for target: Int) -> Int { builder.isLastTemporary(target) ? target : builder.allocate() }

    /// For a call with positional arguments only: the cell of a module's function, or the constant of a builtin.
    mutating func knownCallee(_ call: Call) -> (Opcode, Int)? {
        guard case .name(let name) = call.callee.kind else { return nil }
        for argument in call.arguments {
            guard case .positional = argument.kind, !argument.value.mayAssign else { return nil }
        }
        switch binding(name) {
        case .global(let text):
            let cell = cell(text)
            return cell <= 0xFFFF ? (.callGlobal, cell) : nil
        case .native(let text):
            guard let value = natives[text], case .builtin = value else { return nil }
            let index = builder.constant(of: text, value)
            return index <= 0xFFFF ? (.callConstant, index) : nil
        default: return nil
        }
    }

    private func calleeName(_ callee: Expression) -> String {
        if case .name(let name) = callee.kind { name.text } else { "" }
    }

    /// `xs.append(x)`: the keys on the way to the place are evaluated first, then the arguments into the window.
    private mutating func mutatingCall(_ base: Expression, _ name: Identifier, _ call: Call, span: Span, spans: [Span], into target: Int) {
        let path = self.path(base)
        let window = self.window(for: target)
        let keywords = arguments(call.arguments)
        builder.mark(span, spans)
        let site = builder.site(name.text, keywords: keywords, path: path)
        if name.text == "append", call.arguments.count == 1, keywords.isEmpty, case .name(let variable) = base.kind,
            case .local(let register) = binding(variable)
        {
            builder.emit(.append, a: window, b: register, c: site)
        } else {
            builder.emit(.callMutating, a: window, b: call.arguments.count, c: site)
        }
        if window != target { builder.emit(.take, a: target, b: window) }
    }

    private mutating func methodCall(_ base: Expression, _ name: Identifier, _ call: Call, window: Int, span: Span, spans: [Span]) {
        let spans = [name.span, base.span] + spans.dropFirst()
        expression(base, into: window)
        if call.hasSpread {
            builder.mark(name.span, [base.span])
            builder.emit(.getField, a: window, b: window, c: builder.site(name.text))
            spreadArguments(call.arguments)
            builder.mark(span, spans)
            builder.emit(.callSpread, a: window)
            return
        }
        let keywords = arguments(call.arguments)
        builder.mark(span, spans)
        builder.emit(.callMethod, a: window, b: call.arguments.count, c: builder.site(name.text, keywords: keywords))
    }

    /// Evaluates arguments into the next registers, positional ones first; returns the names of the keyword ones.
    private mutating func arguments(_ arguments: [Argument]) -> [String] {
        let isPositional = arguments.allSatisfy { if case .positional = $0.kind { true } else { false } }
        if isPositional {
            let last = builder.movedLast
            builder.movedLast = []
            var pending: [(register: Int, slot: Int)] = []
            var index = 0
            while index < arguments.count {
                let value = arguments[index].value
                index += 1
                if let register = variable(value), last.contains(register) {
                    checkSet(value)
                    pending.append((register, builder.allocate()))
                } else if index < arguments.count, let register = variable(value), let next = variable(arguments[index].value),
                    !last.contains(next)
                {
                    checkSet(value)
                    checkSet(arguments[index].value)
                    index += 1
                    let flag: UInt8 = (builder.moved.contains(register) ? 1 : 0) | (builder.moved.contains(next) ? 2 : 0)
                    builder.emit(.moveTwo, flag: flag, a: builder.allocate(2), b: register, c: next)
                } else {
                    _ = temporary(value)
                }
            }
            for (register, slot) in pending { builder.emit(.take, a: slot, b: register) }
            return []
        }
        // A trailing block or piped value is positional, wherever the keyword arguments stand.
        let start = builder.allocate(arguments.count)
        var keywords: [String] = []
        var positional = 0
        let positionalCount = arguments.count { if case .positional = $0.kind { true } else { false } }
        for argument in arguments {
            switch argument.kind {
            case .keyword(let name):
                expression(argument.value, into: start + positionalCount + keywords.count)
                keywords.append(name.text)
            default:
                expression(argument.value, into: start + positional)
                positional += 1
            }
        }
        return keywords
    }

    /// Evaluates arguments with `*xs` or `**options` among them into a list and a dict.
    private mutating func spreadArguments(_ arguments: [Argument]) {
        let list = builder.allocate()
        let dict = builder.allocate()
        builder.emit(.buildList, a: list, b: list, c: 0)
        builder.emit(.buildDict, a: dict, b: dict, c: 0)
        for argument in arguments {
            let mark = builder.nextRegister
            let value = temporary(argument.value)
            builder.mark(argument.span, [argument.value.span])
            switch argument.kind {
            case .positional: builder.emit(.listAppend, a: list, b: value)
            case .rest: builder.emit(.listSpread, a: list, b: value)
            case .options: builder.emit(.dictSpread, flag: 1, a: dict, b: value)
            case .keyword(let name):
                let key = builder.allocate()
                builder.emit(.loadConst, a: key, wide: builder.constant(.string(name.text)))
                builder.emit(.dictSet, flag: 1, a: dict, b: key, c: value)
            }
            builder.release(to: mark)
        }
    }
}

extension Call {
    var hasSpread: Bool {
        arguments.contains { argument in
            switch argument.kind {
            case .rest, .options: true
            default: false
            }
        }
    }
}
