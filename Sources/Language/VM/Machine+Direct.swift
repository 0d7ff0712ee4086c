// Short ways through structs, lists and dicts: no reference is counted on the way, and whatever takes more than looking is left to the
// general code, which also words the errors.

extension Machine {
    /// The field of a struct, or nil if there is none. The slot must hold a struct.
    @inline(__always) static func field(of slot: ValuePointer, _ site: Site) -> ValuePointer? {
        slot.borrowed(as: StructObject.self)._withUnsafeGuaranteedRef { structure in
            structure.withUnsafeMutablePointers { header, fields in
                if site.cachedType != UnsafeRawPointer(header).load(as: UnsafeRawPointer.self) {
                    guard cachePosition(of: header.pointee.type, site) else { return nil }
                }
                return fields + site.cachedPosition
            }
        }
    }

    @inline(never) private static func cachePosition(of type: StructType, _ site: Site) -> Bool {
        guard let position = type.position(of: site.name) else { return false }
        site.cache(type)
        site.cachedPosition = position
        return true
    }

    /// The item of a list or tuple, or nil if the index is out of range or no int.
    @inline(__always) private static func item(at key: ValuePointer, _ base: ValuePointer, _ count: Int) -> ValuePointer? {
        guard key.tag == ValueTag.int else { return nil }
        var index = key.intPayload
        if index < 0 { index &+= count }
        return UInt(bitPattern: index) < UInt(bitPattern: count) ? base + index : nil
    }

    /// The value of a key, or nil. The slot must hold a dict.
    @inline(__always) static func find(_ key: ValuePointer, in slot: ValuePointer) -> ValuePointer? {
        slot.borrowed(as: DictObject.self)._withUnsafeGuaranteedRef { dict in
            let position = dict.find(key)
            return position < 0 ? nil : dict.value(at: position)
        }
    }

    /// Where a path leads, for reading alone; nil where a step is anything but a field, an index or a key that is there.
    @inline(never) func find(_ path: UpdatePath, _ frame: UnsafeMutablePointer<Frame>) -> ValuePointer? {
        var slot = path.rootIsCell ? frame.pointee.code.pointee.cells + path.rootNumber : frame.pointee.base + path.rootNumber
        var step = path.plan
        let end = step + path.stepCount
        while step < end {
            let next: ValuePointer?
            if let site = step.pointee.site {
                guard slot.tag == ValueTag.structure else { return nil }
                next = site._withUnsafeGuaranteedRef { Machine.field(of: slot, $0) }
            } else {
                guard step.pointee.register >= 0 else { return nil }
                let key = frame.pointee.base + step.pointee.register
                switch slot.tag {
                case ValueTag.list:
                    next = slot.borrowed(as: ListObject.self)._withUnsafeGuaranteedRef { Machine.item(at: key, $0.base, $0.count) }
                case ValueTag.tuple:
                    next = slot.borrowed(as: TupleObject.self)._withUnsafeGuaranteedRef { Machine.item(at: key, $0.base, $0.count) }
                case ValueTag.dict: next = Machine.find(key, in: slot)
                default: return nil
                }
            }
            guard let next else { return nil }
            slot = next
            step += 1
        }
        return slot
    }

    /// Where the first `count` steps of a path lead, for changing what is there: every container on the way is made the only holder of
    /// its storage, and notes that what lies at the end may be `depth` levels deep. Nil as for reading.
    @inline(never) func reach(_ path: UpdatePath, _ count: Int, _ frame: UnsafeMutablePointer<Frame>, depth: UInt32) -> ValuePointer? {
        var slot = path.rootIsCell ? frame.pointee.code.pointee.cells + path.rootNumber : frame.pointee.base + path.rootNumber
        var step = path.plan
        var left = count
        while left > 0 {
            if depth > 0 { Machine.noteDepth(of: slot, atLeast: depth &+ UInt32(truncatingIfNeeded: left)) }
            let next: ValuePointer?
            if let site = step.pointee.site {
                guard slot.tag == ValueTag.structure else { return nil }
                Machine.makeStructUnique(slot)
                next = site._withUnsafeGuaranteedRef { Machine.field(of: slot, $0) }
            } else {
                guard step.pointee.register >= 0 else { return nil }
                let key = frame.pointee.base + step.pointee.register
                if slot.tag == ValueTag.list {
                    Machine.makeListUnique(slot)
                    next = slot.borrowed(as: ListObject.self)._withUnsafeGuaranteedRef { Machine.item(at: key, $0.base, $0.count) }
                } else if slot.tag == ValueTag.dict {
                    Machine.makeDictUnique(slot)
                    next = Machine.find(key, in: slot)
                } else {
                    return nil
                }
            }
            guard let next else { return nil }
            slot = next
            step += 1
            left -= 1
        }
        return slot
    }

