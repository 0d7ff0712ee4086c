extension Value {
    /// `==` of the language. Values nested deeper than a machine stack allows are compared with a list of pairs yet to be compared.
    public static func isEqual(_ left: Value, _ right: Value) -> Bool {
        if left.depth > plainRecursionDepth && right.depth > plainRecursionDepth { return isDeeplyEqual(left, right) }
        switch (left, right) {
        case (.int(let a), .int(let b)): return a == b
        case (.float(let a), .float(let b)): return a == b
        case (.int(let a), .float(let b)), (.float(let b), .int(let a)): return compare(a, b) == 0
        case (.bool(let a), .bool(let b)): return a == b
        case (.string(let a), .string(let b)): return a.isEqual(to: b)
        case (.list(let a), .list(let b)): return a === b || areEqual(a.buffer, b.buffer)
        case (.tuple(let a), .tuple(let b)): return a === b || areEqual(a.buffer, b.buffer)
        case (.dict(let a), .dict(let b)):
            if a === b { return true }
            return a.count == b.count
                && a.pairs.allSatisfy { pair in b.get(pair.key).map { isEqual(pair.value, $0) } ?? false }
        case (.structure(let a), .structure(let b)): return a === b || (a.type === b.type && areEqual(a.buffer, b.buffer))
        case (.range(let a), .range(let b)):
            return a.count == b.count && (a.count == 0 || (a.start == b.start && (a.count == 1 || a.step == b.step)))
        case (.none, .none), (.unset, .unset): return true
        case (.structType(let a), .structType(let b)): return a === b
        case (.function(let a), .function(let b)): return a === b
        case (.builtin(let a), .builtin(let b)): return a === b
        case (.boundMethod(let a), .boundMethod(let b)): return a.method === b.method && isEqual(a.receiver, b.receiver)
        case (.module(let a), .module(let b)): return a === b
        case (.error(let a), .error(let b)): return a === b || (a.kind == b.kind && a.message == b.message)
        case (.iterator(let a), .iterator(let b)): return a === b
        case (.host(let a), .host(let b)): return a.isEqual(to: b)
        default: return false
        }
    }

    private static func areEqual(_ left: UnsafeBufferPointer<Value>, _ right: UnsafeBufferPointer<Value>) -> Bool {
        guard left.count == right.count else { return false }
        for index in left.indices where !isEqual(left[index], right[index]) { return false }
        return true
    }

    private static func isDeeplyEqual(_ left: Value, _ right: Value) -> Bool {
        var pending = [(left, right)]
        while let (left, right) = pending.popLast() {
            if left.depth <= plainRecursionDepth || right.depth <= plainRecursionDepth {
                if !isEqual(left, right) { return false }
                continue
            }
            switch (left, right) {
            case (.list(let a), .list(let b)):
                guard a.count == b.count else { return false }
                if a !== b { pending.append(contentsOf: zip(a.buffer, b.buffer)) }
            case (.tuple(let a), .tuple(let b)):
                guard a.count == b.count else { return false }
                if a !== b { pending.append(contentsOf: zip(a.buffer, b.buffer)) }
            case (.structure(let a), .structure(let b)):
                guard a.type === b.type else { return false }
                if a !== b { pending.append(contentsOf: zip(a.fields, b.fields)) }
            case (.dict(let a), .dict(let b)):
                guard a.count == b.count else { return false }
                if a === b { continue }
                for pair in a.pairs {
                    guard let other = b.get(pair.key) else { return false }
                    pending.append((pair.value, other))
                }
            case (.function(let a), .function(let b)):
                if a !== b { return false }
            case (.boundMethod(let a), .boundMethod(let b)):
                if a.method !== b.method { return false }
                pending.append((a.receiver, b.receiver))
            default: return false
            }
        }
        return true
    }

    /// Order of an int and a float, exact where the conversion would round; nil-like 2 for NaN.
    static func compare(_ left: Int, _ right: Double) -> Int {
        if right.isNaN { return 2 }
        if right >= 9_223_372_036_854_775_808 { return -1 }
        if right < -9_223_372_036_854_775_808 { return 1 }
        let whole = Int(right.rounded(.towardZero))
        if left != whole { return left < whole ? -1 : 1 }
        let fraction = right - right.rounded(.towardZero)
        return fraction == 0 ? 0 : (fraction > 0 ? -1 : 1)
    }

    /// Equal values have equal codes, 1 and 1.0 included.
    var hashCode: Int {
        switch self {
        case .int(let value): value
        case .string(let value): value.hashCode
        case .float(let value): Int(exactly: value) ?? value.hashValue
        case .bool(let value): value ? 0x5bd1_e995 : 0x2545_f491
        case .list(let value): Value.hash(value.buffer, seed: 11)
        case .tuple(let value): Value.hash(value.buffer, seed: 23)
        case .structure(let value): Value.hash(value.buffer, seed: ObjectIdentifier(value.type).hashValue)
        case .dict(let value):
            value.depth > plainRecursionDepth ? 29 : value.pairs.reduce(29) { $0 ^ ($1.key.hashCode &* 31 &+ $1.value.hashCode) }
        case .range(let value): value.start ^ (value.count &* 31)
        case .structType(let value): ObjectIdentifier(value).hashValue
        case .function(let value): ObjectIdentifier(value).hashValue
        case .builtin(let value): ObjectIdentifier(value).hashValue
        case .boundMethod(let value): ObjectIdentifier(value.method).hashValue
        case .module(let value): ObjectIdentifier(value).hashValue
        case .error(let value): value.message.hashValue
        case .iterator(let value): ObjectIdentifier(value).hashValue
        case .host(let value): value.hashCode
        case .none: 0x1b87_3593
        case .unset: 0
        }
    }

    private static func hash(_ items: UnsafeBufferPointer<Value>, seed: Int) -> Int {
        var hash = seed
        for item in items {
            // What lies deeper than plain recursion allows does not take part; equal values still agree.
            let code = item.depth > plainRecursionDepth ? 7 : item.hashCode
            hash = (hash ^ code) &* 0x0100_0000_01b3 &+ 0x9E37
        }
        return hash
    }
}

