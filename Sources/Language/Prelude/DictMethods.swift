/// The methods of dicts.
enum DictMethods {
    private static func dict(_ call: borrowing BuiltinCall) throws -> DictObject {
        guard case .dict(let dict) = call.receiver else { throw ScriptError(.type, "\(call.builtin.name)() needs a dict") }
        return dict
    }

    static let table = Namespace(
        "dict", doc: "Values by key, in order of insertion.",
        [
            Builtin("keys", "() -> list", doc: "The keys in order.", example: "{\"a\": 1}.keys() == [\"a\"]") { call in
                .list(try dict(call).keys)
            },
            Builtin("values", "() -> list", doc: "The values in order.", example: "{\"a\": 1}.values() == [1]") { call in
                .list(try dict(call).values)
            },
            Builtin("items", "() -> list", doc: "The (key, value) pairs in order.", example: "{\"a\": 1}.items() == [(\"a\", 1)]") { call in
                .list(try dict(call).pairs.map { .tuple([$0.key, $0.value]) })
            },
            Builtin(
                "get", "(key, default = none) -> any", doc: "The value of a key, or a default.", example: "{\"a\": 1}.get(\"b\", 0) == 0",
                quick: Quick.get
            ) { call in
                try dict(call).get(call[0]) ?? call[1]
            },
            Builtin(
                "pop", "(key, *default) -> any", doc: "Takes out a key and returns its value, or a default if it is missing.",
                example: "d = {\"a\": 1}; assert d.pop(\"a\") == 1 and len(d) == 0"
            ) { call in
                let target = try dict(call)
                if let value = target.remove(call[0]) { return value }
                if let value = try call.items(1).first { return value }
                throw Machine.missingKey(call[0], target)
            },
            Builtin(
                "popitem", "() -> tuple", doc: "Takes out the last pair and returns it.",
                example: "d = {\"a\": 1}; assert d.popitem() == (\"a\", 1)"
            ) { call in
                let target = try dict(call)
                guard let last = target.lastPair else { throw ScriptError(.key, "popitem from an empty dict") }
                target.remove(last.key)
                return .tuple([last.key, last.value])
            },
            Builtin(
                "setdefault", "(key, default = none) -> any", doc: "The value of a key, after setting it to a default if it is missing.",
                example: "d = {}; assert d.setdefault(\"a\", 1) == 1 and d[\"a\"] == 1"
            ) { call in
                let target = try dict(call)
                if let value = target.get(call[0]) { return value }
                try target.put(call[0], call[1])
                return call[1]
            },
            Builtin(
                "update", "(other = none, **entries) -> none", doc: "Sets all keys of another dict, or those given by name.",
                example: "d = {\"a\": 1}; d.update({\"a\": 2}, b = 3); assert d == {\"a\": 2, \"b\": 3}"
            ) { call in
                let target = try dict(call)
                switch call[0] {
                case .none: break
                case .dict(let other): for pair in other.pairs { try target.put(pair.key, pair.value) }
                default: for (key, value) in try DictMethods.pairs(call.iterable(0)) { try target.put(key, value) }
                }
                for pair in try call.dict(1).pairs { try target.put(pair.key, pair.value) }
                return .none
            },
            Builtin("copy", "() -> dict", doc: "The dict; assignment copies anyway.", example: "{\"a\": 1}.copy() == {\"a\": 1}") { call in
                call.receiver
            },
            Builtin("clear", "() -> none", doc: "Takes out all keys.", example: "d = {\"a\": 1}; d.clear(); assert d == {}") { call in
                try dict(call).removeAll()
                return .none
            },
        ])

    /// Items that are each a pair, as keys and values.
    static func pairs(_ items: [Value]) throws -> [(Value, Value)] {
        try items.map { item in
            guard let pair = item.asItems, pair.count == 2 else {
                throw ScriptError(.type, "a dict is made of (key, value) pairs, not of \(item.typeNameWithArticle)")
            }
            return (pair[0], pair[1])
        }
    }
}
