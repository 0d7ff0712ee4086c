// Loops, destructuring, closures, dicts under construction, formatting.

extension Machine {
    /// Turns r[a] into the state of a loop over its value.
    func prepareIteration(_ slot: ValuePointer) throws {
        switch slot.pointee {
        case .list, .string: break
        case .iterator(let iterator): iterator.noteReading()
        case .range(let range):
            slot.store(int: range.start)
            (slot + 1).store(int: range.count)
            (slot + 2).store(int: range.step)
            return
        case .int, .float, .bool, .none: throw Machine.notIterable(slot.pointee)
        default: slot.pointee = .iterator(try Machine.makeIterator(slot.pointee))
        }
        (slot + 1).store(int: 0)
    }

    static func notIterable(_ value: Value) -> ScriptError {
        var help: String?
        if case .int = value { help = "to count, loop over range(n)" }
        return ScriptError(.type, "\(value.typeNameWithArticle) cannot be looped over", help: help, operands: [Operators.describe(value)])
    }

    /// The same for range() of one to three ints, in the slots behind; false if it is anything else.
    func prepareRange(_ slot: ValuePointer, count: Int) -> Bool {
        for index in 1...3 where index <= count { if (slot + index).tag != ValueTag.int { return false } }
        let start = count > 1 ? (slot + 1).intPayload : 0
        let stop = (slot + (count > 1 ? 2 : 1)).intPayload
        let step = count > 2 ? (slot + 3).intPayload : 1
        guard step != 0 else { return false }
        var rounds = 0
        if step > 0 ? start < stop : start > stop {
            let distance = step > 0 ? UInt(bitPattern: stop &- start) : UInt(bitPattern: start &- stop)
            let times = step == 1 || step == -1 ? distance : (distance - 1) / step.magnitude + 1
            guard times <= UInt(Int.max) else { return false }
            rounds = Int(times)
        }
        slot.store(int: start)
        (slot + 1).store(int: rounds)
        (slot + 2).store(int: step)
        return true
    }

    /// Spreads a list or tuple of just the right length; false if it is anything else.
    func unpackDirectly(_ slot: ValuePointer, _ frame: UnsafeMutablePointer<Frame>, count: Int, into target: ValuePointer) -> Bool {
        let source: ValuePointer
        let isUnique: Bool
        switch slot.tag {
        case ValueTag.tuple:
            guard slot.borrowed(as: TupleObject.self)._withUnsafeGuaranteedRef({ $0.count }) == count else { return false }
            source = slot.borrowed(as: TupleObject.self)._withUnsafeGuaranteedRef { $0.base }
            isUnique = isTemporary(slot) && isKnownUniquelyReferenced(&slot.object(as: TupleObject.self).pointee)
        case ValueTag.list:
            guard slot.borrowed(as: ListObject.self)._withUnsafeGuaranteedRef({ $0.count }) == count else { return false }
            source = slot.borrowed(as: ListObject.self)._withUnsafeGuaranteedRef { $0.base }
            isUnique = isTemporary(slot) && isKnownUniquelyReferenced(&slot.object(as: ListObject.self).pointee)
        default: return false
        }
        // What nobody else holds is emptied, so that a list or struct in it stays the only one.
        for index in 0..<count {
            if isUnique {
                (target + index).store(movedFrom: source + index)
            } else {
                (target + index).store(copyOf: source + index)
            }
        }
        if isTemporary(slot) { slot.clear() }
        return true
    }

    /// The next character of the text in r[a], whose byte offset is in r[a+1]; false at the end.
    func nextCharacter(_ slot: ValuePointer, into target: ValuePointer) -> Bool {
        let offset = (slot + 1).intPayload
        guard offset < slot.textCount else { return false }
        let byte = slot.textBytes[offset]
        var next = offset &+ 1
        if byte < 0x80 {
            target.store(copyOf: StringObject.characterValues + Int(byte))
        } else {
            let text = slot.object(as: StringObject.self).pointee
            next = TextSearch.nextScalar(in: text, after: offset)
            target.pointee = .string(TextSearch.bytes(of: text, offset..<next))
        }
        (slot + 1).store(int: next)
        return true
    }

