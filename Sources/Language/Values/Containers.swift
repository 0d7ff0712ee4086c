/// Levels of nesting up to which values are compared, shown, hashed and freed by plain recursion.
let plainRecursionDepth: UInt32 = 400

/// One level more than the deepest of `items`.
@inline(__always) func depthOf(_ items: [Value]) -> UInt32 {
    var deepest: UInt32 = 0
    for item in items where item.isContainer { deepest = max(deepest, item.depth) }
    return deepest &+ 1
}

extension Value {
    /// Whether the value can hold other values.
    @inline(__always) var isContainer: Bool {
        switch self {
        case .list, .tuple, .dict, .structure, .function, .boundMethod: true
        default: false
        }
    }
}

/// The storage of a list. Held by one variable it is changed in place; held by more it is copied first.
public final class ListObject {
    @exclusivity(unchecked) public internal(set) var items: [Value] { didSet { noteStorage() } }
    /// Upper bound of the nesting below and including this list.
    @exclusivity(unchecked) var depth: UInt32
    /// Where the items lie, for reading without counting references to the array; noted anew after each change.
    @exclusivity(unchecked) private(set) var base: UnsafePointer<Value>?
    @exclusivity(unchecked) private(set) var count: Int

    public convenience init(_ items: [Value]) {
        self.init(flat: items)
        depth = depthOf(items)
    }

    /// A list whose items are known to hold no containers.
    init(flat items: [Value]) {
        self.items = items
        depth = 1
        base = nil
        count = 0
        noteStorage()
    }

    @inline(__always) private func noteStorage() {
        (base, count) = items.withUnsafeBufferPointer { ($0.baseAddress, $0.count) }
    }

    func append(contentsOf other: ListObject) throws {
        try MemoryLimit.requireList(count + other.count)
        depth = max(depth, other.depth)
        items.append(contentsOf: other.items)
    }

    @inline(__always) func append(_ value: Value) throws {
        try MemoryLimit.requireRoom(in: self)
        if value.isContainer { depth = max(depth, value.depth &+ 1) }
        items.append(value)
    }

    @inline(__always) func append(movedFrom slot: ValuePointer) throws {
        try MemoryLimit.requireRoom(in: self)
        noteDepth(of: slot)
        items.append(slot.take())
    }

    /// Replaces the item at a valid index by a value that is copied, or moved out of its slot.
    @inline(__always) func replace(at index: Int, by slot: ValuePointer, moving: Bool) {
        noteDepth(of: slot)
        items.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            if moving { (base + index).store(movedFrom: slot) } else { (base + index).store(copyOf: slot) }
        }
    }

    @inline(__always) func noteDepth(of value: Value) {
        if value.isContainer { depth = max(depth, value.depth &+ 1) }
    }

    @inline(__always) func noteDepth(of slot: ValuePointer) {
        if slot.holdsContainer { depth = max(depth, slot.pointee.depth &+ 1) }
    }

    deinit { if depth > plainRecursionDepth { DeepRelease.release(items: &items) } }
}

/// A fixed sequence of values.
public final class TupleObject {
    public private(set) var items: [Value]
    let depth: UInt32
    /// Where the items lie, for reading without counting references to the array.
    @exclusivity(unchecked) private(set) var base: UnsafePointer<Value>?
    @exclusivity(unchecked) private(set) var count: Int

    public init(_ items: [Value]) {
        self.items = items
        depth = depthOf(items)
        (base, count) = items.withUnsafeBufferPointer { ($0.baseAddress, $0.count) }
    }

    /// Gives up the items, when nobody else holds the tuple.
    func takeItems(into pending: inout [Value]) {
        var taken: [Value] = []
        swap(&taken, &items)
        (base, count) = (nil, 0)
        pending.append(contentsOf: taken)
    }

    deinit { if depth > plainRecursionDepth { DeepRelease.release(items: &items) } }
}

/// `start, start + step, …` up to but without `stop`; `count` numbers.
public final class RangeObject {
    public let start: Int
    public let stop: Int
    public let step: Int
    public let count: Int

    /// - Throws: ValueError if step is 0.
    public init(_ start: Int, _ stop: Int, _ step: Int = 1) throws {
        if step == 0 { throw ScriptError(.value, "range() step must not be zero") }
        self.start = start
        self.stop = stop
        self.step = step
        if step > 0 ? start >= stop : start <= stop {
            count = 0
        } else {
            let distance = step > 0 ? UInt(bitPattern: stop &- start) : UInt(bitPattern: start &- stop)
            let count = (distance - 1) / step.magnitude + 1
            if count > UInt(Int.max) { throw ScriptError(.value, "range has more than 2^63 numbers") }
            self.count = Int(count)
        }
    }

    init(start: Int, step: Int, count: Int) {
        self.start = start
        self.step = step
        self.count = count
        self.stop = start &+ step &* count
    }

    /// The number at a position in 0..<count.
    func at(_ index: Int) -> Int { start &+ step &* index }

    func contains(_ value: Int) -> Bool {
        if count == 0 { return false }
        let last = at(count - 1)
        guard step > 0 ? (value >= start && value <= last) : (value <= start && value >= last) else { return false }
        let distance = step > 0 ? UInt(bitPattern: value &- start) : UInt(bitPattern: start &- value)
        return distance % step.magnitude == 0
    }
}

/// Frees deeply nested values with a work list instead of recursion, which would overflow the machine stack.
enum DeepRelease {
    static func release(items: inout [Value]) {
        var pending: [Value] = []
        swap(&pending, &items)
        drain(&pending)
    }

    /// Empties `pending`, taking apart what nobody else holds before it is freed.
    static func drain(_ pending: inout [Value]) {
        while var value = pending.popLast() {
            guard value.isContainer, value.depth > plainRecursionDepth else { continue }
            withUnsafeMutablePointer(to: &value) { takeApart($0, into: &pending) }
        }
    }

    /// Works on the slot itself: a copy of the reference, however short-lived, would make the object look shared.
    private static func takeApart(_ slot: ValuePointer, into pending: inout [Value]) {
        switch slot.tag {
        case ValueTag.list:
            let object = slot.object(as: ListObject.self)
            if isKnownUniquelyReferenced(&object.pointee) { move(&object.pointee.items, into: &pending) }
        case ValueTag.tuple:
            let object = slot.object(as: TupleObject.self)
            if isKnownUniquelyReferenced(&object.pointee) { object.pointee.takeItems(into: &pending) }
        case ValueTag.dict:
            let object = slot.object(as: DictObject.self)
            if isKnownUniquelyReferenced(&object.pointee) { object.pointee.takeValues(into: &pending) }
        case ValueTag.structure:
            let object = slot.object(as: StructObject.self)
            if isKnownUniquelyReferenced(&object.pointee) { object.pointee.takeFields(into: &pending) }
        case ValueTag.function:
            let object = slot.object(as: FunctionObject.self)
            if isKnownUniquelyReferenced(&object.pointee) { move(&object.pointee.captures, into: &pending) }
        case ValueTag.boundMethod:
            let object = slot.object(as: BoundMethod.self)
            if isKnownUniquelyReferenced(&object.pointee) {
                pending.append(object.pointee.receiver)
                object.pointee.receiver = .none
            }
        default: break
        }
    }

    private static func move(_ items: inout [Value], into pending: inout [Value]) {
        var taken: [Value] = []
        swap(&taken, &items)
        pending.append(contentsOf: taken)
    }
}
