import Tensors

@testable import Bindings
@testable import Language

/// Random calls of rows of the tensor tables: arguments by the names of their parameters, shapes that often fit and often do not.
struct RandomCalls {
    struct Call {
        var receiver: Value?
        var positional: [Value] = []
        var keywords: [(String, Value)] = []
    }

    private var random: Xoshiro
    /// The tensor that the others of a call are made to go with.
    private var main: Tensor?
    private var others: [Tensor] = []

    init(seed: UInt64) { random = Xoshiro(seed: seed) }

    mutating func below(_ bound: Int) -> Int { random.below(bound) }
    mutating func chance(_ percent: Int) -> Bool { random.below(100) < percent }
    mutating func pick<T>(_ choices: [T]) -> T { choices[random.below(choices.count)] }

    // MARK: Tensors

    mutating func shape() -> [Int] { (0..<pick([0, 1, 1, 2, 2, 2, 3, 3])).map { _ in pick([1, 2, 2, 3, 3, chance(20) ? 0 : 4]) } }

    mutating func tensor(_ dims: [Int]? = nil, _ dtypes: [DType] = [.f32, .f32, .f32, .f64, .i32, .bool]) throws -> Tensor {
        let dims = dims ?? shape()
        return try Tensor.full(Shape(dims), 1, dtype: pick(dtypes))
    }

    /// A shape that goes with another under some operation, or nearly.
    mutating func related(_ dims: [Int]) -> [Int] {
        switch below(8) {
        case 0, 1, 2: return dims
        case 3: return dims.map { chance(40) ? 1 : $0 }
        case 4: return Array(dims.dropFirst())
        case 5: return dims.reversed()
        case 6: return [pick([1, 2, 3])] + dims
        default: return shape()
        }
    }

    mutating func operand(_ dtypes: [DType] = [.f32, .f32, .f64, .i32, .bool]) throws -> Tensor {
        guard let main else { return try tensor() }
        return try tensor(related(main.shape.dims), dtypes)
    }

    /// A list of equal or nearly equal tensors.
    private mutating func tensors() throws -> Value {
        let dims = shape()
        return .list(
            try (0..<below(4)).map { _ in
                var own = dims
                if !own.isEmpty, chance(40) { own[below(own.count)] = pick([1, 2, 3]) }
                if chance(5) { own.append(2) }
                return .tensor(try tensor(own))
            })
    }

    /// Nested lists, mostly of one shape.
    private mutating func lists(depth: Int) throws -> Value {
        let size = pick([0, 1, 2, 2])
        func leaf(_ calls: inout RandomCalls) throws -> Value {
            calls.pick([.int(1), .int(2), .float(0.5), .bool(true), .tensor(try Tensor.zeros([2]))])
        }
        let same = try leaf(&self)
        func nested(_ depth: Int, _ calls: inout RandomCalls) throws -> Value {
            if depth == 0 { return calls.chance(85) ? same : try leaf(&calls) }
            let count = calls.chance(95) ? size : size + 1
            return .list(try (0..<count).map { _ in try nested(depth - 1, &calls) })
        }
        return try nested(depth, &self)
    }

    // MARK: Arguments

    mutating func call(_ row: Builtin, isMethod: Bool) throws -> Call {
        main = nil
        others = []
        var call = Call()
        if isMethod {
            let x = try subject(row.name)
            main = x
            call.receiver = .tensor(x)
        }
        var byPosition = true
        for parameter in row.signature.parameters {
            if parameter.kind == .rest {
                call.positional += try rest(row.name, parameter.name)
                byPosition = false
                continue
            }
            if !parameter.isRequired, chance(40) {
                byPosition = false
                continue
            }
            guard let value = try argument(row.name, parameter) else {
                byPosition = false
                continue
            }
            if case .host(let object as TensorObject) = value {
                if main == nil { main = object.tensor } else { others.append(object.tensor) }
            }
            if byPosition, parameter.kind == .positional {
                call.positional.append(value)
            } else {
                call.keywords.append((parameter.name, value))
            }
        }
        return call
    }

