extension Compiler {
    /// Elements evaluated side by side before they go into a list; longer lists are filled in pieces.
    private static var pieceLength: Int { 64 }

    mutating func sequence(_ elements: [Element], span: Span, isTuple: Bool, into target: Int) {
        let hasSpread = elements.contains { $0.isSpread }
        if !hasSpread && elements.count <= Compiler.pieceLength {
            let start = builder.nextRegister
            for element in elements { _ = temporary(element.value) }
            builder.mark(span)
            builder.emit(isTuple ? .buildTuple : .buildList, a: target, b: start, c: elements.count)
            return
        }
        let list = builder.allocate()
        builder.emit(.buildList, a: list, b: list, c: 0)
        var pending: [Element] = []
        for element in elements {
            if element.isSpread {
                extend(list, pending)
                pending = []
                let mark = builder.nextRegister
                let register = temporary(element.value)
                builder.mark(element.span, [element.value.span])
                builder.emit(.listSpread, a: list, b: register)
                builder.release(to: mark)
            } else {
                pending.append(element)
                if pending.count == Compiler.pieceLength {
                    extend(list, pending)
                    pending = []
                }
            }
        }
        extend(list, pending)
        if isTuple { builder.emit(.listToTuple, a: list) }
        builder.emit(.take, a: target, b: list)
    }

    private mutating func extend(_ list: Int, _ elements: [Element]) {
        if elements.isEmpty { return }
        let mark = builder.nextRegister
        let start = builder.nextRegister
        for element in elements { _ = temporary(element.value) }
        builder.emit(.listExtend, a: list, b: start, c: elements.count)
        builder.release(to: mark)
    }

    mutating func dict(_ entries: [DictEntry], span: Span, into target: Int) {
        let dict = builder.allocate()
        builder.emit(.buildDict, a: dict, b: dict, c: 0)
        for entry in entries {
            let mark = builder.nextRegister
            switch entry {
            case .pair(let key, let value):
                let keyRegister = temporary(key)
                let valueRegister = temporary(value)
                builder.mark(key.span, [key.span, value.span])
                builder.emit(.dictSet, a: dict, b: keyRegister, c: valueRegister)
            case .spread(let other, let span):
                let register = temporary(other)
                builder.mark(span, [other.span])
                builder.emit(.dictSpread, a: dict, b: register)
            }
            builder.release(to: mark)
        }
        builder.emit(.take, a: target, b: dict)
    }

    mutating func interpolation(_ parts: [InterpolationPart], span: Span, into target: Int) {
        let register = builder.allocate()
        var pieces = 0
        // Long texts are joined in pieces, so that registers suffice.
        for part in parts {
            let mark = builder.nextRegister
            let slot = builder.allocate()
            switch part {
            case .text(let text): builder.emit(.loadConst, a: slot, wide: builder.constant(.string(text)))
            case .field(let field): self.field(field, into: slot)
            }
            builder.release(to: mark)
            pieces += 1
            if pieces == 1 {
                builder.emit(.take, a: register, b: slot)
            } else {
                _ = builder.allocate()
            }
            if pieces == Compiler.pieceLength {
                builder.emit(.concat, a: register, b: register, c: pieces)
                builder.release(to: register + 1)
                pieces = 1
            }
        }
        builder.mark(span)
        builder.emit(.concat, a: target, b: register, c: pieces)
    }

    private mutating func field(_ field: InterpolationField, into target: Int) {
        let mark = builder.nextRegister
        defer { builder.release(to: mark) }
        let value = builder.allocate()
        expression(field.value, into: value)
        let conversion: UInt8 =
            switch field.conversion {
            case .representation: 1
            case .string: 2
            // `{x = }` shows the value as the prompt would, unless a format is given.
            case nil: field.label != nil && field.format == nil ? 1 : 0
            }
        let formatted = field.label == nil ? target : builder.allocate()
        var text = ""
        var isConstant = true
        for part in field.format ?? [] {
            if case .text(let piece) = part { text += piece } else { isConstant = false }
        }
        if isConstant, let spec = try? FormatSpec(text) {
            builder.mark(field.span, [field.value.span])
            if text.isEmpty && conversion != 1 {
                builder.emit(.formatPlain, a: formatted, b: value)
                return label(field, formatted, into: target)
            }
            builder.emit(.format, a: formatted, b: value, c: builder.format(FormatDescriptor(conversion: conversion, spec: spec)))
        } else {
            let spec = builder.allocate()
            interpolation(field.format ?? [], span: field.span, into: spec)
            builder.mark(field.span, [field.value.span])
            builder.emit(.formatDynamic, flag: conversion, a: formatted, b: value, c: spec)
        }
        label(field, formatted, into: target)
    }

    /// Puts the text of `{x = }` before the value.
    private mutating func label(_ field: InterpolationField, _ formatted: Int, into target: Int) {
        guard let label = field.label else { return }
        let start = builder.allocate(2)
        builder.emit(.loadConst, a: start, wide: builder.constant(.string(label)))
        builder.emit(.take, a: start + 1, b: formatted)
        builder.emit(.concat, a: target, b: start, c: 2)
    }

    mutating func comprehension(_ node: Comprehension, span: Span, into target: Int) {
        let result = builder.allocate()
        switch node.kind {
        case .list: builder.emit(.buildList, a: result, b: result, c: 0)
        case .dict: builder.emit(.buildDict, a: result, b: result, c: 0)
        }
        clauses(node.clauses[...], of: node, result: result)
        builder.emit(.take, a: target, b: result)
    }

    private mutating func clauses(_ clauses: ArraySlice<Comprehension.Clause>, of node: Comprehension, result: Int) {
        guard let first = clauses.first else {
            let mark = builder.nextRegister
            switch node.kind {
            case .list(let value):
                let register = operand(value)
                builder.emit(.listAppend, a: result, b: register)
            case .dict(let key, let value):
                let keyRegister = temporary(key)
                let valueRegister = temporary(value)
                builder.mark(key.span, [key.span, value.span])
                builder.emit(.dictSet, a: result, b: keyRegister, c: valueRegister)
            }
            builder.release(to: mark)
            return
        }
        switch first {
        case .loop(let target, let iterable, _):
            loop(over: iterable, target: target) { compiler in
                compiler.clauses(clauses.dropFirst(), of: node, result: result)
            }
        case .condition(let condition):
            let exits = jumps(condition, when: false)
            self.clauses(clauses.dropFirst(), of: node, result: result)
            for exit in exits { builder.patch(exit) }
        }
    }
}
