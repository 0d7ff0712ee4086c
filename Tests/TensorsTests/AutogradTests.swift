import Testing

@testable import Tensors

@Suite struct AutogradTests {
    @Test func aValueUsedTwiceGetsBothGradients() throws {
        let x = try Tensor([1, 2, 3] as [Float]).requiringGrad()
        let y = try x * x + x
        try y.sum().backward()
        #expect(x.grad?.floats() == [3, 5, 7])
    }

    @Test func gradientsAccumulateUntilTheyAreZeroed() throws {
        let x = try Tensor(scalar: 3).requiringGrad()
        try (x * 2).backward()
        try (x * 5).backward()
        #expect(x.grad?.floats() == [7])
        x.zeroGrad()
        #expect(x.grad == nil)
    }

    @Test func aGradientThatWasReadDoesNotChangeAfterwards() throws {
        let x = try Tensor([1, 1] as [Float]).requiringGrad()
        try (x * 2).sum().backward()
        let kept = try #require(x.grad)
        try (x * 3).sum().backward()
        #expect(kept.floats() == [2, 2])
        #expect(x.grad?.floats() == [5, 5])
    }

    @Test func sharedCotangentsAreNotAddedInPlace() throws {
        // add hands the same cotangent to both sides; a sum into one must not reach the other.
        let a = try Tensor([1, 2] as [Float]).requiringGrad(), b = try Tensor([3, 4] as [Float]).requiringGrad()
        let sum = try a + b
        try (sum + a * 10).sum().backward()
        #expect(a.grad?.floats() == [11, 11])
        #expect(b.grad?.floats() == [1, 1])
    }

    @Test func deepGraphsNeitherOverflowBackwardsNorWhenFreed() throws {
        let x = try Tensor(scalar: 1).requiringGrad()
        var y = x
        for _ in 0..<50_000 { y = try y + 1 }
        try y.backward()
        #expect(x.grad?.floats() == [1])
        var z = x
        for _ in 0..<50_000 { z = try z * 1 }
        #expect(z.requiresGrad)
        z = x
    }

    @Test func noGradAndDetachAndConstantsRecordNothing() throws {
        let x = try Tensor([1, 2] as [Float]).requiringGrad()
        let hidden = try noGrad { try x * 2 }
        #expect(!hidden.requiresGrad)
        #expect(GradMode.isEnabled)
        #expect(try !(x.detach() * 2).requiresGrad)
        #expect(try !(Tensor.ones([2]) * 2).requiresGrad)
        #expect(try !x.greater(0).requiresGrad)
        struct Stop: Error {}
        #expect(throws: Stop.self) { try noGrad { throw Stop() } }
        #expect(GradMode.isEnabled)
    }

    @Test func gradientsFlowThroughConversionsInTheLeafsType() throws {
        let x = try Tensor([1, 2] as [Float]).requiringGrad()
        let y = try Tensor([3, 4] as [Double]).requiringGrad()
        let product = try x * y
        #expect(product.dtype == .f64)
        try product.sum().backward()
        #expect(x.grad?.dtype == .f32)
        #expect(x.grad?.floats() == [3, 4])
        #expect(y.grad?.doubles() == [1, 2])
    }

    @Test func onlyUsedRowsGetAGradient() throws {
        let table = try Tensor.ones([1000, 2]).requiringGrad()
        try (table.gatherRows([7, 3, 7]) * Tensor([1, 2, 3, 4, 5, 6] as [Float], shape: [3, 2])).sum().backward()
        try table.gatherRows([5]).sum().backward()
        guard case .rows(let rows)? = table.gradient else {
            Issue.record("the gradient is dense")
            return
        }
        let sum = try rows.coalesced()
        #expect(sum.indices == [3, 5, 7])
        #expect(sum.values.floats() == [3, 4, 1, 1, 6, 8])
        #expect(try table.grad?.sum().item() == 23)
        // A dense contribution makes it dense.
        try table.sum().backward()
        #expect(try table.grad?.sum().item() == 2023)
    }

    /// Looks whether memory is still held when an operation begins.
    private final class Watch: OperationObserver {
        nonisolated(unsafe) weak var storage: Storage?
        nonisolated(unsafe) var heldAt: [OperationProfile.Key: Bool] = [:]

        func began(_ operation: String, _ pass: OperationPass) {
            heldAt[.init(operation: operation, pass: pass)] = storage != nil
        }
        func ended() {}
        func allocated(bytes: Int) {}
        func multiplied(operations: Int) {}
    }

    /// Memory goes back with its last reader: on the way forward where no gradient is wanted, else on the way back.
    @Test func memoryIsFreedAtItsLastUse() throws {
        let x = try values([1000], seed: 1).requiringGrad(), watch = Watch()
        func run() throws -> Tensor {
            func inner() throws -> Tensor {
                let middle = try x.exp().sin()
                watch.storage = middle.storage
                return try middle.square()
            }
            return try inner().cos().sum()
        }
        func held(_ operation: String, _ pass: OperationPass) -> Bool? { watch.heldAt[.init(operation: operation, pass: pass)] }
        try observingOperations(with: watch) { _ = try noGrad(run) }
        #expect(held("square", .forward) == true && held("cos", .forward) == false)
        let loss = try observingOperations(with: watch, run)
        #expect(held("cos", .forward) == true)
        try observingOperations(with: watch) { try loss.backward() }
        #expect(held("square", .backward) == true && held("sin", .backward) == false)
        #expect(x.grad?.count == 1000)
    }

    @Test func aGraphIsFreedUnlessItIsRetained() throws {
        let x = try Tensor([2] as [Float]).requiringGrad()
        let y = try (x * x).sum()
        try y.backward(retainGraph: true)
        try y.backward()
        #expect(x.grad?.floats() == [8])
        let error = #expect(throws: TensorError.self) { try y.backward() }
        #expect(error?.message.contains("freed") == true)
    }

    @Test func mistakesAreNamed() throws {
        let x = try Tensor([1, 2] as [Float]).requiringGrad()
        #expect(#expect(throws: TensorError.self) { try (x * 2).backward() }?.kind == .shape)
        #expect(#expect(throws: TensorError.self) { try Tensor.ones([1]).backward() }?.help?.contains("parameter") == true)
        #expect(#expect(throws: TensorError.self) { try (x * 2).backward(cotangent: .ones([3])) }?.kind == .shape)
        #expect(#expect(throws: TensorError.self) { try Tensor([1] as [Int32]).requiringGrad() }?.kind == .dtype)
    }
}

extension AutogradTests {
    @Test func aLinearLayersWeightGradientNeedsNoTransposing() throws {
        let x = try Tensor.arange(0, 6).reshape([2, 3]).requiringGrad(), weight = try Tensor.arange(0, 12).reshape([4, 3]).requiringGrad()
        try Tensor.linear(x, weight: weight).backward(cotangent: Tensor.arange(0, 8).reshape([2, 4]))
        #expect(weight.grad?.isContiguous == true)
        // numpy: g.T @ x and g @ w for g = arange(8).reshape(2, 4)
        #expect(weight.grad?.floats() == [12, 16, 20, 15, 21, 27, 18, 26, 34, 21, 31, 41])
        #expect(x.grad?.floats() == [42, 48, 54, 114, 136, 158])
    }
}
