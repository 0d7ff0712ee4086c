import Language
import Tensors

extension TensorNamespace {
    static let neural: [Builtin] = [
        Builtin(
            "linear", "(x: tensor, weight: tensor, bias: tensor | none = none) -> tensor",
            shape: .linear, doc: "x @ weight.T + bias, for weight [out, in].",
            example: "linear(ones(1, 2), ones(3, 2)).tolist() == [[2.0, 2.0, 2.0]]"
        ) { call in .tensor(try Tensor.linear(try call.tensor(0), weight: try call.tensor(1), bias: try call.optionalTensor(2))) },
        Builtin(
            "layer_norm", "(x: tensor, weight: tensor, bias: tensor, eps: float = 1e-5) -> tensor",
            shape: .layerNorm, doc: "Each row with mean 0 and variance 1, times weight, plus bias (Ba et al. 2016).",
            example: "layer_norm(tensor([[1.0, 1.0]]), ones(2), zeros(2)).tolist() == [[0.0, 0.0]]"
        ) { call in
            .tensor(try Tensor.layerNorm(try call.tensor(0), weight: try call.tensor(1), bias: try call.tensor(2), eps: try call.double(3)))
        },
        Builtin(
            "cosine_similarity", "(a: tensor, b: tensor, dim: int = -1, eps: float = 1e-8) -> tensor",
            shape: .cosine, doc: "Cosine of the angle between vectors: a·b / (max(|a|, eps) max(|b|, eps)).",
            example: "cosine_similarity(tensor([1.0, 0.0]), tensor([0.0, 2.0])).item() == 0.0"
        ) { call in
            .tensor(
                try Tensor.cosineSimilarity(try call.tensor(0), try call.tensor(1), dim: try call.int(2), eps: try call.double(3)))
        },
        Builtin(
            "scaled_dot_product_attention", "(q: tensor, k: tensor, v: tensor, scale: float | none = none) -> tensor",
            shape: .attention, doc: "softmax(q kᵀ scale) v over [..., n, d]; scale is 1/√d unless given (Vaswani et al. 2017, equation 1).",
            example: "scaled_dot_product_attention(ones(1, 2), ones(1, 2), ones(1, 2)).tolist() == [[1.0, 1.0]]"
        ) { call in
            .tensor(
                try Tensor.scaledDotProductAttention(
                    try call.tensor(0), try call.tensor(1), try call.tensor(2), scale: try call.optionalDouble(3)))
        },
        Builtin(
            "dropout", "(x: tensor, p: float = 0.5, training: bool = true) -> tensor",
            shape: .same,
            doc: "Each element zeroed with probability p and the rest divided by 1 - p, by the random numbers that `seed` sets.",
            example: "dropout(ones(4), p = 0.0).tolist() == ones(4).tolist()"
        ) { call in
            let x = try call.tensor(0)
            guard try call.bool(2) else { return .tensor(x) }
            var generator = Philox(seed: call.interpreter.nextRandom(), purpose: "dropout")
            return .tensor(try x * generator.dropoutMask(x.shape, probability: try call.double(1), dtype: x.dtype))
        },
        Builtin(
            "embedding", "(ids: any, weight: tensor) -> tensor", shape: .embedding,
            doc: "The rows of weight [n, d] that the ids name, as weight[ids].",
            example: "embedding([1, 0], eye(2)).tolist() == [[0.0, 1.0], [1.0, 0.0]]"
        ) { call in
            let ids = try call.tensor(0), weight = try call.tensor(1)
            guard weight.rank == 2, ids.dtype == .i32 || ids.count == 0 else {
                throw ScriptError(.shape, EmbeddingRow.mistake, operands: [ids.signature, weight.signature])
            }
            return .tensor(try weight.gatherRows(ids.int32s().map(Int.init)).reshape(ids.shape.dims + [weight.shape[1]]))
        },
    ]
}

enum EmbeddingRow {
    /// What is said of ids and a table that do not fit.
    static let mistake = "embedding: needs i32 ids and a weight of two axes"
}
