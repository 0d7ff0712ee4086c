import CKernels

extension Kernels {
    /// Normalises each row of `columns` elements to mean 0 and variance 1, then multiplies by weight and adds bias (either may be nil).
    ///
    /// mean and rstd (1 / √(variance + eps)), one a row, are what the gradient needs; pass nil when there will be none.
    /// x and y are equal in size and a multiple of columns; weight and bias hold `columns` elements.
    /// Source: Ba, Kiros & Hinton, "Layer Normalization".
    package static func layerNorm<T: KernelElement>(
        _ x: UnsafeBufferPointer<T>, weight: UnsafeBufferPointer<T>?, bias: UnsafeBufferPointer<T>?, eps: Double, columns: Int,
        into y: UnsafeMutableBufferPointer<T>, mean: UnsafeMutableBufferPointer<T>?, rstd: UnsafeMutableBufferPointer<T>?
    ) {
        precondition(x.count == y.count && (weight?.count ?? columns) == columns && (bias?.count ?? columns) == columns)
        guard columns > 0, let xs = x.baseAddress, let ys = y.baseAddress else { return }
        let rows = x.count / columns
        precondition(x.count == rows * columns && (mean?.count ?? rows) == rows && (rstd?.count ?? rows) == rows)
        // Ranges of rows are disjoint in y, mean and rstd.
        nonisolated(unsafe) let (xs2, ys2, w, b, m, s) = (
            xs, ys, weight?.baseAddress, bias?.baseAddress, mean?.baseAddress, rstd?.baseAddress
        )
        Parallel.rows(rows, grain: Swift.max(1, grain / columns), width: columns) { range in
            let r = range.lowerBound
            T.layerNorm(xs2 + r * columns, w, b, eps, ys2 + r * columns, m.map { $0 + r }, s.map { $0 + r }, range.count, columns)
        }
    }

    /// Gradients of `layerNorm`: dx row by row; dweight and dbias (of `columns` elements, may be nil) are overwritten.
    package static func layerNormGradient<T: KernelElement>(
        _ dy: UnsafeBufferPointer<T>, x: UnsafeBufferPointer<T>, weight: UnsafeBufferPointer<T>?, mean: UnsafeBufferPointer<T>,
        rstd: UnsafeBufferPointer<T>, columns: Int, into dx: UnsafeMutableBufferPointer<T>, dweight: UnsafeMutableBufferPointer<T>?,
        dbias: UnsafeMutableBufferPointer<T>?
    ) {
        dweight?.update(repeating: 0)
        dbias?.update(repeating: 0)
        precondition(dy.count == x.count && x.count == dx.count && mean.count == rstd.count && x.count == mean.count * columns)
        precondition(
            (weight?.count ?? columns) == columns && (dweight?.count ?? columns) == columns && (dbias?.count ?? columns) == columns)
        guard columns > 0, let dys = dy.baseAddress, let xs = x.baseAddress, let dxs = dx.baseAddress, let means = mean.baseAddress,
            let rstds = rstd.baseAddress
        else { return }
        let rows = mean.count
        let parts = rowParts(rows, columns: columns)
        nonisolated(unsafe) let (d, from, to, m, s, w) = (dys, xs, dxs, means, rstds, weight?.baseAddress)
        nonisolated(unsafe) let sums = (dweight?.baseAddress, dbias?.baseAddress)
        columnSums(parts: parts, columns: columns, sums.0, sums.1) { part, dweight, dbias in
            let low = rows * part / parts, high = rows * (part + 1) / parts, i = low * columns
            T.layerNormGradient(d + i, from + i, w, m + low, s + low, to + i, dweight, dbias, high - low, columns)
        }
    }

    /// Parts that rows are split into where every part has sums of its own: a function of the sizes alone, so that the sums
    /// do not depend on the number of threads.
    static func rowParts(_ rows: Int, columns: Int) -> Int {
        Swift.max(1, Swift.min(16, rows / 32, rows * columns / grain))
    }

    /// Runs `body` for each part with zeroed sums of `columns` elements of its own, then adds the parts' sums to `first` and `second`
    /// in the parts' order.
    static func columnSums<T: KernelElement>(
        parts: Int, columns: Int, _ first: UnsafeMutablePointer<T>?, _ second: UnsafeMutablePointer<T>?,
        _ body: (Int, UnsafeMutablePointer<T>?, UnsafeMutablePointer<T>?) -> Void
    ) {
        guard parts > 1 else { return body(0, first, second) }
        withUnsafeTemporaryAllocation(of: T.self, capacity: 2 * parts * columns) { scratch in
            guard let base = scratch.baseAddress else { return }
            scratch.initialize(repeating: 0)
            // Part p owns [2p columns, 2(p + 1) columns) of the scratch.
            nonisolated(unsafe) let (own, sums) = (base, (first, second))
            Parallel.run(parts) { part in
                let mine = own + 2 * part * columns
                body(part, sums.0 == nil ? nil : mine, sums.1 == nil ? nil : mine + columns)
            }
            for part in 0..<parts {
                let theirs = base + 2 * part * columns
                if let first { T.axpy(1, theirs, first, columns) }
                if let second { T.axpy(1, theirs + columns, second, columns) }
            }
        }
    }
}