    @inline(never) func nextItem(_ slot: ValuePointer) throws -> Value? {
        try slot.object(as: ValueIterator.self).pointee.next()
    }

    /// A fresh iterator over anything that can be looped over.
    static func makeIterator(_ value: Value) throws -> ValueIterator {
        switch value {
        case .list(let list): return ItemsIterator(list.items)
        case .tuple(let tuple): return ItemsIterator(tuple.items)
        case .dict(let dict): return ItemsIterator(dict.keys)
        case .string(let text): return CharacterIterator(text)
        case .range(let range): return RangeIterator(range)
        case .iterator(let iterator):
            iterator.noteReading()
            return iterator
        case .host(let object):
            if let iterator = try object.makeIterator() { return iterator }
        default: break
        }
        throw notIterable(value)
    }

    /// Spreads a value over `before` slots, or with `after` given over `before` slots, a list of what is left, and `after` slots.
    func unpack(_ value: Value, before: Int, after: Int?, into target: ValuePointer) throws {
        let items: [Value]
        switch value {
        case .list(let list): items = list.items
        case .tuple(let tuple): items = tuple.items
        case .int, .float, .bool, .none, .function, .builtin:
            throw ScriptError(
                .type, "\(value.typeNameWithArticle) cannot be unpacked into several variables", operands: [Operators.describe(value)])
        default: items = try interpreter.collect(value)
        }
        guard let after else {
            guard items.count == before else {
                throw ScriptError(.value, "expected \(before) values to unpack, got \(items.count)")
            }
            for (index, item) in items.enumerated() { target[index] = item }
            return
        }
        guard items.count >= before + after else {
            throw ScriptError(.value, "expected at least \(before + after) values to unpack, got \(items.count)")
        }
        for index in 0..<before { target[index] = items[index] }
        let end = items.count - after
        target[before] = .list(Array(items[before..<end]))
        for index in 0..<after { target[before + 1 + index] = items[end + index] }
    }

    func makeClosure(_ prototype: Prototype, _ frame: UnsafeMutablePointer<Frame>) -> FunctionObject {
        if prototype.captures.isEmpty { return FunctionObject(prototype: prototype, captures: []) }
        let base = frame.pointee.base
        let captured: [Value] = prototype.captures.map { capture in
            switch capture.origin {
            case .local(let register): base[register]
            case .captured(let index): (base - 1).object(as: FunctionObject.self).pointee.captures[index]
            case .selfReference: base[-1]
            }
        }
        return FunctionObject(prototype: prototype, captures: captured)
    }

    func makeStructType(_ descriptor: StructureDescriptor) -> Value {
        .structType(
            StructType(
                name: descriptor.name, signature: descriptor.prototype.signature, doc: descriptor.doc, prototype: descriptor.prototype,
                isTraced: profile?.isListening ?? false))
    }

    func buildDict(_ i: Instruction, _ target: ValuePointer, _ r: ValuePointer) throws {
        let dict = target.object(as: DictObject.self).pointee
        if i.op == .dictSet {
            let key = (r + Int(i.b)).take()
            // As keyword arguments a name may come only once.
            if i.flag != 0, dict.get(key) != nil { throw ScriptError(.type, "argument `\(key.display)` is given twice") }
            try dict.put(key, (r + Int(i.c)).take())
            return
        }
        let value = (r + Int(i.b)).take()
        guard case .dict(let other) = value else {
            throw ScriptError(.type, "`**` needs a dict, not \(value.typeNameWithArticle)", operands: [value.typeName])
        }
        for pair in other.pairs {
            if i.flag != 0 {
                guard case .string = pair.key else {
                    throw ScriptError(.type, "the keys of `**` arguments must be str, not \(pair.key.typeName)")
                }
                if dict.get(pair.key) != nil { throw ScriptError(.type, "argument `\(pair.key.display)` is given twice") }
            }
            try dict.put(pair.key, pair.value)
        }
    }

