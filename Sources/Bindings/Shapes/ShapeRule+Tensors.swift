import Language
import Tensors

/// The rules that rows of the tensor tables name. Where an operation has a row in the engine's tables, the rule reads it there by the
/// builtin's name.
extension ShapeRule {
    /// Of the tensor that an operation is about.
    private static func of(_ body: @escaping @Sendable (TensorSketch, ShapeCall) throws -> TensorSketch) -> ShapeRule {
        ShapeRule { call in try body(call.subjectTensor(), call).fact }
    }

    private static func pair(_ body: @escaping @Sendable (TensorSketch, TensorSketch, ShapeCall) throws -> TensorSketch) -> ShapeRule {
        ShapeRule { call in
            let (a, b) = try call.operands("a", "b")
            return try body(a, b, call).fact
        }
    }

    private static let wholeOperations = Set(UnaryOperation.all.filter(\.keepsIntegers).map(\.name))

    /// x's shape; the dtype as the operation's row says.
    static let elementwise = of { x, call in x.elementwise(keepsIntegers: wholeOperations.contains(call.name)) }
    /// x's shape and dtype.
    static let same = of { x, _ in x }
    /// x's shape, as bools.
    static let flags = of { x, _ in x.with([.bool]) }

    static let clamp = of { x, call in
        ["min", "max"].reduce(x) { x, bound in call[bound].isNone ? x : x.with(number: call[bound].number) }
    }

    static let convert = of { x, call in x.with(call["dtype"].dtypes) }

    // MARK: Two tensors

    /// Both broadcast, as with `a + b`; the dtype as the operation's row says.
    static let broadcast = pair { a, b, call in try TensorSketch.binary(call.name, a, b) }
    static let matmul = pair { a, b, _ in try a.matmul(b) }
    static let dot = pair { a, b, _ in try TensorSketch.dot(a, b) }
    static let outer = pair { a, b, _ in try TensorSketch.outer(a, b) }
    static let bmm = pair { a, b, _ in try TensorSketch.bmm(a, b) }
    static let cdist = pair { a, b, _ in try TensorSketch.cdist(a, b) }

    /// A bool of two tensors that broadcast.
    static let comparable = ShapeRule { call in
        _ = try TensorSketch.broadcast("sub", try call.tensor("a"), try call.tensor("b"))
        return .typed(.bool)
    }

    static let choice = ShapeRule { call in
        try TensorSketch.choice(call.tensor("condition"), call.tensor("a"), call.tensor("b")).fact
    }

    static let concat = ShapeRule { call in
        guard let tensors = call.tensors("tensors") else {
            guard case .items(.tensor(let facts)) = call["tensors"] else { return .tensor(TensorFacts()) }
            return TensorSketch(facts).with(axes: facts.axes.map { .unknown($0.count) }).fact
        }
        return try TensorSketch.concat(tensors, dim: call["dim"].int, name: "tensors").fact
    }

    static let stack = ShapeRule { call in
        guard let tensors = call.tensors("tensors") else {
            guard case .items(.tensor(let facts)) = call["tensors"], let axes = facts.axes else { return .tensor(TensorFacts()) }
            let place = try call["dim"].int.flatMap { try TensorSketch(facts, name: "tensors").axis($0, "stack", inserting: true) }
            return TensorSketch(facts).with(
                axes: place.map { axes.inserting(.unknown, at: $0) } ?? .unknown(axes.count + 1)
            ).fact
        }
        return try TensorSketch.stack(tensors, dim: call["dim"].int, name: "tensors").fact
    }

    // MARK: Along axes

    /// `dim` and `keepdim`; `dtype` of the result for that of x.
    private static func reduction(_ dtype: @escaping @Sendable (DType) -> DType) -> ShapeRule {
        of { x, call in
            x.mapped(dtype).with(axes: try x.reduced(call.name, call["dim"].dims, keepdim: call["keepdim"].flag))
        }
    }

    static let sum = reduction { $0.isFloating ? $0 : .i32 }
    /// The mean and what is computed like it: whole numbers give f32.
    static let moment = reduction { $0.isFloating ? $0 : .f32 }
    static let extreme = reduction { $0 }
    static let quantifier = reduction { _ in .bool }
    static let position = reduction { _ in .i32 }

