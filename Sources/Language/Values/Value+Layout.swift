import CCounting

/// How a `Value` lies in memory, for the VM: eight payload bytes, then a tag byte that counts the cases with payload in the order of their
/// declaration; the cases without payload share the last tag. `Value.layoutIsAsExpected` compares this with what the compiler did.
enum ValueTag {
    static let int: UInt8 = 0
    static let float: UInt8 = 1
    static let bool: UInt8 = 2
    static let string: UInt8 = 3
    static let list: UInt8 = 4
    static let tuple: UInt8 = 5
    static let dict: UInt8 = 6
    static let structure: UInt8 = 7
    static let structType: UInt8 = 8
    static let range: UInt8 = 9
    static let function: UInt8 = 10
    static let builtin: UInt8 = 11
    static let boundMethod: UInt8 = 12
    static let module: UInt8 = 13
    static let iterator: UInt8 = 15
    static let host: UInt8 = 16
    static let empty: UInt8 = 17
    static let firstReference = string
    static let referenceCount: UInt8 = 14
}

/// A slot is written as two words and read as one word and one byte. A processor hands a value just written on to the next read of it only
/// if one write made all that is read; otherwise the read waits until the writes have reached the cache, which takes longer than most
/// instructions. So there is no write of the tag's byte alone, and no copy of sixteen bytes at once.
typealias ValuePointer = UnsafeMutablePointer<Value>

/// Objects that all interpreters share and that live as long as the process.
enum Immortal {
    static func make<T: AnyObject>(_ object: T) -> T {
        eft_immortalize(UnsafeRawPointer(Unmanaged.passUnretained(object).toOpaque()))
        return object
    }

    /// The value of a table's row.
    static func make(_ value: Value) -> Value {
        switch value {
        case .string(let text): _ = make(text)
        case .list(let list): _ = make(list)
        case .tuple(let tuple): _ = make(tuple)
        case .dict(let dict): _ = make(dict)
        default: break
        }
        return value
    }
}

extension UnsafeMutablePointer where Pointee == Value {
    @inline(__always) var tag: UInt8 { UnsafeRawPointer(self).load(fromByteOffset: 8, as: UInt8.self) }
    @inline(__always) var intPayload: Int { UnsafeRawPointer(self).load(as: Int.self) }
    @inline(__always) var floatPayload: Double { UnsafeRawPointer(self).load(as: Double.self) }
    @inline(__always) var boolPayload: Bool { UnsafeRawPointer(self).load(as: Bool.self) }
    @inline(__always) var holdsReference: Bool { tag &- ValueTag.firstReference < ValueTag.referenceCount }
    /// Whether the value may be a container; true for more than those.
    @inline(__always) var holdsContainer: Bool { tag &- ValueTag.list < ValueTag.iterator - ValueTag.list }
    @inline(__always) var isNone: Bool { tag == ValueTag.empty && intPayload == 0 }
    @inline(__always) var isUnset: Bool { tag == ValueTag.empty && intPayload != 0 }

    /// The counted reference in place, without counting. The tag must have been checked.
    @inline(__always) func object<T: AnyObject>(as type: T.Type) -> UnsafeMutablePointer<T> {
        UnsafeMutableRawPointer(self).assumingMemoryBound(to: T.self)
    }

    /// The same for reading alone: never counted.
    @inline(__always) func borrowed<T: AnyObject>(as type: T.Type) -> Unmanaged<T> { UnsafeRawPointer(self).load(as: Unmanaged<T>.self) }

    /// Copies a reference without counting it. Somebody else must keep the object alive, and the slot must be overwritten by
    /// `overwrite(movedFrom:)` or `forget()`.
    @inline(__always) func lend(from source: ValuePointer) {
        if holdsReference { release() }
        copyBits(from: source)
    }

    /// Moves a value over a lent one.
    @inline(__always) func overwrite(movedFrom source: ValuePointer) {
        copyBits(from: source)
        source.setTag(ValueTag.int)
    }

    /// Drops a lent reference.
    @inline(__always) func forget() { setTag(ValueTag.int) }

    @inline(__always) func store(int value: Int) {
        if holdsReference { release() }
        initialize(int: value)
    }

    /// Writes a number into a slot that holds no reference.
    @inline(__always) func initialize(int value: Int) {
        UnsafeMutableRawPointer(self).storeBytes(of: value, as: Int.self)
        setTag(ValueTag.int)
    }

    @inline(__always) func store(float value: Double) {
        if holdsReference { release() }
        UnsafeMutableRawPointer(self).storeBytes(of: value, as: Double.self)
        setTag(ValueTag.float)
    }

    @inline(__always) func store(bool value: Bool) {
        if holdsReference { release() }
        UnsafeMutableRawPointer(self).storeBytes(of: value ? 1 : 0, as: Int.self)
        setTag(ValueTag.bool)
    }

    /// Copies a value over this one; numbers go without reference counting.
    @inline(__always) func store(copyOf source: ValuePointer) {
        if source.holdsReference { source.retain() }
        let old = holdsReference ? payload : nil
        let oldTag = tag
        copyBits(from: source)
        if let old { Self.release(old, oldTag) }
    }

