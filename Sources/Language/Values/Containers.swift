import Statement

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
///
/// Invariant of the memory: `base[0 ..< count]` are initialised, `count <= capacity`, and nobody else writes there.
public final class ListObject {
    @exclusivity(unchecked) private(set) var base: ValuePointer
    @exclusivity(unchecked) private(set) var count: Int
    @exclusivity(unchecked) private(set) var capacity: Int
    /// Upper bound of the nesting below and including this list.
    @exclusivity(unchecked) var depth: UInt32

    /// An empty list with room.
    init(capacity: Int) {
        self.capacity = max(4, capacity)
        base = .allocate(capacity: self.capacity)
        count = 0
        depth = 1
    }

    public convenience init(_ items: [Value]) {
        self.init(flat: items)
        depth = depthOf(items)
    }

    /// A list whose items are known to hold no containers.
    convenience init(flat items: [Value]) {
        self.init(capacity: items.count)
        items.withUnsafeBufferPointer { if let source = $0.baseAddress { base.initialize(from: source, count: items.count) } }
        count = items.count
    }

    convenience init(copying other: ListObject) {
        self.init(capacity: other.count)
        for index in 0..<other.count { (base + index).initialize(copyOf: other.base + index) }
        count = other.count
        depth = other.depth
    }

    /// A part of another list.
    convenience init(_ other: ListObject, _ range: Range<Int>) {
        self.init(capacity: range.count)
        for index in 0..<range.count { (base + index).initialize(copyOf: other.base + (range.lowerBound + index)) }
        count = range.count
        depth = other.depth
    }

    convenience init(repeating other: ListObject, times: Int) {
        self.init(capacity: other.count * times)
        for _ in 0..<times {
            for index in 0..<other.count { (base + (count + index)).initialize(copyOf: other.base + index) }
            count += other.count
        }
        depth = other.depth
    }

    /// A list of values that lie side by side, which are taken out of their slots.
    convenience init(moving slots: ValuePointer, count: Int) {
        self.init(capacity: count)
        for index in 0..<count {
            noteDepth(of: slots + index)
            (base + index).initialize(movedFrom: slots + index)
        }
        self.count = count
    }

    /// The items, for a look that calls no script code.
    @inline(__always) var buffer: UnsafeBufferPointer<Value> { UnsafeBufferPointer(start: base, count: count) }

    /// A copy of the items.
    public internal(set) var items: [Value] {
        get { Array(buffer) }
        set {
            let copy = ListObject(newValue)
            swap(&base, &copy.base)
            swap(&count, &copy.count)
            swap(&capacity, &copy.capacity)
            swap(&depth, &copy.depth)
        }
    }

    private func reserve(_ room: Int) {
        let grown = ValuePointer.allocate(capacity: room)
        grown.moveInitialize(from: base, count: count)
        base.deallocate()
        base = grown
        capacity = room
    }

    func append(contentsOf other: ListObject) throws {
        let extra = other.count
        try MemoryLimit.requireList(count + extra)
        depth = max(depth, other.depth)
        if count + extra > capacity { reserve(max(count + extra, 2 * capacity)) }
        for index in 0..<extra { (base + (count + index)).initialize(copyOf: other.base + index) }
        count += extra
    }

    @inline(__always) func append(_ value: Value) throws {
        try MemoryLimit.requireRoom(in: self)
        noteDepth(of: value)
        if count == capacity { reserve(2 * capacity) }
        (base + count).initialize(to: value)
        count &+= 1
    }

    @inline(__always) func append(movedFrom slot: ValuePointer) throws {
        try MemoryLimit.requireRoom(in: self)
        noteDepth(of: slot)
        if count == capacity { reserve(2 * capacity) }
        (base + count).initialize(movedFrom: slot)
        count &+= 1
    }

    @inline(__always) func append(copyOf slot: ValuePointer) throws {
        try MemoryLimit.requireRoom(in: self)
        noteDepth(of: slot)
        if count == capacity { reserve(2 * capacity) }
        (base + count).initialize(copyOf: slot)
        count &+= 1
    }

    /// Puts an item before a position in 0...count.
    func insert(_ value: Value, at position: Int) {
        if count == capacity { reserve(2 * capacity) }
        noteDepth(of: value)
        (base + (position + 1)).moveInitialize(from: base + position, count: count - position)
        (base + position).initialize(to: value)
        count += 1
    }

