import Tensors
import Testing

@testable import FineTuning

@Suite struct GradientNormTests {
    /// The kernel's sum of squares is that of the elements in double precision, whatever their number and layout.
    @Test(arguments: [0, 1, 15, 16, 17, 1000, 100_003]) func squaresAreSummed(count: Int) throws {
        let values = (0..<count).map { Float(($0 * 7919) % 1009 - 504) / 300 }
        let exact = values.reduce(0.0) { $0 + Double($1) * Double($1) }
        let tensor = try Tensor(values, shape: Shape([count]))
        #expect(try abs(tensor.sumOfSquares() - exact) <= 1e-6 * exact)
        #expect(try abs(tensor.figures().squares - exact) <= 1e-12 * exact)
        guard count.isMultiple(of: 2) else { return }
        let transposed = try tensor.reshape([2, count / 2]).transpose(0, 1)
        #expect(try abs(transposed.sumOfSquares() - exact) <= 1e-6 * exact)
    }

    /// Squares that leave the range of f32 do not make a gradient look infinite, and what is infinite is found.
    @Test func extremes() throws {
        #expect(try Tensor([3e30 as Float, 4e30], shape: [2]).sumOfSquares().squareRoot() / 5e30 - 1 < 1e-6)
        #expect(try Tensor([1e-30 as Float], shape: [1]).figures().squares > 0)
        #expect(try Tensor([1, Float.infinity], shape: [2]).sumOfSquares() == .infinity)
        #expect(try Tensor([1, Float.nan], shape: [2]).sumOfSquares().isNaN)
        let rows = Gradient.rows(RowGradient(indices: [1, 1], values: try Tensor([1, 2, 3, 4] as [Float], shape: [2, 2]), rowCount: 5))
        #expect(try rows.sumOfSquares() == 16 + 36)
    }
}