    /// Notes that a container may be so deep, also on behalf of others that hold it: it is an upper bound.
    @inline(never) private static func noteDepth(of slot: ValuePointer, atLeast bound: UInt32) {
        switch slot.pointee {
        case .list(let list): list.depth = max(list.depth, bound)
        case .dict(let dict): dict.depth = max(dict.depth, bound)
        case .structure(let object): object.noteDepth(atLeast: bound)
        default: break
        }
    }

    /// `xs[i] = v` where that needs no more than a list and a valid index, or a dict; false if it does.
    @inline(__always) func setDirectly(
        _ slot: ValuePointer, _ key: ValuePointer, _ value: ValuePointer, _ frame: UnsafeMutablePointer<Frame>
    ) throws -> Bool {
        if slot.tag == ValueTag.list {
            guard key.tag == ValueTag.int else { return false }
            Machine.makeListUnique(slot)
            let isMoved = isTemporary(value, frame)
            return slot.borrowed(as: ListObject.self)._withUnsafeGuaranteedRef { list in
                guard let item = Machine.item(at: key, list.base, list.count) else { return false }
                list.noteDepth(of: value)
                if isMoved { item.store(movedFrom: value) } else { item.store(copyOf: value) }
                return true
            }
        }
        if slot.tag == ValueTag.dict {
            Machine.makeDictUnique(slot)
            try slot.borrowed(as: DictObject.self)._withUnsafeGuaranteedRef {
                try $0.requireRoom()
                $0.set(key, value, movingKey: isTemporary(key, frame), movingValue: isTemporary(value, frame))
            }
            return true
        }
        return false
    }

    /// The same for a path of any length; a struct's field only takes a value that fits at a glance.
    func setDirectly(_ path: UpdatePath, _ frame: UnsafeMutablePointer<Frame>, _ value: ValuePointer) throws -> Bool {
        guard path.isChangeable, path.stepCount > 0 else { return false }
        let depth = value.holdsContainer ? value.pointee.depth &+ 1 : 0
        guard let slot = reach(path, path.stepCount - 1, frame, depth: depth) else { return false }
        let last = path.plan[path.stepCount - 1]
        guard let site = last.site else {
            return last.register < 0 ? false : try setDirectly(slot, frame.pointee.base + last.register, value, frame)
        }
        guard slot.tag == ValueTag.structure else { return false }
        Machine.makeStructUnique(slot)
        return site._withUnsafeGuaranteedRef { site in
            guard let field = Machine.field(of: slot, site) else { return false }
            let isFit = slot.borrowed(as: StructObject.self)._withUnsafeGuaranteedRef { structure in
                structure.noteDepth(atLeast: depth)
                return structure.withUnsafeMutablePointerToHeader { $0.pointee.type.checks[site.cachedPosition].accepts(value) }
            }
            guard isFit else { return false }
            if isTemporary(value, frame) { field.store(movedFrom: value) } else { field.store(copyOf: value) }
            return true
        }
    }

