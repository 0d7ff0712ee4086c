import Language
import Tensors

extension TensorNamespace {
    static let neural: [Builtin] = [
        Builtin(
            "linear", "(x: tensor, weight: tensor, bias: tensor | none = none) -> tensor",
            doc: "x @ weight.T + bias, for weight [out, in].",
            example: "linear(ones(1, 2), ones(3, 2)).tolist() == [[2.0, 2.0, 2.0]]"
        ) { call in .tensor(try Tensor.linear(try call.tensor(0), weight: try call.tensor(1), bias: try call.optionalTensor(2))) },
        Builtin(
            "layer_norm", "(x: tensor, weight: tensor, bias: tensor, eps: float = 1e-5) -> tensor",
            doc: "Each row with mean 0 and variance 1, times weight, plus bias (Ba et al. 2016).",
            example: "layer_norm(tensor([[1.0, 1.0]]), ones(2), zeros(2)).tolist() == [[0.0, 0.0]]"
        ) { call in
            .tensor(try Tensor.layerNorm(try call.tensor(0), weight: try call.tensor(1), bias: try call.tensor(2), eps: try call.double(3)))
        },
        Builtin(
            "cosine_similarity", "(a: tensor, b: tensor, dim: int = -1, eps: float = 1e-8) -> tensor",
            doc: "Cosine of the angle between vectors: a·b / (max(|a|, eps) max(|b|, eps)).",
            example: "cosine_similarity(tensor([1.0, 0.0]), tensor([0.0, 2.0])).item() == 0.0"
        ) { call in
            .tensor(
                try Tensor.cosineSimilarity(try call.tensor(0), try call.tensor(1), dim: try call.int(2), eps: try call.double(3)))
        },
        Builtin(
            "cross_entropy", "(logits: tensor, target: any) -> tensor",
            doc: "Mean over the rows of -log softmax(logits)[target]: logits [n, classes], target n class numbers.",
            example: "cross_entropy(tensor([[100.0, 0.0]]), [0]).item() == 0.0"
        ) { call in .tensor(try Tensor.crossEntropy(try call.tensor(0), try call.tensor(1))) },
        Builtin(
            "binary_cross_entropy_with_logits", "(logits: tensor, target: tensor) -> tensor",
            doc: "Mean of -(t log sigmoid(x) + (1 - t) log sigmoid(-x)).",
            example: "binary_cross_entropy_with_logits(tensor([100.0]), tensor([1.0])).item() < 1e-6"
        ) { call in .tensor(try Tensor.binaryCrossEntropyWithLogits(try call.tensor(0), try call.tensor(1))) },
        Builtin(
            "margin_ranking_loss", "(a: tensor, b: tensor, target: tensor, margin: float = 0.0) -> tensor",
            doc: "Mean of max(0, margin - target (a - b)).",
            example: "margin_ranking_loss(tensor([1.0]), tensor([0.0]), tensor([1.0])).item() == 0.0"
        ) { call in
            .tensor(
                try Tensor.marginRankingLoss(try call.tensor(0), try call.tensor(1), target: try call.tensor(2), margin: try call.double(3))
            )
        },
        Builtin(
            "triplet_margin_loss", "(anchor: tensor, positive: tensor, negative: tensor, margin: float = 1.0) -> tensor",
            doc: "Mean of max(0, margin + |a - p| - |a - n|) over rows.",
            example: "triplet_margin_loss(zeros(1, 2), zeros(1, 2), full([1, 2], 9.0)).item() == 0.0"
        ) { call in
            .tensor(
                try Tensor.tripletMarginLoss(
                    try call.tensor(0), try call.tensor(1), try call.tensor(2), margin: try call.double(3)))
        },
        Builtin(
            "scaled_dot_product_attention", "(q: tensor, k: tensor, v: tensor, scale: float | none = none) -> tensor",
            doc: "softmax(q kᵀ scale) v over [..., n, d]; scale is 1/√d unless given (Vaswani et al. 2017, equation 1).",
            example: "scaled_dot_product_attention(ones(1, 2), ones(1, 2), ones(1, 2)).tolist() == [[1.0, 1.0]]"
        ) { call in
            .tensor(
                try Tensor.scaledDotProductAttention(
                    try call.tensor(0), try call.tensor(1), try call.tensor(2), scale: try call.optionalDouble(3)))
        },
        Builtin(
            "topk", "(x: tensor, k: int, largest: bool = true) -> tuple",
            doc: "The k largest elements of each row and their positions, best first; ties by position.",
            example: "topk(tensor([1.0, 3.0, 2.0]), 2)[1].tolist() == [1, 2]"
        ) { call in
            let (values, positions) = try call.tensor(0).topk(try call.int(1), largest: try call.bool(2))
            return .tuple([.tensor(values), .tensor(positions)])
        },
    ]
}
