import Testing

@testable import Tensors

@Suite struct ViewTests {
    private func counting(_ shape: Shape) throws -> Tensor { try Tensor((0..<shape.count).map { Float($0) }, shape: shape) }

    @Test func viewsShareStorage() throws {
        let x = try counting([2, 3, 4])
        let views = [
            try x.reshape([6, 4]), try x.transpose(0, 2), try x.permute([1, 2, 0]), try x.unsqueeze(1), try x[.index(1)],
            try x[.all, .slice(start: nil, stop: nil, step: -1)], try x.expand([5, 2, 3, 4]), try x.flatten(from: 1), x.transposed,
            try x.transpose(1, 2).unsqueeze(0).squeeze(0),
        ]
        for view in views { #expect(view.sharesStorage(with: x), "\(view.signature)") }
        #expect(try !x.transpose(0, 1).reshape([24]).sharesStorage(with: x))
        // Axes that stay contiguous among themselves regroup without a copy even under a transposition.
        #expect(try x.permute([2, 0, 1]).reshape([4, 6]).sharesStorage(with: x))
        #expect(try x.permute([2, 0, 1]).reshape([4, 6]).floats() == x.permute([2, 0, 1]).copied().floats())
        #expect(try x.permute([2, 0, 1]).reshape([2, 2, 6]).sharesStorage(with: x))
    }

    @Test func reshapingAnyViewKeepsTheOrderOfElements() throws {
        let x = try counting([4, 6, 5])
        let views = [
            try x.permute([2, 0, 1]), try x[.slice(start: 1, stop: nil, step: 2), .all, .slice(start: nil, stop: nil, step: -2)],
            try x[.all, .index(3)], try x[.index(0)].expand([3, 6, 5]), try x.transpose(0, 1)[.slice(start: 2, stop: 4)],
        ]
        for view in views {
            let plain = try view.copied()
            for dims in [[-1], [view.count], [1, view.count, 1], [view.shape[0], -1], [-1, view.shape[-1]], [2, -1]]
            where view.count % 2 == 0 {
                #expect(try view.reshape(dims).floats() == plain.floats(), "\(view.signature) to \(dims)")
            }
        }
    }

    @Test func slicesFollowPython() throws {
        let x = try counting([7])
        // What Python gives for list(range(7))[start:stop:step].
        func python(_ start: Int?, _ stop: Int?, _ step: Int) -> [Float] {
            var lower = start ?? (step > 0 ? 0 : 6), upper = stop ?? (step > 0 ? 7 : -8)
            if lower < 0 { lower += 7 }
            if upper < 0 { upper += 7 }
            lower = step > 0 ? max(lower, 0) : min(lower, 6)
            return stride(from: lower, to: step > 0 ? min(upper, 7) : max(upper, -1), by: step).filter { (0..<7).contains($0) }.map {
                Float($0)
            }
        }
        let bounds: [Int?] = [nil, -9, -7, -3, -1, 0, 1, 3, 6, 7, 9]
        for start in bounds {
            for stop in bounds {
                for step in [1, 2, 3, 100, -1, -2, -100] {
                    #expect(
                        try x[.slice(start: start, stop: stop, step: step)].floats() == python(start, stop, step),
                        "\(start as Any):\(stop as Any):\(step)")
                }
            }
        }
        #expect(try x[.slice(start: .min, stop: .max, step: .max)].floats() == [0])
    }

    @Test func indicesFollowNumpy() throws {
        let x = try counting([2, 3, 4])
        // numpy: np.arange(24).reshape(2, 3, 4) indexed as written beside
        #expect(try x[.index(-1), .index(0)].floats() == [12, 13, 14, 15])  // x[-1, 0]
        #expect(try x[.ellipsis, .index(1)].floats() == [1, 5, 9, 13, 17, 21])  // x[..., 1]
        #expect(try x[.newAxis, .index(1), .ellipsis, .newAxis].shape == [1, 3, 4, 1])  // x[None, 1, ..., None]
        #expect(try x[.rows([1, 0, 1])].shape == [3, 3, 4])  // x[[1, 0, 1]]
        #expect(try x[.all, .rows([2, 2]), .index(0)].floats() == [8, 8, 20, 20])  // x[:, [2, 2], 0]
        #expect(try x[.mask(x.greater(20))].floats() == [21, 22, 23])  // x[x > 20]
        #expect(try x[.index(0), .mask(Tensor([true, false, true])), .index(3)].floats() == [3, 11])  // x[0, [True, False, True], 3]
        #expect(try x[.slice(start: 5, stop: nil)].shape == [0, 3, 4])  // x[5:]
    }

    /// Forward results of every operation do not depend on how the operands lie in memory.
    @Test(arguments: TensorOperation.table.map(\.name))
    func stridesDoNotMatter(name: String) throws {
        let operation = try #require(TensorOperation.table.first { $0.name == name })
        for (i, sample) in try GradientCheckTests.samples(name).enumerated() {
            for dtype in [DType.f32, .f64] {
                var random = Philox(seed: 11, stream: UInt64(i))
                let plain = try sample.shapes.map { shape throws in
                    try random.uniform(shape, from: sample.domain.lowerBound, to: sample.domain.upperBound, dtype: dtype)
                }
                let expected = try operation(plain, sample.attributes)
                let reversed = try plain.map { x throws in try Self.reversedTwice(x) }
                let swapped = try plain.map { x throws in
                    try x.rank < 2 ? Self.everySecond(x) : x.transpose(0, -1).copied().transpose(0, -1)
                }
                for inputs in [reversed, swapped] {
                    let found = try operation(inputs, sample.attributes)
                    #expect(found.shape == expected.shape)
                    for (x, y) in zip(found.doubles(), expected.doubles()) {
                        // Products may add in another order under a transposition.
                        #expect(x == y || abs(x - y) <= (dtype == .f32 ? 1e-5 : 1e-12) * (1 + abs(y)), "\(name) \(dtype): \(x), plain \(y)")
                    }
                }
            }
        }
    }

    /// Without elements there is no order to keep, also where the strides of the other axes are not those of rows.
    @Test func emptyViewsReshape() throws {
        let stretched = try Tensor.zeros([0, 1, 3]).expand([0, 2, 3])
        #expect(try stretched.reshape([0, 6]).shape == [0, 6])
        #expect(try Tensor.zeros([0, 3]).repeated([1, 2]).shape == [0, 6])
        #expect(try Tensor.zeros([2, 0, 3]).transpose(0, 2).reshape([3, 0]).shape == [3, 0])
    }

    /// The same values with negative strides on every axis.
    private static func reversedTwice(_ x: Tensor) throws -> Tensor {
        let flip = [TensorIndex](repeating: .slice(start: nil, stop: nil, step: -1), count: x.rank)
        return try x.index(flip).copied().index(flip)
    }

    /// The same values with a stride of 2 on the last axis.
    private static func everySecond(_ x: Tensor) throws -> Tensor {
        let pairs = try Tensor.stack([x, x * 0], dim: -1)
        return try pairs.index([.ellipsis, .index(0)])
    }
}
