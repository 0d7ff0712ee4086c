import Testing

@testable import Tensors

/// Every fused operation against its composed twin in f64, forward and gradient, on every level of this machine.
@Suite struct FusedTests {
    static let levels = Kernels.Level.available
    /// Rows and columns that are whole vectors, odd, tiny, many and none.
    static let sizes = [(7, 48), (5, 33), (1, 1), (1, 64), (70, 384), (512, 19), (0, 16)]

    private func agree(_ level: Kernels.Level, _ inputs: [Tensor], fused: ([Tensor]) throws -> Tensor, twin: ([Tensor]) throws -> Tensor)
        throws
    {
        let worst = try differences(inputs, level: level, fused: fused, twin: twin)
        #expect(worst.allSatisfy { $0 < 1e-5 }, "\(level) \(inputs.map(\.shape)): \(worst)")
    }

    @Test(arguments: levels, sizes) func biasGelu(_ level: Kernels.Level, _ size: (Int, Int)) throws {
        let inputs = try [values([size.0, size.1], seed: 1, scale: 4), values([size.1], seed: 2)]
        try agree(level, inputs) {
            try Fused.biasGelu($0[0], bias: $0[1])
        } twin: {
            try Twin.biasGelu($0[0], $0[1])
        }
    }

    @Test(arguments: levels, sizes) func residualLayerNorm(_ level: Kernels.Level, _ size: (Int, Int)) throws {
        guard size.1 > 1 else { return }  // one column has variance 0: only rounding is left of it
        let (rows, columns) = size
        let inputs = try [
            values([rows, columns], seed: 1), values([rows, columns], seed: 2), values([columns], seed: 3), values([columns], seed: 4),
            values([columns], seed: 5),
        ]
        try agree(level, inputs) {
            try Fused.residualLayerNorm($0[0], residual: $0[1], $0[2], $0[3], eps: 1e-12, inputBias: $0[4])
        } twin: {
            try Twin.residualLayerNorm($0[0], $0[1], $0[2], $0[3], eps: 1e-12, inputBias: $0[4], mask: nil)
        }
        let drop = Dropout(probability: 0.3, generator: Philox(seed: 7, stream: 3))
        let mask = try Tensor((0..<rows).flatMap { Twin.mask(drop, row: $0, columns: columns) }, shape: [rows, columns])
        for count in [4, 5] {
            try agree(level, Array(inputs.prefix(count))) {
                try Fused.residualLayerNorm(
                    $0[0], residual: $0[1], $0[2], $0[3], eps: 1e-5, inputBias: count == 5 ? $0[4] : nil, dropout: drop)
            } twin: {
                try Twin.residualLayerNorm($0[0], $0[1], $0[2], $0[3], eps: 1e-5, inputBias: count == 5 ? $0[4] : nil, mask: mask)
            }
        }
    }

    @Test(arguments: levels, sizes) func dropout(_ level: Kernels.Level, _ size: (Int, Int)) throws {
        let drop = Dropout(probability: 0.5, generator: Philox(seed: 1, stream: 1 << 40))
        let mask = try Tensor((0..<size.0).flatMap { Twin.mask(drop, row: $0, columns: size.1) }, shape: [size.0, size.1])
        try agree(level, [values([size.0, size.1], seed: 1)]) {
            try Fused.dropout($0[0], drop)
        } twin: {
            try $0[0] * mask
        }
    }

