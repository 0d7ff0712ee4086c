/// Stable sorting by the order of the language.
enum Sorting {
    /// - Throws: TypeError if two values have no order between them, and what `key` throws.
    static func sorted(_ items: [Value], key: Value?, reverse: Bool, _ interpreter: Interpreter) throws -> [Value] {
        let keys = try key.map { key in try items.map { try interpreter.call(key, [$0]) } } ?? items
        var failure: ScriptError?
        func before(_ a: Int, _ b: Int) -> Bool {
            if failure != nil { return false }
            do {
                return try less(keys[a], keys[b])
            } catch {
                failure = ScriptError(wrapping: error)
                return false
            }
        }
        // Swift's sort is stable; sorting backwards keeps equal items in their order.
        let order = items.indices.sorted { reverse ? before($1, $0) : before($0, $1) }
        if let failure { throw failure }
        return order.map { items[$0] }
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
