/// The members of a JSON object in the order in which they were first set.
///
/// Setting a key again keeps its place and replaces its value, as a Python dict does. Keys are compared byte by byte, as JSON
/// readers elsewhere do: a vocabulary holds strings that Unicode calls equal (a compatibility ideograph and its unified twin).
/// Small objects are searched in order; larger ones carry an index.
public struct JSONObject: Sendable, Sequence {
    public private(set) var keys: [String] = []
    public private(set) var values: [JSONValue] = []
    /// Keys that the text read held more than once, as often as they came again.
    public private(set) var repeatedKeys: [String] = []
    private var positions: [KeyBytes: Int]?

    /// Up to this many members a linear search is faster than hashing.
    private static let linearLimit = 12

    public init() {}

    /// The members in this order; of equal keys the last value wins.
    public init(_ members: some Sequence<(String, JSONValue)>) {
        for (key, value) in members { self[key] = value }
    }

    /// The members of another object with other values: one for each of its keys, in their order. Keys are shared, not compared again.
    public init(keysOf template: JSONObject, values: [JSONValue]) {
        precondition(values.count == template.count, "one value for each key")
        self = template
        self.values = values
    }

    public var count: Int { keys.count }
    public var isEmpty: Bool { keys.isEmpty }

    /// The value of `key`; nil when it is absent. Setting nil removes the member.
    public subscript(key: String) -> JSONValue? {
        get { position(of: key).map { values[$0] } }
        set {
            guard let newValue else { return remove(key) }
            if let position = position(of: key) {
                values[position] = newValue
            } else {
                append(key, newValue)
            }
        }
    }

    public func contains(_ key: String) -> Bool { position(of: key) != nil }

    /// Adds or replaces a member as it is read; true when the key was there already.
    mutating func set(_ key: String, _ value: JSONValue) -> Bool {
        if let position = position(of: key) {
            values[position] = value
            repeatedKeys.append(key)
            return true
        }
        append(key, value)
        return false
    }

    public func makeIterator() -> AnyIterator<(key: String, value: JSONValue)> {
        var members = zip(keys, values).makeIterator()
        return AnyIterator { members.next().map { (key: $0.0, value: $0.1) } }
    }

    private func position(of key: String) -> Int? {
        if let positions { return positions[KeyBytes(text: key)] }
        return keys.firstIndex { KeyBytes.areEqual($0, key) }
    }

    private mutating func append(_ key: String, _ value: JSONValue) {
        keys.append(key)
        values.append(value)
        if positions != nil {
            positions?[KeyBytes(text: key)] = keys.count - 1
        } else if keys.count > Self.linearLimit {
            rebuildIndex()
        }
    }

    private mutating func remove(_ key: String) {
        guard let position = position(of: key) else { return }
        keys.remove(at: position)
        values.remove(at: position)
        if positions != nil { rebuildIndex() }
    }

    /// A key as its bytes.
    private struct KeyBytes: Hashable {
        var text: String

        static func == (a: KeyBytes, b: KeyBytes) -> Bool { areEqual(a.text, b.text) }

        /// Texts that differ as Unicode differ in their bytes, which tells most pairs apart at once.
        static func areEqual(_ a: String, _ b: String) -> Bool {
            guard a == b else { return false }
            let equal = a.utf8.withContiguousStorageIfAvailable { a in
                b.utf8.withContiguousStorageIfAvailable { b in a.count == b.count && a.indices.allSatisfy { a[$0] == b[$0] } }
            }
            return (equal ?? nil) ?? a.utf8.elementsEqual(b.utf8)
        }

        func hash(into hasher: inout Hasher) {
            let contiguous: Void? = text.utf8.withContiguousStorageIfAvailable { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
            if contiguous == nil { for byte in text.utf8 { hasher.combine(byte) } }
        }
    }

    private mutating func rebuildIndex() {
        var index: [KeyBytes: Int] = [:]
        index.reserveCapacity(keys.count * 2)
        for (position, key) in keys.enumerated() { index[KeyBytes(text: key)] = position }
        positions = index
    }
}

extension JSONObject: Hashable {
    /// Objects are equal when they hold the same members, in whatever order.
    public static func == (a: JSONObject, b: JSONObject) -> Bool {
        guard a.count == b.count else { return false }
        return a.allSatisfy { b[$0.key] == $0.value }
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(count)
        var members = 0
        for (key, value) in self {
            var one = Hasher()
            one.combine(KeyBytes(text: key))
            one.combine(value)
            members ^= one.finalize()
        }
        hasher.combine(members)
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral members: (String, JSONValue)...) { self.init(members) }
}
