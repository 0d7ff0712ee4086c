/// Short ways of builtins that inner loops call: see `Builtin.quick`.
enum Quick {
    static let len: Builtin.Quick = { slot, count in
        guard count == 1 else { return false }
        let value = slot + 1
        let length: Int
        switch value.tag {
        case ValueTag.list: length = value.borrowed(as: ListObject.self)._withUnsafeGuaranteedRef { $0.count }
        case ValueTag.string: length = value.borrowed(as: StringObject.self)._withUnsafeGuaranteedRef { $0.scalarCount }
        case ValueTag.dict: length = value.borrowed(as: DictObject.self)._withUnsafeGuaranteedRef { $0.count }
        case ValueTag.tuple: length = value.borrowed(as: TupleObject.self)._withUnsafeGuaranteedRef { $0.count }
        default: return false
        }
        value.clear()
        slot.store(int: length)
        return true
    }

    static let abs: Builtin.Quick = { slot, count in
        guard count == 1 else { return false }
        let value = slot + 1
        if value.tag == ValueTag.int, value.intPayload != .min {
            slot.store(int: Swift.abs(value.intPayload))
        } else if value.tag == ValueTag.float {
            slot.store(float: Swift.abs(value.floatPayload))
        } else {
            return false
        }
        return true
    }

    static let int: Builtin.Quick = { slot, count in
        guard count == 1 else { return false }
        let value = slot + 1
        switch value.tag {
        case ValueTag.int: slot.store(int: value.intPayload)
        case ValueTag.float:
            guard let whole = Int(exactly: value.floatPayload.rounded(.towardZero)) else { return false }
            slot.store(int: whole)
        case ValueTag.string:
            guard let number = value.borrowed(as: StringObject.self)._withUnsafeGuaranteedRef({ Numerals.plainInt($0) }) else {
                return false
            }
            value.clear()
            slot.store(int: number)
        default: return false
        }
        return true
    }

    static let float: Builtin.Quick = { slot, count in
        guard count == 1 else { return false }
        let value = slot + 1
        switch value.tag {
        case ValueTag.int: slot.store(float: Double(value.intPayload))
        case ValueTag.float: slot.store(float: value.floatPayload)
        case ValueTag.string:
            guard let number = value.borrowed(as: StringObject.self)._withUnsafeGuaranteedRef({ Numerals.plainFloat($0) }) else {
                return false
            }
            value.clear()
            slot.store(float: number)
        default: return false
        }
        return true
    }

    /// The lesser or greater of two numbers of one type.
    private static func pick(_ slot: ValuePointer, _ count: Int, wantsGreater: Bool) -> Bool {
        guard count == 2 else { return false }
        let (first, second) = (slot + 1, slot + 2)
        if first.tag == ValueTag.int, second.tag == ValueTag.int {
            let (a, b) = (first.intPayload, second.intPayload)
            slot.store(int: (wantsGreater ? b > a : b < a) ? b : a)
        } else if first.tag == ValueTag.float, second.tag == ValueTag.float {
            let (a, b) = (first.floatPayload, second.floatPayload)
            slot.store(float: (wantsGreater ? b > a : b < a) ? b : a)
        } else {
            return false
        }
        return true
    }

    static let min: Builtin.Quick = { pick($0, $1, wantsGreater: false) }
    static let max: Builtin.Quick = { pick($0, $1, wantsGreater: true) }

    /// A function of one float.
    static func number(_ body: @escaping @Sendable (Double) -> Double) -> Builtin.Quick {
        { slot, count in
            guard count == 1, (slot + 1).tag == ValueTag.float else { return false }
            let result = body((slot + 1).floatPayload)
            // What is not a number or too large is worded by the function itself.
            guard result.isFinite else { return false }
            slot.store(float: result)
            return true
        }
    }

    /// `d.get(key)` and `d.get(key, default)`.
    static let get: Builtin.Quick = { slot, count in
        guard count == 1 || count == 2 else { return false }
        let key = slot + 1
        if let found = Machine.find(key, in: slot) {
            // The dict may hold the only reference to the value.
            key.store(copyOf: found)
            slot.store(movedFrom: key)
        } else if count == 2 {
            slot.store(movedFrom: slot + 2)
        } else {
            slot.pointee = .none
        }
        key.clear()
        if count == 2 { (slot + 2).clear() }
        return true
    }

    /// `text.startswith(prefix)` for one text.
    static let startsWith: Builtin.Quick = { slot, count in
        guard count == 1, (slot + 1).tag == ValueTag.string else { return false }
        let found = TextSearch.has((slot + 1).object(as: StringObject.self).pointee, in: slot.object(as: StringObject.self).pointee, at: 0)
        (slot + 1).clear()
        slot.store(bool: found)
        return true
    }
}
