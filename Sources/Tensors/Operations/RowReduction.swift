import CKernels

/// Reductions of floating tensors by kernel, without gradients. Reduced axes stay with size 1.
enum RowReduction {
    /// Sum over the axes.
    static func sum(_ x: Tensor, _ axes: [Int]) throws(TensorError) -> Tensor {
        var kept = x.shape.dims
        for axis in axes { kept[axis] = 1 }
        let result = try Tensor.uninitialized(Shape(kept), x.dtype, "sum")
        // Neighbouring axes of a contiguous tensor are one axis between those before and those after: no transposing.
        if let first = axes.first, let last = axes.last, last - first == axes.count - 1, x.isContiguous {
            let dims = x.shape.dims
            try run(
                x.dtype.element, x, dims[..<first].reduce(1, *), dims[first...last].reduce(1, *), dims[(last + 1)...].reduce(1, *), result)
        } else {
            let (matrix, rows, columns, _) = try x.rows(reducing: axes)
            try run(x.dtype.element, matrix, rows, columns, 1, result)
        }
        return result
    }

    private static func run<T: FloatingElement>(
        _ type: T.Type, _ x: Tensor, _ outer: Int, _ reduced: Int, _ inner: Int, _ out: Tensor
    ) throws(TensorError) {
        // x is contiguous with outer * reduced * inner elements, out has outer * inner.
        try EarlyEnd.allowing("sum", x.count) {
            Kernels.sum(x.buffer(T.self), outer: outer, reduced: reduced, inner: inner, into: out.mutableBuffer(T.self))
        }
        withExtendedLifetime((x, out)) {}
    }

    /// √Σx² over the axes; squares are added up in f64.
    static func norm(_ x: Tensor, _ axes: [Int]) throws(TensorError) -> Tensor {
        let (matrix, rows, columns, kept) = try x.rows(reducing: axes)
        let result = try Tensor.uninitialized(kept, x.dtype, "norm")
        func run<T: FloatingElement>(_ type: T.Type) {
            // matrix is contiguous with rows * columns elements, result has one for each row; rows are disjoint.
            nonisolated(unsafe) let (from, to) = (matrix.base(T.self), result.mutableBase(T.self))
            Parallel.rows(rows, grain: max(1, Kernels.grain / max(columns, 1)), width: columns) {
                for r in $0 { to[r] = T(T.reduce(EFT_SUM_SQUARES, from + r * columns, columns).squareRoot()) }
            }
            withExtendedLifetime((matrix, result)) {}
        }
        try EarlyEnd.allowing("norm", matrix.count) { run(x.dtype.element) }
        return result
    }

    /// log Σ eˣ over the axes.
    static func logsumexp(_ x: Tensor, _ axes: [Int]) throws(TensorError) -> Tensor {
        let (matrix, _, columns, kept) = try x.rows(reducing: axes)
        let result = try Tensor.uninitialized(kept, x.dtype, "logsumexp")
        func run<T: FloatingElement>(_ type: T.Type) {
            // As above.
            Kernels.logSumExp(matrix.buffer(T.self), columns: columns, into: result.mutableBuffer(T.self))
            withExtendedLifetime((matrix, result)) {}
        }
        try EarlyEnd.allowing("logsumexp", matrix.count) { run(x.dtype.element) }
        return result
    }

    /// The first place of each row's largest (sign 1) or smallest (sign -1) element; nan counts as extreme. Columns must be positive.
    static func places(_ name: String, _ matrix: Tensor, _ rows: Int, _ columns: Int, _ sign: Int) throws(TensorError) -> [Int32] {
        let matrix = try matrix.dtype.isFloating ? matrix : matrix.to(.f64)
        func run<T: FloatingElement>(_ type: T.Type) -> [Int32] {
            [Int32](unsafeUninitializedCapacity: rows) { out, count in
                // matrix is contiguous with rows * columns elements; out has one for each row.
                let out = UnsafeMutableBufferPointer(rebasing: out[..<rows])
                out.initialize(repeating: 0)
                if sign > 0 {
                    Kernels.argmax(matrix.buffer(T.self), columns: columns, into: out)
                } else {
                    Kernels.argmin(matrix.buffer(T.self), columns: columns, into: out)
                }
                count = rows
                withExtendedLifetime(matrix) {}
            }
        }
        var places: [Int32] = []
        try EarlyEnd.allowing(name, matrix.count) { places = run(matrix.dtype.element) }
        return places
    }
}
