extension Prelude {
    /// The values of an iterable as they come: in one go for plain values, one by one for what a host object gives.
    private static func lazily(_ sources: [Value], _ interpreter: Interpreter, _ make: @escaping ([Value]) throws -> Value) throws -> Value
    {
        let isLazy = sources.contains { source in
            switch source {
            case .iterator, .host: true
            default: false
            }
        }
        guard isLazy else {
            let columns = try sources.map { try interpreter.collect($0) }
            return .list(try (0..<(columns.map(\.count).min() ?? 0)).map { row in try make(columns.map { $0[row] }) })
        }
        let iterators = try sources.map { try Machine.makeIterator($0) }
        return .iterator(
            ClosureIterator {
                var row: [Value] = []
                for iterator in iterators {
                    guard let value = try iterator.next() else { return nil }
                    row.append(value)
                }
                return try make(row)
            })
    }

    static let sequences = Namespace(
        "sequences",
        [
            Builtin(
                "range", "(start: int, stop: int | none = none, step: int = 1) -> range",
                doc: "The whole numbers from start (0) up to but without stop.",
                example: "list(range(3)) == [0, 1, 2]"
            ) { call in
                guard let stop = try call.optionalInt(1) else { return .range(try RangeObject(0, call.int(0), call.int(2))) }
                return .range(try RangeObject(call.int(0), stop, call.int(2)))
            },
            Builtin(
                "enumerate", "(xs, start: int = 0) -> list", doc: "Pairs of position and item.",
                example: "enumerate([\"a\"]) == [(0, \"a\")]"
            ) { call in
                var position = try call.int(1)
                return try lazily([call[0]], call.interpreter) { row in
                    defer { position &+= 1 }
                    return .tuple([.int(position), row[0]])
                }
            },
            Builtin(
                "zip", "(*sequences, strict: bool = false) -> list",
                doc: "Tuples of the items at the same position, as many as the shortest has; `strict` demands equal lengths.",
                example: "zip([1, 2], \"ab\") == [(1, \"a\"), (2, \"b\")]"
            ) { call in
                let sources = try call.items(0)
                if sources.isEmpty { return .list([]) }
                if try call.bool(1) {
                    let lengths = try sources.map { try call.interpreter.length($0) }
                    if Set(lengths).count > 1 {
                        throw ScriptError(
                            .value, "zip() got sequences of different lengths: \(lengths.map(String.init).joined(separator: ", "))")
                    }
                }
                return try lazily(sources, call.interpreter) { .tuple($0) }
            },
            Builtin(
                "map", "(f: fn, *sequences) -> list", doc: "The results of a function for each item.",
                example: "map(x => x * 2, [1, 2]) == [2, 4]"
            ) { call in
                let function = call[0]
                let sources = try call.items(1)
                if sources.isEmpty { throw ScriptError(.type, "map() needs a sequence after the function") }
                let interpreter = call.interpreter
                if sources.count == 1 {
                    return try lazily(sources, interpreter) { try interpreter.call(function, $0[0]) }
                }
                return try lazily(sources, interpreter) { try interpreter.call(function, $0) }
            },
            Builtin(
                "filter", "(f: fn, xs) -> list", doc: "The items for which a function gives true.",
                example: "filter(x => x > 1, [1, 2]) == [2]"
            ) { call in
                var kept: [Value] = []
                let function = call[0]
                let interpreter = call.interpreter
                try interpreter.forEach(call[1]) { item in
                    let result = try interpreter.call(function, item)
                    guard case .bool(let keep) = result else { throw Operators.conditionError(result) }
                    if keep { kept.append(item) }
                }
                return .list(kept)
            },
            Builtin(
                "reduce", "(f: fn, xs, *start) -> any", doc: "Combines the items from the left with a function of two arguments.",
                example: "reduce((a, b) => a + b, [1, 2, 3]) == 6"
            ) { call in
                var items = try call.iterable(1)[...]
                guard var result = try call.items(2).first ?? items.popFirst() else {
                    throw ScriptError(.value, "reduce() of an empty sequence needs a start value")
                }
                for item in items { result = try call.interpreter.call(call[0], [result, item]) }
                return result
            },
            Builtin("reversed", "(xs) -> list", doc: "The items from last to first.", example: "reversed([1, 2]) == [2, 1]") { call in
                .list(try call.iterable(0).reversed())
            },
            Builtin(
                "sorted", "(xs, key: fn | none = none, reverse: bool = false) -> list",
                doc: "The items in order; stable. `key` gives the value to sort by.",
                example: "sorted([3, 1, 2]) == [1, 2, 3]", aliases: ["sort"]
            ) { call in .list(try Sorting.sorted(call.iterable(0), key: call.optionalFunction(1), reverse: call.bool(2), call.interpreter))
            },
            Builtin(
                "min", "(*xs, key: fn | none = none, **options) -> any",
                doc: "The least item of a sequence, or of several arguments; `default` for an empty one.",
                example: "min([2, 1]) == 1 and min(3, 2) == 2", quick: Quick.min
            ) { call in
                try Extremes.pick(call, wantsGreater: false)
            },
            Builtin(
                "max", "(*xs, key: fn | none = none, **options) -> any",
                doc: "The greatest item of a sequence, or of several arguments; `default` for an empty one.",
                example: "max([2, 1]) == 2 and max(3, 2) == 3", quick: Quick.max
            ) { call in
                try Extremes.pick(call, wantsGreater: true)
            },
            Builtin(
                "sum", "(xs, start = none, **options) -> any",
                doc: "Adds up the items, from `start` (0) on; true counts as 1. For a tensor, its method `sum`.",
                example: "sum([1, 2.5]) == 3.5"
            ) { call in
                if let result = try Extremes.hostMethod(call, of: call[0], call[1].isNone ? [] : [call[1]], options: call.dict(2)) {
                    return result
                }
                return try Extremes.sum(call[0], start: call[1].isNone ? .int(0) : call[1], call.interpreter)
            },
            Builtin("any", "(xs) -> bool", doc: "Whether some item is true.", example: "any([false, true])") { call in
                try Extremes.test(call, stopAt: true)
            },
            Builtin("all", "(xs) -> bool", doc: "Whether every item is true.", example: "all([true, true])") { call in
                try Extremes.test(call, stopAt: false)
            },
            Builtin("take", "(xs, n: int) -> list", doc: "The first n items.", example: "take([1, 2, 3], 2) == [1, 2]") { call in
                let count = try call.int(1)
                if count < 0 { throw ScriptError(.value, "take() needs a count that is not negative") }
                let taken = ListObject([])
                if count == 0 { return .list(taken) }
                try call.interpreter.visit(call[0]) { item in
                    try taken.append(item)
                    return taken.count < count
                }
                return .list(taken)
            },
            Builtin("drop", "(xs, n: int) -> list", doc: "The items after the first n.", example: "drop([1, 2, 3], 2) == [3]") { call in
                let count = try call.int(1)
                if count < 0 { throw ScriptError(.value, "drop() needs a count that is not negative") }
                return .list(Array(try call.iterable(0).dropFirst(count)))
            },
            Builtin("first", "(xs) -> any", doc: "The first item.", example: "first([1, 2]) == 1") { call in
                guard let item = try Machine.makeIterator(call[0]).next() else { throw ScriptError(.index, "first() of an empty sequence") }
                return item
            },
            Builtin("last", "(xs) -> any", doc: "The last item.", example: "last([1, 2]) == 2") { call in
                if case .range(let range) = call[0], range.count > 0 { return .int(range.at(range.count - 1)) }
                guard let item = try call.iterable(0).last else { throw ScriptError(.index, "last() of an empty sequence") }
                return item
            },
            Builtin(
                "unique", "(xs) -> list", doc: "The items without repetitions, in order of first appearance.",
                example: "unique([2, 1, 2]) == [2, 1]"
            ) { call in
                let seen = DictObject()
                for item in try call.iterable(0) where seen.get(item) == nil { try seen.put(item, .none) }
                return .list(seen.keys)
            },
            Builtin(
                "group_by", "(xs, key: fn) -> dict", doc: "Lists of the items that have the same key.",
                example: "group_by([1, 2, 3], x => x % 2) == {1: [1, 3], 0: [2]}"
            ) { call in
                let groups = DictObject()
                for item in try call.iterable(0) {
                    let key = try call.interpreter.call(call[1], [item])
                    if case .list(let group)? = groups.get(key) { try group.append(item) } else { try groups.put(key, .list([item])) }
                }
                return .dict(groups)
            },
        ])
}

