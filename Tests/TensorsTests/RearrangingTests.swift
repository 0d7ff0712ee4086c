import Testing

@testable import Tensors

/// Values as torch gives them, on arguments where a mistake would show.
@Suite struct RearrangingTests {
    private let x = Result { try Tensor.arange(6).reshape([2, 3]) }

    @Test func ordersAndCopies() throws {
        let x = try x.get()
        #expect(try x.flip([1]).int32s() == [2, 1, 0, 5, 4, 3])
        #expect(try x.flip([0, -1]).int32s() == [5, 4, 3, 2, 1, 0])
        #expect(try x.roll(1).int32s() == [5, 0, 1, 2, 3, 4])
        #expect(try x.roll(-1, dim: 1).int32s() == [1, 2, 0, 4, 5, 3])
        #expect(try x.roll(.max, dim: 0).int32s() == [3, 4, 5, 0, 1, 2])
        #expect(try x.roll(.min).shape == [2, 3])
        #expect(try Tensor.zeros([0]).roll(3).count == 0)
        #expect(try x.repeated([1, 2]).int32s() == [0, 1, 2, 0, 1, 2, 3, 4, 5, 3, 4, 5])
        #expect(try x.repeated([2, 1, 1]).shape == [2, 2, 3])
        #expect(try x.repeated([0, 1]).shape == [0, 3])
        #expect(throws: TensorError.self) { try x.repeated([2]) }
        #expect(#expect(throws: TensorError.self) { try x.repeated([.max, 1]) }?.kind == .memory)
        #expect(try x.tril().int32s() == [0, 0, 0, 3, 4, 0])
        #expect(try x.triu(diagonal: 1).int32s() == [0, 1, 2, 0, 0, 5])
        #expect(try x.tril(diagonal: .min).int32s() == [0, 0, 0, 0, 0, 0])
        #expect(try x.triu(diagonal: .min).int32s() == x.int32s())
        #expect(throws: TensorError.self) { try Tensor.arange(3).tril() }
    }

    @Test func parts() throws {
        let x = try Tensor.arange(7)
        #expect(try x.split(every: 3).map { $0.int32s() } == [[0, 1, 2], [3, 4, 5], [6]])
        #expect(try x.split([2, 0, 5]).map(\.count) == [2, 0, 5])
        #expect(try x.chunk(3).map(\.count) == [3, 3, 1])
        #expect(try x.chunk(5).map(\.count) == [2, 2, 2, 1])
        #expect(try x.chunk(.max).count == 7)
        #expect(try Tensor.zeros([2, 3]).split(every: 2, dim: -1).map(\.shape) == [[2, 2], [2, 1]])
        #expect(throws: TensorError.self) { try x.split([3, 3]) }
        #expect(throws: TensorError.self) { try x.split([.max, .max]) }
        #expect(throws: TensorError.self) { try x.split(every: 0) }
        #expect(throws: TensorError.self) { try x.chunk(-1) }
    }

    @Test func choices() throws {
        let x = try x.get()
        #expect(try x.maskedFill(x.greater(3), -1).int32s() == [0, 1, 2, 3, -1, -1])
        #expect(try Tensor.oneHot(Tensor([2, 0] as [Int32])).int32s() == [0, 0, 1, 1, 0, 0])
        #expect(try Tensor.oneHot(Tensor([1] as [Int32]), classes: 4).shape == [1, 4])
        #expect(#expect(throws: TensorError.self) { try Tensor.oneHot(Tensor([4] as [Int32]), classes: 4) }?.kind == .index)
        #expect(#expect(throws: TensorError.self) { try Tensor.oneHot(Tensor([0] as [Int32]), classes: 1 << 40) }?.kind == .memory)
        // A stray number does not ask for gigabytes, a number of classes does.
        #expect(#expect(throws: TensorError.self) { try Tensor.oneHot(Tensor([1_000_000_000] as [Int32])) }?.kind == .value)
        #expect(try Tensor.oneHot(Tensor([1 << 20] as [Int32]), classes: 1 + 1 << 20).shape == [1, 1 + 1 << 20])
        let odd = try Tensor([1, .nan, .infinity, -.infinity] as [Float])
        #expect(try odd.isNaN().bools() == [false, true, false, false])
        #expect(try odd.isInfinite().bools() == [false, false, true, true])
        #expect(try odd.isFiniteElementwise().bools() == [true, false, false, false])
        #expect(try Tensor([Int32.min]).isFiniteElementwise().bools() == [true])
    }

    @Test func closeness() throws {
        let a = try Tensor([1, .infinity] as [Double])
        #expect(try Tensor.allClose(a, Tensor([1 + 1e-6, .infinity] as [Double])))
        #expect(try !Tensor.allClose(a, Tensor([1 + 1e-4, .infinity] as [Double])))
        #expect(try !Tensor.allClose(a, Tensor([1, -.infinity] as [Double])))
        #expect(try !Tensor.allClose(Tensor([1] as [Double]), Tensor([.infinity] as [Double])))
        #expect(try !Tensor.allClose(Tensor([Double.nan]), Tensor([Double.nan])))
        #expect(try Tensor.allClose(Tensor([Double.nan]), Tensor([Double.nan]), equalNaN: true))
        #expect(try Tensor.allClose(Tensor.zeros([0]), Tensor.zeros([0])))
    }

    @Test func productsAndDistances() throws {
        let a = try Tensor([1, 2] as [Float]), b = try Tensor([3, 5] as [Float])
        #expect(try Tensor.dot(a, b).item() == 13)
        #expect(try Tensor.outer(a, b).floats() == [3, 5, 6, 10])
        // 3-4-5 and 5-12-13
        #expect(try Tensor.cdist(.zeros([1, 2]), Tensor([3, 4, 5, 12] as [Float], shape: [2, 2])).floats() == [5, 13])
        for (name, body) in [
            ("dot", { try Tensor.dot(a, Tensor.ones([3])) }), ("outer", { try Tensor.outer(a, .ones([1, 2])) }),
            ("bmm", { try Tensor.bmm(.ones([2, 1, 1]), .ones([3, 1, 1])) }), ("cdist", { try Tensor.cdist(a, b) }),
            ("mse_loss", { try Tensor.mseLoss(a, .ones([1])) }),
        ] as [(String, () throws -> Tensor)] {
            #expect(#expect(throws: TensorError.self) { try body() }?.operation == name)
        }
        // torch.nn.functional.huber_loss(tensor([0.5, 3.0]), zeros(2), delta=2.0, reduction="none") == [0.125, 4.0]
        #expect(try Tensor.huberLoss(Tensor([0.5, 3] as [Float]), .zeros([2]), delta: 2, reduction: .none).floats() == [0.125, 4])
    }
}
