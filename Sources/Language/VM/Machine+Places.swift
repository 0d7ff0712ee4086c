import Text

// Places: changing a variable, or a part of one, where it lies. On the way each container is made the only holder of its storage,
// so that an update of a part costs no copy unless somebody else holds the whole.

extension Machine {
    enum Change {
        case set(Value)
        case update(BinaryOperator, Value)
    }

    func root(_ path: UpdatePath, _ frame: UnsafeMutablePointer<Frame>) -> ValuePointer {
        switch path.root {
        case .register(let register): frame.pointee.base + register
        case .cell(let slot): frame.pointee.code.pointee.cells + slot
        }
    }

    func setPath(_ path: UpdatePath, _ frame: UnsafeMutablePointer<Frame>, to value: Value) throws {
        let root = root(path, frame)
        try requireSet(root, path)
        try requireChangeable(root, path, frame)
        try change(root, path.steps[...], .set(value), path, frame)
        if path.obstacle != nil { root.clear() }
    }

    func updatePath(_ path: UpdatePath, _ frame: UnsafeMutablePointer<Frame>, _ operation: BinaryOperator, _ value: Value) throws {
        let root = root(path, frame)
        try requireSet(root, path)
        if path.steps.isEmpty {
            try update(operation, root, with: value)
            return
        }
        try requireChangeable(root, path, frame)
        try change(root, path.steps[...], .update(operation, value), path, frame)
    }

    private func requireSet(_ root: ValuePointer, _ path: UpdatePath) throws {
        if root.isUnset { throw unsetError(.string(path.name)) }
    }

    /// A value that does not belong to this function may only be changed through a host object on the way.
    private func requireChangeable(_ root: ValuePointer, _ path: UpdatePath, _ frame: UnsafeMutablePointer<Frame>) throws {
        guard path.obstacle != nil else { return }
        var value = root.pointee
        for step in path.steps.dropLast() {
            if case .host = value { return }
            value = try read(value, step, frame)
        }
        if case .host = value { return }
        throw outerChange(path)
    }

    func outerChange(_ path: UpdatePath) -> ScriptError {
        if case .temporary? = path.obstacle {
            return ScriptError(
                .type, "this would change a copy that nobody keeps", help: "assign the value to a variable first, then change that")
        }
        return ScriptError(
            .type, "a function cannot change the outer variable `\(path.name)`: values are copied",
            help: "pass it in as an argument and return the changed value")
    }

    func read(_ value: Value, _ step: UpdatePath.Step, _ frame: UnsafeMutablePointer<Frame>) throws -> Value {
        switch step {
        case .field(let site): try attribute(value, site.name)
        case .index(let register): try item(of: value, (frame.pointee.base + register).pointee)
        case .general(let index): try item(of: value, indexKey(frame.pointee.prototype.indexes[index], frame.pointee.base))
        }
    }

    /// Changes what `steps` lead to from the value in a slot that this variable alone owns.
    private func change(
        _ slot: ValuePointer, _ steps: ArraySlice<UpdatePath.Step>, _ change: Change, _ path: UpdatePath,
        _ frame: UnsafeMutablePointer<Frame>
    ) throws {
        guard let step = steps.first else {
            switch change {
            case .set(let value): slot.pointee = value
            case .update(let operation, let value): try update(operation, slot, with: value)
            }
            return
        }
        let rest = steps.dropFirst()
        switch slot.tag {
        case ValueTag.list:
            if case .general(let index) = step { return try changeSlice(slot, index, rest, change, frame) }
            let key = try key(step, frame, container: slot.pointee)
            let count = slot.object(as: ListObject.self).pointee.count
            let position = try position(key, count, "list")
            let list = Machine.uniqueList(slot)
            try self.change(list.base + position, rest, change, path, frame)
            list.noteDepth(of: list.base + position)
        case ValueTag.dict: try changeDict(slot, step, rest, change, path, frame)
        case ValueTag.structure:
            guard case .field(let site) = step else { throw notIndexable(slot.pointee) }
            let type = slot.object(as: StructObject.self).pointee.type
            guard let position = type.position(of: site.name) else { throw Machine.missingField(site.name, type) }
            let object = Machine.uniqueStruct(slot)
            try object.withUnsafeMutablePointerToElements { fields in
                try changeField(fields + position, type.signature.parameters[position], rest, change, path, frame)
                object.noteDepth(of: fields[position])
            }
        case ValueTag.host: try changeHost(slot, step, rest, change, path, frame)
        default:
            if case .field(let site) = step {
                throw ScriptError(.type, "\(slot.pointee.typeNameWithArticle) has no field `\(site.name)` to assign to")
            }
            throw notAssignable(slot.pointee)
        }
    }

