import Testing

@testable import Tensors

/// Where numbers stop being finite is named: the operation, what went into it, and the parameter that it reaches.
@Suite struct AnomalyTests {
    private func check(_ body: () throws -> Tensor) throws -> Anomaly? {
        let check = AnomalyCheck()
        let value = try check.run(body)
        return check.anomaly(in: value)
    }

    @Test func theOperationThatOverflowsIsNamedThroughWhatFollows() throws {
        let weight = try Parameter("weight", Tensor([1, 90, 2] as [Float]))
        let found = try check { try ((weight.tensor * 2).exp().reshape([3, 1]) - .full([1], .infinity)).transposed.sum() }
        #expect(found?.operation == "exp")
        #expect(found?.place == .forward)
        #expect(found?.description == "first in exp of f32[3] from 2 to 180: it gives f32[3] with 1 inf of 3 elements")
    }

    @Test func aParameterThatIsNotFiniteIsNamed() throws {
        let weight = try Parameter("weight", Tensor([1, .nan] as [Float]))
        let found = try check { try (weight.tensor * 2).sum() }
        #expect(found?.place == .operand)
        #expect(found?.parameter == "weight")
        #expect(found?.description == "first in an operand of mul: weight f32[2] with 1 nan of 2 elements")
    }

    /// Infinities that are data, as in a mask, are not the fault; what makes nan of them is.
    @Test func aMaskThatLeavesNothingIsNamedWhereItIsUsed() throws {
        let scores = try Tensor([1, 2] as [Float])
        let found = try check {
            try Tensor.where(Tensor([false, false]), scores, Tensor(scalar: -.infinity)).softmax(dim: 0).sum()
        }
        #expect(found?.operation == "softmax")
        let good = try check { try Tensor.where(Tensor([true, false]), scores, Tensor(scalar: -.infinity)).softmax(dim: 0).sum() }
        #expect(good == nil)
    }

    @Test func theGradientThatIsNotFiniteIsNamed() throws {
        let weight = try Parameter("layer.weight", Tensor([0, 4] as [Float])), other = try Parameter("other", Tensor([3, 3] as [Float]))
        let check = AnomalyCheck()
        let loss = try check.run {
            let loss = try (weight.tensor.sqrt() * other.tensor).sum()
            try loss.backward()
            return loss
        }
        let found = try #require(check.anomaly(in: loss))
        #expect(found.place == .backward)
        #expect(found.operation == "sqrt")
        #expect(found.parameter == "layer.weight")
        #expect(
            found.description
                == "first in the gradient of sqrt of layer.weight f32[2] from 0 to 4: it gives f32[2] with 1 inf of 2 elements, which reaches the gradient of layer.weight"
        )
        #expect(AnomalyCheck.current == nil)
    }

    @Test func nothingIsFoundWhereNothingIsWrong() throws {
        let weight = try Parameter("weight", Tensor([1, 2] as [Float]))
        let check = AnomalyCheck()
        try check.run { try weight.tensor.exp().sum().backward() }
        #expect(check.anomaly() == nil)
    }

    @Test func anOptimizerRefusesAGradientThatIsNotFiniteBeforeAnyParameterChanges() throws {
        let first = try Parameter("first", Tensor([1, 2] as [Float])), second = try Parameter("second", Tensor([0, 2] as [Float]))
        let table = try Parameter("table", .ones([3, 2]))
        for optimizer in [try SGD([first, second, table], learningRate: 0.1), try AdamW([first, second, table])] as [any Optimizer] {
            optimizer.zeroGrad()
            try (first.tensor * 2 + second.tensor.sqrt()).sum().backward()
            let error = #expect(throws: TensorError.self) { try optimizer.step() }
            #expect(error?.kind == .numeric)
            #expect(error?.message == "the gradient of second is not finite: f32[2] with 1 inf of 2 elements")
            #expect(first.tensor.floats() == [1, 2])
            optimizer.zeroGrad()
            try (table.tensor.gatherRows([1, 1]) * .infinity).sum().backward()
            #expect(throws: TensorError.self) { try optimizer.step() }
            #expect(table.tensor.floats() == [1, 1, 1, 1, 1, 1])
        }
    }

    @Test func finitenessOfEveryLayout() throws {
        let x = try Tensor((0..<200_000).map { $0 == 199_999 ? Float.nan : Float($0) }, shape: [2, 100_000])
        #expect(!x.isFinite)
        #expect(!x.transposed.isFinite)
        #expect(try x[.index(0)].isFinite)
        #expect(try x[.all, .slice(start: 0, stop: 99_999)].isFinite)
        // The sum of these overflows, they do not.
        #expect(try Tensor([Float.greatestFiniteMagnitude, .greatestFiniteMagnitude]).isFinite)
        #expect(try !Tensor([Double.infinity, -.infinity]).isFinite)
        #expect(try Tensor.zeros([0]).isFinite)
        #expect(try Tensor([Int32.max]).isFinite)
        #expect(TensorSummary(try Tensor([Float.nan, .infinity, 1.5])).description == "f32[3] with 1 nan and 1 inf of 3 elements")
    }
}