    /// Takes out the item at a valid position.
    func remove(at position: Int) -> Value {
        let value = (base + position).move()
        (base + position).moveInitialize(from: base + (position + 1), count: count - position - 1)
        count -= 1
        return value
    }

    func reverse() {
        var (low, high) = (0, count - 1)
        while low < high {
            swap(&base[low], &base[high])
            low += 1
            high -= 1
        }
    }

    func removeAll() {
        base.release(count: count)
        count = 0
    }

    @inline(__always) func noteDepth(of value: Value) {
        if value.isContainer { depth = max(depth, value.depth &+ 1) }
    }

    @inline(__always) func noteDepth(of slot: ValuePointer) {
        if slot.holdsContainer { depth = max(depth, slot.depth &+ 1) }
    }

    func takeItems(into pending: inout [Value]) {
        for index in 0..<count { pending.append((base + index).take()) }
        count = 0
    }

    deinit {
        if depth > plainRecursionDepth {
            var pending: [Value] = []
            takeItems(into: &pending)
            DeepRelease.drain(&pending)
        }
        base.release(count: count)
        base.deallocate()
    }
}

public struct TupleHeader {
    var count: Int
    var depth: UInt32
}

/// A fixed sequence of values, behind the header in one allocation.
public final class TupleObject: ManagedBuffer<TupleHeader, Value> {
    private static func make(count: Int) -> TupleObject {
        let buffer = TupleObject.create(minimumCapacity: count) { _ in TupleHeader(count: count, depth: 1) }
        return unsafeDowncast(buffer, to: TupleObject.self)
    }

    static func make(_ items: [Value]) -> TupleObject {
        items.withUnsafeBufferPointer { make($0) }
    }

    static func make(_ items: UnsafeBufferPointer<Value>) -> TupleObject {
        let object = make(count: items.count)
        object.withUnsafeMutablePointers { header, storage in
            if let source = items.baseAddress { storage.initialize(from: source, count: items.count) }
            for item in items where item.isContainer { header.pointee.depth = max(header.pointee.depth, item.depth &+ 1) }
        }
        return object
    }

    /// A tuple of values that lie side by side, which are taken out of their slots.
    static func make(moving slots: ValuePointer, count: Int) -> TupleObject {
        let object = make(count: count)
        object.withUnsafeMutablePointers { header, storage in
            for index in 0..<count {
                let slot = slots + index
                if slot.holdsContainer { header.pointee.depth = max(header.pointee.depth, slot.depth &+ 1) }
                (storage + index).initialize(movedFrom: slot)
            }
        }
        return object
    }

    @inline(__always) var count: Int { withUnsafeMutablePointerToHeader { $0.pointee.count } }
    @inline(__always) var depth: UInt32 { withUnsafeMutablePointerToHeader { $0.pointee.depth } }
    @inline(__always) var base: ValuePointer { withUnsafeMutablePointerToElements { $0 } }
    @inline(__always) var buffer: UnsafeBufferPointer<Value> {
        withUnsafeMutablePointers { UnsafeBufferPointer(start: $1, count: $0.pointee.count) }
    }

    /// A copy of the items.
    public var items: [Value] { Array(buffer) }

    /// Gives up the items, when nobody else holds the tuple.
    func takeItems(into pending: inout [Value]) {
        withUnsafeMutablePointers { header, storage in
            for index in 0..<header.pointee.count { pending.append((storage + index).take()) }
        }
    }

    deinit {
        if depth > plainRecursionDepth {
            var pending: [Value] = []
            takeItems(into: &pending)
            DeepRelease.drain(&pending)
        }
        base.release(count: count)
    }
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

    func requireMemory() throws { try MemoryLimit.requireList(count, help: "loop over the range itself") }

    /// All numbers.
    ///
    /// - Throws: ValueError if they do not fit in memory.
    public func items() throws -> [Value] {
        try requireMemory()
        return try (0..<count).map { index in
            if index & 0xFFFF == 0 { try Interruption.check() }
            return .int(at(index))
        }
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
            if isKnownUniquelyReferenced(&object.pointee) { object.pointee.takeItems(into: &pending) }
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
            if isKnownUniquelyReferenced(&object.pointee) { object.pointee.takeCaptures(into: &pending) }
        case ValueTag.boundMethod:
            let object = slot.object(as: BoundMethod.self)
            if isKnownUniquelyReferenced(&object.pointee) {
                pending.append(object.pointee.receiver)
                object.pointee.receiver = .none
            }
        default: break
        }
    }
}