    private mutating func subject(_ row: String) throws -> Tensor {
        switch row {
        case "one_hot": return try Tensor.zeros(Shape(shape()), dtype: pick([.i32, .i32, .i32, .f32]))
        case "backward": return try Tensor.ones(Shape(pick([[], [1], [1, 1], [2]]))).requiringGrad() * 1
        case "item": return try tensor(pick([[], [1], [1, 1], [2]]))
        default: return try tensor()
        }
    }

    private mutating func axis() -> Int { pick([-3, -2, -1, -1, 0, 0, 1, 2]) }

    /// Ints for a `*shape` parameter, one by one or as a list.
    private mutating func rest(_ row: String, _ name: String) throws -> [Value] {
        let rank = main?.rank ?? 0, dims = main?.shape.dims ?? []
        var ints: [Int]
        switch (row, name) {
        case ("permute", _): ints = (0..<rank).shuffled(using: &random).map { chance(20) ? $0 - rank : $0 }
        case ("repeat", _): ints = (0..<(rank + below(2))).map { _ in pick([0, 1, 2, 3]) }
        case ("expand", _): ints = (chance(30) ? [2] : []) + dims.map { $0 == 1 ? pick([1, 3, -1]) : chance(30) ? -1 : $0 }
        case ("reshape", _):
            ints = pick([[dims.reduce(1, *)], dims.reversed(), [1] + dims, Array(dims.dropLast(2)) + [dims.suffix(2).reduce(1, *)]])
            if !ints.isEmpty, chance(40) { ints[below(ints.count)] = -1 }
        default: ints = shape()
        }
        if !ints.isEmpty, chance(12) { ints[below(ints.count)] = pick([-1, 1, 2, 3, 5]) }
        if chance(5) { ints.append(2) }
        let values = ints.map { Value.int($0) }
        return chance(20) ? [chance(50) ? .list(values) : .tuple(values)] : values
    }