    /// Copies a value into memory that holds none.
    @inline(__always) func initialize(copyOf source: ValuePointer) {
        if source.holdsReference { source.retain() }
        copyBits(from: source)
    }

    /// Moves a value into memory that holds none, and leaves a number behind.
    @inline(__always) func initialize(movedFrom source: ValuePointer) {
        copyBits(from: source)
        source.forget()
    }

    /// Lets go of the references in `count` slots, which afterwards hold no values.
    @inline(__always) func release(count: Int) {
        var slot = self
        let end = self + count
        while slot < end {
            if slot.holdsReference, let old = slot.payload { Self.release(old, slot.tag) }
            slot += 1
        }
    }

    /// Moves a value over this one and leaves a number behind.
    @inline(__always) func store(movedFrom source: ValuePointer) {
        if holdsReference { release() }
        copyBits(from: source)
        source.setTag(ValueTag.int)
    }

    /// Takes the value out and leaves a number behind.
    @inline(__always) func take() -> Value {
        let value = move()
        UnsafeMutableRawPointer(self).storeBytes(of: 0, as: Int.self)
        setTag(ValueTag.int)
        return value
    }

    /// Lets go of a reference, if there is one; a number or empty value stays as it is.
    @inline(__always) func clear() { if holdsReference { release() } }

    @inline(__always) func storeNone() {
        if holdsReference { release() }
        UnsafeMutableRawPointer(self).storeBytes(of: 0, as: Int.self)
        setTag(ValueTag.empty)
    }

    /// Makes the variable empty ("no value yet").
    @inline(__always) func storeUnset() {
        if holdsReference { release() }
        UnsafeMutableRawPointer(self).storeBytes(of: 1, as: Int.self)
        setTag(ValueTag.empty)
    }

    /// Empties the slot before the object goes, whose clean-up may run anything.
    @inline(__always) private func release() {
        guard let old = payload else { return }
        let oldTag = tag
        forget()
        Self.release(old, oldTag)
    }

    /// Every reference is one to a native object, so that counting need not know its type. An interpreter and its values belong to one
    /// thread, so that counting need not be atomic either; values that all interpreters share are immortal (`Immortal`) or have a
    /// tag from `builtin` on.
    @inline(__always) private var payload: UnsafeRawPointer? { UnsafeRawPointer(self).load(as: UnsafeRawPointer?.self) }

    @inline(__always) private func retain() {
        guard let object = payload else { return }
        if tag < ValueTag.builtin { eft_retain_alone(object) } else { _ = Unmanaged<AnyObject>.fromOpaque(object).retain() }
    }

    @inline(__always) private static func release(_ object: UnsafeRawPointer, _ tag: UInt8) {
        if tag < ValueTag.builtin { eft_release_alone(object) } else { Unmanaged<AnyObject>.fromOpaque(object).release() }
    }

    @inline(__always) private func copyBits(from source: ValuePointer) {
        let (bits, tag) = (source.intPayload, source.tag)
        UnsafeMutableRawPointer(self).storeBytes(of: bits, as: Int.self)
        setTag(tag)
    }

    @inline(__always) private func setTag(_ tag: UInt8) {
        UnsafeMutableRawPointer(self).storeBytes(of: Int(tag), toByteOffset: 8, as: Int.self)
    }
}

extension Value {
    /// Whether the compiler laid the cases out as `ValueTag` says. Checked when a machine is made.
    static let layoutIsAsExpected: Bool = {
        func check(_ value: Value, _ tag: UInt8, _ payload: (ValuePointer) -> Bool) -> Bool {
            let pointer = ValuePointer.allocate(capacity: 1)
            pointer.initialize(to: value)
            defer {
                pointer.deinitialize(count: 1)
                pointer.deallocate()
            }
            return pointer.tag == tag && payload(pointer)
        }
        let list = ListObject([])
        let text = StringObject.empty
        let range = RangeObject(start: 0, step: 1, count: 1)
        let host = HostObject()
        let iterator = ValueIterator()
        return MemoryLayout<Value>.stride == 16
            && ObjectLayout.isAsExpected
            && check(.int(-5), ValueTag.int) { $0.intPayload == -5 }
            && check(.float(2.5), ValueTag.float) { $0.floatPayload == 2.5 }
            && check(.bool(true), ValueTag.bool) { $0.boolPayload }
            && check(.string(text), ValueTag.string) { $0.object(as: StringObject.self).pointee === text }
            && check(.list(list), ValueTag.list) { $0.object(as: ListObject.self).pointee === list }
            && check(.tuple(TupleObject.make([])), ValueTag.tuple) { _ in true }
            && check(.dict(DictObject()), ValueTag.dict) { _ in true }
            && check(.module(ModuleObject(name: "", capacity: 1)), ValueTag.module) { _ in true }
            && check(.range(range), ValueTag.range) { $0.object(as: RangeObject.self).pointee === range }
            && check(.iterator(iterator), ValueTag.iterator) { $0.object(as: ValueIterator.self).pointee === iterator }
            && check(.host(host), ValueTag.host) { $0.object(as: HostObject.self).pointee === host }
            && check(.none, ValueTag.empty) { $0.intPayload == 0 }
            && check(.unset, ValueTag.empty) { $0.isUnset }
    }()
}
