/// An insertion-ordered hash table, the storage of a dict: entries in order, and an open-addressed index into them.
public final class DictObject {
    struct Entry {
        var hash: Int
        var key: Value
        var value: Value
    }

    /// Entries in insertion order; a removed one has key `.unset` until the next compaction.
    @exclusivity(unchecked) var entries: [Entry]
    /// Power-of-two table of positions in `entries`: -1 empty, -2 removed.
    @exclusivity(unchecked) private var table: [Int32]
    @exclusivity(unchecked) public private(set) var count: Int
    /// Slots of `table` that are not empty, removed ones included; kept below two thirds so that every probe ends.
    @exclusivity(unchecked) private var filled = 0
    @exclusivity(unchecked) var depth: UInt32 = 1

    public init(minimumCapacity: Int = 0) {
        entries = []
        if minimumCapacity > 0 { entries.reserveCapacity(minimumCapacity) }
        table = minimumCapacity > 0 ? DictObject.emptyTable(for: minimumCapacity) : []
        count = 0
    }

    init(copying other: DictObject) {
        entries = other.entries
        table = other.table
        count = other.count
        filled = other.filled
        depth = other.depth
    }

    deinit {
        if depth > plainRecursionDepth {
            var pending: [Value] = []
            takeValues(into: &pending)
            DeepRelease.drain(&pending)
        }
    }

    private static func emptyTable(for count: Int) -> [Int32] {
        var size = 8
        while size * 2 < count * 3 { size *= 2 }
        return [Int32](repeating: -1, count: size)
    }

    /// Position of `key` in `entries`, or -1.
    @inline(__always) func find(_ key: Value, hash: Int) -> Int {
        if table.isEmpty { return -1 }
        let mask = table.count &- 1
        var slot = DictObject.spread(hash) & mask
        return table.withUnsafeBufferPointer { table in
            entries.withUnsafeBufferPointer { entries in
                while true {
                    let position = Int(table[slot])
                    if position == -1 { return -1 }
                    if position >= 0, entries[position].hash == hash, Value.keysAreEqual(entries[position].key, key) { return position }
                    slot = (slot &+ 1) & mask
                }
            }
        }
    }

    @inline(__always) private static func spread(_ hash: Int) -> Int {
        Int(truncatingIfNeeded: (UInt64(truncatingIfNeeded: hash) &* 0x9E37_79B9_7F4A_7C15) >> 20)
    }

    /// The value of a key, or nil.
    public func get(_ key: Value) -> Value? {
        let position = find(key, hash: key.hashCode)
        return position < 0 ? nil : entries[position].value
    }

    public func get(_ key: String) -> Value? { get(.string(key)) }

    /// Sets a key; an existing one keeps its place.
    public func set(_ key: Value, _ value: Value) {
        let hash = key.hashCode
        if value.isContainer { depth = max(depth, value.depth &+ 1) }
        let position = find(key, hash: hash)
        if position >= 0 {
            entries[position].value = value
        } else {
            insertNew(key, hash: hash, value)
        }
    }

    func insertNew(_ key: Value, hash: Int, _ value: Value) {
        if key.isContainer { depth = max(depth, key.depth &+ 1) }
        if (filled + 1) * 3 > table.count * 2 || entries.count >= table.count { rebuild(for: (count + 1) * 2) }
        let mask = table.count &- 1
        var slot = DictObject.spread(hash) & mask
        while table[slot] >= 0 { slot = (slot &+ 1) & mask }
        if table[slot] == -1 { filled += 1 }
        table[slot] = Int32(truncatingIfNeeded: entries.count)
        entries.append(Entry(hash: hash, key: key, value: value))
        count += 1
    }

    /// Removes a key and returns its value, or nil.
    @discardableResult public func remove(_ key: Value) -> Value? {
        let hash = key.hashCode
        let position = find(key, hash: hash)
        if position < 0 { return nil }
        let mask = table.count &- 1
        var slot = DictObject.spread(hash) & mask
        while Int(table[slot]) != position { slot = (slot &+ 1) & mask }
        table[slot] = -2
        let value = entries[position].value
        count -= 1
        if position == entries.count - 1 {
            entries.removeLast()
            while let last = entries.last, case .unset = last.key { entries.removeLast() }
        } else {
            entries[position] = Entry(hash: 0, key: .unset, value: .none)
        }
        if count == 0 { removeAll() }
        return value
    }

    public func removeAll() {
        entries.removeAll()
        table = []
        count = 0
        filled = 0
    }

    /// Drops the removed entries and sizes the index for `capacity` keys.
    private func rebuild(for capacity: Int) {
        if count != entries.count {
            entries.removeAll { if case .unset = $0.key { true } else { false } }
        }
        table = DictObject.emptyTable(for: max(capacity, 5))
        let mask = table.count &- 1
        filled = entries.count
        for (position, entry) in entries.enumerated() {
            var slot = DictObject.spread(entry.hash) & mask
            while table[slot] >= 0 { slot = (slot &+ 1) & mask }
            table[slot] = Int32(truncatingIfNeeded: position)
        }
    }

    /// Position of the first entry at or after `position` that was not removed, or nil.
    @inline(__always) func next(from position: Int) -> Int? {
        var position = position
        while position < entries.count {
            if case .unset = entries[position].key { position += 1 } else { return position }
        }
        return nil
    }

    public var keys: [Value] { live.map(\.key) }
    public var values: [Value] { live.map(\.value) }
    /// Key and value pairs in insertion order.
    public var pairs: [(key: Value, value: Value)] { live.map { ($0.key, $0.value) } }

    private var live: [Entry] {
        count == entries.count ? entries : entries.filter { if case .unset = $0.key { false } else { true } }
    }

    func takeValues(into pending: inout [Value]) {
        var taken: [Entry] = []
        swap(&taken, &entries)
        for entry in taken {
            pending.append(entry.key)
            pending.append(entry.value)
        }
        table = []
        count = 0
    }
}
