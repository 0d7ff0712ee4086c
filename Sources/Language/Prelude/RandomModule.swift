import Foundation

/// The native module `random`. One generator serves the interpreter; `seed` sets it.
enum RandomModule {
    /// A normally distributed number (Marsaglia's polar method).
    static func gauss(_ random: inout Xoshiro) -> Double {
        while true {
            let x = 2 * random.uniform() - 1
            let y = 2 * random.uniform() - 1
            let s = x * x + y * y
            if s > 0 && s < 1 { return x * (-2 * Foundation.log(s) / s).squareRoot() }
        }
    }

    /// Fisher–Yates.
    static func shuffled(_ items: [Value], _ random: inout Xoshiro) -> [Value] {
        var items = items
        var index = items.count - 1
        while index > 0 {
            items.swapAt(index, random.below(index + 1))
            index -= 1
        }
        return items
    }

    static let table = Namespace(
        "random", doc: "Random numbers; `seed(7)` makes them the same in every run.",
        [
            Builtin(
                "random", "() -> float", doc: "A number from 0 up to but without 1.",
                example: "0 <= random.random() and random.random() < 1"
            ) { call in
                .float(call.interpreter.random.uniform())
            },
            Builtin("uniform", "(a: float, b: float) -> float", doc: "A number between a and b.", example: "1 <= random.uniform(1, 2)") {
                call in
                let (a, b) = (try call.double(0), try call.double(1))
                return .float(a + (b - a) * call.interpreter.random.uniform())
            },
            Builtin(
                "randint", "(a: int, b: int) -> int", doc: "A whole number from a to b, both included.",
                example: "random.randint(3, 3) == 3"
            ) { call in
                let (a, b) = (try call.int(0), try call.int(1))
                guard a <= b else { throw ScriptError(.value, "randint() needs a <= b, got \(a) and \(b)") }
                let width = b.subtractingReportingOverflow(a)
                if width.overflow || width.partialValue == .max { throw ScriptError(.value, "the range from \(a) to \(b) is too wide") }
                return .int(a + call.interpreter.random.below(width.partialValue + 1))
            },
            Builtin(
                "gauss", "(mean: float = 0.0, std: float = 1.0) -> float", doc: "A normally distributed number.",
                example: "random.gauss(5, 0) == 5.0"
            ) { call in
                .float(try call.double(0) + call.double(1) * gauss(&call.interpreter.random))
            },
            Builtin(
                "randrange", "(start: int, stop: int | none = none, step: int = 1) -> int", doc: "A number of range(start, stop, step).",
                example: "random.randrange(1) == 0"
            ) { call in
                let range: RangeObject
                if let stop = try call.optionalInt(1) {
                    range = try RangeObject(call.int(0), stop, call.int(2))
                } else {
                    range = try RangeObject(0, call.int(0), call.int(2))
                }
                if range.count == 0 { throw ScriptError(.value, "randrange() of an empty range") }
                return .int(range.at(call.interpreter.random.below(range.count)))
            },
            Builtin(
                "choices", "(xs, weights: list | none = none, k: int = 1) -> list",
                doc: "k items drawn one by one from all, each as likely as its weight says.",
                example: "random.choices([1, 2], weights = [0, 3], k = 2) == [2, 2]"
            ) { call in
                let items = try call.iterable(0)
                let count = try call.int(2)
                if items.isEmpty { throw ScriptError(.index, "choices() from an empty sequence") }
                if count < 0 { throw ScriptError(.value, "choices() needs a count that is not negative") }
                try MemoryLimit.requireList(count)
                let interpreter = call.interpreter
                guard call.isGiven(1) else {
                    return .list((0..<count).map { _ in items[interpreter.random.below(items.count)] })
                }
                let weights = try call.doubles(1)
                guard weights.count == items.count else {
                    throw ScriptError(.value, "choices() got \(weights.count) weights for \(items.count) items")
                }
                var sums: [Double] = []
                for weight in weights { sums.append((sums.last ?? 0) + weight) }
                guard weights.allSatisfy({ $0 >= 0 }), let total = sums.last, total > 0, total.isFinite else {
                    throw ScriptError(.value, "choices() needs weights that are not negative, one of them above 0")
                }
                return .list(
                    (0..<count).map { _ in
                        let drawn = interpreter.random.uniform() * total
                        return items[sums.firstIndex { drawn < $0 } ?? weights.lastIndex { $0 > 0 } ?? 0]
                    })
            },
            Builtin("choice", "(xs) -> any", doc: "An item, each as likely as the others.", example: "random.choice([4]) == 4") { call in
                if case .range(let range) = call[0], range.count > 0 {
                    return .int(range.at(call.interpreter.random.below(range.count)))
                }
                // One item of a list is taken where it lies.
                if case .list(let list) = call[0], list.count > 0 { return list.buffer[call.interpreter.random.below(list.count)] }
                let items = try call.iterable(0)
                if items.isEmpty { throw ScriptError(.index, "choice() from an empty sequence") }
                return items[call.interpreter.random.below(items.count)]
            },
            Builtin(
                "sample", "(xs, n: int) -> list", doc: "n different items in random order.", example: "len(random.sample(range(9), 3)) == 3"
            ) { call in
                var items = try call.iterable(0)
                let count = try call.int(1)
                guard count >= 0, count <= items.count else {
                    throw ScriptError(.value, "sample() cannot take \(count) of \(items.count) items")
                }
                for index in 0..<count { items.swapAt(index, index + call.interpreter.random.below(items.count - index)) }
                return .list(Array(items.prefix(count)))
            },
            Builtin("shuffle", "(xs) -> list", doc: "The items in random order.", example: "sorted(random.shuffle([2, 1])) == [1, 2]") {
                call in
                .list(shuffled(try call.iterable(0), &call.interpreter.random))
            },
            seed,
        ])

    static let seed = Builtin(
        "seed", "(value: int, body: fn | none = none) -> any",
        doc: "Sets the random numbers; with a block, only inside it: `seed(7) { shuffle(xs) }` gives the block's value.",
        example: "seed(7); a = shuffle(range(9)); seed(7); assert a == shuffle(range(9))"
    ) { call in
        let before = call.interpreter.random
        call.interpreter.random = Xoshiro(seed: UInt64(bitPattern: Int64(try call.int(0))))
        guard let body = try call.optionalFunction(1) else { return .none }
        defer { call.interpreter.random = before }
        return try call.interpreter.call(body, [])
    }
}

extension Prelude {
    /// What of `random` needs no import.
    static let randomness = Namespace("randomness", [RandomModule.seed] + ["shuffle", "sample"].compactMap { RandomModule.table[$0] })
}
