import CKernels

/// How one operand of a two-argument kernel is spread over a matrix of rows x columns.
package struct RowOperand<Element> {
    let base: UnsafePointer<Element>
    /// Distance from one row's values to the next row's; 0 repeats the first row.
    let rowStride: Int
    /// 1, or 0 to use one value for the whole row.
    let step: Int

    /// A full matrix of `columns` a row.
    package static func matrix(_ base: UnsafePointer<Element>, columns: Int) -> Self { Self(base: base, rowStride: columns, step: 1) }
    /// One row of values for all rows (a bias).
    package static func row(_ base: UnsafePointer<Element>) -> Self { Self(base: base, rowStride: 0, step: 1) }
    /// One value for each row.
    package static func column(_ base: UnsafePointer<Element>) -> Self { Self(base: base, rowStride: 1, step: 0) }
    /// One value for all.
    package static func scalar(_ base: UnsafePointer<Element>) -> Self { Self(base: base, rowStride: 0, step: 0) }
}

/// A function of two numbers, applied to pairs of elements.
package struct BinaryKernel: Sendable {
    let op: eft_binary

    /// out[i] = f(a[i], b[i]); a buffer of one element stands for all.
    package func callAsFunction<T: KernelElement>(
        _ a: UnsafeBufferPointer<T>, _ b: UnsafeBufferPointer<T>, into out: UnsafeMutableBufferPointer<T>
    ) {
        precondition((a.count == out.count || a.count == 1) && (b.count == out.count || b.count == 1))
        guard let aBase = a.baseAddress, let bBase = b.baseAddress, let outBase = out.baseAddress else { return }
        let aStep = a.count == out.count ? 1 : 0, bStep = b.count == out.count ? 1 : 0
        // Ranges lie within 0..<out.count and are disjoint; an operand with step 0 is read at its one element.
        nonisolated(unsafe) let (x, y, z) = (aBase, bBase, outBase)
        Parallel.ranges(out.count, grain: op == EFT_POW ? Kernels.expensiveGrain : Kernels.grain) {
            let i = $0.lowerBound
            T.binary(op, x + i * aStep, aStep, y + i * bStep, bStep, z + i, $0.count)
        }
    }

    /// out[r, c] = f(a[r, c], b[r, c]) for operands that are matrices, rows, columns or scalars. `out` holds rows x columns elements,
    /// and each operand what its kind says.
    package func callAsFunction<T: KernelElement>(
        _ a: RowOperand<T>, _ b: RowOperand<T>, into out: UnsafeMutablePointer<T>, rows: Int, columns: Int
    ) {
        // Rows, and ranges of columns, are disjoint in out.
        nonisolated(unsafe) let (a, b, out) = (a, b, out)
        Kernels.eachRow(rows, columns) { row, range in
            let x = a.base + row * a.rowStride + range.lowerBound * a.step, y = b.base + row * b.rowStride + range.lowerBound * b.step
            T.binary(op, x, a.step, y, b.step, out + row * columns + range.lowerBound, range.count)
        }
    }
}

/// A comparison of pairs of elements; the result is a byte, 0 or 1.
package struct CompareKernel: Sendable {
    let op: eft_compare

    /// out[r, c] = a[r, c] ? b[r, c] for operands that are matrices, rows, columns or scalars. `out` holds rows x columns elements,
    /// and each operand what its kind says.
    package func callAsFunction<T: KernelElement>(
        _ a: RowOperand<T>, _ b: RowOperand<T>, into out: UnsafeMutablePointer<UInt8>, rows: Int, columns: Int
    ) {
        // Rows, and ranges of columns, are disjoint in out.
        nonisolated(unsafe) let (a, b, out) = (a, b, out)
        Kernels.eachRow(rows, columns) { row, range in
            let x = a.base + row * a.rowStride + range.lowerBound * a.step, y = b.base + row * b.rowStride + range.lowerBound * b.step
            T.compare(op, x, a.step, y, b.step, out + row * columns + range.lowerBound, range.count)
        }
    }
}

extension Kernels {
    /// Calls `body` for each row of a matrix, or for parts of its rows where they are long, on any of the threads.
    fileprivate static func eachRow(_ rows: Int, _ columns: Int, _ body: (_ row: Int, _ columns: Range<Int>) -> Void) {
        if rows == 1 || columns >= longRow {
            Odometer.run([rows], [[1]]) { row in Parallel.ranges(columns, grain: grain) { body(row[0], $0) } }
        } else {
            Parallel.rows(rows, grain: Swift.max(1, grain / Swift.max(columns, 1)), width: columns) {
                for row in $0 { body(row, 0..<columns) }
            }
        }
    }

    package static let add = BinaryKernel(op: EFT_ADD)
    package static let subtract = BinaryKernel(op: EFT_SUB)
    package static let multiply = BinaryKernel(op: EFT_MUL)
    package static let divide = BinaryKernel(op: EFT_DIV)
    /// The smaller one; NaN if either is.
    package static let minimum = BinaryKernel(op: EFT_MIN)
    /// The larger one; NaN if either is.
    package static let maximum = BinaryKernel(op: EFT_MAX)
    package static let pow = BinaryKernel(op: EFT_POW)

    package static let less = CompareKernel(op: EFT_LESS)
    package static let lessEqual = CompareKernel(op: EFT_LESS_EQUAL)
    package static let greater = CompareKernel(op: EFT_GREATER)
    package static let greaterEqual = CompareKernel(op: EFT_GREATER_EQUAL)
    package static let equal = CompareKernel(op: EFT_EQUAL)
    package static let notEqual = CompareKernel(op: EFT_NOT_EQUAL)

    /// y += a x. Counts are equal.
    package static func axpy<T: KernelElement>(_ a: T, _ x: UnsafeBufferPointer<T>, into y: UnsafeMutableBufferPointer<T>) {
        precondition(x.count == y.count)
        guard let xs = x.baseAddress, let ys = y.baseAddress else { return }
        nonisolated(unsafe) let (from, to) = (xs, ys)  // ranges are disjoint and within both
        Parallel.ranges(x.count, grain: grain) { T.axpy(a, from + $0.lowerBound, to + $0.lowerBound, $0.count) }
    }

    /// y = a x. Counts are equal.
    package static func scale<T: KernelElement>(_ a: T, _ x: UnsafeBufferPointer<T>, into y: UnsafeMutableBufferPointer<T>) {
        withUnsafePointer(to: a) { multiply(x, UnsafeBufferPointer(start: $0, count: 1), into: y) }
    }
}