    /// Rows, inner and outer sizes: tiny, empty, split over threads by rows and by columns, and sums that are gone through in several steps.
    @Test(arguments: levels, [(3, 4, 5), (1, 1, 1), (0, 3, 4), (2, 0, 3), (130, 33, 65), (65, 33, 200), (1, 700, 31), (1100, 20, 33)])
    func linear(_ level: Kernels.Level, _ size: (Int, Int, Int)) throws {
        let (x, weight) = try (values([size.0, size.1], seed: 1), values([size.2, size.1], seed: 2))
        let (bias, residual) = try (values([size.2], seed: 3), values([size.0, size.2], seed: 4))
        for (hasBias, hasResidual) in [(false, false), (true, false), (false, true), (true, true)] {
            try agree(level, [x, weight] + (hasBias ? [bias] : []) + (hasResidual ? [residual] : [])) {
                try Fused.linear($0[0], weight: $0[1], bias: hasBias ? $0[2] : nil, residual: hasResidual ? $0.last : nil)
            } twin: {
                var sum = try $0[0].matmul($0[1].transpose(0, 1))
                for other in $0.dropFirst(2) { sum = try sum + other }
                return sum
            }
        }
    }

    @Test(arguments: levels, [(7, 1), (7, 2), (7, 17), (1, 64), (512, 33), (0, 5)])
    func embeddingSum(_ level: Kernels.Level, _ size: (tokens: Int, columns: Int)) throws {
        let columns = size.columns
        let tables = try [values([50, columns], seed: 1), values([9, columns], seed: 2), values([2, columns], seed: 3)]
        // Rows that come again, and others that never come.
        let ids = (0..<size.tokens).map { $0 * $0 % 11 }, places = ids.map { ($0 + 3) % 8 }, kinds = ids.map { $0 % 2 }
        try agree(level, tables) {
            try Fused.embeddingSum(
                words: $0[0], positions: $0[1], types: $0[2], tokenIds: ids.map(Int32.init), positionIds: places.map(Int32.init),
                typeIds: kinds.map(Int32.init))
        } twin: {
            try Twin.embeddingSum($0[0], $0[1], $0[2], ids, places, kinds)
        }
    }

    @Test func emptyBatchesGiveEmptyResults() throws {
        let table = try values([5, 3], seed: 1).requiringGrad()
        let y = try Fused.embeddingSum(words: table, positions: table, types: table, tokenIds: [], positionIds: [])
        #expect(y.shape == [0, 3])
        try y.sum().backward()
        #expect(try table.gradient?.dense().floats() == [Float](repeating: 0, count: 15))
        #expect(try Fused.segmentMean(values([0, 3], seed: 1), offsets: [0]).shape == [0, 3])
        #expect(try Fused.packedAttention(y, y, y, offsets: [0], heads: 3).shape == [0, 3])
    }

    @Test(arguments: levels, [[0, 3, 4, 9], [0, 1], [0, 0, 5, 5], [0, 512, 513], [0, 0], [0]]) func segmentMean(
        _ level: Kernels.Level, _ offsets: [Int]
    )
        throws
    {
        try agree(level, [values([offsets.last ?? 0, 33], seed: 1)]) {
            try Fused.segmentMean($0[0], offsets: offsets)
        } twin: {
            try Twin.segmentMean($0[0], offsets: offsets)
        }
    }

    @Test(arguments: [[0, 3, 4, 9], [0, 1], [0, 512, 513], [0]]) func segmentFirst(_ offsets: [Int]) throws {
        try agree(.baseline, [values([offsets.last ?? 0, 5], seed: 1)]) {
            try Fused.segmentFirst($0[0], offsets: offsets)
        } twin: {
            try $0[0].gatherRows(Array(offsets.dropLast()))
        }
    }
}

/// Attention of packed sequences against attention composed of products and softmax.
@Suite struct FusedAttentionTests {
    struct Case: CustomTestStringConvertible {
        let offsets: [Int], heads: Int, size: Int
        var testDescription: String { "offsets \(offsets), \(heads) heads of \(size)" }
    }

    static let cases = [
        Case(offsets: [0, 1], heads: 2, size: 32), Case(offsets: [0, 3, 3, 20, 85], heads: 3, size: 32),
        Case(offsets: [0, 16, 81], heads: 2, size: 64), Case(offsets: [0, 5, 12], heads: 4, size: 7),
        Case(offsets: [0, 9], heads: 1, size: 1), Case(offsets: [0, 512, 513], heads: 1, size: 32),
        Case(offsets: [0, 0], heads: 2, size: 8), Case(offsets: [0], heads: 2, size: 8),
    ]

