import Testing

@testable import Tensors

/// Gradients where functions are not smooth, as PyTorch defines them.
@Suite struct EdgeGradientTests {
    private func gradients(_ values: [Double]..., of f: ([Tensor]) throws -> Tensor) throws -> [[Double]] {
        let leaves = try values.map { try Tensor($0).requiringGrad() }
        try f(leaves).sum().backward()
        return leaves.map { $0.grad?.doubles() ?? [] }
    }

    @Test func kinks() throws {
        #expect(try gradients([-1, 0, 2]) { try $0[0].abs() } == [[-1, 0, 1]])
        #expect(try gradients([-1, 0, 2]) { try $0[0].relu() } == [[0, 0, 1]])
        #expect(try gradients([1, 2], [1, 3]) { try Tensor.minimum($0[0], $0[1]) } == [[0.5, 1], [0.5, 0]])
        #expect(try gradients([1, 2], [1, 3]) { try Tensor.maximum($0[0], $0[1]) } == [[0.5, 0], [0.5, 1]])
        #expect(try gradients([-1, -0.5, 0.5, 1]) { try $0[0].clamp(min: -0.5, max: 0.5) } == [[0, 1, 1, 0]])
        #expect(try gradients([3, 1, 3]) { try $0[0].max(dim: [0]) } == [[1, 0, 0]])
        #expect(try gradients([3, 1, 1]) { try $0[0].min() } == [[0, 1, 0]])
    }

    @Test func zerosThatWouldDivide() throws {
        #expect(try gradients([0, 0]) { try $0[0].norm() } == [[0, 0]])
        #expect(try gradients([2, 2, 2]) { try $0[0].std() } == [[0, 0, 0]])
        #expect(try gradients([0, 2]) { try $0[0].pow(0) } == [[0, 0]])
        #expect(try gradients([0, 2]) { try $0[0].pow(3) } == [[0, 12]])
        #expect(try gradients([0, 1], [2, 0]) { try $0[0].pow($0[1]) } == [[0, 0], [0, 0]])
        let cosine = try gradients([0, 0], [3, 4]) { try Tensor.cosineSimilarity($0[0], $0[1], dim: 0, eps: 0.5) }
        // a·b / (0.5 · 5): the clamped length of a is a constant.
        #expect(zip(cosine[0], [1.2, 1.6]).allSatisfy { abs($0 - $1) < 1e-12 })
        #expect(cosine[1] == [0, 0])
    }

    @Test func infinities() throws {
        let inf = Double.infinity
        #expect(try gradients([-inf, 0]) { try $0[0].logsumexp() } == [[0, 1]])
        #expect(try gradients([-inf, -inf]) { try $0[0].logsumexp() } == [[0, 0]])
        #expect(try gradients([-inf, 0]) { try $0[0].softmax(dim: 0) * Tensor([1, 0] as [Double]) } == [[0, 0]])
        #expect(try gradients([-800, 800]) { try $0[0].sigmoid() } == [[0, 0]])
        #expect(try gradients([-800, 800]) { try $0[0].softplus() } == [[0, 1]])
        #expect(try gradients([-40, 40]) { try $0[0].gelu() } == [[0, 1]])
        #expect(
            try gradients([-800, 800]) { try Tensor.binaryCrossEntropyWithLogits($0[0], .ones([2], dtype: .f64), reduction: .sum) } == [
                [-1, 0]
            ])
    }

    @Test func lossesReduceAsAsked() throws {
        let x = try Tensor([0, 0, 1, 1] as [Float], shape: [2, 2]), target = try Tensor([0, 1] as [Int32])
        let each = try Tensor.crossEntropy(x, target, reduction: .none)
        #expect(each.shape == [2])
        // log 2, as both classes are equally likely.
        #expect(each.floats().allSatisfy { abs($0 - 0.693147) < 1e-6 })
        #expect(try abs(Tensor.crossEntropy(x, target, reduction: .sum).item() - 2 * 0.69314718) < 1e-6)
        let wanted = try Tensor([1, -1] as [Float])
        #expect(
            try Tensor.marginRankingLoss(
                Tensor([2, 2] as [Float]), Tensor([1, 1] as [Float]), target: wanted, margin: 0.5, reduction: .none
            ).floats() == [0, 1.5])
    }
}
