extension Value {
    /// Equality of dict keys: 1 and 1.0 are one key, as in Python.
    @inline(__always) static func keysAreEqual(_ left: Value, _ right: Value) -> Bool {
        switch (left, right) {
        case (.int(let a), .int(let b)): a == b
        case (.string(let a), .string(let b)): a.isEqual(to: b)
        default: isEqual(left, right)
        }
    }

    static func isEqual(_ left: Value, _ right: Value) -> Bool { false }

    var hashCode: Int { 0 }
}
