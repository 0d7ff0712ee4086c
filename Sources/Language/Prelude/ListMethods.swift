/// Names of the methods that change their list or dict; on a variable they are called in place.
enum MutatingMethods {
    static let names: Set<String> = [
        "append", "extend", "insert", "pop", "remove", "clear", "sort", "reverse", "update", "setdefault", "popitem",
    ]
}

/// The methods of lists.
enum ListMethods {
    /// The list that the method was called on; for a changing method the variable's own storage.
    private static func list(_ call: borrowing BuiltinCall) throws -> ListObject {
        guard case .list(let list) = call.receiver else { throw ScriptError(.type, "\(call.builtin.name)() needs a list") }
        return list
    }

    static let append = Builtin(
        "append", "(item) -> none", doc: "Adds an item at the end.", example: "xs = [1]; xs.append(2); assert xs == [1, 2]"
    ) { call in
        try list(call).append(call[0])
        return .none
    }

    static let sort = Builtin(
        "sort", "(key: fn | none = none, reverse: bool = false) -> none",
        doc: "Sorts in place; stable. `key` gives the value to sort by.", example: "xs = [3, 1, 2]; xs.sort(); assert xs == [1, 2, 3]"
    ) { call in
        let target = try list(call)
        target.items = try Sorting.sorted(target.items, key: call.optionalFunction(0), reverse: call.bool(1), call.interpreter)
        return .none
    }

    static let pop = Builtin(
        "pop", "(index: int = -1) -> any", doc: "Takes out the item at a position (the last one) and returns it.",
        example: "xs = [1, 2]; assert xs.pop() == 2 and xs == [1]"
    ) { call in
        let target = try list(call)
        let count = target.count
        if count == 0 { throw ScriptError(.index, "pop from an empty list") }
        let index = try call.int(0)
        let position = index < 0 ? index &+ count : index
        guard position >= 0, position < count else {
            throw ScriptError(.index, "pop index \(index) is out of range for a list of \(count)")
        }
        return target.remove(at: position)
    }

    static let table = Namespace(
        "list", doc: "A sequence of values.",
        [
            append, sort,
            Builtin(
                "extend", "(items) -> none", doc: "Adds all items of a sequence at the end.",
                example: "xs = [1]; xs.extend([2, 3]); assert len(xs) == 3"
            ) { call in
                let target = try list(call)
                let items = try call.iterable(0)
                try MemoryLimit.requireList(target.count + items.count)
                for item in items { try target.append(item) }
                return .none
            },
            Builtin(
                "insert", "(index: int, item) -> none", doc: "Puts an item before a position.",
                example: "xs = [1, 3]; xs.insert(1, 2); assert xs == [1, 2, 3]"
            ) { call in
                let target = try list(call)
                let count = target.count
                let index = try call.int(0)
                let position = index < 0 ? max(0, index &+ count) : min(index, count)
                try MemoryLimit.requireRoom(in: target)
                target.insert(call[1], at: max(0, position))
                return .none
            },
            pop,
            Builtin(
                "remove", "(item) -> none", doc: "Takes out the first item equal to the given one.",
                example: "xs = [1, 2, 1]; xs.remove(1); assert xs == [2, 1]"
            ) { call in
                let target = try list(call)
                guard let index = target.buffer.firstIndex(where: { Value.isEqual($0, call[0]) }) else {
                    throw ScriptError(.value, "\(call[0].repr) is not in the list")
                }
                _ = target.remove(at: index)
                return .none
            },
            Builtin("index", "(item, start: int = 0) -> int", doc: "The position of the first equal item.", example: "[5, 6].index(6) == 1")
            { call in
                let items = try list(call).buffer
                let from = try call.int(1)
                let start = min(items.count, max(0, from < 0 ? from &+ items.count : from))
                guard let index = items[start...].firstIndex(where: { Value.isEqual($0, call[0]) }) else {
                    throw ScriptError(.value, "\(call[0].repr) is not in the list")
                }
                return .int(index)
            },
            Builtin("count", "(item) -> int", doc: "How many items are equal to the given one.", example: "[1, 2, 1].count(1) == 2") {
                call in
                .int(try list(call).buffer.count { Value.isEqual($0, call[0]) })
            },
            Builtin(
                "reverse", "() -> none", doc: "Turns the order round, in place.", example: "xs = [1, 2]; xs.reverse(); assert xs == [2, 1]"
            ) { call in
                try list(call).reverse()
                return .none
            },
            Builtin("copy", "() -> list", doc: "The list; assignment copies anyway.", example: "[1].copy() == [1]") { call in call.receiver
            },
            Builtin("clear", "() -> none", doc: "Takes out all items.", example: "xs = [1]; xs.clear(); assert xs == []") { call in
                try list(call).removeAll()
                return .none
            },
        ])
}

/// The methods of tuples.
enum TupleMethods {
    static let table = Namespace(
        "tuple", doc: "A fixed sequence of values.",
        [
            Builtin("index", "(item) -> int", doc: "The position of the first equal item.", example: "(5, 6).index(6) == 1") { call in
                guard let index = call.receiver.asItems?.firstIndex(where: { Value.isEqual($0, call[0]) }) else {
                    throw ScriptError(.value, "\(call[0].repr) is not in the tuple")
                }
                return .int(index)
            },
            Builtin("count", "(item) -> int", doc: "How many items are equal to the given one.", example: "(1, 1).count(1) == 2") { call in
                .int(call.receiver.asItems?.count { Value.isEqual($0, call[0]) } ?? 0)
            },
        ])
}

/// The methods of the built-in types.
enum ValueMethods {
    static func table(for value: Value) -> Namespace {
        switch value {
        case .string: StringMethods.table
        case .list: ListMethods.table
        case .tuple: TupleMethods.table
        case .dict: DictMethods.table
        case .float, .int: NumberMethods.table
        case .host(let object): object.methods
        default: .empty
        }
    }
}

/// The methods of numbers.
enum NumberMethods {
    static let table = Namespace(
        "number", doc: "An int or a float.",
        [
            Builtin("is_integer", "() -> bool", doc: "Whether the number is whole.", example: "(2.0).is_integer()") { call in
                switch call.receiver {
                case .float(let number): .bool(number.isFinite && number == number.rounded())
                default: .bool(true)
                }
            }
        ])
}
