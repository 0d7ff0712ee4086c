// Methods that change a list or dict where it lies: `xs.append(x)`, `t.parts[2].sort()`.

extension Machine {
    /// Calls a method such as `append` on a variable or a part of one.
    func callMutating(_ slot: ValuePointer, count: Int, _ site: Site, _ frame: UnsafeMutablePointer<Frame>) throws -> Bool {
        guard let path = site.path else { return false }
        if count == 1, site.listMethod === ListMethods.append, !site.hasKeywords, try appendDirectly(slot, path, frame) { return false }
        let root = root(path, frame)
        if root.isUnset { throw unsetError(.string(path.name)) }
        let place = path.place
        let reached = place.isChangeable ? reach(place, place.count, frame, depth: 0) : path.steps.isEmpty ? root : nil
        guard let leaf = try reached ?? locate(path, root, frame) else {
            return try callOnPart(slot, count: count, site, path, root, frame)
        }
        let method: Builtin?
        switch leaf.tag {
        case ValueTag.list: method = site.listMethod
        case ValueTag.dict: method = site.dictMethod
        default: method = nil
        }
        guard let method else {
            // Some other object with a method of that name.
            slot.pointee = leaf.pointee
            if case .temporary? = path.obstacle { root.clear() }
            return try callMethod(slot, count: count, site)
        }
        if case .outerVariable? = path.obstacle { throw outerChange(path) }
        if method === ListMethods.sort {
            // The key function may look at the variable meanwhile: it sees the list as it was.
            guard case .list(let list) = leaf.pointee else { return false }
            let copy = ListObject(copying: list)
            try invoke(method, receiver: .list(copy), slot, count: count, keywords: site.keywords)
            try setPath(path, frame, to: .list(copy))
            return false
        }
        if leaf.tag == ValueTag.list {
            Machine.makeListUnique(leaf)
            if count == 0, method === ListMethods.pop {
                let list = leaf.object(as: ListObject.self).pointee
                if list.count > 0 {
                    slot.pointee = list.remove(at: list.count - 1)
                    return false
                }
            }
        } else {
            _ = Machine.uniqueDict(leaf)
        }
        // These bodies change the storage, which the variable and the call now share, and call no script code.
        try invoke(method, receiver: leaf.pointee, slot, count: count, keywords: site.keywords)
        noteDepths(path, root, leaf, frame)
        if case .temporary? = path.obstacle { root.clear() }
        return false
    }

    /// The slot of a part, every container on the way made the only holder of its storage; nil if a host object or tuple is on the way.
    /// The slot stays valid until one of those containers changes.
    private func locate(_ path: UpdatePath, _ root: ValuePointer, _ frame: UnsafeMutablePointer<Frame>) throws -> ValuePointer? {
        var slot = root
        for step in path.steps {
            switch (slot.tag, step) {
            case (ValueTag.list, .index(let register)):
                let key = (frame.pointee.base + register).pointee
                let position = try position(key, slot.object(as: ListObject.self).pointee.count, "list")
                slot = Machine.uniqueList(slot).base + position
            case (ValueTag.dict, .index(let register)):
                let key = (frame.pointee.base + register).pointee
                let dict = Machine.uniqueDict(slot)
                let position = dict.find(key, hash: key.hashCode)
                if position < 0 { throw Machine.missingKey(key, dict) }
                slot = dict.value(at: position)
            case (ValueTag.structure, .field(let site)):
                let type = slot.object(as: StructObject.self).pointee.type
                guard let position = type.position(of: site.name) else { throw Machine.missingField(site.name, type) }
                slot = Machine.uniqueStruct(slot).withUnsafeMutablePointerToElements { $0 } + position
            default: return nil
            }
        }
        return slot
    }

    /// Raises the recorded nesting of the containers above a part that may have become deeper.
    private func noteDepths(_ path: UpdatePath, _ root: ValuePointer, _ leaf: ValuePointer, _ frame: UnsafeMutablePointer<Frame>) {
        let depth = leaf.pointee.depth
        if depth <= 1 || path.steps.isEmpty { return }
        var slot = root
        for (level, step) in path.steps.enumerated() {
            let bound = depth &+ UInt32(path.steps.count - level)
            switch (slot.tag, step) {
            case (ValueTag.list, .index(let register)):
                let list = slot.object(as: ListObject.self).pointee
                list.depth = max(list.depth, bound)
                guard let position = try? position((frame.pointee.base + register).pointee, list.count, "list") else { return }
                slot = list.base + position
            case (ValueTag.dict, .index(let register)):
                let dict = slot.object(as: DictObject.self).pointee
                dict.depth = max(dict.depth, bound)
                let key = (frame.pointee.base + register).pointee
                let position = dict.find(key, hash: key.hashCode)
                guard position >= 0 else { return }
                slot = dict.value(at: position)
            case (ValueTag.structure, .field(let site)):
                let object = slot.object(as: StructObject.self).pointee
                object.withUnsafeMutablePointerToHeader { $0.pointee.depth = max($0.pointee.depth, bound) }
                guard let position = object.type.position(of: site.name) else { return }
                slot = object.withUnsafeMutablePointerToElements { $0 } + position
            default: return
            }
        }
    }

    /// A method on a part that lies behind a host object: the part is read, changed and put back.
    private func callOnPart(
        _ slot: ValuePointer, count: Int, _ site: Site, _ path: UpdatePath, _ root: ValuePointer, _ frame: UnsafeMutablePointer<Frame>
    ) throws -> Bool {
        var value = root.pointee
        for step in path.steps { value = try read(value, step, frame) }
        let receiver: Value
        let method: Builtin?
        switch value {
        case .list(let list):
            receiver = .list(ListObject(copying: list))
            method = site.listMethod
        case .dict(let dict):
            receiver = .dict(DictObject(copying: dict))
            method = site.dictMethod
        default:
            receiver = value
            method = nil
        }
        guard let method else {
            slot.pointee = receiver
            return try callMethod(slot, count: count, site)
        }
        try invoke(method, receiver: receiver, slot, count: count, keywords: site.keywords)
        try setPath(path, frame, to: receiver)
        return false
    }
}
