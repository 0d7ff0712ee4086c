import Statement

/// Stable sorting by the order of the language.
enum Sorting {
    /// - Throws: TypeError if two values have no order between them, and what `key` throws.
    static func sorted(_ items: [Value], key: Value?, reverse: Bool, _ interpreter: Interpreter) throws -> [Value] {
        let keys = try key.map { key in try items.map { try interpreter.call(key, $0) } } ?? items
        return try positions(of: keys, reverse: reverse).map { items[$0] }
    }

    /// The positions of the keys in sorted order. Sorting backwards keeps equal keys in their order.
    private static func positions(of keys: [Value], reverse: Bool) throws -> [Int] {
        if let numbers = all(keys, { $0.asInt }) { return try order(of: numbers, reverse: reverse) { $0 < $1 } }
        if let numbers = all(keys, { if case .float(let number) = $0 { number } else { nil } }) {
            return try order(of: numbers, reverse: reverse) { $0 < $1 }
        }
        if let texts = all(keys, { if case .string(let text) = $0 { Unmanaged.passUnretained(text) } else { nil } }) {
            // `keys` holds the texts while they are compared.
            return try withExtendedLifetime(keys) {
                try order(of: texts, reverse: reverse) { left, right in
                    left._withUnsafeGuaranteedRef { left in right._withUnsafeGuaranteedRef { left.compare(to: $0) < 0 } }
                }
            }
        }
        var failure: ScriptError?
        let positions = try order(of: keys, reverse: reverse) { left, right in
            if failure != nil { return false }
            do {
                return try less(left, right)
            } catch {
                failure = ScriptError(wrapping: error)
                return false
            }
        }
        if let failure { throw failure }
        return positions
    }

    private static func all<T>(_ keys: [Value], _ convert: (Value) -> T?) -> [T]? {
        var result: [T] = []
        result.reserveCapacity(keys.count)
        for key in keys {
            guard let value = convert(key) else { return nil }
            result.append(value)
        }
        return result
    }

    /// Swift's sort is stable.
    ///
    /// - Throws: Interrupted.
    private static func order<T>(of keys: [T], reverse: Bool, _ less: (T, T) -> Bool) throws -> [Int] {
        var pairs = keys.enumerated().map { (key: $1, position: $0) }
        var comparisons = 0
        func counted(_ left: T, _ right: T) throws -> Bool {
            comparisons &+= 1
            if comparisons & 0xFFFF == 0 { try Interruption.check() }
            return less(left, right)
        }
        if reverse {
            try pairs.sort { try counted($1.key, $0.key) }
        } else {
            try pairs.sort { try counted($0.key, $1.key) }
        }
        return pairs.map(\.position)
    }

    static func less(_ left: Value, _ right: Value) throws -> Bool {
        switch (left, right) {
        case (.int(let a), .int(let b)): return a < b
        case (.float(let a), .float(let b)): return a < b
        case (.string(let a), .string(let b)): return a.compare(to: b) < 0
        default: break
        }
        guard case .bool(let result) = try Operators.compare(.less, left, right) else {
            throw ScriptError(.type, "\(left.typeNameWithArticle) has no order", help: "sort by a number: `key = x => x.item()`")
        }
        return result
    }
}
