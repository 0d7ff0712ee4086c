/// An insertion-ordered hash table, the storage of a dict: entries in order, and an open-addressed index into them.
///
/// Invariants of the memory: `entries[0 ..< used]` are initialised, `used <= capacity`; `table` has `tableSize` slots, a power of two or 0.
public final class DictObject {
    struct Entry {
        var hash: Int
        var key: Value
        var value: Value
    }

    /// Entries in insertion order; a removed one has key `.unset` until the next rebuild.
    @exclusivity(unchecked) private(set) var entries: UnsafeMutablePointer<Entry>
    @exclusivity(unchecked) private(set) var used = 0
    @exclusivity(unchecked) private var capacity: Int
    /// Positions in `entries`: -1 empty, -2 removed.
    @exclusivity(unchecked) private var table: UnsafeMutablePointer<Int32>
    @exclusivity(unchecked) private var tableSize: Int
    /// Slots of `table` that are not empty, removed ones included; kept below two thirds so that every probe ends.
    @exclusivity(unchecked) private var filled = 0
    @exclusivity(unchecked) public private(set) var count = 0
    @exclusivity(unchecked) var depth: UInt32 = 1

    /// Entries are numbered by Int32, so a dict cannot hold more.
    private static let largest = Int(Int32.max) / 2

    public init(minimumCapacity: Int = 0) {
        capacity = minimumCapacity
        entries = .allocate(capacity: max(1, minimumCapacity))
        tableSize = 0
        table = .allocate(capacity: 1)
        if minimumCapacity > 0 { makeTable(for: minimumCapacity) }
    }

    init(copying other: DictObject) {
        capacity = other.count
        entries = .allocate(capacity: max(1, other.count))
        tableSize = 0
        table = .allocate(capacity: 1)
        depth = other.depth
        for position in 0..<other.used {
            if case .unset = other.entries[position].key { continue }
            (entries + used).initialize(to: other.entries[position])
            used += 1
        }
        count = used
        if used > 0 { fillTable(for: used) }
    }

    deinit {
        if depth > plainRecursionDepth {
            var pending: [Value] = []
            takeValues(into: &pending)
            DeepRelease.drain(&pending)
        }
        entries.deinitialize(count: used)
        entries.deallocate()
        table.deallocate()
    }

    // MARK: The index

    private func makeTable(for keys: Int) {
        var size = 8
        while size * 2 < keys * 3 + 3 { size *= 2 }
        table.deallocate()
        table = .allocate(capacity: size)
        table.initialize(repeating: -1, count: size)
        tableSize = size
        filled = 0
    }

    private func fillTable(for keys: Int) {
        makeTable(for: max(keys, used))
        let mask = tableSize &- 1
        for position in 0..<used {
            var slot = DictObject.spread(entries[position].hash) & mask
            while table[slot] >= 0 { slot = (slot &+ 1) & mask }
            table[slot] = Int32(truncatingIfNeeded: position)
        }
        filled = used
    }

    @inline(__always) private static func spread(_ hash: Int) -> Int {
        Int(truncatingIfNeeded: (UInt64(truncatingIfNeeded: hash) &* 0x9E37_79B9_7F4A_7C15) >> 20)
    }

    /// Position of `key` in `entries`, or -1.
    func find(_ key: Value, hash: Int) -> Int {
        if tableSize == 0 { return -1 }
        let mask = tableSize &- 1
        var slot = DictObject.spread(hash) & mask
        while true {
            let position = Int(table[slot])
            if position == -1 { return -1 }
            if position >= 0, entries[position].hash == hash, DictObject.keysAreEqual(&entries[position].key, key) { return position }
            slot = (slot &+ 1) & mask
        }
    }

    @inline(__always) private static func keysAreEqual(_ stored: ValuePointer, _ key: Value) -> Bool {
        switch (stored.tag, key) {
        case (ValueTag.int, .int(let number)): stored.intPayload == number
        case (ValueTag.string, .string(let text)):
            stored.borrowed(as: StringObject.self)._withUnsafeGuaranteedRef { $0 === text || $0.isEqual(to: text) }
        default: Value.isEqual(stored.pointee, key)
        }
    }

    /// The same for a key in a slot, which is not copied.
    func find(_ key: ValuePointer) -> Int {
        if tableSize == 0 { return -1 }
        let hash = DictObject.hash(of: key)
        let mask = tableSize &- 1
        var slot = DictObject.spread(hash) & mask
        while true {
            let position = Int(table[slot])
            if position == -1 { return -1 }
            if position >= 0, entries[position].hash == hash {
                let stored = withUnsafeMutablePointer(to: &entries[position].key) { $0 }
                switch (stored.tag, key.tag) {
                case (ValueTag.int, ValueTag.int): if stored.intPayload == key.intPayload { return position }
                case (ValueTag.string, ValueTag.string):
                    let isEqual = stored.borrowed(as: StringObject.self)._withUnsafeGuaranteedRef { text in
                        key.borrowed(as: StringObject.self)._withUnsafeGuaranteedRef { $0 === text || $0.isEqual(to: text) }
                    }
                    if isEqual { return position }
                default: if Value.isEqual(stored.pointee, key.pointee) { return position }
                }
            }
            slot = (slot &+ 1) & mask
        }
    }

    @inline(__always) private static func hash(of key: ValuePointer) -> Int {
        switch key.tag {
        case ValueTag.int: key.intPayload
        case ValueTag.string: key.borrowed(as: StringObject.self)._withUnsafeGuaranteedRef { $0.hashCode }
        default: key.pointee.hashCode
        }
    }

