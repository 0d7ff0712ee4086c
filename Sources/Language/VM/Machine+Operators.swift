#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

// Slow paths of arithmetic and comparison.

extension Machine {
    /// The value of an operand: taken out of a temporary, copied from a variable or constant.
    func operand(_ pointer: ValuePointer) -> Value { isTemporary(pointer) ? pointer.take() : pointer.pointee }

    /// Whether a slot is a temporary of the running function.
    @inline(__always) func isTemporary(_ pointer: ValuePointer) -> Bool {
        let frame = frame
        let code = frame.pointee.code
        let base = frame.pointee.base
        return pointer >= base + code.pointee.localCount && pointer < base + code.pointee.registerCount
    }

    /// Whether every temporary of the running function but one is empty.
    func holdsNoTemporary(but result: ValuePointer) -> Bool {
        let (base, code) = (frame.pointee.base, frame.pointee.code.pointee)
        // A caller may have left the keys of a chain where this frame's temporaries are now (`leavesKeys`): those are texts.
        return (code.localCount..<code.registerCount).allSatisfy {
            let slot = base + $0
            return slot == result || !slot.holdsReference || slot.tag == ValueTag.string
        }
    }

    @inline(never) func arithmetic(
        _ operation: BinaryOperator, _ target: ValuePointer, _ left: ValuePointer, _ right: ValuePointer
    ) throws {
        if operation == .add, left.tag == right.tag {
            if left.tag == ValueTag.string {
                if target == left || isTemporary(left) {
                    try StringObject.append(right.object(as: StringObject.self).pointee, to: &left.object(as: StringObject.self).pointee)
                    if target != left { target.store(movedFrom: left) }
                    if right != target, isTemporary(right) { right.clear() }
                    return
                }
            } else if left.tag == ValueTag.list, left != right, target == left || isTemporary(left) {
                let list = Machine.uniqueList(left)
                let other = right.object(as: ListObject.self).pointee
                try list.append(contentsOf: other)
                if target != left { target.store(movedFrom: left) }
                if right != target, isTemporary(right) { right.clear() }
                return
            }
        }
        let leftValue = operand(left)
        let rightValue = operand(right)
        target.pointee = try labelled(leftValue, rightValue) { try Operators.binary(operation, leftValue, rightValue) }
        noteOrigin(target)
    }

    /// The same on a value in place, for `place op= value`.
    func update(_ operation: BinaryOperator, _ target: ValuePointer, with value: Value) throws {
        if operation == .add {
            if target.tag == ValueTag.string, case .string(let suffix) = value {
                try StringObject.append(suffix, to: &target.object(as: StringObject.self).pointee)
                return
            }
            if target.tag == ValueTag.list, case .list(let other) = value {
                let list = Machine.uniqueList(target)
                try list.append(contentsOf: other)
                return
            }
        }
        let current = target.pointee
        target.pointee = try labelled(current, value) { try Operators.binary(operation, current, value) }
        noteOrigin(target)
    }

    /// Adds what the operands are to an error that does not say it.
    private func labelled(_ left: Value, _ right: Value, _ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch {
            var error = ScriptError(wrapping: error)
            if error.operands.isEmpty {
                if case .host(let object) = left { error.operands = [object.summary, Operators.describe(right)] }
                if case .host(let object) = right { error.operands = [Operators.describe(left), object.summary] }
            }
            for (index, value) in [left, right].enumerated() where error.operands.indices.contains(index) {
                let text = summary(value)
                if !text.isEmpty { error.operands[index] = text }
            }
            throw withOrigins(error, [left, right])
        }
    }

    /// The slots must hold texts.
    @inline(__always) static func areEqualTexts(_ left: ValuePointer, _ right: ValuePointer) -> Bool {
        if left.object == right.object { return true }
        let count = left.textCount
        guard count == right.textCount else { return false }
        // Most texts that differ do so in the first byte.
        return count == 0 || (left.textBytes[0] == right.textBytes[0] && memcmp(left.textBytes, right.textBytes, count) == 0)
    }

    /// The order of texts is that of their bytes. The slots must hold texts.
    @inline(__always) private static func compareTexts(_ operation: ComparisonOperator, _ left: ValuePointer, _ right: ValuePointer) -> Bool
    {
        if operation == .equal || operation == .notEqual { return areEqualTexts(left, right) == (operation == .equal) }
        let (count, other) = (left.textCount, right.textCount)
        let (bytes, others) = (left.textBytes, right.textBytes)
        var order = count > 0 && other > 0 ? Int(bytes[0]) - Int(others[0]) : count - other
        if order == 0 { order = Int(memcmp(bytes, others, min(count, other))) }
        if order == 0 { order = count - other }
        return switch operation {
        case .less: order < 0
        case .lessEqual: order <= 0
        case .greater: order > 0
        default: order >= 0
        }
    }

