import Language
import Tensors

/// Layers and losses.
extension ShapeRule {
    static let linear = ShapeRule { call in
        try TensorSketch.linear(call.tensor("x"), call.tensor("weight"), call.optionalTensor("bias")).fact
    }
    static let layerNorm = ShapeRule { call in
        try TensorSketch.layerNorm(call.tensor("x"), call.tensor("weight"), call.tensor("bias")).fact
    }
    static let cosine = ShapeRule { call in try TensorSketch.cosine(call.tensor("a"), call.tensor("b"), dim: call["dim"].int).fact }
    static let attention = ShapeRule { call in
        try TensorSketch.attention(call.tensor("q"), call.tensor("k"), call.tensor("v")).fact
    }
    static let embedding = ShapeRule { call in
        let ids = try call.tensor("ids"), weight = try call.tensor("weight")
        let isEmpty = ids.count.map { $0 == 0 } ?? true
        guard weight.rank.map({ $0 == 2 }) ?? true, ids.dtypes.contains(.i32) || isEmpty else {
            throw ShapeFailure(.shape, EmbeddingRow.mistake, operands: ["ids", "weight"])
        }
        return weight.with(axes: ids.axes.map { $0 + [weight.axes?[1] ?? .unknown] }).fact
    }

    // MARK: Losses

    /// The terms of a loss put together as `reduction` says.
    private static func loss(_ body: @escaping @Sendable (ShapeCall) throws -> TensorSketch) -> ShapeRule {
        ShapeRule { call in
            let terms = try body(call)
            switch call["reduction"].text {
            case "none": return terms.fact
            case "mean": return terms.real.with(axes: []).fact
            case "sum": return terms.elementwise(keepsIntegers: true).with(axes: []).fact
            default: return TensorSketch(terms.elementwise(keepsIntegers: true).dtypes.union(terms.real.dtypes), nil).fact
            }
        }
    }

    private static func difference(_ call: ShapeCall) throws -> TensorSketch {
        let a = try call.tensor("a"), b = try call.tensor("b")
        if let x = a.axes, let y = b.axes, x.differs(from: y) { throw ShapeFailure(.oneShape(call.name), [a, b]) }
        return try TensorSketch.binary("sub", a, b).with(axes: same(a, b))
    }

    /// The shape that both have.
    private static func same(_ a: TensorSketch, _ b: TensorSketch) -> [ShapeAxis]? {
        guard let x = a.axes, let y = b.axes else { return a.axes ?? b.axes }
        return x.merged(with: y)
    }

    static let squaredError = loss { call in try difference(call) }
    static let huber = loss { call in try difference(call).real }

    static let crossEntropy = loss { call in
        let logits = try call.tensor("logits"), target = try call.tensor("target")
        guard target.dtypes.contains(.i32) else { throw ShapeFailure(.crossEntropyTargets, [logits, target]) }
        guard let scores = logits.axes else { return logits.real.with(axes: target.axes) }
        guard (1...2).contains(scores.count), target.axes.map({ !$0.differs(from: scores.dropLast()) }) ?? true else {
            throw ShapeFailure(.crossEntropy, [logits, target])
        }
        return logits.real.with(axes: target.axes.map { $0.merged(with: scores.dropLast()) } ?? scores.dropLast())
    }

    static let binaryCrossEntropy = loss { call in
        let logits = try call.tensor("logits"), target = try call.tensor("target")
        if let x = logits.axes, let y = target.axes, x.differs(from: y) { throw ShapeFailure(.logitsAndTargets, [logits, target]) }
        let shape = same(logits, target)
        let x = logits.with(axes: shape), y = target.with(axes: shape)
        return try TensorSketch.binary("sub", x.real, TensorSketch.binary("mul", x, y)).with(axes: shape)
    }

    static let marginRanking = loss { call in
        let gap = try TensorSketch.binary("sub", call.tensor("a"), call.tensor("b"))
        return try TensorSketch.binary("mul", gap, call.tensor("target")).with(number: call["margin"].number)
    }

    static let tripletMargin = loss { call in
        try TensorSketch.binary("sub", distance(call, "positive"), distance(call, "negative"))
    }

    /// |anchor - other| along the last axis.
    private static func distance(_ call: ShapeCall, _ other: String) throws -> TensorSketch {
        let gap = try TensorSketch.binary("sub", call.tensor("anchor"), call.tensor(other))
        return gap.real.with(axes: try gap.reduced("norm", .axes([-1]), keepdim: false))
    }
}
