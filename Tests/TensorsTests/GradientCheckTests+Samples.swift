@testable import Tensors

extension GradientCheckTests {
    /// Arguments that a row can be differentiated at: shapes, attributes, and a domain where the function is smooth.
    struct Sample {
        var shapes: [Shape]
        var attributes: TensorOperation.Attributes = [:]
        /// Values are low + (high - low) u.
        var domain: ClosedRange<Double> = -2...2
    }

    /// Samples by operation: shapes, and what the attributes choose between. A row of the table without one fails the test.
    static func samples(_ name: String) throws -> [Sample] {
        switch name {
        case "neg", "square", "exp", "expm1", "sin", "cos", "tanh", "sigmoid", "gelu", "gelu_tanh", "silu", "quick_gelu", "softplus", "erf",
            "abs",
            "logsigmoid", "relu", "sign", "floor", "ceil", "round":
            return unary
        case "log", "sqrt", "rsqrt", "reciprocal", "log1p": return within(0.5...2, unary)
        case "add", "sub", "mul", "minimum", "maximum": return binary
        case "div", "remainder", "floor_divide":
            return within(0.5...2, binary) + [Sample(shapes: [[3, 4]], attributes: ["other": .number(1.7)], domain: 0.5...2)]
        case "pow":
            return within(
                0.5...2, binary + [-1, -0.5, 0, 0.5, 1, 2, 3, 1.7].map { Sample(shapes: [[3, 4]], attributes: ["exponent": .number($0)]) })
        case "sum", "mean", "max", "min", "norm", "logsumexp": return reductions
        case "var", "std": return reductions + [Sample(shapes: [[2, 3, 4]], attributes: ["dim": .number(1), "correction": .number(0)])]
        case "cumsum", "softmax", "log_softmax": return axes
        case "sort": return axes + [Sample(shapes: [[3, 5]], attributes: ["descending": .flag(true)])]
        case "topk":
            return axes.map { Sample(shapes: $0.shapes, attributes: ["k": .number(2)]) } + [
                Sample(shapes: [[5, 3]], attributes: ["k": .number(3), "dim": .number(0), "smallest": .flag(true)])
            ]
        // With the larger eps some lengths are below it.
        case "normalize": return axes + [Sample(shapes: [[6, 2]], attributes: ["eps": .number(1.5)])]
        case "cosine_similarity":
            return [
                Sample(shapes: [[1, 8], [4, 8]]), Sample(shapes: [[8], [8]], attributes: ["dim": .number(0)]),
                Sample(shapes: [[6, 2], [6, 2]], attributes: ["eps": .number(1.5)]),
            ]
        case "layer_norm":
            return [Sample(shapes: [[2, 3, 8], [8], [8]]), Sample(shapes: [[7], [7], [7]], attributes: ["eps": .number(0.3)])]
        case "matmul":
            return [
                Sample(shapes: [[3, 4], [4, 5]]), Sample(shapes: [[2, 1, 3, 4], [5, 4, 2]]), Sample(shapes: [[4], [4]]),
                Sample(shapes: [[2, 3, 4], [4]]), Sample(shapes: [[4], [2, 4, 3]]), Sample(shapes: [[1, 7], [7, 1]]),
            ]
        case "linear": return [Sample(shapes: [[2, 6, 4], [5, 4], [5]]), Sample(shapes: [[4], [5, 4]])]
        case "attention":
            let shapes: [Shape] = [[2, 3, 4], [2, 5, 4], [2, 5, 3]]
            let bias = try values([3, 5], seed: 3).to(.f64)
            return [
                Sample(shapes: shapes), Sample(shapes: shapes, attributes: ["scale": .number(0.3), "mask": .tensor(bias)]),
                Sample(shapes: shapes, attributes: ["mask": .tensor(try Tensor.ones([3, 5]).tril(diagonal: 1).greater(0))]),
            ]
        case "dot": return [Sample(shapes: [[5], [5]])]
        case "outer": return [Sample(shapes: [[3], [4]])]
        case "bmm": return [Sample(shapes: [[2, 3, 4], [2, 4, 2]])]
        case "cdist": return [Sample(shapes: [[3, 4], [5, 4]]), Sample(shapes: [[2, 1, 2], [3, 2]])]
        case "cross_entropy", "binary_cross_entropy_with_logits", "mse_loss", "l1_loss", "huber_loss", "margin_ranking_loss",
            "triplet_margin_loss":
            return try losses(name)
        default: return try rearrangements(name)
        }
    }