    @Test(arguments: Kernels.Level.available, cases) func matchesTwin(_ level: Kernels.Level, _ test: Case) throws {
        let tokens = test.offsets.last ?? 0, hidden = test.heads * test.size
        let inputs = try (1...3).map { try values([tokens, hidden], seed: $0, scale: 2) }
        let drop = Dropout(probability: 0.2, generator: Philox(seed: 11, stream: 5))
        for (dropout, causal) in [(nil, false), (drop, false), (nil, true), (drop, true)] {
            let masks = try dropout.map { drop in try Self.masks(drop, test) }
            let worst = try differences(inputs, level: level) {
                try Fused.packedAttention($0[0], $0[1], $0[2], offsets: test.offsets, heads: test.heads, causal: causal, dropout: dropout)
            } twin: {
                try Twin.packedAttention($0[0], $0[1], $0[2], offsets: test.offsets, heads: test.heads, causal: causal, masks: masks)
            }
            #expect(
                worst.allSatisfy { $0 < 1e-5 }, "\(level) \(test.testDescription) dropout \(dropout != nil), causal \(causal): \(worst)")
        }
    }

    /// With its linear maps inside; constants among the operands get no gradient and change nobody else's.
    @Test(arguments: Kernels.Level.available, cases) func withItsMapsMatchesTwin(_ level: Kernels.Level, _ test: Case) throws {
        let tokens = test.offsets.last ?? 0, hidden = test.heads * test.size, inner = hidden + 3
        let inputs =
            try [values([tokens, inner], seed: 1)]
            + (0..<3).flatMap {
                [try values([hidden, inner], seed: 2 + $0, scale: 2 / Double(inner).squareRoot()), try values([hidden], seed: 5 + $0)]
            }
        let drop = Dropout(probability: 0.2, generator: Philox(seed: 11, stream: 5))
        for dropout in [nil, drop] {
            let masks = try dropout.map { drop in try Self.masks(drop, test) }
            let worst = try differences(inputs, level: level) {
                try Self.withMaps($0, test, dropout)
            } twin: { x in
                let maps = try (0..<3).map { try x[0].matmul(x[1 + 2 * $0].transpose(0, 1)) + x[2 + 2 * $0] }
                return try Twin.packedAttention(maps[0], maps[1], maps[2], offsets: test.offsets, heads: test.heads, masks: masks)
            }
            // The bias of the keys moves all scores of a row alike, so its gradient is 0: what is found is rounding.
            let limits = worst.indices.map { $0 == 5 ? 3e-4 : 1e-5 }
            #expect(zip(worst, limits).allSatisfy { $0 < $1 }, "\(level) \(test.testDescription) dropout \(dropout != nil): \(worst)")
        }
        guard level == Kernels.level else { return }
        func gradients(_ isTrained: (Int) -> Bool) throws -> [[Float]?] {
            let leaves = try inputs.enumerated().map { isTrained($0.offset) ? try $0.element.requiringGrad() : $0.element }
            try Self.withMaps(leaves, test, drop).square().sum().backward()
            return leaves.map { $0.grad?.floats() }
        }
        let all = try gradients { _ in true }
        for trained: Set<Int> in [[0], [1, 2, 3, 4, 5, 6], [0, 4]] {
            for (place, gradient) in try gradients(trained.contains).enumerated() {
                #expect(gradient == (trained.contains(place) ? all[place] : nil), "\(trained), operand \(place)")
            }
        }
    }

    private static func withMaps(_ x: [Tensor], _ test: Case, _ dropout: Dropout?) throws -> Tensor {
        let maps = (0..<3).map { EncoderLayerWeights.Linear(weight: x[1 + 2 * $0], bias: x[2 + 2 * $0]) }
        return try Fused.selfAttention(
            x[0], query: maps[0], key: maps[1], value: maps[2], offsets: test.offsets, heads: test.heads, dropout: dropout)
    }

    /// The masks of each sequence: row (token * heads + head), position = key.
    static func masks(_ drop: Dropout, _ test: Case) throws -> [Tensor] {
        try (0..<test.offsets.count - 1).map { i in
            let start = test.offsets[i], length = test.offsets[i + 1] - start
            let values = (0..<test.heads).flatMap { head in
                (0..<length).flatMap { Twin.mask(drop, row: (start + $0) * test.heads + head, columns: length) }
            }
            return try Tensor(values, shape: [test.heads, length, length])
        }
    }

    @Test func keepsNothingWithoutGradient() throws {
        let x = try values([6, 8], seed: 1).requiringGrad()
        let y = try noGrad { try Fused.packedAttention(x, x, x, offsets: [0, 2, 6], heads: 2) }
        #expect(!y.requiresGrad)
        #expect(y.floats() == (try Fused.packedAttention(x, x, x, offsets: [0, 2, 6], heads: 2).floats()))
    }

    @Test func takesViews() throws {
        // Columns of one [tokens, 3 hidden] product.
        let all = try values([5, 24], seed: 3)
        let parts = try (0..<3).map { try all.reshape([5, 3, 8]).transpose(0, 1).gatherRows([$0]).reshape([5, 8]) }
        let views = try (0..<3).map { try all.transpose(0, 1).gatherRows(Array($0 * 8..<$0 * 8 + 8)).transpose(0, 1) }
        let a = try Fused.packedAttention(parts[0], parts[1], parts[2], offsets: [0, 5], heads: 1)
        let b = try Fused.packedAttention(views[0], views[1], views[2], offsets: [0, 5], heads: 1)
        #expect(a.floats() == b.floats())
    }
}

