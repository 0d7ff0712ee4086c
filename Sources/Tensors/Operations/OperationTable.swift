/// An operation by name, as golden values, gradient checks and listings walk them.
public struct TensorOperation: Sendable {
    public let name: String
    /// Number of tensors it takes.
    public let arity: ClosedRange<Int>
    private let body: @Sendable ([Tensor], Attributes) throws(TensorError) -> Tensor

    fileprivate init(
        _ name: String, _ arity: ClosedRange<Int>, _ body: @escaping @Sendable ([Tensor], Attributes) throws(TensorError) -> Tensor
    ) {
        self.name = name
        self.arity = arity
        self.body = body
    }

    public func callAsFunction(_ inputs: [Tensor], _ attributes: Attributes = [:]) throws(TensorError) -> Tensor {
        guard arity.contains(inputs.count) else {
            throw TensorError(.value, name, "takes \(arity) tensors, not \(inputs.count)", operands: inputs)
        }
        return try body(inputs, attributes)
    }
}

extension TensorOperation {
    /// Every differentiable operation, and the comparisons' cousins that give values; one row each.
    public static let table: [TensorOperation] =
        UnaryOperation.all.map { row in TensorOperation(row.name, 1...1) { x, _ throws(TensorError) in try row(x[0]) } }
        + BinaryOperation.all.map { row in
            TensorOperation(row.name, 1...2) { x, a throws(TensorError) in
                if x.count == 2 { return try row(x[0], x[1]) }
                guard let number = a.number("exponent") ?? a.number("other") else {
                    throw TensorError(.value, row.name, "needs a second tensor or number", operands: x)
                }
                return try row.name == "pow" ? x[0].pow(number) : row(x[0], number)
            }
        }
        + reductions + views + rearrangements + selections + products + losses

    private static let reductions = [
        TensorOperation("sum", 1...1) { x, a throws(TensorError) in try x[0].sum(dim: a.integers("dim"), keepdim: a.flag("keepdim")) },
        TensorOperation("mean", 1...1) { x, a throws(TensorError) in try x[0].mean(dim: a.integers("dim"), keepdim: a.flag("keepdim")) },
        TensorOperation("max", 1...1) { x, a throws(TensorError) in try x[0].max(dim: a.integers("dim"), keepdim: a.flag("keepdim")) },
        TensorOperation("min", 1...1) { x, a throws(TensorError) in try x[0].min(dim: a.integers("dim"), keepdim: a.flag("keepdim")) },
        TensorOperation("var", 1...1) { x, a throws(TensorError) in
            try x[0].var(dim: a.integers("dim"), correction: a.integer("correction") ?? 1, keepdim: a.flag("keepdim"))
        },
        TensorOperation("std", 1...1) { x, a throws(TensorError) in
            try x[0].std(dim: a.integers("dim"), correction: a.integer("correction") ?? 1, keepdim: a.flag("keepdim"))
        },
        TensorOperation("norm", 1...1) { x, a throws(TensorError) in try x[0].norm(dim: a.integers("dim"), keepdim: a.flag("keepdim")) },
        TensorOperation("logsumexp", 1...1) { x, a throws(TensorError) in
            try x[0].logsumexp(dim: a.integers("dim"), keepdim: a.flag("keepdim"))
        },
        TensorOperation("cumsum", 1...1) { x, a throws(TensorError) in try x[0].cumsum(dim: a.integer("dim") ?? -1) },
        TensorOperation("softmax", 1...1) { x, a throws(TensorError) in try x[0].softmax(dim: a.integer("dim") ?? -1) },
        TensorOperation("log_softmax", 1...1) { x, a throws(TensorError) in try x[0].logSoftmax(dim: a.integer("dim") ?? -1) },
    ]

    private static let views = [
        TensorOperation("reshape", 1...1) { x, a throws(TensorError) in try x[0].reshape(a.integers("shape") ?? [-1]) },
        TensorOperation("transpose", 1...1) { x, a throws(TensorError) in
            let dims = a.integers("dims") ?? [-1, -2]
            guard dims.count == 2 else { throw TensorError(.value, "transpose", "needs two axes, not \(dims)") }
            return try x[0].transpose(dims[0], dims[1])
        },
        TensorOperation("permute", 1...1) { x, a throws(TensorError) in try x[0].permute(a.integers("dims") ?? []) },
        TensorOperation("expand", 1...1) { x, a throws(TensorError) in try x[0].expand(a.integers("shape") ?? []) },
        TensorOperation("squeeze", 1...1) { x, a throws(TensorError) in try x[0].squeeze(a.integer("dim")) },
        TensorOperation("unsqueeze", 1...1) { x, a throws(TensorError) in try x[0].unsqueeze(a.integer("dim") ?? 0) },
        TensorOperation("slice", 1...1) { x, a throws(TensorError) in try x[0].index(a.index("index") ?? []) },
    ]