    /// Where the value of an entry lies, until the dict changes.
    func value(at position: Int) -> ValuePointer { withUnsafeMutablePointer(to: &entries[position].value) { $0 } }

    // MARK: Reading and writing

    /// The value of a key, or nil.
    public func get(_ key: Value) -> Value? {
        let position = find(key, hash: key.hashCode)
        return position < 0 ? nil : entries[position].value
    }

    public func get(_ key: String) -> Value? { get(.string(key)) }

    func contains(_ key: Value) -> Bool { find(key, hash: key.hashCode) >= 0 }

    /// Refuses the growth that the next new key would bring, if there is no memory for it.
    @inline(__always) func requireRoom() throws {
        if used == capacity, used >= 1 << 20 {
            try MemoryLimit.require(count * 2, bytesEach: MemoryLayout<Entry>.stride + 8, "a dict with room for \(count * 2) keys")
        }
    }

    /// `set` for what a script can repeat without end.
    ///
    /// - Throws: ValueError if there is no memory for another key.
    func put(_ key: Value, _ value: Value) throws {
        try requireRoom()
        set(key, value)
    }

    /// Sets a key; an existing one keeps its place.
    public func set(_ key: Value, _ value: Value) {
        let hash = key.hashCode
        if value.isContainer { depth = max(depth, value.depth &+ 1) }
        let position = find(key, hash: hash)
        if position >= 0 {
            entries[position].value = value
        } else {
            insert(key, hash: hash, value)
        }
    }

    /// The same with key and value in slots: copied, or moved out of them.
    func set(_ key: ValuePointer, _ value: ValuePointer, movingKey: Bool, movingValue: Bool) {
        if value.holdsContainer { depth = max(depth, value.depth &+ 1) }
        let position = find(key)
        if position >= 0 {
            let target = self.value(at: position)
            if movingValue { target.store(movedFrom: value) } else { target.store(copyOf: value) }
            if movingKey { key.clear() }
        } else {
            let hash = DictObject.hash(of: key)
            insert(movingKey ? key.take() : key.pointee, hash: hash, movingValue ? value.take() : value.pointee)
        }
    }

    private func insert(_ key: Value, hash: Int, _ value: Value) {
        precondition(used < DictObject.largest, "a dict cannot hold more than 2^30 keys")
        if key.isContainer { depth = max(depth, key.depth &+ 1) }
        if used == capacity || (filled + 1) * 3 > tableSize * 2 { grow() }
        let mask = tableSize &- 1
        var slot = DictObject.spread(hash) & mask
        while table[slot] >= 0 { slot = (slot &+ 1) & mask }
        if table[slot] == -1 { filled += 1 }
        table[slot] = Int32(truncatingIfNeeded: used)
        (entries + used).initialize(to: Entry(hash: hash, key: key, value: value))
        used += 1
        count += 1
    }

    /// Drops the removed entries and makes room for as many keys again.
    private func grow() {
        let room = max(8, count * 2)
        let fresh = UnsafeMutablePointer<Entry>.allocate(capacity: room)
        var kept = 0
        for position in 0..<used {
            if case .unset = entries[position].key {
                (entries + position).deinitialize(count: 1)
            } else {
                (fresh + kept).moveInitialize(from: entries + position, count: 1)
                kept += 1
            }
        }
        entries.deallocate()
        entries = fresh
        capacity = room
        used = kept
        fillTable(for: room)
    }

    /// Removes a key and returns its value, or nil.
    @discardableResult public func remove(_ key: Value) -> Value? {
        let position = find(key, hash: key.hashCode)
        if position < 0 { return nil }
        let mask = tableSize &- 1
        var slot = DictObject.spread(entries[position].hash) & mask
        while Int(table[slot]) != position { slot = (slot &+ 1) & mask }
        table[slot] = -2
        let value = entries[position].value
        entries[position] = Entry(hash: 0, key: .unset, value: .none)
        count -= 1
        while used > 0, case .unset = entries[used - 1].key {
            used -= 1
            (entries + used).deinitialize(count: 1)
        }
        if count == 0 { removeAll() }
        return value
    }

    public func removeAll() {
        let taken = used
        used = 0
        count = 0
        entries.deinitialize(count: taken)
        if tableSize > 0 { table.update(repeating: -1, count: tableSize) }
        filled = 0
    }

    // MARK: Walking

    /// Position of the first entry at or after `position` that was not removed, or nil.
    @inline(__always) func next(from position: Int) -> Int? {
        var position = position
        while position < used {
            if case .unset = entries[position].key { position += 1 } else { return position }
        }
        return nil
    }

    private func collect<T>(_ part: (Entry) -> T) -> [T] {
        var result: [T] = []
        result.reserveCapacity(count)
        var position = 0
        while let found = next(from: position) {
            result.append(part(entries[found]))
            position = found + 1
        }
        return result
    }

    public var keys: [Value] { collect(\.key) }
    public var values: [Value] { collect(\.value) }
    /// Key and value pairs in insertion order.
    public var pairs: [(key: Value, value: Value)] { collect { ($0.key, $0.value) } }
    /// The pair that was added last, or nil.
    var lastPair: (key: Value, value: Value)? { count == 0 ? nil : (entries[used - 1].key, entries[used - 1].value) }

    func takeValues(into pending: inout [Value]) {
        for position in 0..<used {
            pending.append(entries[position].key)
            pending.append(entries[position].value)
        }
        removeAll()
    }
}