    /// `place op= value` for two numbers of one type, or a text that grows; false if it is anything else. The result has the type of
    /// what was there, so that a field that is declared with one still holds it.
    func updateDirectly(
        _ path: UpdatePath, _ frame: UnsafeMutablePointer<Frame>, _ operation: UInt8, _ value: ValuePointer
    ) throws -> Bool {
        guard path.isChangeable, let slot = reach(path, path.stepCount, frame, depth: 0), slot.tag == value.tag else { return false }
        switch slot.tag {
        case ValueTag.int:
            let result: (partialValue: Int, overflow: Bool)
            switch operation {
            case BinaryOperator.add.code: result = slot.intPayload.addingReportingOverflow(value.intPayload)
            case BinaryOperator.subtract.code: result = slot.intPayload.subtractingReportingOverflow(value.intPayload)
            case BinaryOperator.multiply.code: result = slot.intPayload.multipliedReportingOverflow(by: value.intPayload)
            default: return false
            }
            if result.overflow { return false }
            slot.store(int: result.partialValue)
            return true
        case ValueTag.float:
            switch operation {
            case BinaryOperator.add.code: slot.store(float: slot.floatPayload + value.floatPayload)
            case BinaryOperator.subtract.code: slot.store(float: slot.floatPayload - value.floatPayload)
            case BinaryOperator.multiply.code: slot.store(float: slot.floatPayload * value.floatPayload)
            default: return false
            }
            return true
        case ValueTag.string where operation == BinaryOperator.add.code:
            try StringObject.append(value.object(as: StringObject.self).pointee, to: &slot.object(as: StringObject.self).pointee)
            if isTemporary(value, frame) { value.clear() }
            return true
        default: return false
        }
    }

    /// `place.append(x)` for a list.
    func appendDirectly(_ slot: ValuePointer, _ path: UpdatePath, _ frame: UnsafeMutablePointer<Frame>) throws -> Bool {
        guard path.isChangeable else { return false }
        let value = slot + 1
        let depth = value.holdsContainer ? value.pointee.depth &+ 1 : 1
        guard let list = reach(path, path.stepCount, frame, depth: depth), list.tag == ValueTag.list else { return false }
        Machine.makeListUnique(list)
        try list.borrowed(as: ListObject.self)._withUnsafeGuaranteedRef { try $0.append(movedFrom: value) }
        slot.pointee = .none
        return true
    }

    /// Makes a value of the struct type in `callee` from the arguments behind `slot`, where each field is given or has a literal for its
    /// default, and fits at a glance; false if it takes more.
    func construct(_ callee: ValuePointer, _ slot: ValuePointer, count: Int, _ site: Site?) -> Bool {
        let type = callee.object(as: StructType.self).pointee
        guard type.isPlain, count <= type.fieldCount else { return false }
        if let site, !site.isCached(type), !cacheOrder(type, count, site) { return false }
        let arguments = slot + 1
        let order = site?.fieldOrder
        for field in 0..<type.fieldCount {
            let source = order?[field] ?? (field < count ? field : -1)
            if source < 0 {
                if (type.defaults + field).isUnset { return false }
                continue
            }
            let argument = arguments + source
            if type.checks[field].accepts(argument) { continue }
            guard type.checks[field] == .float, argument.tag == ValueTag.int else { return false }
            argument.store(float: Double(argument.intPayload))
        }
        let object = StructObject.make(type) { field in
            let source = order?[field] ?? (field < count ? field : -1)
            return source < 0 ? nil : arguments + source
        }
        slot.pointee = .structure(object)
        return true
    }

    /// Notes which argument goes to which field; false if the names are not all right.
    @inline(never) private func cacheOrder(_ type: StructType, _ count: Int, _ site: Site) -> Bool {
        var order = [Int](repeating: -1, count: type.fieldCount)
        let positional = count - site.keywords.count
        for index in 0..<positional { order[index] = index }
        for (index, name) in site.keywords.enumerated() {
            guard let field = type.position(of: name), order[field] < 0 else { return false }
            order[field] = positional + index
        }
        site.fieldOrder = order
        site.cache(type)
        return true
    }

    /// The cell of a module's variable, or nil if it has none or no value. The slot must hold a module.
    func cell(of slot: ValuePointer, _ site: Site) -> ValuePointer? {
        let module = slot.object(as: ModuleObject.self).pointee
        if !site.isCached(module) {
            guard let position = module.position(of: site.name) else { return nil }
            site.cache(module)
            site.cachedPosition = position
        }
        let cell = module.cells + site.cachedPosition
        return cell.isUnset ? nil : cell
    }
}
