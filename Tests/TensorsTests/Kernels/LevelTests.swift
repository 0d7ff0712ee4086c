import Testing

@testable import Tensors

/// The operations whose f32 kernels differ by level, against themselves in f64, whose kernels are plain loops: value and gradient. Rows and
/// columns are whole vectors of every level, with a rest, less than one vector, and many enough for several threads.
@Suite struct LevelTests {
    private struct Row {
        let names: [String]
        let shapes: [[Shape]]
        var attributes: [TensorOperation.Attributes] = [[:]]
        /// Values are low + (high - low) u.
        var domain: ClosedRange<Double> = -2...2
    }

    private static let matrices: [[Shape]] = [[[3, 64]], [[5, 33]], [[7, 3]], [[300, 130]], [[0, 5]]]

    private static let rows = [
        Row(names: ["add", "sub", "mul", "minimum", "maximum"], shapes: pairs),
        Row(names: ["div", "pow"], shapes: pairs, domain: 0.5...2),
        Row(
            names: ["sum", "mean", "max", "min", "norm", "logsumexp", "var", "std"], shapes: [[[3, 64]], [[5, 33]], [[300, 130]]],
            attributes: [[:], ["dim": .number(0)], ["dim": .number(1)]]),
        Row(names: ["sum", "max", "min", "norm", "logsumexp"], shapes: [[[4, 19, 37]]], attributes: [["dim": .number(1)]]),
        Row(
            names: ["softmax", "log_softmax", "normalize", "cumsum"], shapes: matrices + [[[4, 19, 37]]],
            attributes: [["dim": .number(0)], ["dim": .number(-1)]]),
        Row(names: ["layer_norm"], shapes: [[[3, 64], [64], [64]], [[5, 33], [33], [33]], [[300, 130], [130], [130]]]),
        Row(names: ["cosine_similarity"], shapes: [[[3, 64], [3, 64]], [[1, 33], [70, 33]], [[300, 130], [300, 130]]]),
        Row(names: ["cdist"], shapes: [[[9, 33], [20, 33]]]),
        Row(names: ["linear"], shapes: [[[5, 33], [40, 33], [40]], [[300, 130], [33, 130], [33]]]),
        Row(names: ["attention"], shapes: [[[2, 19, 33], [2, 40, 33], [2, 40, 17]]]),
        Row(names: ["binary_cross_entropy_with_logits", "mse_loss", "l1_loss", "huber_loss"], shapes: [[[5, 33], [5, 33]]]),
        Row(names: ["triplet_margin_loss"], shapes: [[[5, 33], [5, 33], [5, 33]]]),
        Row(names: ["clamp"], shapes: matrices, attributes: [["min": .number(-1), "max": .number(0.5)]]),
        Row(names: ["tril", "flip"], shapes: [[[5, 33]]], attributes: [["dims": .integers([1])]]),
        Row(names: ["gather_rows"], shapes: [[[9, 33]], [[9, 130]]], attributes: [["index": .integers([3, 0, 3, -1, 3, 8])]]),
    ]

    private static let pairs: [[Shape]] =
        matrices.map { $0 + $0 } + [
            [[5, 33], [33]], [[33], [5, 33]], [[5, 33], [5, 1]], [[5, 1], [5, 33]], [[5, 33], []], [[], [5, 33]], [[300, 130], [130]],
            [[4, 1, 37], [19, 1]],
        ]

    @Test(arguments: Kernels.Level.available) func agreesWithDouble(_ level: Kernels.Level) throws {
        for row in Self.rows {
            for name in row.names {
                let operation = try #require(TensorOperation.table.first { $0.name == name })
                for (shapes, attributes) in row.shapes.flatMap({ shapes in row.attributes.map { (shapes, $0) } }) {
                    var random = Philox(seed: 7, purpose: name)
                    var inputs: [Tensor] = []
                    for shape in shapes {
                        inputs.append(try random.uniform(shape, from: row.domain.lowerBound, to: row.domain.upperBound))
                    }
                    let worst = try differences(inputs, level: level) {
                        try operation($0, attributes)
                    } twin: {
                        try operation($0, attributes)
                    }
                    #expect(worst.allSatisfy { $0 < 1e-5 }, "\(name) of \(shapes) at \(level), \(attributes): \(worst)")
                }
            }
        }
    }
}
