import Foundation

/// The reductions of a row to a number that the kernels know.
enum ReductionFunction: Sendable {
    case sum, norm, logsumexp

    /// The reduction of `x` over the axes, which stay with size 1. No gradient.
    func apply(_ name: String, _ x: Tensor, _ axes: [Int]) throws(TensorError) -> Tensor {
        let (matrix, rows, columns, kept) = try x.rows(reducing: axes)
        let result = try Tensor.uninitialized(kept, x.dtype, name)
        defer { withExtendedLifetime((matrix, result)) {} }
        // `matrix` is contiguous with rows * columns elements, `result` has one element for each row.
        switch x.dtype {
        case .f32: run(matrix.base(Float.self), result.mutableBase(Float.self), rows, columns)
        case .f64: run(matrix.base(Double.self), result.mutableBase(Double.self), rows, columns)
        case .i32, .bool: break
        }
        return result
    }

    private func run<T: FloatingElement>(_ x: UnsafePointer<T>, _ out: UnsafeMutablePointer<T>, _ rows: Int, _ columns: Int) {
        for row in 0..<rows {
            let x = UnsafeBufferPointer(start: x + row * columns, count: columns)
            switch self {
            case .sum: out[row] = T(x.reduce(0) { $0 + Double($1) })
            case .norm: out[row] = T(x.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot())
            case .logsumexp:
                let highest = x.reduce(-T.infinity) { $1 > $0 ? $1 : $0 }
                let total = x.reduce(0.0) { $0 + exp(Double($1) - Double(highest)) }
                out[row] = highest.isInfinite ? highest : T(Double(highest) + log(total))
            }
        }
    }
}
