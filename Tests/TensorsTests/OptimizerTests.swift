import Testing

@testable import Tensors

@Suite struct OptimizerTests {
    /// The reference rule in f64: p -= lr (g + wd p).
    @Test func sgdFollowsItsFormula() throws {
        let p = try Parameter("p", Tensor([1, -2, 0.5] as [Double]))
        let sgd = try SGD([p], learningRate: 0.1, weightDecay: 0.01)
        var expected = [1, -2, 0.5]
        for _ in 0..<5 {
            sgd.zeroGrad()
            try (p.tensor * p.tensor).sum().backward()
            try sgd.step()
            expected = expected.map { $0 - 0.1 * (2 * $0 + 0.01 * $0) }
        }
        for (x, y) in zip(p.tensor.doubles(), expected) { #expect(abs(x - y) < 1e-14) }
    }

    @Test func adamWFollowsItsFormula() throws {
        let p = try Parameter("p", Tensor([1, -2, 0.5] as [Double]))
        let adam = try AdamW([p], learningRate: 0.01)
        var expected = [1, -2, 0.5], m = [0.0, 0, 0], v = [0.0, 0, 0]
        for t in 1...5 {
            adam.zeroGrad()
            try (p.tensor * p.tensor).sum().backward()
            try adam.step()
            for i in 0..<3 {
                let g = 2 * expected[i]
                expected[i] *= 1 - 0.01 * 0.01
                m[i] = 0.9 * m[i] + 0.1 * g
                v[i] = 0.999 * v[i] + 0.001 * g * g
                let (b1, b2) = (1 - power(0.9, t), 1 - power(0.999, t))
                expected[i] -= 0.01 / b1 * m[i] / ((v[i] / b2).squareRoot() + 1e-8)
            }
        }
        for (x, y) in zip(p.tensor.doubles(), expected) { #expect(abs(x - y) < 1e-13) }
    }

    private func power(_ x: Double, _ n: Int) -> Double { (0..<n).reduce(1) { product, _ in product * x } }

    enum Kind: CaseIterable { case sgd, plainSGD, momentum, adamW }

    private func optimizer(_ kind: Kind, _ parameter: Parameter) throws -> any Optimizer {
        switch kind {
        case .sgd: try SGD([parameter], learningRate: 0.1, weightDecay: 0.03)
        case .plainSGD: try SGD([parameter], learningRate: 0.1)
        case .momentum: try SGD([parameter], learningRate: 0.1, weightDecay: 0.03, momentum: 0.9, nesterov: true)
        case .adamW: try AdamW([parameter], learningRate: 0.1, weightDecay: 0.03)
        }
    }

    /// Steps with row gradients, put off and made good, leave the same bits as the same steps with dense gradients, whenever rows are read.
    @Test(arguments: Kind.allCases)
    func rowUpdatesGiveTheBitsOfDenseOnes(kind: Kind) throws {
        var random = Philox(seed: 3)
        let start = try random.normal([50, 37])
        let sparse = try Parameter("sparse", start), dense = try Parameter("dense", start)
        let optimizers = [try optimizer(kind, sparse), try optimizer(kind, dense)]
        for step in 0..<40 {
            if step == 25 { for optimizer in optimizers { optimizer.learningRate = 0.05 } }
            let rows = (0..<6).map { _ in random.below(50) }
            let weights = try random.normal([6, 37])
            for (parameter, optimizer) in zip([sparse, dense], optimizers) {
                optimizer.zeroGrad()
                let table = parameter.tensor(reading: rows.map { Int32($0) })
                try (table.gatherRows(rows) * weights * table.gatherRows(rows)).sum().backward()
                if parameter === dense { parameter.grad = try parameter.grad.map { .dense(try $0.dense()) } }
                try optimizer.step()
            }
            if step == 13 { #expect(sparse.tensor.floats() == dense.tensor.floats()) }
            if step == 30 { try optimizers[0].restore(optimizers[0].state) }
        }
        #expect(sparse.tensor.floats() == dense.tensor.floats())
        for (name, tensor) in optimizers[1].state.tensors { #expect(optimizers[0].state.tensors[name]?.floats() == tensor.floats()) }
    }

    @Test func aKeptTensorIsASnapshot() throws {
        let p = try Parameter("p", Tensor([1, 2] as [Float]))
        let kept = p.tensor
        let sgd = try SGD([p], learningRate: 1)
        try p.tensor.sum().backward()
        try sgd.step()
        #expect(kept.floats() == [1, 2])
        #expect(p.tensor.floats() == [0, 1])
        // And without such a keeper the update is in place.
        let before = p.tensor.storage.pointer
        try sgd.step()
        #expect(p.tensor.storage.pointer == before)
    }

    @Test func parametersWithoutGradientStayAsTheyAre() throws {
        let used = try Parameter("used", .ones([2])), unused = try Parameter("unused", .ones([2]))
        let frozen = try Parameter("frozen", .ones([2]), isTrainable: false)
        let adam = try AdamW([used, unused, frozen], learningRate: 0.1, weightDecay: 0.5)
        try (used.tensor * frozen.tensor).sum().backward()
        try adam.step()
        #expect(unused.tensor.floats() == [1, 1])
        #expect(frozen.tensor.floats() == [1, 1])
        #expect(!frozen.tensor.requiresGrad)
        #expect(used.tensor.floats() != [1, 1])
        #expect(adam.state.steps == [1, 0, 0])
    }

    @Test func aRestoredOptimizerGoesOnWithTheSameBits() throws {
        func train(_ p: Parameter, _ adam: AdamW, _ steps: Int) throws {
            for _ in 0..<steps {
                adam.zeroGrad()
                try (p.tensor.sin() * p.tensor).sum().backward()
                try adam.step()
            }
        }
        var random = Philox(seed: 1)
        let start = try random.normal([17])
        let a = try Parameter("a", start), b = try Parameter("b", start)
        let first = try AdamW([a], learningRate: 0.1), other = try AdamW([b], learningRate: 0.1)
        try train(a, first, 10)
        try train(b, other, 4)
        let resumed = try Parameter("b", b.tensor)
        let second = try AdamW([resumed], learningRate: 0.5)
        try second.restore(other.state)
        try train(resumed, second, 6)
        #expect(a.tensor.floats() == resumed.tensor.floats())
    }

    @Test func schedulesFollowTheirFormulas() throws {
        let sgd = try SGD([], learningRate: 1)
        let step = try StepLR(sgd, stepSize: 2, gamma: 0.5)
        var rates: [Double] = []
        for _ in 0..<5 {
            rates.append(sgd.learningRate)
            step.step()
        }
        #expect(rates == [1, 1, 0.5, 0.5, 0.25])
        let linear = try SGD([], learningRate: 1)
        let warmup = try WarmupLR(linear, warmup: 2, total: 6)
        rates = []
        for _ in 0..<8 {
            rates.append(linear.learningRate)
            warmup.step()
        }
        #expect(rates == [0, 0.5, 1, 0.75, 0.5, 0.25, 0, 0])
        warmup.restore(epoch: 1)
        #expect(linear.learningRate == 0.5)
        #expect(throws: TensorError.self) { try StepLR(sgd, stepSize: 0) }
    }

    @Test func mistakesAreNamed() throws {
        let p = try Parameter("p", .ones([2]))
        #expect(throws: TensorError.self) { try SGD([p], learningRate: -1) }
        #expect(throws: TensorError.self) { try SGD([p, p], learningRate: 1) }
        #expect(throws: TensorError.self) { try AdamW([p], betas: (1, 0.9)) }
        #expect(throws: TensorError.self) { try p.assign(.ones([3])) }
        #expect(throws: TensorError.self) { try Parameter("q", Tensor([1] as [Int32])) }
        let adam = try AdamW([p])
        #expect(throws: TensorError.self) { try adam.restore(OptimizerState(learningRate: 1, steps: [], tensors: [:])) }
        #expect(throws: TensorError.self) { try adam.restore(OptimizerState(learningRate: 1, steps: [3], tensors: [:])) }
        p.grad = .dense(try .ones([3]))
        #expect(throws: TensorError.self) { try adam.step() }
    }
}
