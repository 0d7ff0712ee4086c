import Foundation

extension Tensor {
    /// (x - mean) / √(var + eps) over the last axis, times `weight`, plus `bias` (Ba et al. 2016).
    public static func layerNorm(_ x: Tensor, weight: Tensor, bias: Tensor, eps: Double = 1e-5) throws(TensorError) -> Tensor {
        guard x.rank >= 1, x.dtype.isFloating, weight.shape == [x.shape[-1]], bias.shape == weight.shape else {
            throw TensorError(
                .shape, "layer_norm", "weight and bias must have the size of the input's last axis", operands: [x, weight, bias])
        }
        let weight = try weight.to(x.dtype), bias = try bias.to(x.dtype)
        let input = try x.contiguous(), scale = try weight.contiguous(), shift = try bias.contiguous()
        let rows = Shape(Array(x.shape.dims.dropLast()))
        let y = try uninitialized(x.shape, x.dtype, "layer_norm")
        let mean = try uninitialized(rows, x.dtype, "layer_norm"), rstd = try uninitialized(rows, x.dtype, "layer_norm")
        LayerNormFunction.apply(input, scale, shift, eps, y, mean, rstd)
        return recordingDense("layer_norm", y, inputs: [x, weight, bias]) { dy, _ throws(TensorError) in
            let dy = try dy.contiguous()
            let dx = try uninitialized(dy.shape, dy.dtype, "layer_norm")
            let dw = try Tensor.zeros(scale.shape, dtype: dy.dtype), db = try Tensor.zeros(scale.shape, dtype: dy.dtype)
            LayerNormFunction.applyGradient(dy, input, scale, mean, rstd, dx, dw, db)
            return [dx, dw, db]
        }
    }

    /// x / max(|x|, eps) along an axis, |x| the Euclidean length.
    public func normalize(dim: Int = -1, eps: Double = 1e-12) throws(TensorError) -> Tensor {
        try self / Tensor.maximum(norm(dim: [dim], keepdim: true), eps)
    }

    /// Cosine of the angle between vectors along an axis: a·b / (max(|a|, eps) max(|b|, eps)); other axes broadcast.
    public static func cosineSimilarity(_ a: Tensor, _ b: Tensor, dim: Int = 1, eps: Double = 1e-8) throws(TensorError) -> Tensor {
        let rank = Swift.max(a.rank, b.rank)
        let axis = try Axis.resolve(dim, rank: rank, "cosine_similarity", of: a.rank >= b.rank ? a : b) - rank
        guard -axis <= a.rank, -axis <= b.rank, a.shape[axis] == b.shape[axis] else {
            throw TensorError(.shape, "cosine_similarity", "both sides need the same axis \(dim)", operands: [a, b])
        }
        let unit = try (a / maximum(a.norm(dim: [axis], keepdim: true), eps), b / maximum(b.norm(dim: [axis], keepdim: true), eps))
        return try (unit.0 * unit.1).sum(dim: [axis])
    }
}

/// Layer normalisation over the rows of contiguous tensors.
enum LayerNormFunction {
    static func apply(_ x: Tensor, _ weight: Tensor, _ bias: Tensor, _ eps: Double, _ y: Tensor, _ mean: Tensor, _ rstd: Tensor) {
        defer { withExtendedLifetime((x, weight, bias, y, mean, rstd)) {} }
        // All contiguous; y as x, mean and rstd one for each row, weight and bias one for each column.
        switch x.dtype {
        case .f32:
            run(
                x.base(Float.self), weight.base(Float.self), bias.base(Float.self), eps, y.mutableBase(Float.self),
                mean.mutableBase(Float.self), rstd.mutableBase(Float.self), rows: mean.count, columns: weight.count)
        case .f64:
            run(
                x.base(Double.self), weight.base(Double.self), bias.base(Double.self), eps, y.mutableBase(Double.self),
                mean.mutableBase(Double.self), rstd.mutableBase(Double.self), rows: mean.count, columns: weight.count)
        case .i32, .bool: break
        }
    }

    static func applyGradient(
        _ dy: Tensor, _ x: Tensor, _ weight: Tensor, _ mean: Tensor, _ rstd: Tensor, _ dx: Tensor, _ dw: Tensor, _ db: Tensor
    ) {
        defer { withExtendedLifetime((dy, x, weight, mean, rstd, dx)) {} }
        // As above; dw and db start at zero.
        switch x.dtype {
        case .f32:
            gradient(
                dy.base(Float.self), x.base(Float.self), weight.base(Float.self), mean.base(Float.self), rstd.base(Float.self),
                dx.mutableBase(Float.self), dw.mutableBase(Float.self), db.mutableBase(Float.self), rows: mean.count, columns: weight.count)
        case .f64:
            gradient(
                dy.base(Double.self), x.base(Double.self), weight.base(Double.self), mean.base(Double.self), rstd.base(Double.self),
                dx.mutableBase(Double.self), dw.mutableBase(Double.self), db.mutableBase(Double.self), rows: mean.count,
                columns: weight.count)
        case .i32, .bool: break
        }
    }

    private static func run<T: FloatingElement>(
        _ x: UnsafePointer<T>, _ weight: UnsafePointer<T>, _ bias: UnsafePointer<T>, _ eps: Double, _ y: UnsafeMutablePointer<T>,
        _ mean: UnsafeMutablePointer<T>, _ rstd: UnsafeMutablePointer<T>, rows: Int, columns: Int
    ) {
        for row in 0..<rows {
            let x = x + row * columns, y = y + row * columns
            var total = 0.0, squares = 0.0
            for j in 0..<columns { total += Double(x[j]) }
            let center = total / Double(columns)
            for j in 0..<columns { squares += (Double(x[j]) - center) * (Double(x[j]) - center) }
            let scale = 1 / (squares / Double(columns) + eps).squareRoot()
            for j in 0..<columns { y[j] = T((Double(x[j]) - center) * scale) * weight[j] + bias[j] }
            (mean[row], rstd[row]) = (T(center), T(scale))
        }
    }

    private static func gradient<T: FloatingElement>(
        _ dy: UnsafePointer<T>, _ x: UnsafePointer<T>, _ weight: UnsafePointer<T>, _ mean: UnsafePointer<T>, _ rstd: UnsafePointer<T>,
        _ dx: UnsafeMutablePointer<T>, _ dw: UnsafeMutablePointer<T>, _ db: UnsafeMutablePointer<T>, rows: Int, columns: Int
    ) {
        for row in 0..<rows {
            let dy = dy + row * columns, x = x + row * columns, dx = dx + row * columns
            var total = 0.0, along = 0.0
            for j in 0..<columns {
                let unit = (x[j] - mean[row]) * rstd[row]
                total += Double(dy[j] * weight[j])
                along += Double(dy[j] * weight[j] * unit)
                dw[j] += dy[j] * unit
                db[j] += dy[j]
            }
            let (a, b) = (T(total / Double(columns)), T(along / Double(columns)))
            for j in 0..<columns { dx[j] = rstd[row] * (dy[j] * weight[j] - a - (x[j] - mean[row]) * rstd[row] * b) }
        }
    }
}
