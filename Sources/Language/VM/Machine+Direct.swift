// Short ways through structs, lists and dicts: no reference is counted on the way, and whatever takes more than looking is left to the
// general code, which also words the errors.

extension Machine {
    /// The field of a struct, or nil if there is none. The slot must hold a struct.
    @inline(__always) static func field(of slot: ValuePointer, _ cache: UnsafeMutablePointer<SiteCache>) -> ValuePointer? {
        if cache.pointee.owner != UInt(bitPattern: slot.structType) {
            guard findField(of: slot, cache.pointee.site) else { return nil }
        }
        return (slot.object + cache.pointee.fieldOffset).assumingMemoryBound(to: Value.self)
    }

    @inline(never) private static func findField(of slot: ValuePointer, _ site: Unmanaged<Site>) -> Bool {
        let (site, type) = (site.takeUnretainedValue(), slot.object(as: StructObject.self).pointee.type)
        guard let position = type.position(of: site.name) else { return false }
        site.cache(type, position: position)
        return true
    }

    /// The item of a list or tuple; nil if the index is out of range or no int, or the slot holds something else.
    @inline(__always) static func item(of slot: ValuePointer, at key: ValuePointer) -> ValuePointer? {
        guard key.tag == ValueTag.int else { return nil }
        if slot.tag == ValueTag.list { return item(at: key.intPayload, slot.listBase, slot.listCount) }
        if slot.tag == ValueTag.tuple { return item(at: key.intPayload, slot.elements, slot.tupleCount) }
        return nil
    }

    @inline(__always) private static func item(at index: Int, _ base: ValuePointer, _ count: Int) -> ValuePointer? {
        if UInt(bitPattern: index) < UInt(bitPattern: count) { return base + index }
        let position = index &+ count
        return index < 0 && position >= 0 ? base + position : nil
    }

    /// The value of a key, or nil. The slot must hold a dict.
    @inline(__always) static func find(_ key: ValuePointer, in slot: ValuePointer) -> ValuePointer? {
        slot.borrowed(as: DictObject.self)._withUnsafeGuaranteedRef { dict in
            let position = dict.find(key)
            return position < 0 ? nil : dict.value(at: position)
        }
    }

    /// Where a path leads, for reading alone; nil where a step is anything but a field, an index or a key that is there. The keys of a path
    /// that is read all lie in registers.
    @inline(__always) func find(_ place: UnsafeMutablePointer<PlainPlace>, _ cells: ValuePointer, _ r: ValuePointer) -> ValuePointer? {
        var slot = (place.pointee.rootIsCell ? cells : r) + place.pointee.root
        var step = place.pointee.steps
        let end = step + place.pointee.count
        while step < end {
            if let cache = step.pointee.cache {
                guard slot.tag == ValueTag.structure, let field = Machine.field(of: slot, cache) else { return nil }
                slot = field
            } else {
                let key = r + step.pointee.register
                if let item = Machine.item(of: slot, at: key) {
                    slot = item
                } else {
                    guard slot.tag == ValueTag.dict, let value = Machine.find(key, in: slot) else { return nil }
                    slot = value
                }
            }
            step += 1
        }
        return slot
    }

    /// Where the first `count` steps of a path lead, for changing what is there: every container on the way is made the only holder of
    /// its storage, and notes that what lies at the end may be `depth` levels deep. Nil as for reading.
    @inline(__always) func reach(_ place: PlainPlace, _ count: Int, _ frame: UnsafeMutablePointer<Frame>, depth: UInt32) -> ValuePointer? {
        let r = frame.pointee.base
        var slot = (place.rootIsCell ? frame.pointee.code.pointee.cells : r) + place.root
        var step = place.steps
        var left = count
        while left > 0 {
            if depth > 0 { Machine.noteDepth(of: slot, atLeast: depth &+ UInt32(truncatingIfNeeded: left)) }
            if let cache = step.pointee.cache {
                guard slot.tag == ValueTag.structure else { return nil }
                Machine.makeStructUnique(slot)
                guard let field = Machine.field(of: slot, cache) else { return nil }
                slot = field
            } else {
                guard step.pointee.register >= 0 else { return nil }
                let key = r + step.pointee.register
                if slot.tag == ValueTag.list {
                    Machine.makeListUnique(slot)
                    guard let item = Machine.item(of: slot, at: key) else { return nil }
                    slot = item
                } else {
                    guard slot.tag == ValueTag.dict else { return nil }
                    Machine.makeDictUnique(slot)
                    guard let value = Machine.find(key, in: slot) else { return nil }
                    slot = value
                }
            }
            step += 1
            left &-= 1
        }
        return slot
    }