/// Smallest, greatest, sums, and tests of all items.
enum Extremes {
    static func pick(_ call: borrowing BuiltinCall, wantsGreater: Bool) throws -> Value {
        let arguments = try call.items(0)
        let options = try call.dict(2)
        if arguments.count == 1, let result = try hostMethod(call, of: arguments[0], options: options) { return result }
        if let unknown = options.keys.first(where: { $0.asString != "default" }) {
            throw ScriptError(.type, "\(call.builtin.name)() has no parameter `\(unknown.display)`", help: "it takes `key` and `default`")
        }
        if arguments.count == 1, case .range(let range) = arguments[0], range.count > 0, !call.isGiven(1) {
            return .int(range.at(wantsGreater == (range.step > 0) ? range.count - 1 : 0))
        }
        let items = arguments.count == 1 ? try call.interpreter.collect(arguments[0]) : arguments
        guard var best = items.first else {
            if let value = options.get("default") { return value }
            throw ScriptError(.value, "\(call.builtin.name)() of an empty sequence", help: "give a value for that case: `default = 0`")
        }
        let key = try call.optionalFunction(1)
        var bestKey = try key.map { try call.interpreter.call($0, [best]) } ?? best
        for item in items.dropFirst() {
            let itemKey = try key.map { try call.interpreter.call($0, [item]) } ?? item
            if try wantsGreater ? Sorting.less(bestKey, itemKey) : Sorting.less(itemKey, bestKey) { (best, bestKey) = (item, itemKey) }
        }
        return best
    }

