import CKernels

extension Kernels {
    /// y[c, r] = x[r, c]. x and y hold rows x columns elements and do not overlap.
    package static func transpose<T: KernelElement>(
        _ x: UnsafeBufferPointer<T>, rows: Int, columns: Int, into y: UnsafeMutableBufferPointer<T>
    ) {
        precondition(x.count == rows * columns && x.count == y.count)
        guard let xs = x.baseAddress, let ys = y.baseAddress else { return }
        nonisolated(unsafe) let (from, to) = (xs, ys)  // ranges of columns are disjoint in y
        Parallel.ranges(columns, grain: Swift.max(16, grain / Swift.max(rows, 1)), width: rows) { T.transpose(from, to, rows, columns, $0) }
    }

    package static func convert(_ x: UnsafeBufferPointer<Float>, into y: UnsafeMutableBufferPointer<Double>) {
        precondition(x.count == y.count)
        guard let xs = x.baseAddress, let ys = y.baseAddress else { return }
        nonisolated(unsafe) let (from, to) = (xs, ys)  // ranges are disjoint and within both
        Parallel.ranges(x.count, grain: grain) { eft_convert_f32_f64(from + $0.lowerBound, to + $0.lowerBound, $0.count) }
    }

    package static func convert(_ x: UnsafeBufferPointer<Double>, into y: UnsafeMutableBufferPointer<Float>) {
        precondition(x.count == y.count)
        guard let xs = x.baseAddress, let ys = y.baseAddress else { return }
        nonisolated(unsafe) let (from, to) = (xs, ys)  // ranges are disjoint and within both
        Parallel.ranges(x.count, grain: grain) { eft_convert_f64_f32(from + $0.lowerBound, to + $0.lowerBound, $0.count) }
    }

    /// out[i] = table[ids[i]], rows of `columns` elements. Every id is in 0..<(table.count / columns): checked by the caller,
    /// who can name the offender.
    package static func gatherRows<T: KernelElement>(
        _ table: UnsafeBufferPointer<T>, ids: UnsafeBufferPointer<Int32>, columns: Int, into out: UnsafeMutableBufferPointer<T>
    ) {
        precondition(out.count == ids.count * columns)
        guard let from = table.baseAddress, let to = out.baseAddress else { return }
        // ids are valid rows of the table (the caller's check); rows of out are disjoint.
        nonisolated(unsafe) let (source, result, ids) = (from, to, ids)
        Parallel.rows(ids.count, grain: Swift.max(1, grain / Swift.max(columns, 1)), width: columns) {
            for i in $0 { (result + i * columns).update(from: source + Int(ids[i]) * columns, count: columns) }
        }
    }

    /// table[ids[i]] += rows[i], in the order of i. Every id is a valid row of the table (checked by the caller).
    package static func scatterAddRows<T: KernelElement>(
        _ rows: UnsafeBufferPointer<T>, ids: UnsafeBufferPointer<Int32>, columns: Int, into table: UnsafeMutableBufferPointer<T>
    ) {
        precondition(rows.count == ids.count * columns)
        guard let from = rows.baseAddress, let to = table.baseAddress else { return }
        // Threads own ranges of columns, so that rows with the same id are added by one thread, in order.
        nonisolated(unsafe) let (source, result, ids) = (from, to, ids)
        Parallel.ranges(columns, grain: Swift.max(16, grain / Swift.max(ids.count, 1))) { range in
            for i in ids.indices {
                T.axpy(1, source + i * columns + range.lowerBound, result + Int(ids[i]) * columns + range.lowerBound, range.count)
            }
        }
    }
}
