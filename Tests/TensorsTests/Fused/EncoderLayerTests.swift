import Testing

@testable import Tensors

/// The encoder layer in one operation against the same layer composed of plain operations in f64, on every level of this machine.
@Suite struct EncoderLayerTests {
    struct Case: CustomTestStringConvertible {
        let offsets: [Int], heads: Int, hidden: Int, inner: Int
        var testDescription: String { "offsets \(offsets), \(heads) heads of \(hidden) columns, \(inner) inside" }
    }

    /// Whole strips and odd sizes, one token, none, and more rows than a block has; an inner size that is gone through in several steps.
    static let cases = [
        Case(offsets: [0, 3, 3, 20, 85], heads: 3, hidden: 96, inner: 200), Case(offsets: [0, 1], heads: 2, hidden: 10, inner: 7),
        Case(offsets: [0, 0], heads: 1, hidden: 4, inner: 4), Case(offsets: [0], heads: 1, hidden: 4, inner: 4),
        Case(offsets: [0, 512, 513], heads: 1, hidden: 32, inner: 64),
        Case(offsets: [0, 130, 260, 290], heads: 2, hidden: 48, inner: 1100),
    ]

    @Test(arguments: Kernels.Level.available, cases) func matchesTwin(_ level: Kernels.Level, _ test: Case) throws {
        let layer = try Layer(test)
        let x = try values([test.offsets.last ?? 0, test.hidden], seed: 1)
        for activation in [EncoderLayerWeights.Activation.gelu, .geluTanh, .relu, .silu, .quickGelu] {
            for (order, causal) in [(EncoderLayerWeights.Order.postNorm, false), (.preNorm, false), (.preNorm, true)] {
                let got = try Kernels.with(level: level) {
                    Result { try layer.fused(x, test.offsets, activation, order: order, causal: causal) }
                }.get().doubles()
                let want = try layer.composed(x, test, activation, order, causal: causal).doubles()
                // Without a norm behind them the numbers grow.
                let worst = zip(got, want).map { abs($0 - $1) / max(1, abs($1)) }.max() ?? 0
                #expect(got.count == want.count && worst < 2e-5, "\(level), \(activation), \(order), causal \(causal): \(worst)")
            }
        }
    }

    /// A sequence's rows are the same bits alone, in another batch, and for any number of threads.
    @Test(arguments: Kernels.Level.available) func aSequenceDoesNotSeeItsBatch(_ level: Kernels.Level) throws {
        let test = Case(offsets: [0, 7, 8, 50, 83, 250], heads: 4, hidden: 64, inner: 600)
        let layer = try Layer(test)
        let x = try values([250, 64], seed: 5)
        try Kernels.with(level: level) { () throws -> Result<Void, Error> in
            for (order, causal) in [(EncoderLayerWeights.Order.postNorm, false), (.preNorm, true)] {
                let all = try layer.fused(x, test.offsets, .gelu, order: order, causal: causal).floats()
                for (from, to) in zip(test.offsets, test.offsets.dropFirst()) {
                    let rows = try x.gatherRows(Array(from..<to))
                    let alone = try layer.fused(rows, [0, to - from], .gelu, order: order, causal: causal).floats()
                    #expect(alone == Array(all[from * 64..<to * 64]), "\(level), \(order), rows \(from)..<\(to)")
                }
            }
            return .success(())
        }.get()
    }

    @Test func misfitsAreErrors() throws {
        let test = Self.cases[1]
        let layer = try Layer(test)
        let x = try values([1, test.hidden], seed: 1)
        #expect(throws: TensorError.self) { try layer.fused(x, [0, 2], .gelu) }
        #expect(throws: TensorError.self) { try layer.fused(values([1, test.hidden + 1], seed: 1), [0, 1], .gelu) }
        #expect(throws: TensorError.self) { try layer.fused(x, [0, 1], .gelu, heads: 3) }
    }
}

/// A layer's weights by place: four maps of the attention, its norm, two maps and their norm.
private struct Layer {
    let maps: [(weight: Tensor, bias: Tensor)]
    let heads: Int

    init(_ test: EncoderLayerTests.Case) throws {
        let (hidden, inner) = (test.hidden, test.inner)
        let shapes = [
            [hidden, hidden], [hidden, hidden], [hidden, hidden], [hidden, hidden], [hidden], [inner, hidden], [hidden, inner], [hidden],
        ]
        maps = try shapes.enumerated().map { i, shape in
            let scale = shape.count == 2 ? 2 / Double(shape[1]).squareRoot() : 1
            return (
                try values(Shape(shape), seed: UInt64(20 + i), scale: scale), try values([shape[0]], seed: UInt64(40 + i), scale: 0.5)
            )
        }
        heads = test.heads
    }

    func fused(
        _ x: Tensor, _ offsets: [Int], _ activation: EncoderLayerWeights.Activation, heads: Int? = nil,
        order: EncoderLayerWeights.Order = .postNorm, causal: Bool = false
    ) throws -> Tensor {
        let all = maps.map { EncoderLayerWeights.Linear(weight: $0.weight, bias: $0.bias) }
        let weights = EncoderLayerWeights(
            query: all[0], key: all[1], value: all[2], attentionOutput: all[3], attentionNorm: all[4], intermediate: all[5], output: all[6],
            outputNorm: all[7])
        return try Fused.encoderLayer(
            x, weights, offsets: offsets, heads: heads ?? self.heads, activation: activation, eps: 1e-5, order: order, causal: causal)
    }

    func composed(
        _ x: Tensor, _ test: EncoderLayerTests.Case, _ activation: EncoderLayerWeights.Activation, _ order: EncoderLayerWeights.Order,
        causal: Bool
    ) throws -> Tensor {
        let x = try x.to(.f64), all = try maps.map { (weight: try $0.weight.to(.f64), bias: try $0.bias.to(.f64)) }
        func dense(_ x: Tensor, _ i: Int) throws -> Tensor { try x.matmul(all[i].weight.transpose(0, 1)) + all[i].bias }
        func norm(_ x: Tensor, _ residual: Tensor, _ i: Int) throws -> Tensor {
            try Twin.residualLayerNorm(x, residual, all[i].weight, all[i].bias, eps: 1e-5, inputBias: nil, mask: nil)
        }
        func active(_ inner: Tensor) throws -> Tensor {
            switch activation {
            case .gelu: try inner.gelu()
            case .geluTanh: try inner.geluTanh()
            case .relu: try inner.relu()
            case .silu: try inner.silu()
            case .quickGelu: try inner * (inner * 1.702).sigmoid()
            }
        }
        func attention(_ x: Tensor) throws -> Tensor {
            try dense(
                Twin.packedAttention(
                    dense(x, 0), dense(x, 1), dense(x, 2), offsets: test.offsets, heads: heads, causal: causal, masks: nil), 3)
        }
        switch order {
        case .postNorm:
            let attended = try norm(attention(x), x, 4)
            return try norm(dense(active(dense(attended, 5)), 6), attended, 7)
        case .preNorm:
            let attended = try x + attention(norm(x, x * 0, 4))
            return try attended + dense(active(dense(norm(attended, attended * 0, 7), 5)), 6)
        }
    }
}