    static func sum(_ sequence: Value, start: Value, _ interpreter: Interpreter) throws -> Value {
        var total = start
        try interpreter.forEach(sequence) { item in
            switch item {
            case .bool(let flag): total = try Operators.binary(.add, total, .int(flag ? 1 : 0))
            case .string: throw ScriptError(.type, "sum() cannot add texts", help: "join them: `\"\".join(xs)`")
            default: total = try Operators.binary(.add, total, item)
            }
        }
        return total
    }

    /// The result of a host object's own method of the function's name, such as a tensor's `sum`; nil if it has none.
    static func hostMethod(
        _ call: borrowing BuiltinCall, of value: Value, _ arguments: [Value] = [], options: DictObject = DictObject()
    ) throws -> Value? {
        guard case .host(let object) = value, let method = object.methods[call.builtin.name] else {
            if let unknown = options.keys.first, call.builtin.name == "sum" {
                throw ScriptError.type("sum() got an unexpected keyword argument `\(unknown.display)`")
            }
            return nil
        }
        let keywords = options.pairs.map { ($0.key.display, $0.value) }
        return try call.interpreter.call(.boundMethod(BoundMethod(receiver: value, method: method)), arguments, keywords: keywords)
    }

    static func test(_ call: borrowing BuiltinCall, stopAt: Bool) throws -> Value {
        if let result = try hostMethod(call, of: call[0]) { return result }
        var isFound = false
        try call.interpreter.visit(call[0]) { item in
            guard case .bool(let value) = item else { throw Operators.conditionError(item) }
            isFound = value == stopAt
            return !isFound
        }
        return .bool(isFound ? stopAt : !stopAt)
    }
}