    /// x's shape; `dim` must be an axis. Names the operation that looks for it where that is another.
    static func along(_ operation: String? = nil, _ dtype: @escaping @Sendable (DType) -> DType) -> ShapeRule {
        of { x, call in
            if let dim = call["dim"].int { _ = try x.axis(dim, operation ?? call.name) }
            return x.mapped(dtype)
        }
    }

    static let cumsum = along { $0 == .bool ? .i32 : $0 }
    static let softmax = along { $0.isFloating ? $0 : .f32 }
    static let normalize = along("norm") { $0.isFloating ? $0 : .f32 }

    static let argsort = of { x, call in try sortable(x, call).with([.i32]) }

    /// The sorted elements and where they came from.
    static let sort = ShapeRule { call in
        let x = try sortable(call.subjectTensor(), call)
        return .list([x.fact, x.with([.i32]).fact])
    }

    private static func sortable(_ x: TensorSketch, _ call: ShapeCall) throws -> TensorSketch {
        // A 0-d tensor is sorted as one of one element.
        if let dim = call["dim"].int { _ = try (x.rank == 0 ? x.with(axes: [.size(1)]) : x).axis(dim, "argsort") }
        return x
    }

    static let topk = ShapeRule { call in
        let x = try call.subjectTensor()
        let best = x.with(axes: try x.topk(call["k"].size, dim: call["dim"].int))
        return .list([best.fact, best.with([.i32]).fact])
    }

    // MARK: Views

    static let reshape = of { x, call in try x.reshaped(call["shape"].shape) }
    static let transpose = of { x, call in try x.transposed(call["i"].int, call["j"].int) }
    static let permute = of { x, call in
        try x.permuted(
            call["dims"].shape.map { order in
                order.map { if case .size(let dim) = $0 { dim } else { nil } }
            })
    }
    static let expand = of { x, call in try x.expanded(call["shape"].shape) }
    static let squeeze = of { x, call in try x.squeezed(call["dim"].optionalSize) }
    static let unsqueeze = of { x, call in try x.unsqueezed(call["dim"].int) }
    static let flatten = of { x, call in try x.flattened(call["start_dim"].int, call["end_dim"].int) }

    // MARK: Rearranging and selecting

    static let flip = of { x, call in
        if case .axes(let dims) = call["dims"].dims { _ = try x.axes(dims, "flip") }
        return x
    }
    static let roll = of { x, call in
        if case .size(.size(let dim)) = call["dims"].optionalSize { _ = try x.axis(dim, "roll") }
        return x
    }
    static let `repeat` = of { x, call in try x.repeated(call["counts"].shape) }

    static let split = ShapeRule { call in
        let x = try call.subjectTensor(), dim = call["dim"].int
        if let sizes = call["size"].parts { return try x.split(sizes.map(\.size), dim: dim) }
        return try x.split(every: call["size"].int, dim: dim)
    }
    static let chunk = ShapeRule { call in try call.subjectTensor().chunk(call["chunks"].int, dim: call["dim"].int) }

    static let triangle = of { x, call in
        if let rank = x.rank, rank < 2 { throw ShapeFailure(.noMatrix(call.name), [x]) }
        return x
    }

    static let gather = of { x, call in try x.takeAlong(call.tensor("index"), dim: call["dim"].int) }
    static let indexSelect = of { x, call in
        let index = try call.tensor("index")
        return try x.gathered(index.axes.flatMap { $0.count == 1 ? $0[0] : nil } ?? .unknown, dim: call["dim"].int)
    }
    static let maskedFill = of { x, call in
        let mask = try call.tensor("mask")
        guard !mask.isCertainlyNoMask else { throw ShapeFailure(.maskType("masked_fill"), [x, mask]) }
        guard !mask.cannotCover(x) else { throw ShapeFailure(.maskShape("masked_fill"), [x, mask]) }
        return x
    }
    static let maskedSelect = of { x, call in try x.maskedSelect(call.tensor("mask")) }
    static let oneHot = of { x, call in
        guard x.dtypes.contains(.i32) else { throw ShapeFailure(.oneHotType, [x]) }
        return TensorSketch([.i32], x.axes.map { $0 + [call["num_classes"].size] })
    }
}
