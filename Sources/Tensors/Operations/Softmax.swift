import Foundation

extension Tensor {
    /// eˣ / Σ eˣ along an axis, computed without overflow.
    public func softmax(dim: Int) throws(TensorError) -> Tensor { try softmax("softmax", dim, logarithm: false) }

    /// log(eˣ / Σ eˣ) along an axis, computed without overflow.
    public func logSoftmax(dim: Int) throws(TensorError) -> Tensor { try softmax("log_softmax", dim, logarithm: true) }

    private func softmax(_ name: String, _ dim: Int, logarithm: Bool) throws(TensorError) -> Tensor {
        let axis = try Axis.resolve(dim, rank: rank, name, of: self)
        let input = try dtype.isFloating ? self : to(.f32)
        let last = rank - 1
        let rows = try input.view(input.layout.swapped(axis, last)).contiguous()
        let result = try Tensor.uninitialized(rows.shape, rows.dtype, name)
        SoftmaxFunction(logarithm: logarithm).apply(rows, into: result)
        return Tensor.recordingDense(name, result.view(result.layout.swapped(axis, last)), inputs: [input]) { dy, _ throws(TensorError) in
            let dy = try dy.view(dy.layout.swapped(axis, last)).contiguous()
            let dx = try Tensor.uninitialized(dy.shape, dy.dtype, name)
            SoftmaxFunction(logarithm: logarithm).applyGradient(dy, result, into: dx)
            return [dx.view(dx.layout.swapped(axis, last))]
        }
    }
}

/// Softmax and its logarithm over the rows of contiguous tensors.
struct SoftmaxFunction {
    let logarithm: Bool

    func apply(_ x: Tensor, into y: Tensor) {
        defer { withExtendedLifetime((x, y)) {} }
        // Contiguous and of equal shapes, made by the caller.
        switch x.dtype {
        case .f32: run(x.base(Float.self), y.mutableBase(Float.self), x.shape)
        case .f64: run(x.base(Double.self), y.mutableBase(Double.self), x.shape)
        case .i32, .bool: break
        }
    }

    func applyGradient(_ dy: Tensor, _ y: Tensor, into dx: Tensor) {
        defer { withExtendedLifetime((dy, y, dx)) {} }
        // Contiguous and of equal shapes, made by the caller.
        switch dy.dtype {
        case .f32: gradient(dy.base(Float.self), y.base(Float.self), dx.mutableBase(Float.self), dy.shape)
        case .f64: gradient(dy.base(Double.self), y.base(Double.self), dx.mutableBase(Double.self), dy.shape)
        case .i32, .bool: break
        }
    }

    private func run<T: FloatingElement>(_ x: UnsafePointer<T>, _ y: UnsafeMutablePointer<T>, _ shape: Shape) {
        let columns = shape[-1]
        for start in stride(from: 0, to: shape.count, by: max(columns, 1)) {
            let x = x + start, y = y + start
            var highest = -T.infinity
            for j in 0..<columns where !(x[j] <= highest) { highest = x[j] }
            var total = 0.0
            for j in 0..<columns { total += exp(Double(x[j] - highest)) }
            for j in 0..<columns {
                let shifted = Double(x[j] - highest)
                y[j] = T(logarithm ? shifted - log(total) : exp(shifted) / total)
            }
        }
    }

    private func gradient<T: FloatingElement>(
        _ dy: UnsafePointer<T>, _ y: UnsafePointer<T>, _ dx: UnsafeMutablePointer<T>, _ shape: Shape
    ) {
        let columns = shape[-1]
        for start in stride(from: 0, to: shape.count, by: max(columns, 1)) {
            let dy = dy + start, y = y + start, dx = dx + start
            var total = 0.0
            for j in 0..<columns { total += Double(dy[j]) * (logarithm ? 1 : Double(y[j])) }
            for j in 0..<columns {
                let (d, v) = (Double(dy[j]), Double(y[j]))
                dx[j] = T(logarithm ? d - exp(v) * total : v * (d - total))
            }
        }
    }
}
