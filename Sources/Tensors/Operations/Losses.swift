/// How a loss joins its terms.
public enum LossReduction: String, Sendable, CaseIterable {
    case mean, sum, none

    func callAsFunction(_ terms: Tensor) throws(TensorError) -> Tensor {
        switch self {
        case .mean: try terms.mean()
        case .sum: try terms.sum()
        case .none: terms
        }
    }
}

extension Tensor {
    /// -log softmax(logits)[target], for logits [n, classes] (or [classes]) and i32 class numbers [n] (or []).
    public static func crossEntropy(_ logits: Tensor, _ target: Tensor, reduction: LossReduction = .mean) throws(TensorError) -> Tensor {
        let span = OperationSpan("cross_entropy")
        defer { span.end() }
        guard target.dtype == .i32 else {
            throw TensorError(.crossEntropyTargets, operands: [logits, target])
        }
        guard (1...2).contains(logits.rank), target.shape.dims == logits.shape.dims.dropLast() else {
            throw TensorError(.crossEntropy, operands: [logits, target])
        }
        let classes = logits.shape[-1]
        let labels = target.int32s().map(Int.init)
        if let label = labels.first(where: { $0 < 0 || $0 >= classes }) {
            throw TensorError(
                .index, "cross_entropy", "class \(label) is outside 0..<\(classes)",
                help: "the last axis of the logits has \(classes) classes", operands: [logits, target])
        }
        let scores = try logits.logSoftmax(dim: -1).flatten()
        let picked = try scores.gatherRows(labels.enumerated().map { $0 * classes + $1 }).reshape(target.shape.dims)
        return try reduction(-picked)
    }

    /// -t log σ(x) - (1 - t) log(1 - σ(x)), computed without overflow as max(x, 0) - x t + log(1 + e^-|x|).
    public static func binaryCrossEntropyWithLogits(
        _ logits: Tensor, _ target: Tensor, reduction: LossReduction = .mean
    ) throws(TensorError) -> Tensor {
        let span = OperationSpan("binary_cross_entropy_with_logits")
        defer { span.end() }
        guard logits.shape == target.shape else {
            throw TensorError(.logitsAndTargets, operands: [logits, target])
        }
        return try reduction(logits.softplus() - logits * target)
    }

    /// max(0, -target (a - b) + margin); target 1 wants a above b, -1 below.
    public static func marginRankingLoss(
        _ a: Tensor, _ b: Tensor, target: Tensor? = nil, margin: Double = 0, reduction: LossReduction = .mean
    ) throws(TensorError) -> Tensor {
        let span = OperationSpan("margin_ranking_loss")
        defer { span.end() }
        let gap = try a - b
        return try reduction(((target.map { (t) throws(TensorError) in try gap * t } ?? gap) * -1 + margin).relu())
    }

    /// max(0, |a - p| - |a - n| + margin) with Euclidean lengths over the last axis of (difference + 1e-6), as in PyTorch.
    public static func tripletMarginLoss(
        _ anchor: Tensor, _ positive: Tensor, _ negative: Tensor, margin: Double = 1, reduction: LossReduction = .mean
    ) throws(TensorError) -> Tensor {
        let span = OperationSpan("triplet_margin_loss")
        defer { span.end() }
        let near = try (anchor - positive + 1e-6).norm(dim: [-1]), far = try (anchor - negative + 1e-6).norm(dim: [-1])
        return try reduction((near - far + margin).relu())
    }

    /// (a - b)²
    public static func mseLoss(_ a: Tensor, _ b: Tensor, reduction: LossReduction = .mean) throws(TensorError) -> Tensor {
        try reduction(difference("mse_loss", a, b).square())
    }

    /// |a - b|
    public static func l1Loss(_ a: Tensor, _ b: Tensor, reduction: LossReduction = .mean) throws(TensorError) -> Tensor {
        try reduction(difference("l1_loss", a, b).abs())
    }

    /// d²/2 where |d| = |a - b| is at most delta, delta (|d| - delta/2) beyond (Huber 1964).
    public static func huberLoss(
        _ a: Tensor, _ b: Tensor, delta: Double = 1, reduction: LossReduction = .mean
    ) throws(TensorError) -> Tensor {
        guard delta > 0, delta.isFinite else { throw TensorError(.value, "huber_loss", "delta must be positive, not \(delta)") }
        let gap = try difference("huber_loss", a, b).abs()
        // c (|d| - c/2) with c = min(|d|, delta) is both branches at once.
        let near = try gap.clamp(max: delta)
        return try reduction(near * (gap - near * 0.5))
    }

    private static func difference(_ name: String, _ a: Tensor, _ b: Tensor) throws(TensorError) -> Tensor {
        guard a.shape == b.shape else { throw TensorError(.oneShape(name), operands: [a, b]) }
        return try a - b
    }

    /// log sigmoid(x), without overflow.
    public func logSigmoid() throws(TensorError) -> Tensor { try -(-self).softplus() }
}