    private mutating func argument(_ row: String, _ parameter: CallSignature.Parameter) throws -> Value? {
        let dims = main?.shape.dims ?? [], last = dims.last ?? 1
        switch parameter.name {
        case "x", "a", "logits", "anchor", "q":
            if parameter.name == "x", row == "one_hot" { return .tensor(try subject(row)) }
            if parameter.type == .any, chance(15) { return chance(50) ? .float(0.5) : try lists(depth: below(3)) }
            return .tensor(
                try tensor(
                    chance(60) && row == "bmm" ? [2, 2, 3] : nil,
                    ["cross_entropy", "matmul"].contains(row) ? [.f32, .f64] : [.f32, .f32, .f64, .i32, .bool]))
        case "b" where ["matmul", "bmm"].contains(row) && chance(70):
            return .tensor(try tensor(dims.dropLast(2) + (chance(20) ? [last] : [last, pick([1, 2, 3])]), [.f32, .f64]))
        case "b" where ["outer", "dot"].contains(row) && chance(50): return .tensor(try tensor([last]))
        case "b" where parameter.type == .any && chance(20): return pick([.int(2), .float(0.5), .bool(true), .int(1 << 40)])
        case "b", "positive", "negative": return .tensor(try operand())
        case "condition": return chance(20) ? .bool(true) : .tensor(try tensor(nil, [.bool, .bool, .f32]))
        case "k" where row == "topk": return .int(below(4))
        case "k": return .tensor(try tensor(dims.dropLast(2) + [pick([2, 3]), chance(85) ? last : 5], [.f32, .f64]))
        case "v":
            let keys = others.last?.shape.dims ?? dims
            return .tensor(try tensor(keys.dropLast() + [pick([2, 3])], [.f32, .f64]))
        case "weight" where row == "layer_norm": return .tensor(try tensor([chance(85) ? last : 5]))
        case "weight" where row == "embedding": return .tensor(try tensor(chance(85) ? [3, pick([2, 4])] : nil))
        case "weight": return .tensor(try tensor([pick([2, 3]), chance(85) ? last : 5], [.f32, .f64]))
        case "bias":
            if row == "linear", chance(30) { return Value.none }
            let size = row == "layer_norm" ? last : others.last?.shape.dims.first ?? 1
            return .tensor(try tensor([chance(85) ? size : 5], [.f32, .f64]))
        case "target" where row == "cross_entropy":
            return .tensor(try Tensor.zeros(Shape(chance(85) ? dims.dropLast() : shape()), dtype: chance(90) ? .i32 : .f32))
        case "target": return .tensor(try operand())
        case "ids":
            return chance(30)
                ? .list([.int(0), .int(1)]) : .tensor(try Tensor.zeros(Shape(shape()), dtype: pick([.i32, .i32, .i32, .f32])))
        case "mask":
            return .tensor(try tensor(chance(70) ? dims.map { chance(30) ? 1 : $0 } : related(dims), [.bool, .bool, .bool, .bool, .f32]))
        case "index" where row == "index_select":
            return .tensor(try Tensor.zeros(Shape([below(4)]), dtype: .i32))
        case "index":
            var own = dims
            if !own.isEmpty { own[below(own.count)] = pick([1, 2, 3]) }
            return .tensor(try Tensor.zeros(Shape(own), dtype: chance(90) ? .i32 : .f32))
        case "cotangent": return Value.none
        case "tensors": return try tensors()
        case "data": return chance(60) ? try lists(depth: below(4)) : pick([.int(3), .float(0.5), .bool(true), .tensor(try tensor())])
        case "dim" where parameter.type == .any:
            return pick([Value.none, .int(axis()), .int(axis()), .list([.int(axis()), .int(axis())]), .list([.int(0)]), .tuple([])])
        case "dim" where parameter.type == .union([.int, .none]): return chance(25) ? Value.none : .int(axis())
        case "dims" where row == "roll": return chance(30) ? Value.none : .int(axis())
        case "dims": return chance(50) ? .int(axis()) : .list([.int(axis()), .int(axis())])
        case "dim", "i", "j": return .int(axis())
        case "start_dim", "end_dim": return .int(axis())
        case "keepdim", "descending", "largest", "training", "equal_nan": return .bool(chance(50))
        case "shifts", "diagonal", "correction": return .int(below(3))
        case "chunks": return .int(1 + below(3))
        case "size": return chance(50) ? .int(1 + below(3)) : .list(pick([[1, 1], [2, 1], [1, 2], [3], [2]]).map { .int($0) })
        case "num_classes": return chance(20) ? Value.none : .int(1 + below(4))
        case "min", "max": return pick([Value.none, .int(0), .float(0.5), .float(1)])
        case "value", "margin": return pick([.float(1), .float(0.5), .int(1)])
        case "delta": return pick([.float(1), .float(0.5)])
        case "p", "eps", "rtol", "atol": return .float(0.5)
        case "scale": return chance(50) ? Value.none : .float(0.5)
        case "reduction": return .string(pick(["mean", "sum", "none"]))
        case "dtype":
            let values: [Value] = [
                .host(DTypeObject.of(.f32)), .host(DTypeObject.of(.f64)), .string("i32"), .string("f32"), .host(DTypeObject.of(.bool)),
            ]
            return parameter.defaultValue.isNone && chance(40) ? Value.none : pick(values)
        case "shape": return .list(shape().map { .int($0) })
        case "start", "end": return pick([.int(0), .int(2), .int(7), .float(1.5), .float(6)])
        case "step": return pick([.int(1), .int(2), .int(-1), .float(0.5)])
        case "rows", "columns", "steps", "n": return .int(below(5))
        case "low": return .int(0)
        case "high": return .int(4)
        default: return nil
        }
    }
}
