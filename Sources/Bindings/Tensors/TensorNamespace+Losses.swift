import Language
import Tensors

extension TensorNamespace {
    private static let reduced = "reduction: str = \"mean\""

    static let losses: [Builtin] = [
        Builtin(
            "cross_entropy", "(logits: tensor, target: any, \(reduced)) -> tensor",
            shape: .crossEntropy, doc: "Mean over the rows of -log softmax(logits)[target]: logits [n, classes], target n class numbers.",
            example: "cross_entropy(tensor([[100.0, 0.0]]), [0]).item() == 0.0"
        ) { call in .tensor(try Tensor.crossEntropy(try call.tensor(0), try call.tensor(1), reduction: try reduction(call, 2))) },
        Builtin(
            "binary_cross_entropy_with_logits", "(logits: tensor, target: tensor, \(reduced)) -> tensor",
            shape: .binaryCrossEntropy, doc: "Mean of -(t log sigmoid(x) + (1 - t) log sigmoid(-x)).",
            example: "binary_cross_entropy_with_logits(tensor([100.0]), tensor([1.0])).item() < 1e-6"
        ) { call in
            .tensor(try Tensor.binaryCrossEntropyWithLogits(try call.tensor(0), try call.tensor(1), reduction: try reduction(call, 2)))
        },
        Builtin(
            "margin_ranking_loss", "(a: tensor, b: tensor, target: tensor, margin: float = 0.0, \(reduced)) -> tensor",
            shape: .marginRanking, doc: "Mean of max(0, margin - target (a - b)).",
            example: "margin_ranking_loss(tensor([1.0]), tensor([0.0]), tensor([1.0])).item() == 0.0"
        ) { call in
            .tensor(
                try Tensor.marginRankingLoss(
                    try call.tensor(0), try call.tensor(1), target: try call.tensor(2), margin: try call.double(3),
                    reduction: try reduction(call, 4)))
        },
        Builtin(
            "triplet_margin_loss", "(anchor: tensor, positive: tensor, negative: tensor, margin: float = 1.0, \(reduced)) -> tensor",
            shape: .tripletMargin, doc: "Mean of max(0, margin + |a - p| - |a - n|) over rows.",
            example: "triplet_margin_loss(zeros(1, 2), zeros(1, 2), full([1, 2], 9.0)).item() == 0.0"
        ) { call in
            .tensor(
                try Tensor.tripletMarginLoss(
                    try call.tensor(0), try call.tensor(1), try call.tensor(2), margin: try call.double(3),
                    reduction: try reduction(call, 4)))
        },
        Builtin(
            "mse_loss", "(a: tensor, b: tensor, \(reduced)) -> tensor", shape: .squaredError, doc: "Mean of (a - b)².",
            example: "mse_loss(tensor([1.0, 3.0]), tensor([1.0, 1.0])).item() == 2.0"
        ) { call in .tensor(try Tensor.mseLoss(try call.tensor(0), try call.tensor(1), reduction: try reduction(call, 2))) },
        Builtin(
            "l1_loss", "(a: tensor, b: tensor, \(reduced)) -> tensor", shape: .squaredError, doc: "Mean of |a - b|.",
            example: "l1_loss(tensor([1.0, 3.0]), tensor([1.0, 1.0])).item() == 1.0"
        ) { call in .tensor(try Tensor.l1Loss(try call.tensor(0), try call.tensor(1), reduction: try reduction(call, 2))) },
        Builtin(
            "huber_loss", "(a: tensor, b: tensor, delta: float = 1.0, \(reduced)) -> tensor",
            shape: .huber, doc: "Mean of d²/2 where d = |a - b| is at most delta, of delta (d - delta/2) beyond (Huber 1964).",
            example: "huber_loss(tensor([3.0]), tensor([0.0])).item() == 2.5"
        ) { call in
            .tensor(
                try Tensor.huberLoss(try call.tensor(0), try call.tensor(1), delta: try call.double(2), reduction: try reduction(call, 3)))
        },
    ]

    private static func reduction(_ call: borrowing BuiltinCall, _ position: Int) throws -> LossReduction {
        let name = try call.string(position)
        guard let reduction = LossReduction(rawValue: name) else {
            throw ScriptError.value(
                "\(call.builtin.name)() argument `reduction`: there is no reduction \(call[position].repr)",
                help: "it is \"mean\", \"sum\" or \"none\"")
        }
        return reduction
    }
}