    /// A field with a declared type; a refused value leaves it as it was.
    private func changeField(
        _ field: ValuePointer, _ declared: CallSignature.Parameter, _ rest: ArraySlice<UpdatePath.Step>, _ change: Change,
        _ path: UpdatePath, _ frame: UnsafeMutablePointer<Frame>
    ) throws {
        var axes: [String: Int] = [:]
        let subject = { "field `\(declared.name)`" }
        if declared.type == .any || !rest.isEmpty { return try self.change(field, rest, change, path, frame) }
        switch change {
        case .set(var value):
            try withUnsafeMutablePointer(to: &value) {
                try TypeCheck.require(declared.type, $0, interpreter, axes: &axes, subject: subject)
            }
            field.pointee = value
        case .update(let operation, let operand):
            // A text or list that grows keeps its type; a number may turn from int to float.
            let before = field.holdsReference ? nil : field.pointee
            try update(operation, field, with: operand)
            do {
                try TypeCheck.require(declared.type, field, interpreter, axes: &axes, subject: subject)
            } catch {
                if let before { field.pointee = before }
                throw error
            }
        }
    }

    private func notAssignable(_ value: Value) -> ScriptError {
        let help: String? =
            switch value {
            case .tuple: "a tuple cannot be changed; use a list, or build a new tuple"
            case .string: "a str cannot be changed; build a new one, for example with replace()"
            default: nil
            }
        return ScriptError(.type, "items of \(value.typeNameWithArticle) cannot be assigned", help: help, operands: [value.typeName])
    }

    private func notIndexable(_ value: Value) -> ScriptError {
        ScriptError(.type, "\(value.typeNameWithArticle) cannot be indexed", help: "set a field with a dot: `x.field = value`")
    }

    private func key(_ step: UpdatePath.Step, _ frame: UnsafeMutablePointer<Frame>, container: Value) throws -> Value {
        switch step {
        case .index(let register): return (frame.pointee.base + register).pointee
        case .field(let site):
            var help: String?
            if case .dict = container { help = "set a key with brackets: `d[\(Value.quoted(site.name))] = value`" }
            throw ScriptError(.type, "\(container.typeNameWithArticle) has no field `\(site.name)` to assign to", help: help)
        case .general(let index):
            let key = indexKey(frame.pointee.prototype.indexes[index], frame.pointee.base)
            if case .tuple(let parts) = key {
                let items = parts.compactMap { part in if case .value(let value) = part { value } else { nil } }
                if items.count == parts.count { return .tuple(items) }
            }
            throw ScriptError(.type, "\(container.typeNameWithArticle) cannot be indexed with a slice")
        }
    }