    /// Notes that a container may be so deep, also on behalf of others that hold it: it is an upper bound.
    @inline(__always) private static func noteDepth(of slot: ValuePointer, atLeast bound: UInt32) {
        if slot.holdsContainer, slot.depth < bound { raiseDepth(of: slot, to: bound) }
    }

    @inline(never) private static func raiseDepth(of slot: ValuePointer, to bound: UInt32) {
        switch slot.pointee {
        case .list(let list): list.depth = max(list.depth, bound)
        case .dict(let dict): dict.depth = max(dict.depth, bound)
        case .structure(let object): object.noteDepth(atLeast: bound)
        default: break
        }
    }

    /// `xs[i] = v` where that needs no more than a list and a valid index, or a dict; false if it does. What the key and the value are
    /// moved out of is empty afterwards.
    @inline(__always) func setDirectly(
        _ slot: ValuePointer, _ key: ValuePointer, _ value: ValuePointer, movingKey: Bool, movingValue: Bool
    ) throws -> Bool {
        if slot.tag == ValueTag.list {
            guard key.tag == ValueTag.int else { return false }
            Machine.makeListUnique(slot)
            guard let item = Machine.item(of: slot, at: key) else { return false }
            if value.holdsContainer { Machine.noteDepth(of: slot, atLeast: value.depth &+ 1) }
            if movingValue { item.store(movedFrom: value) } else { item.store(copyOf: value) }
            return true
        }
        return slot.tag == ValueTag.dict ? try setKey(slot, key, value, movingKey: movingKey, movingValue: movingValue) : false
    }

    @inline(never) private func setKey(
        _ slot: ValuePointer, _ key: ValuePointer, _ value: ValuePointer, movingKey: Bool, movingValue: Bool
    ) throws -> Bool {
        Machine.makeDictUnique(slot)
        try slot.borrowed(as: DictObject.self)._withUnsafeGuaranteedRef {
            try $0.requireRoom()
            $0.set(key, value, movingKey: movingKey, movingValue: movingValue)
        }
        return true
    }

    /// The same for a path of any length; a struct's field only takes a value that fits at a glance.
    @inline(never) func setDirectly(
        _ place: UnsafeMutablePointer<PlainPlace>, _ frame: UnsafeMutablePointer<Frame>, _ value: ValuePointer, isMoved: Bool
    ) throws -> Bool {
        let place = place.pointee
        guard place.isChangeable, place.count > 0 else { return false }
        let depth = value.holdsContainer ? value.depth &+ 1 : 0
        guard let slot = reach(place, place.count &- 1, frame, depth: depth) else { return false }
        let last = place.steps + (place.count &- 1)
        guard let cache = last.pointee.cache else {
            guard last.pointee.register >= 0 else { return false }
            let key = frame.pointee.base + last.pointee.register
            return try setDirectly(slot, key, value, movingKey: isTemporary(key), movingValue: isMoved)
        }
        guard slot.tag == ValueTag.structure else { return false }
        Machine.makeStructUnique(slot)
        guard let field = Machine.field(of: slot, cache) else { return false }
        let type = Unmanaged<StructType>.fromOpaque(slot.structType)
        guard type._withUnsafeGuaranteedRef({ $0.checks })[cache.pointee.position].accepts(value) else { return false }
        if depth > 0 { Machine.noteDepth(of: slot, atLeast: depth) }
        if isMoved { field.store(movedFrom: value) } else { field.store(copyOf: value) }
        return true
    }

    /// `place op= value` for two numbers of one type, or a text that grows; false if it is anything else. The result has the type of
    /// what was there, so that a field that is declared with one still holds it.
    @inline(never) func updateDirectly(
        _ place: UnsafeMutablePointer<PlainPlace>, _ frame: UnsafeMutablePointer<Frame>, _ operation: UInt8, _ value: ValuePointer
    ) throws -> Bool {
        let place = place.pointee
        guard place.isChangeable, let slot = reach(place, place.count, frame, depth: 0), slot.tag == value.tag else { return false }
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
            if isTemporary(value) { value.clear() }
            return true
        default: return false
        }
    }

    /// `place.append(x)` for a list.
    func appendDirectly(_ slot: ValuePointer, _ path: UpdatePath, _ frame: UnsafeMutablePointer<Frame>) throws -> Bool {
        let place = path.place
        guard place.isChangeable else { return false }
        let value = slot + 1
        let depth = value.holdsContainer ? value.depth &+ 1 : 1
        guard let list = reach(place, place.count, frame, depth: depth), list.tag == ValueTag.list else { return false }
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
            site.cache(module, position: position)
        }
        let cell = module.cells + site.cache.pointee.position
        return cell.isUnset ? nil : cell
    }
}
