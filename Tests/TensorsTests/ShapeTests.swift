import Testing

@testable import Tensors

@Suite struct ShapeTests {
    /// Binary operations on broadcast operands against an element by element walk of the indices.
    @Test func broadcastingFollowsTheDefinition() throws {
        let shapes: [Shape] = [[], [1], [4], [3, 1], [3, 4], [1, 4], [2, 1, 1], [2, 3, 4], [1, 3, 1], [0], [3, 0], [2, 1, 4]]
        for a in shapes {
            for b in shapes {
                let x = try Tensor((0..<a.count).map { Double($0) + 1 }, shape: a),
                    y = try Tensor((0..<b.count).map { Double($0) * 7 + 2 }, shape: b)
                guard let shape = Shape.broadcast(a, b) else {
                    #expect(throws: TensorError.self) { try x * y }
                    continue
                }
                let found = try x * y
                #expect(found.shape == shape)
                let (left, right) = (x.doubles(), y.doubles())
                let expected = (0..<shape.count).map { left[Self.source($0, shape, a)] * right[Self.source($0, shape, b)] }
                #expect(found.doubles() == expected, "\(a) * \(b)")
                #expect(
                    try x.greater(y).bools() == (0..<shape.count).map { left[Self.source($0, shape, a)] > right[Self.source($0, shape, b)] }
                )
            }
        }
    }

    /// Where element `i` of `shape` comes from in a tensor of shape `part` that was stretched to it.
    private static func source(_ i: Int, _ shape: Shape, _ part: Shape) -> Int {
        var rest = i, position = 0, step = 1
        for axis in (0..<shape.rank).reversed() {
            let index = rest % shape.dims[axis]
            rest /= shape.dims[axis]
            let own = axis - (shape.rank - part.rank)
            if own >= 0 {
                position += (part.dims[own] == 1 ? 0 : index) * step
                step *= part.dims[own]
            }
        }
        return position
    }

    @Test func emptyTensorsPassThroughEveryKindOfOperation() throws {
        let x = try Tensor.zeros([0, 3]).requiringGrad()
        #expect(try (x * 2 + x.exp()).shape == [0, 3])
        #expect(try x.sum().item() == 0)
        #expect(try x.sum(dim: [0]).floats() == [0, 0, 0])
        #expect(try x.sum(dim: [1]).shape == [0])
        #expect(try x.mean().item().isNaN)
        #expect(try x.max(dim: [1]).shape == [0])
        #expect(try x.softmax(dim: 1).shape == [0, 3])
        #expect(try x.softmax(dim: 0).shape == [0, 3])
        #expect(try x.logsumexp(dim: [0]).floats() == [-.infinity, -.infinity, -.infinity])
        #expect(try x.norm(dim: [0]).floats() == [0, 0, 0])
        #expect(try x.matmul(.ones([3, 4])).shape == [0, 4])
        #expect(try Tensor.ones([2, 0]).matmul(.ones([0, 3])).floats() == [0, 0, 0, 0, 0, 0])
        #expect(try Tensor.ones([4, 0, 3]).matmul(.ones([4, 3, 5])).shape == [4, 0, 5])
        #expect(try x.gatherRows([]).shape == [0, 3])
        #expect(try x.cumsum(dim: 0).shape == [0, 3])
        #expect(try x.argsort().shape == [0, 3])
        #expect(try x.transposed.reshape([3, 0, 2]).shape == [3, 0, 2])
        #expect(try Tensor.concat([x, .ones([2, 3])]).shape == [2, 3])
        #expect(try Tensor.layerNorm(x, weight: .ones([3]), bias: .zeros([3])).shape == [0, 3])
        #expect(try x.all().item() == 1)
        #expect(try x.any().item() == 0)
        #expect("\(x)" == "f32[0, 3] []")
        try (x * 2).sum().backward()
        #expect(x.grad?.shape == [0, 3])
    }

    @Test func scalarsPassThroughEveryKindOfOperation() throws {
        let x = try Tensor(scalar: 2).requiringGrad()
        #expect(try (x * x).exp().log().item() == 4)
        #expect(try x.sum().shape == [])
        #expect(try x.max().item() == 2)
        #expect(try x.argmax().item() == 0)
        #expect(try x.reshape([1, 1]).squeeze().shape == [])
        #expect(try x.expand([2, 2]).floats() == [2, 2, 2, 2])
        #expect(try x.index([]).item() == 2)
        #expect(try x.unsqueeze(0).shape == [1])
        #expect(try Tensor.stack([x, x]).floats() == [2, 2])
        #expect(try x.maskedSelect(x.greater(1)).floats() == [2])
        #expect("\(x)" == "f32[] 2.0")
        try x.expand([3]).sum().backward()
        #expect(x.grad?.floats() == [3])
    }

    @Test func dtypesPromoteAsInPyTorch() throws {
        let i = try Tensor([5, -7] as [Int32]), f = try Tensor([0.5, 2] as [Float]), d = try Tensor([0.5, 2] as [Double])
        let b = try Tensor([true, false])
        #expect(try (i + f).dtype == .f32)
        #expect(try (f + d).dtype == .f64)
        #expect(try (i / i).floats() == [1, 1])
        #expect(try (b + b).int32s() == [2, 0])
        #expect(try (i + b).int32s() == [6, -7])
        #expect(try (f * Tensor(scalar: 2, dtype: .f64)).dtype == .f32)
        #expect(try (i * Tensor(scalar: 0.5)).floats() == [2.5, -3.5])
        #expect(try (i * 2).int32s() == [10, -14])
        #expect(try (i * 0.5).dtype == .f32)
        #expect(try i.floorDivide(2).int32s() == [2, -4])
        #expect(try i.remainder(2).int32s() == [1, 1])
        #expect(try i.remainder(-3).int32s() == [-1, -1])
        #expect(try f.remainder(Tensor([-0.3, 0.7] as [Float])).floats().map { $0.sign } == [.minus, .plus])
        #expect(try i.sum().dtype == .i32)
        #expect(try i.mean().item() == -1)
        #expect(try i.abs().int32s() == [5, 7])
        #expect(try i.exp().dtype == .f32)
        #expect(try b.sum().item() == 1)
        #expect(try i.to(.bool).bools() == [true, true])
        #expect(try Tensor([2.9, -2.9] as [Float]).to(.i32).int32s() == [2, -2])
        #expect(try Tensor.where(b, i, f).floats() == [5, 2])
    }

    @Test func selectionsAndOrders() throws {
        let x = try Tensor([3, 1, .nan, 1, 2] as [Float])
        #expect(try x.argsort().int32s() == [1, 3, 4, 0, 2])
        #expect(try x.argsort(descending: true).int32s() == [2, 0, 4, 1, 3])
        #expect(try x.topk(2, largest: false).values.floats() == [1, 1])
        #expect(try x.argmax().item() == 2)
        #expect(try x.max().item().isNaN)
        let y = try Tensor([1, 5, 3, 4, 4, 0] as [Float], shape: [2, 3])
        #expect(try y.argmax(dim: 1).int32s() == [1, 0])
        #expect(try y.argmin(dim: 0).int32s() == [0, 1, 1])
        #expect(try y.max(dim: [0], keepdim: true).shape == [1, 3])
        #expect(try y.sort(dim: 0).values.floats() == [1, 4, 0, 4, 5, 3])
        #expect(try y.sort(dim: 0).indices.int32s() == [0, 1, 1, 1, 0, 0])
        #expect(try y.cumsum(dim: 1).floats() == [1, 6, 9, 4, 8, 8])
        #expect(try y.greater(2).any(dim: [1]).bools() == [true, true])
        #expect(try y.greater(2).all(dim: [1]).bools() == [false, false])
        #expect(try y.clamp(min: 2).floats() == [2, 5, 3, 4, 4, 2])
    }

    @Test func creation() throws {
        #expect(try Tensor.arange(0, 1, step: 0.25).floats() == [0, 0.25, 0.5, 0.75])
        #expect(try Tensor.arange(5, 0, step: -2, dtype: .i32).int32s() == [5, 3, 1])
        #expect(try Tensor.arange(3).dtype == .i32)
        #expect(try Tensor.arange(1, 0).count == 0)
        #expect(try Tensor.eye(2, 3).floats() == [1, 0, 0, 0, 1, 0])
        #expect(try Tensor.full([2], 7, dtype: .i32).int32s() == [7, 7])
        #expect(try Tensor.ones([2], dtype: .bool).bools() == [true, true])
        #expect("\(try Tensor.arange(8))" == "i32[8] [0, 1, 2, …, 5, 6, 7]")
        let bytes = try Tensor.zeros([17]).storage.pointer
        #expect(UInt(bitPattern: bytes) % 64 == 0)
    }
}