    private static let rearrangements = [
        TensorOperation("flip", 1...1) { x, a throws(TensorError) in try x[0].flip(a.integers("dims") ?? []) },
        TensorOperation("roll", 1...1) { x, a throws(TensorError) in try x[0].roll(a.integer("shift") ?? 1, dim: a.integer("dim")) },
        TensorOperation("repeat", 1...1) { x, a throws(TensorError) in try x[0].repeated(a.integers("counts") ?? []) },
        TensorOperation("chunk", 1...1) { x, a throws(TensorError) in
            try last("chunk", x[0].chunk(a.integer("chunks") ?? 2, dim: a.integer("dim") ?? 0))
        },
        TensorOperation("split", 1...1) { x, a throws(TensorError) in
            let dim = a.integer("dim") ?? 0
            if let size = a.integer("size") { return try last("split", x[0].split(every: size, dim: dim)) }
            return try last("split", x[0].split(a.integers("size") ?? [], dim: dim))
        },
        TensorOperation("flatten", 1...1) { x, a throws(TensorError) in
            try x[0].flatten(from: a.integer("start_dim") ?? 0, through: a.integer("end_dim") ?? -1)
        },
        TensorOperation("tril", 1...1) { x, a throws(TensorError) in try x[0].tril(diagonal: a.integer("diagonal") ?? 0) },
        TensorOperation("triu", 1...1) { x, a throws(TensorError) in try x[0].triu(diagonal: a.integer("diagonal") ?? 0) },
    ]

    /// One part of several, so that what the others leave out counts too.
    private static func last(_ name: String, _ parts: [Tensor]) throws(TensorError) -> Tensor {
        guard let last = parts.last else { throw TensorError(.value, name, "no parts") }
        return last
    }

    private static let selections = [
        TensorOperation("index_select", 1...1) { x, a throws(TensorError) in
            try x[0].gather(a.integers("index") ?? [], dim: a.integer("dim") ?? 0)
        },
        TensorOperation("masked_fill", 1...1) { x, a throws(TensorError) in
            guard let mask = a.tensor("mask") else { throw TensorError(.value, "masked_fill", "needs a mask") }
            return try x[0].maskedFill(mask, a.number("value") ?? 0)
        },
        TensorOperation("gather_rows", 1...1) { x, a throws(TensorError) in try x[0].gatherRows(a.integers("index") ?? []) },
        TensorOperation("take_along", 1...1) { x, a throws(TensorError) in
            guard let index = a.tensor("index") else { throw TensorError(.value, "take_along", "needs an index") }
            return try x[0].takeAlong(index, dim: a.integer("dim") ?? -1)
        },
        TensorOperation("masked_select", 1...1) { x, a throws(TensorError) in
            guard let mask = a.tensor("mask") else { throw TensorError(.value, "masked_select", "needs a mask") }
            return try x[0].maskedSelect(mask)
        },
        TensorOperation("where", 2...2) { x, a throws(TensorError) in
            guard let condition = a.tensor("condition") else { throw TensorError(.value, "where", "needs a condition") }
            return try Tensor.where(condition, x[0], x[1])
        },
        TensorOperation("clamp", 1...1) { x, a throws(TensorError) in try x[0].clamp(min: a.number("min"), max: a.number("max")) },
        TensorOperation("sort", 1...1) { x, a throws(TensorError) in
            try x[0].sort(dim: a.integer("dim") ?? -1, descending: a.flag("descending")).values
        },
        TensorOperation("topk", 1...1) { x, a throws(TensorError) in
            try x[0].topk(a.integer("k") ?? 1, dim: a.integer("dim") ?? -1, largest: !a.flag("smallest")).values
        },
        TensorOperation("concat", 1...Int.max) { x, a throws(TensorError) in try Tensor.concat(x, dim: a.integer("dim") ?? 0) },
        TensorOperation("stack", 1...Int.max) { x, a throws(TensorError) in try Tensor.stack(x, dim: a.integer("dim") ?? 0) },
    ]