    @inline(never) func compareSlowly(
        _ operation: ComparisonOperator, _ target: ValuePointer, _ left: ValuePointer, _ right: ValuePointer
    ) throws {
        if left.tag == ValueTag.string, right.tag == ValueTag.string {
            let holds = Machine.compareTexts(operation, left, right)
            if isTemporary(left) { left.clear() }
            if isTemporary(right) { right.clear() }
            target.store(bool: holds)
            return
        }
        let leftValue = operand(left)
        let rightValue = operand(right)
        target.pointee = try labelled(leftValue, rightValue) { try Operators.compare(operation, leftValue, rightValue) }
    }

    @inline(never) func testSlowly(_ operation: ComparisonOperator, _ left: ValuePointer, _ right: ValuePointer) throws -> Bool {
        if left.tag == ValueTag.string, right.tag == ValueTag.string {
            let holds = Machine.compareTexts(operation, left, right)
            if isTemporary(left) { left.clear() }
            if isTemporary(right) { right.clear() }
            return holds
        }
        let leftValue = operand(left)
        let rightValue = operand(right)
        let result = try labelled(leftValue, rightValue) { try Operators.compare(operation, leftValue, rightValue) }
        guard case .bool(let holds) = result else { throw Operators.conditionError(result) }
        return holds
    }

    /// `item in container`.
    func contains(_ container: Value, _ item: Value) throws -> Bool {
        switch container {
        case .list(let list): return list.buffer.contains { Value.isEqual($0, item) }
        case .tuple(let tuple): return tuple.buffer.contains { Value.isEqual($0, item) }
        case .dict(let dict): return dict.contains(item)
        case .range(let range):
            switch item {
            case .int(let number): return range.contains(number)
            case .float(let number): return Int(exactly: number).map { range.contains($0) } ?? false
            default: return false
            }
        case .string(let text):
            guard case .string(let part) = item else {
                throw ScriptError(
                    .type, "`in` needs a str on the left when a str is on the right, not \(item.typeNameWithArticle)",
                    operands: [item.typeName, "str"])
            }
            return TextSearch.find(part, in: text, from: 0) != nil
        case .host(let object):
            if let found = try object.contains(item) { return found }
            if try object.makeIterator() != nil {
                var isFound = false
                try interpreter.visit(container) { value in
                    isFound = Value.isEqual(value, item)
                    return !isFound
                }
                return isFound
            }
        default: break
        }
        throw ScriptError(
            .type, "\(container.typeNameWithArticle) holds no items to look for with `in`", operands: [item.typeName, container.typeName])
    }

    // MARK: Unique storage

    /// Makes the slot, which must hold a list, the only holder of that list's storage.
    @inline(__always) static func makeListUnique(_ slot: ValuePointer) {
        if !slot.isAlone { _ = uniqueList(slot) }
    }

    @inline(__always) static func makeStructUnique(_ slot: ValuePointer) {
        if !slot.isAlone { _ = uniqueStruct(slot) }
    }

    @inline(__always) static func makeDictUnique(_ slot: ValuePointer) {
        if !slot.isAlone { _ = uniqueDict(slot) }
    }

    /// The list in a slot, copied first if others hold it too. The slot must hold a list.
    @inline(never) static func uniqueList(_ slot: ValuePointer) -> ListObject {
        let place = slot.object(as: ListObject.self)
        if !isKnownUniquelyReferenced(&place.pointee) {
            place.pointee = ListObject(copying: place.pointee)
        }
        return place.pointee
    }

    @inline(never) static func uniqueDict(_ slot: ValuePointer) -> DictObject {
        let place = slot.object(as: DictObject.self)
        if !isKnownUniquelyReferenced(&place.pointee) { place.pointee = DictObject(copying: place.pointee) }
        return place.pointee
    }

    @inline(never) static func uniqueStruct(_ slot: ValuePointer) -> StructObject {
        let place = slot.object(as: StructObject.self)
        if !isKnownUniquelyReferenced(&place.pointee) { place.pointee = place.pointee.copied() }
        return place.pointee
    }
}
