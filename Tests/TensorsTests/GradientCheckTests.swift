import Testing

@testable import Tensors

/// Every row of the operation table against central differences in f64, on broadcast, transposed and plain operands.
@Suite struct GradientCheckTests {
    /// Arguments that a row can be differentiated at: shapes, attributes, and a domain where the function is smooth.
    struct Sample {
        var shapes: [Shape]
        var attributes: TensorOperation.Attributes = [:]
        /// Values are low + (high - low) u.
        var domain: ClosedRange<Double> = -2...2
    }

    /// Samples by operation. A row of the table without one fails the test.
    static func samples(_ name: String) throws -> [Sample] {
        let unary = [Sample(shapes: [[3, 4]]), Sample(shapes: [[]]), Sample(shapes: [[2, 1, 3]])]
        let binary = [
            Sample(shapes: [[3, 4], [3, 4]]), Sample(shapes: [[2, 1, 4], [3, 1]]), Sample(shapes: [[], [3]]),
            Sample(shapes: [[4], [2, 4]]),
        ]
        func within(_ domain: ClosedRange<Double>, _ samples: [Sample]) -> [Sample] {
            samples.map { Sample(shapes: $0.shapes, attributes: $0.attributes, domain: domain) }
        }
        let axes: [Sample] = [
            Sample(shapes: [[3, 5]], attributes: ["dim": .number(0)]),
            Sample(shapes: [[2, 3, 4]], attributes: ["dim": .number(1)]),
            Sample(shapes: [[2, 3, 4]], attributes: ["dim": .number(-1)]),
        ]
        let multiAxes =
            axes + [
                Sample(shapes: [[2, 3, 4]]), Sample(shapes: [[2, 3, 4]], attributes: ["dim": .integers([0, 2]), "keepdim": .flag(true)]),
            ]
        switch name {
        case "neg", "square", "exp", "expm1", "sin", "cos", "tanh", "sigmoid", "gelu", "gelu_tanh", "silu", "quick_gelu", "softplus", "erf",
            "abs",
            "logsigmoid",
            "relu",
            "sign", "floor", "ceil", "round":
            return unary
        case "log", "sqrt", "rsqrt", "reciprocal", "log1p": return within(0.5...2, unary)
        case "add", "sub", "mul", "minimum", "maximum": return binary
        case "div", "remainder", "pow", "floor_divide":
            return within(0.5...2, binary) + [Sample(shapes: [[3, 4]], attributes: ["other": .number(1.7)], domain: 0.5...2)]
        case "sum", "mean", "max", "min", "var", "std", "norm", "logsumexp": return multiAxes
        case "cumsum", "softmax", "log_softmax", "sort", "normalize": return axes
        case "topk": return axes.map { Sample(shapes: $0.shapes, attributes: ["k": .number(2)]) }
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
            ]
        case "gather_rows": return [Sample(shapes: [[5, 3]], attributes: ["index": .integers([3, 0, 3, -1])])]
        case "take_along":
            return [Sample(shapes: [[2, 4]], attributes: ["index": .tensor(try Tensor([0, 0, 3, 1, 2, 2] as [Int32], shape: [2, 3]))])]
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
        case "flatten": return [Sample(shapes: [[2, 3, 4]], attributes: ["start_dim": .number(1)]), Sample(shapes: [[2, 3]])]
        case "tril", "triu":
            return [Sample(shapes: [[4, 3]]), Sample(shapes: [[2, 3, 5]], attributes: ["diagonal": .number(1)])]
        case "index_select": return [Sample(shapes: [[3, 4]], attributes: ["index": .integers([2, 2, -1]), "dim": .number(1)])]
        case "masked_fill":
            return [Sample(shapes: [[2, 3]], attributes: ["mask": .tensor(try Tensor([true, false, true])), "value": .number(9)])]
        case "dot", "mse_loss", "l1_loss": return [Sample(shapes: [[5], [5]])]
        case "huber_loss":
            return [Sample(shapes: [[3, 4], [3, 4]]), Sample(shapes: [[7], [7]], attributes: ["delta": .number(0.3)])]
        case "outer": return [Sample(shapes: [[3], [4]])]
        case "bmm": return [Sample(shapes: [[2, 3, 4], [2, 4, 2]])]
        case "cdist": return [Sample(shapes: [[3, 4], [5, 4]]), Sample(shapes: [[2, 1, 2], [3, 2]])]
        case "masked_select":
            return [
                Sample(
                    shapes: [[2, 3]], attributes: ["mask": .tensor(try Tensor([true, false, true, true, false, false], shape: [2, 3]))])
            ]
        case "where":
            return [Sample(shapes: [[2, 3], [3]], attributes: ["condition": .tensor(try Tensor([true, false], shape: [2, 1]))])]
        case "clamp": return [Sample(shapes: [[3, 4]], attributes: ["min": .number(-0.5), "max": .number(0.5)])]
        case "concat": return [Sample(shapes: [[2, 3], [2, 1], [2, 2]], attributes: ["dim": .number(1)])]
        case "stack": return [Sample(shapes: [[2, 3], [2, 3]], attributes: ["dim": .number(1)])]
        case "matmul":
            return [
                Sample(shapes: [[3, 4], [4, 5]]), Sample(shapes: [[2, 1, 3, 4], [5, 4, 2]]), Sample(shapes: [[4], [4]]),
                Sample(shapes: [[2, 3, 4], [4]]), Sample(shapes: [[4], [2, 4, 3]]), Sample(shapes: [[1, 7], [7, 1]]),
            ]
        case "linear": return [Sample(shapes: [[2, 6, 4], [5, 4], [5]]), Sample(shapes: [[4], [5, 4]])]
        case "attention": return [Sample(shapes: [[2, 3, 4], [2, 5, 4], [2, 5, 3]])]
        case "layer_norm": return [Sample(shapes: [[2, 3, 8], [8], [8]])]
        case "cosine_similarity":
            return [Sample(shapes: [[1, 8], [4, 8]]), Sample(shapes: [[8], [8]], attributes: ["dim": .number(0)])]
        case "cross_entropy": return [Sample(shapes: [[3, 4]], attributes: ["target": .tensor(try Tensor([1, 0, 3] as [Int32]))])]
        case "binary_cross_entropy_with_logits", "margin_ranking_loss": return [Sample(shapes: [[6], [6]])]
        case "triplet_margin_loss": return [Sample(shapes: [[4, 8], [4, 8], [4, 8]])]
        default: return []
        }
    }

    @Test(arguments: TensorOperation.table.map(\.name))
    func gradientAgreesWithFiniteDifferences(name: String) throws {
        let operation = try #require(TensorOperation.table.first { $0.name == name })
        let samples = try Self.samples(name)
        #expect(!samples.isEmpty, "no sample arguments for \(name)")
        for (i, sample) in samples.enumerated() {
            var random = Philox(seed: 5, stream: UInt64(i))
            let inputs = try sample.shapes.map { shape throws in
                try random.uniform(shape, from: sample.domain.lowerBound, to: sample.domain.upperBound, dtype: .f64)
            }
            // The same values once as plain tensors and once as views with swapped strides.
            for transposed in [false, true] {
                let leaves = try inputs.map { input throws in
                    try (transposed && input.rank > 1 ? input.transpose(0, -1).copied().transpose(0, -1) : input).requiringGrad()
                }
                let output = try operation(leaves, sample.attributes)
                let cotangent = try random.normal(output.shape, dtype: .f64)
                try output.backward(cotangent: cotangent)
                for (place, leaf) in leaves.enumerated() {
                    let found = try #require(leaf.grad, "\(name): input \(place)").doubles()
                    let expected = try differences(operation, sample, inputs, place, cotangent)
                    for (x, y) in zip(found, expected) {
                        #expect(abs(x - y) <= 1e-6 * (1 + abs(y)), "\(name) \(sample.shapes) input \(place): \(x), by differences \(y)")
                    }
                }
            }
        }
    }

    /// Elementwise operations of two operands on shapes drawn at random that broadcast against each other.
    @Test(arguments: BinaryOperation.all.map(\.name) + ["where"])
    func gradientsOfRandomBroadcasts(name: String) throws {
        let operation = try #require(TensorOperation.table.first { $0.name == name })
        for seed in 0..<12 {
            var random = Philox(seed: UInt64(seed), purpose: name)
            let full = (0..<random.below(4)).map { _ in 1 + random.below(3) }
            // Each operand lacks some leading axes and has size 1 along others.
            let shapes = (0..<2).map { _ in Shape(full.dropFirst(random.below(full.count + 1)).map { random.below(3) == 0 ? 1 : $0 }) }
            let domain = ["div", "remainder", "pow", "floor_divide"].contains(name) ? 0.5...2.0 : -2.0...2.0
            var sample = Sample(shapes: shapes, domain: domain)
            if name == "where" {
                let condition = try random.uniform(Shape(full), dtype: .f64).greater(0.5)
                sample.attributes = ["condition": .tensor(condition)]
            }
            let inputs = try shapes.map { shape throws in
                try random.uniform(shape, from: domain.lowerBound, to: domain.upperBound, dtype: .f64)
            }
            let leaves = try inputs.map { try $0.requiringGrad() }
            let output = try operation(leaves, sample.attributes)
            let cotangent = try random.normal(output.shape, dtype: .f64)
            try output.backward(cotangent: cotangent)
            for (place, leaf) in leaves.enumerated() {
                let expected = try differences(operation, sample, inputs, place, cotangent)
                for (x, y) in zip(try #require(leaf.grad).doubles(), expected) {
                    #expect(abs(x - y) <= 1e-6 * (1 + abs(y)), "\(name) \(shapes), seed \(seed): \(x), by differences \(y)")
                }
            }
        }
    }

    /// d(sum(f · cotangent))/d(input), by (f(x + h) - f(x - h)) / 2h.
    private func differences(
        _ operation: TensorOperation, _ sample: Sample, _ inputs: [Tensor], _ place: Int, _ cotangent: Tensor
    ) throws -> [Double] {
        let values = inputs[place].doubles()
        return try values.indices.map { i in
            func value(_ h: Double) throws -> Double {
                var moved = values
                moved[i] += h
                var arguments = inputs
                arguments[place] = try Tensor(moved, shape: inputs[place].shape)
                return try (operation(arguments, sample.attributes) * cotangent).sum().item()
            }
            return try (value(1e-5) - value(-1e-5)) / 2e-5
        }
    }
}