/// Mistakes are errors that name the operation.
@Suite struct FusedErrorTests {
    private func error(_ body: () throws -> Tensor) -> TensorError? {
        do { _ = try body() } catch { return error as? TensorError }
        return nil
    }

    @Test func namesWhatIsWrong() throws {
        let x = try values([4, 6], seed: 1), b = try values([6], seed: 2)
        #expect(error { try Fused.biasGelu(x, bias: values([5], seed: 1)) }?.kind == .shape)
        #expect(error { try Fused.biasGelu(x.to(.f64), bias: b.to(.f64)) }?.kind == .dtype)
        #expect(error { try Fused.packedAttention(x, x, x, offsets: [0, 4], heads: 4) }?.kind == .value)
        #expect(error { try Fused.packedAttention(x, x, x, offsets: [0, 5], heads: 2) }?.kind == .value)
        #expect(error { try Fused.packedAttention(x, x, x, offsets: [], heads: 2) }?.kind == .value)
        #expect(error { try Fused.segmentMean(x, offsets: [0, 3, 2, 4]) }?.kind == .value)
        #expect(error { try Fused.segmentFirst(x, offsets: [0, 0, 4]) }?.message == "sequence 0 has no rows")
        #expect(error { try Fused.dropout(x, Dropout(probability: 1, generator: Philox(seed: 1))) }?.kind == .value)
        #expect(error { try Fused.linear(x, weight: values([3, 5], seed: 1)) }?.kind == .shape)
        #expect(error { try Fused.linear(x, weight: x, residual: values([1, 4], seed: 1)) }?.kind == .shape)
        #expect(error { try Fused.linear(x, weight: x, bias: b) }?.description == "linear: the bias must have shape [4] (f32[6])")
        let bad = error { try Fused.embeddingSum(words: x, positions: x, types: x, tokenIds: [4], positionIds: [0]) }
        #expect(bad?.description == "embedding_sum: token id 4 is outside 0..<4 (f32[4, 6])")
    }
}