    private static let unary = [Sample(shapes: [[3, 4]]), Sample(shapes: [[]]), Sample(shapes: [[2, 1, 3]])]

    private static let binary = [
        Sample(shapes: [[3, 4], [3, 4]]), Sample(shapes: [[2, 1, 4], [3, 1]]), Sample(shapes: [[], [3]]), Sample(shapes: [[4], [2, 4]]),
    ]

    private static let axes = [
        Sample(shapes: [[3, 5]], attributes: ["dim": .number(0)]), Sample(shapes: [[2, 3, 4]], attributes: ["dim": .number(1)]),
        Sample(shapes: [[2, 3, 4]], attributes: ["dim": .number(-1)]),
    ]

    private static let reductions =
        axes + [
            Sample(shapes: [[2, 3, 4]]), Sample(shapes: [[2, 3, 4]], attributes: ["dim": .integers([0, 2]), "keepdim": .flag(true)]),
        ]

    private static func within(_ domain: ClosedRange<Double>, _ samples: [Sample]) -> [Sample] {
        samples.map { Sample(shapes: $0.shapes, attributes: $0.attributes, domain: domain) }
    }

    /// Every loss with every way to join its terms.
    private static func losses(_ name: String) throws -> [Sample] {
        var arguments: [(shapes: [Shape], attributes: [String: TensorOperation.Attributes.Value])] = []
        switch name {
        case "cross_entropy":
            arguments = [
                ([[3, 4]], ["target": .tensor(try Tensor([1, 0, 3] as [Int32]))]),
                ([[4]], ["target": .tensor(try Tensor([2] as [Int32], shape: []))]),
            ]
        case "huber_loss": arguments = [([[3, 4], [3, 4]], [:]), ([[7], [7]], ["delta": .number(0.3)])]
        case "margin_ranking_loss":
            arguments = [
                ([[6], [6]], [:]), ([[2, 3], [3]], ["margin": .number(0.5), "target": .tensor(try Tensor([1, -1, 1] as [Double]))]),
            ]
        case "triplet_margin_loss":
            arguments = [([[4, 8], [4, 8], [4, 8]], [:]), ([[5, 2], [5, 2], [5, 2]], ["margin": .number(0.2)])]
        default: arguments = [([[5], [5]], [:]), ([[2, 3], [2, 3]], [:])]
        }
        return arguments.flatMap { shapes, attributes in
            LossReduction.allCases.map { way in
                Sample(
                    shapes: shapes, attributes: TensorOperation.Attributes(attributes.merging(["reduction": .reduction(way)]) { $1 }))
            }
        }
    }