extension Value {
    /// Order for `<` and sorting: negative, 0, positive, or 2 if unordered (NaN); nil if the types have no order between them.
    static func order(_ left: Value, _ right: Value) throws -> Int? {
        switch (left, right) {
        case (.int(let a), .int(let b)): return a < b ? -1 : (a == b ? 0 : 1)
        case (.float(let a), .float(let b)): return a < b ? -1 : (a == b ? 0 : (a > b ? 1 : 2))
        case (.int(let a), .float(let b)): return compare(a, b)
        case (.float(let a), .int(let b)):
            let order = compare(b, a)
            return order == 2 ? 2 : -order
        case (.string(let a), .string(let b)):
            let order = a.compare(to: b)
            return order < 0 ? -1 : (order > 0 ? 1 : 0)
        case (.bool(let a), .bool(let b)): return a == b ? 0 : (b ? -1 : 1)
        case (.list(let a), .list(let b)): return try order(a.buffer, b.buffer, depth: min(left.depth, right.depth))
        case (.tuple(let a), .tuple(let b)): return try order(a.buffer, b.buffer, depth: min(left.depth, right.depth))
        default: return nil
        }
    }

    private static func order(
        _ left: UnsafeBufferPointer<Value>, _ right: UnsafeBufferPointer<Value>, depth: UInt32
    ) throws -> Int? {
        if depth > plainRecursionDepth { throw ScriptError(.value, "values nested \(depth) levels deep cannot be ordered") }
        for index in 0..<min(left.count, right.count) {
            if isEqual(left[index], right[index]) { continue }
            return try order(left[index], right[index])
        }
        return left.count < right.count ? -1 : (left.count == right.count ? 0 : 1)
    }
}
