import Testing

@testable import Tensors

/// Every row of the operation table against central differences in f64, on broadcast, transposed and plain operands.
@Suite struct GradientCheckTests {
    @Test(arguments: TensorOperation.table.map(\.name))
    func gradientAgreesWithFiniteDifferences(name: String) throws {
        let operation = try #require(TensorOperation.table.first { $0.name == name })
        let samples = try Self.samples(name)
        #expect(!samples.isEmpty, "no sample arguments for \(name)")
        for (i, sample) in samples.enumerated() {
            var random = Philox(seed: 5, stream: UInt64(i))
            let inputs = try Self.inputs(sample, &random)
            // The same values once as plain tensors and once as views with swapped strides.
            for transposed in [false, true] {
                let leaves = try inputs.map { input throws in
                    try transposed && input.rank > 1 ? input.transpose(0, -1).copied().transpose(0, -1) : input
                }
                try check(operation, sample, leaves, &random)
            }
        }
    }

    /// The last axes of each operand, whose other axes broadcast.
    static let broadcasting: [(name: String, cores: [Shape])] =
        (BinaryOperation.all.map(\.name) + ["where", "margin_ranking_loss"]).map { ($0, [[], []]) } + [
            ("matmul", [[3, 2], [2, 4]]), ("attention", [[3, 2], [4, 2], [4, 3]]), ("cdist", [[2, 3], [4, 3]]),
            ("cosine_similarity", [[4], [4]]), ("triplet_margin_loss", [[4], [4], [4]]),
        ]

    /// Operations of several operands on shapes drawn at random that broadcast against each other; some have no elements.
    @Test(arguments: broadcasting)
    func gradientsOfRandomBroadcasts(name: String, cores: [Shape]) throws {
        let operation = try #require(TensorOperation.table.first { $0.name == name })
        for seed in 0..<12 {
            var random = Philox(seed: UInt64(seed), purpose: name)
            let full = (0..<random.below(4)).map { _ in seed % 4 == 3 ? random.below(3) : 1 + random.below(3) }
            // Each operand lacks some leading axes and has size 1 along others.
            func part() -> [Int] { full.dropFirst(random.below(full.count + 1)).map { random.below(3) == 0 ? 1 : $0 } }
            let isPositive = ["div", "remainder", "pow", "floor_divide"].contains(name)
            var sample = Sample(shapes: cores.map { Shape(part() + $0.dims) }, domain: isPositive ? 0.5...2 : -2...2)
            switch name {
            case "where": sample.attributes = ["condition": .tensor(try random.uniform(Shape(part())).greater(0.5))]
            case "cosine_similarity": sample.attributes = ["dim": .number(-1)]
            case "margin_ranking_loss", "triplet_margin_loss": sample.attributes = ["reduction": .reduction(.none)]
            default: break
            }
            try check(operation, sample, Self.inputs(sample, &random), &random)
        }
    }

    private static func inputs(_ sample: Sample, _ random: inout Philox) throws -> [Tensor] {
        var inputs: [Tensor] = []
        for shape in sample.shapes {
            inputs.append(try random.uniform(shape, from: sample.domain.lowerBound, to: sample.domain.upperBound, dtype: .f64))
        }
        return inputs
    }

    /// Holds the gradient of each operand against d(sum(f · cotangent)) by differences.
    private func check(_ operation: TensorOperation, _ sample: Sample, _ inputs: [Tensor], _ random: inout Philox) throws {
        let leaves = try inputs.map { try $0.requiringGrad() }
        let output = try operation(leaves, sample.attributes)
        let cotangent = try random.normal(output.shape, dtype: .f64)
        try output.backward(cotangent: cotangent)
        for (place, leaf) in leaves.enumerated() {
            let found = try #require(leaf.grad, "\(operation.name): input \(place)")
            #expect(found.shape == leaf.shape)
            let expected = try differences(operation, sample, inputs, place, cotangent)
            for (x, y) in zip(found.doubles(), expected) {
                #expect(
                    abs(x - y) <= 1e-6 * (1 + abs(y)), "\(operation.name) \(sample.shapes) input \(place): \(x), by differences \(y)")
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