    /// Views, orders and selections.
    private static func rearrangements(_ name: String) throws -> [Sample] {
        let isKept = try Tensor([true, false, true, true, false, false], shape: [2, 3]), columns = try Tensor([true, false, true])
        switch name {
        case "reshape": return [Sample(shapes: [[2, 3, 4]], attributes: ["shape": .integers([4, -1])])]
        case "transpose": return [Sample(shapes: [[2, 3, 4]], attributes: ["dims": .integers([0, 2])])]
        case "permute": return [Sample(shapes: [[2, 3, 4]], attributes: ["dims": .integers([2, 0, 1])])]
        case "expand": return [Sample(shapes: [[3, 1]], attributes: ["shape": .integers([2, 3, 4])])]
        case "squeeze": return [Sample(shapes: [[3, 1, 2, 1]]), Sample(shapes: [[3, 1]], attributes: ["dim": .number(1)])]
        case "unsqueeze": return [Sample(shapes: [[3, 2]], attributes: ["dim": .number(1)])]
        case "slice":
            return [
                Sample(shapes: [[5, 6]], attributes: ["index": .index([.slice(start: 4, stop: nil, step: -2), .newAxis, .index(2)])]),
                Sample(shapes: [[5, 6]], attributes: ["index": .index([.ellipsis, .rows([1, 1, -1])])]),
                Sample(shapes: [[2, 3]], attributes: ["index": .index([.mask(isKept)])]),
                Sample(shapes: [[2, 3, 3]], attributes: ["index": .index([.all, .mask(columns), .rows([2, 0])])]),
            ]
        case "gather_rows": return [Sample(shapes: [[5, 3]], attributes: ["index": .integers([3, 0, 3, -1])])]
        case "index_select": return [Sample(shapes: [[3, 4]], attributes: ["index": .integers([2, 2, -1]), "dim": .number(1)])]
        case "take_along":
            return [
                Sample(shapes: [[2, 4]], attributes: ["index": .tensor(try Tensor([0, 0, 3, 1, 2, 2] as [Int32], shape: [2, 3]))]),
                Sample(
                    shapes: [[2, 2]],
                    attributes: ["index": .tensor(try Tensor([1, -1, 0, 0, 1, 0] as [Int32], shape: [3, 2])), "dim": .number(0)]),
            ]
        case "flip": return [Sample(shapes: [[2, 3, 4]], attributes: ["dims": .integers([0, -1])])]
        case "roll":
            return [
                Sample(shapes: [[3, 5]], attributes: ["shift": .number(-2), "dim": .number(1)]),
                Sample(shapes: [[3, 5]], attributes: ["shift": .number(19)]),
            ]
        case "repeat":
            return [
                Sample(shapes: [[2, 3]], attributes: ["counts": .integers([2, 1, 3])]),
                Sample(shapes: [[]], attributes: ["counts": .integers([4])]),
            ]
        case "chunk": return axes.map { Sample(shapes: $0.shapes, attributes: ["dim": .number(1), "chunks": .number(2)]) }
        case "split":
            return [
                Sample(shapes: [[5, 3]], attributes: ["size": .number(2)]),
                Sample(shapes: [[2, 5]], attributes: ["size": .integers([2, 0, 3]), "dim": .number(-1)]),
            ]
        case "flatten": return [Sample(shapes: [[2, 3, 4]], attributes: ["start_dim": .number(1)]), Sample(shapes: [[2, 3]])]
        case "tril", "triu":
            return [Sample(shapes: [[4, 3]]), Sample(shapes: [[2, 3, 5]], attributes: ["diagonal": .number(1)])]
        case "masked_fill":
            return [Sample(shapes: [[2, 3]], attributes: ["mask": .tensor(columns), "value": .number(9)])]
        case "masked_select": return [isKept, columns].map { Sample(shapes: [[2, 3]], attributes: ["mask": .tensor($0)]) }
        case "where":
            return [Sample(shapes: [[2, 3], [3]], attributes: ["condition": .tensor(try Tensor([true, false], shape: [2, 1]))])]
        case "clamp":
            return [
                Sample(shapes: [[3, 4]], attributes: ["min": .number(-0.5), "max": .number(0.5)]),
                Sample(shapes: [[3, 4]], attributes: ["min": .number(-0.5)]), Sample(shapes: [[3, 4]], attributes: ["max": .number(0.5)]),
            ]
        case "concat":
            return [
                Sample(shapes: [[2, 3], [2, 1], [2, 2]], attributes: ["dim": .number(1)]),
                Sample(shapes: [[1, 3], [0, 3], [2, 3]], attributes: ["dim": .number(-2)]),
            ]
        case "stack": return [1, -1].map { Sample(shapes: [[2, 3], [2, 3]], attributes: ["dim": .number($0)]) }
        default: return []
        }
    }
}