    private static let products = [
        TensorOperation("dot", 2...2) { x, _ throws(TensorError) in try Tensor.dot(x[0], x[1]) },
        TensorOperation("outer", 2...2) { x, _ throws(TensorError) in try Tensor.outer(x[0], x[1]) },
        TensorOperation("bmm", 2...2) { x, _ throws(TensorError) in try Tensor.bmm(x[0], x[1]) },
        TensorOperation("cdist", 2...2) { x, _ throws(TensorError) in try Tensor.cdist(x[0], x[1]) },
        TensorOperation("matmul", 2...2) { x, _ throws(TensorError) in try x[0].matmul(x[1]) },
        TensorOperation("linear", 2...3) { x, _ throws(TensorError) in
            try Tensor.linear(x[0], weight: x[1], bias: x.count == 3 ? x[2] : nil)
        },
        TensorOperation("attention", 3...3) { x, a throws(TensorError) in
            try Tensor.scaledDotProductAttention(x[0], x[1], x[2], mask: a.tensor("mask"), scale: a.number("scale"))
        },
        TensorOperation("layer_norm", 3...3) { x, a throws(TensorError) in
            try Tensor.layerNorm(x[0], weight: x[1], bias: x[2], eps: a.number("eps") ?? 1e-5)
        },
        TensorOperation("normalize", 1...1) { x, a throws(TensorError) in
            try x[0].normalize(dim: a.integer("dim") ?? -1, eps: a.number("eps") ?? 1e-12)
        },
        TensorOperation("cosine_similarity", 2...2) { x, a throws(TensorError) in
            try Tensor.cosineSimilarity(x[0], x[1], dim: a.integer("dim") ?? 1, eps: a.number("eps") ?? 1e-8)
        },
    ]

    private static let losses = [
        TensorOperation("cross_entropy", 1...1) { x, a throws(TensorError) in
            guard let target = a.tensor("target") else { throw TensorError(.value, "cross_entropy", "needs targets") }
            return try Tensor.crossEntropy(x[0], target, reduction: a.reduction)
        },
        TensorOperation("binary_cross_entropy_with_logits", 2...2) { x, a throws(TensorError) in
            try Tensor.binaryCrossEntropyWithLogits(x[0], x[1], reduction: a.reduction)
        },
        TensorOperation("mse_loss", 2...2) { x, a throws(TensorError) in try Tensor.mseLoss(x[0], x[1], reduction: a.reduction) },
        TensorOperation("l1_loss", 2...2) { x, a throws(TensorError) in try Tensor.l1Loss(x[0], x[1], reduction: a.reduction) },
        TensorOperation("huber_loss", 2...2) { x, a throws(TensorError) in
            try Tensor.huberLoss(x[0], x[1], delta: a.number("delta") ?? 1, reduction: a.reduction)
        },
        TensorOperation("logsigmoid", 1...1) { x, _ throws(TensorError) in try x[0].logSigmoid() },
        TensorOperation("margin_ranking_loss", 2...2) { x, a throws(TensorError) in
            try Tensor.marginRankingLoss(
                x[0], x[1], target: a.tensor("target"), margin: a.number("margin") ?? 0, reduction: a.reduction)
        },
        TensorOperation("triplet_margin_loss", 3...3) { x, a throws(TensorError) in
            try Tensor.tripletMarginLoss(x[0], x[1], x[2], margin: a.number("margin") ?? 1, reduction: a.reduction)
        },
    ]
}

extension TensorOperation {
    /// Arguments of an operation beside its tensors, by name: `dim`, `eps`, `index`.
    public struct Attributes: Sendable, ExpressibleByDictionaryLiteral {
        public enum Value: Sendable {
            case number(Double)
            case integers([Int])
            case flag(Bool)
            case index([TensorIndex])
            case tensor(Tensor)
            case reduction(LossReduction)
        }

        private let values: [String: Value]

        public init(_ values: [String: Value]) { self.values = values }
        public init(dictionaryLiteral elements: (String, Value)...) {
            values = Dictionary(elements, uniquingKeysWith: { $1 })
        }

        public var names: [String] { values.keys.sorted() }

        func number(_ name: String) -> Double? {
            if case .number(let value)? = values[name] { value } else { nil }
        }
        func integer(_ name: String) -> Int? { number(name).flatMap { Int(exactly: $0) } }
        func integers(_ name: String) -> [Int]? {
            if case .integers(let value)? = values[name] { value } else { integer(name).map { [$0] } }
        }
        func flag(_ name: String) -> Bool {
            if case .flag(let value)? = values[name] { value } else { false }
        }
        func index(_ name: String) -> [TensorIndex]? {
            if case .index(let value)? = values[name] { value } else { nil }
        }
        /// How a loss joins its terms.
        var reduction: LossReduction {
            if case .reduction(let value)? = values["reduction"] { value } else { .mean }
        }
        func tensor(_ name: String) -> Tensor? {
            if case .tensor(let value)? = values[name] { value } else { nil }
        }
    }
}