    private func changeDict(
        _ slot: ValuePointer, _ step: UpdatePath.Step, _ rest: ArraySlice<UpdatePath.Step>, _ change: Change, _ path: UpdatePath,
        _ frame: UnsafeMutablePointer<Frame>
    ) throws {
        let key = try key(step, frame, container: slot.pointee)
        let dict = Machine.uniqueDict(slot)
        if rest.isEmpty, case .set(let value) = change {
            try dict.put(key, value)
            return
        }
        let position = dict.find(key, hash: key.hashCode)
        if position < 0 { throw Machine.missingKey(key, dict) }
        let value = dict.value(at: position)
        try self.change(value, rest, change, path, frame)
        if value.pointee.isContainer { dict.depth = max(dict.depth, value.pointee.depth &+ 1) }
    }

    private func changeHost(
        _ slot: ValuePointer, _ step: UpdatePath.Step, _ rest: ArraySlice<UpdatePath.Step>, _ change: Change, _ path: UpdatePath,
        _ frame: UnsafeMutablePointer<Frame>
    ) throws {
        guard case .host(let host) = slot.pointee else { return }
        let key: IndexKey? =
            switch step {
            case .field: nil
            case .index(let register): .value((frame.pointee.base + register).pointee)
            case .general(let index): indexKey(frame.pointee.prototype.indexes[index], frame.pointee.base)
            }
        func store(_ value: Value) throws {
            if let key { return try host.setIndex(key, to: value) }
            guard case .field(let site) = step else { return }
            if try !host.setAttribute(site.name, to: value) {
                let known = host.attributeNames
                throw ScriptError(
                    .name, "\(Value.withArticle(host.typeName)) has no attribute `\(site.name)` that can be set",
                    help: interpreter.hint(for: site.name, of: host.typeName)
                        ?? Spelling.suggestion(for: site.name, among: known).map { "did you mean `\($0)`?" })
            }
        }
        if rest.isEmpty, case .set(let value) = change { return try store(value) }
        // Read, change the copy, and put it back unless it has an identity of its own.
        var value = try read(slot.pointee, step, frame)
        let isHost = if case .host = value { !rest.isEmpty } else { false }
        try withUnsafeMutablePointer(to: &value) { try self.change($0, rest, change, path, frame) }
        if !isHost { try store(value) }
    }

    /// `xs[a:b] = items`.
    private func changeSlice(
        _ slot: ValuePointer, _ index: Int, _ rest: ArraySlice<UpdatePath.Step>, _ change: Change, _ frame: UnsafeMutablePointer<Frame>
    ) throws {
        guard case .set(let value) = change, rest.isEmpty,
            case .slice(let start, let stop, let step) = indexKey(frame.pointee.prototype.indexes[index], frame.pointee.base)
        else { throw ScriptError(.type, "a part of a list can only be assigned as a whole: `xs[a:b] = items`") }
        let items = try interpreter.collect(value)
        let count = slot.object(as: ListObject.self).pointee.count
        let range = try SliceRange(start, stop, step, count: count)
        let isPlain = step.map { if case .int(let step) = $0 { step == 1 } else { true } } ?? true
        if !isPlain && items.count != range.count {
            throw ScriptError(.value, "\(items.count) items cannot be assigned to a slice of \(range.count)")
        }
        let list = Machine.uniqueList(slot)
        if isPlain {
            try MemoryLimit.requireList(list.count - range.count + items.count)
            var all = list.items
            all.replaceSubrange(range.start..<(range.start + range.count), with: items)
            list.items = all
        } else {
            for (offset, item) in items.enumerated() { list.base[range.start + offset * range.step] = item }
        }
        list.depth = max(list.depth, depthOf(items))
    }

    /// `xs[i] = v` for a variable of the running function, whatever it holds.
    @inline(never) func setItem(
        _ slot: ValuePointer, _ key: ValuePointer, _ value: Value, _ frame: UnsafeMutablePointer<Frame>, _ register: Int
    ) throws {
        let steps: [UpdatePath.Step] = [.index(key - frame.pointee.base)]
        let path = UpdatePath(root: .register(register), name: "", obstacle: nil, steps: steps)
        try change(slot, steps[...], .set(value), path, frame)
        if isTemporary(key) { key.clear() }
    }
}