    /// A field of an f-string without format.
    func formatPlain(_ source: ValuePointer, _ frame: UnsafeMutablePointer<Frame>, _ target: ValuePointer) {
        switch source.tag {
        case ValueTag.string:
            if source != target {
                if isTemporary(source) { target.store(movedFrom: source) } else { target.store(copyOf: source) }
            }
        // `concatenate` writes the digits where they go.
        case ValueTag.int: target.store(int: source.intPayload)
        default: target.pointee = .string(operand(source).display)
        }
    }

    /// A field of an f-string.
    func format(_ i: Instruction, _ frame: UnsafeMutablePointer<Frame>, _ target: ValuePointer) throws {
        let base = frame.pointee.base
        let value = operand(base + Int(i.b))
        var spec: FormatSpec
        var conversion: UInt8
        if i.op == .format {
            let descriptor = frame.pointee.prototype.formats[Int(i.c)]
            spec = descriptor.spec
            conversion = descriptor.conversion
        } else {
            spec = try FormatSpec(operand(base + Int(i.c)).display)
            conversion = i.flag
        }
        if spec.isEmpty {
            if conversion != 1, case .string = value {
                target.pointee = value
            } else {
                target.pointee = .string(conversion == 1 ? value.repr : value.display)
            }
            return
        }
        let text: Value = conversion == 1 ? .string(value.repr) : (conversion == 2 ? .string(value.display) : value)
        target.pointee = .string(try spec.format(text))
    }

    /// Joins texts and ints that lie side by side, emptying their slots.
    func concatenate(_ start: ValuePointer, _ count: Int) throws -> StringObject {
        var size = 0
        for index in 0..<count {
            let slot = start + index
            if slot.tag == ValueTag.string {
                size += slot.borrowed(as: StringObject.self)._withUnsafeGuaranteedRef { $0.byteCount }
            } else if slot.tag == ValueTag.int {
                size += StringObject.decimalCount(slot.intPayload)
            }
        }
        try MemoryLimit.requireText(size)
        let result = StringObject.make(count: size) { bytes in
            var offset = 0
            for index in 0..<count {
                let slot = start + index
                if slot.tag == ValueTag.string {
                    slot.borrowed(as: StringObject.self)._withUnsafeGuaranteedRef { text in
                        text.withBytes { source in
                            if let from = source.baseAddress {
                                UnsafeMutableRawPointer(bytes + offset).copyMemory(from: from, byteCount: source.count)
                            }
                            offset += source.count
                        }
                    }
                } else if slot.tag == ValueTag.int {
                    let width = StringObject.decimalCount(slot.intPayload)
                    StringObject.writeDecimal(slot.intPayload, bytes + offset, width)
                    offset += width
                }
            }
        }
        for index in 0..<count { (start + index).clear() }
        return result
    }
}

final class ItemsIterator: ValueIterator {
    private let items: [Value]
    private var position = 0

    init(_ items: [Value]) { self.items = items }

    override func next() -> Value? {
        guard position < items.count else { return nil }
        position += 1
        return items[position - 1]
    }
}

final class RangeIterator: ValueIterator {
    private let range: RangeObject
    private var position = 0

    init(_ range: RangeObject) { self.range = range }

    override func next() -> Value? {
        guard position < range.count else { return nil }
        position += 1
        return .int(range.at(position - 1))
    }
}

final class CharacterIterator: ValueIterator {
    private let text: StringObject
    private var offset = 0

    init(_ text: StringObject) { self.text = text }

    override func next() -> Value? {
        let bytes = text.byteCount
        guard offset < bytes else { return nil }
        let start = offset
        offset = TextSearch.nextScalar(in: text, after: offset)
        return .string(TextSearch.bytes(of: text, start..<offset))
    }
}
