import CKernels
import Foundation

/// A reduction to one number.
package struct ReduceKernel: Sendable {
    let op: eft_reduce

    /// Elements of one part of a long reduction; the parts' results are combined in their order, whatever the number of threads.
    private static let part = 1 << 16

    private var start: Double { op == EFT_MAXIMUM ? -.infinity : op == EFT_MINIMUM ? .infinity : 0 }

    private func combine(_ a: Double, _ b: Double) -> Double {
        switch op {
        case EFT_MAXIMUM: b > a || b.isNaN ? b : a
        case EFT_MINIMUM: b < a || b.isNaN ? b : a
        default: a + b
        }
    }

    /// The reduction of all elements; parts are added up in f64.
    package func callAsFunction<T: KernelElement>(_ x: UnsafeBufferPointer<T>) -> Double {
        guard let base = x.baseAddress, !x.isEmpty else { return start }
        let parts = (x.count + Self.part - 1) / Self.part
        guard parts > 1 else { return T.reduce(op, base, x.count) }
        // Each part writes its own element of results.
        nonisolated(unsafe) let from = base
        return withUnsafeTemporaryAllocation(of: Double.self, capacity: parts) { results in
            nonisolated(unsafe) let results = results
            Parallel.run(parts, width: Self.part) {
                results[$0] = T.reduce(op, from + $0 * Self.part, min(Self.part, x.count - $0 * Self.part))
            }
            return results.reduce(start, combine)
        }
    }

    /// out[o, i] = reduction over r of x[o, r, i]: the axes before, of and after the reduced one.
    /// x holds outer x reduced x inner elements, out outer x inner.
    package func callAsFunction<T: KernelElement>(
        _ x: UnsafeBufferPointer<T>, outer: Int, reduced: Int, inner: Int, into out: UnsafeMutableBufferPointer<T>
    ) {
        precondition(x.count == outer * reduced * inner && out.count == outer * inner)
        guard let to = out.baseAddress, !out.isEmpty else { return }
        guard let base = x.baseAddress, !x.isEmpty else { return out.update(repeating: T(start)) }
        // Every chunk writes its own part of out.
        nonisolated(unsafe) let (from, result) = (base, to)
        if inner == 1 {
            if outer == 1 { return to.pointee = T(self(x)) }
            Parallel.rows(outer, grain: max(1, Kernels.grain / reduced), width: reduced) {
                for o in $0 { result[o] = T(T.reduce(op, from + o * reduced, reduced)) }
            }
        } else if outer >= Parallel.threads {
            Parallel.rows(outer, grain: max(1, Kernels.grain / (reduced * inner)), width: reduced * inner) {
                for o in $0 { T.reduceRows(op, from + o * reduced * inner, reduced, inner, inner, result + o * inner) }
            }
        } else {
            for o in 0..<outer {
                Parallel.ranges(inner, grain: max(16, Kernels.grain / reduced), width: reduced) {
                    let c = $0.lowerBound
                    T.reduceRows(op, from + o * reduced * inner + c, reduced, $0.count, inner, result + o * inner + c)
                }
            }
        }
    }
}

extension Kernels {
    package static let sum = ReduceKernel(op: EFT_SUM)
    package static let sumOfSquares = ReduceKernel(op: EFT_SUM_SQUARES)
    /// NaN if there is one.
    package static let max = ReduceKernel(op: EFT_MAXIMUM)
    /// NaN if there is one.
    package static let min = ReduceKernel(op: EFT_MINIMUM)

    /// Index of the first largest element of each row; the first NaN wins. x holds out.count x columns elements.
    package static func argmax<T: KernelElement>(_ x: UnsafeBufferPointer<T>, columns: Int, into out: UnsafeMutableBufferPointer<Int32>) {
        argExtreme(x, columns: columns, sign: 1, into: out)
    }

    /// Index of the first smallest element of each row; the first NaN wins. x holds out.count x columns elements.
    package static func argmin<T: KernelElement>(_ x: UnsafeBufferPointer<T>, columns: Int, into out: UnsafeMutableBufferPointer<Int32>) {
        argExtreme(x, columns: columns, sign: -1, into: out)
    }

    private static func argExtreme<T: KernelElement>(
        _ x: UnsafeBufferPointer<T>, columns: Int, sign: Int32, into out: UnsafeMutableBufferPointer<Int32>
    ) {
        precondition(columns > 0 && x.count == out.count * columns)
        guard let base = x.baseAddress else { return }
        nonisolated(unsafe) let (from, to) = (base, out)  // rows are disjoint in out
        if columns >= longRow {
            for row in out.indices { to[row] = Int32(clamping: argExtreme(from + row * columns, columns, sign)) }
        } else {
            Parallel.rows(out.count, grain: Swift.max(1, grain / columns), width: columns) {
                for row in $0 { to[row] = Int32(clamping: T.argExtreme(from + row * columns, columns, sign)) }
            }
        }
    }

    /// Columns from which on a row is split over threads, and those of its parts.
    static let longRow = 1 << 22
    private static let part = 1 << 20

    /// The same for one long row: the places of its parts are compared in their order.
    private static func argExtreme<T: KernelElement>(_ x: UnsafePointer<T>, _ count: Int, _ sign: Int32) -> Int {
        let parts = (count + part - 1) / part
        nonisolated(unsafe) let from = x
        return withUnsafeTemporaryAllocation(of: Int.self, capacity: parts) { places in
            nonisolated(unsafe) let places = places
            // A loop that ends early leaves the starts of its parts.
            for i in 0..<parts { places[i] = i * part }
            Parallel.run(parts, width: part) {
                places[$0] = $0 * part + T.argExtreme(from + $0 * part, Swift.min(part, count - $0 * part), sign)
            }
            return places.dropFirst().reduce(places[0]) { best, next in
                if from[best].isNaN { return best }
                return from[next].isNaN || (sign > 0 ? from[next] > from[best] : from[next] < from[best]) ? next : best
            }
        }
    }

    /// a · b, added up in f64. Counts are equal.
    package static func dot<T: KernelElement>(_ a: UnsafeBufferPointer<T>, _ b: UnsafeBufferPointer<T>) -> Double {
        precondition(a.count == b.count)
        guard let x = a.baseAddress, let y = b.baseAddress else { return 0 }
        return T.dot(x, y, a.count)
    }

    /// Rows' dot products: out[r] = a[r] · b[r]. Both hold out.count x columns elements.
    package static func rowDots<T: KernelElement>(
        _ a: UnsafeBufferPointer<T>, _ b: UnsafeBufferPointer<T>, columns: Int, into out: UnsafeMutableBufferPointer<T>
    ) {
        precondition(a.count == b.count && a.count == out.count * columns)
        guard let aBase = a.baseAddress, let bBase = b.baseAddress, let outBase = out.baseAddress else { return }
        nonisolated(unsafe) let (x, y, z) = (aBase, bBase, outBase)  // rows are disjoint in out
        Parallel.rows(out.count, grain: Swift.max(1, grain / Swift.max(columns, 1)), width: columns) {
            for r in $0 { z[r] = T(T.dot(x + r * columns, y + r * columns, columns)) }
        }
    }

    /// Softmax of each row of `columns` elements. Counts are equal and a multiple of columns.
    package static func softmax<T: KernelElement>(_ x: UnsafeBufferPointer<T>, columns: Int, into y: UnsafeMutableBufferPointer<T>) {
        if columns >= longRow { return longSoftmax(x, columns, y, logarithm: false) }
        eachRow(x, nil, columns, y) { x, _, y, rows in T.softmax(x, y, rows, columns) }
    }

    /// dx = y (dy - Σ dy y), row by row. Counts are equal and a multiple of columns.
    package static func softmaxGradient<T: KernelElement>(
        _ dy: UnsafeBufferPointer<T>, y: UnsafeBufferPointer<T>, columns: Int, into dx: UnsafeMutableBufferPointer<T>
    ) {
        eachRow(dy, y, columns, dx) { dy, y, dx, rows in T.softmaxGradient(dy, y, dx, rows, columns) }
    }

    /// log(softmax) of each row of `columns` elements. Counts are equal and a multiple of columns.
    package static func logSoftmax<T: KernelElement>(_ x: UnsafeBufferPointer<T>, columns: Int, into y: UnsafeMutableBufferPointer<T>) {
        if columns >= longRow { return longSoftmax(x, columns, y, logarithm: true) }
        eachRow(x, nil, columns, y) { x, _, y, rows in T.logSoftmax(x, y, rows, columns) }
    }

    /// dx = dy - eʸ Σ dy, row by row. Counts are equal and a multiple of columns.
    package static func logSoftmaxGradient<T: KernelElement>(
        _ dy: UnsafeBufferPointer<T>, y: UnsafeBufferPointer<T>, columns: Int, into dx: UnsafeMutableBufferPointer<T>
    ) {
        eachRow(dy, y, columns, dx) { dy, y, dx, rows in T.logSoftmaxGradient(dy, y, dx, rows, columns) }
    }

    /// out[r] = log Σ eˣ of row r, without overflow. x holds out.count x columns elements.
    package static func logSumExp<T: KernelElement>(_ x: UnsafeBufferPointer<T>, columns: Int, into out: UnsafeMutableBufferPointer<T>) {
        precondition(x.count == out.count * columns)
        guard let base = x.baseAddress, let to = out.baseAddress, columns > 0 else { return out.update(repeating: -.infinity) }
        nonisolated(unsafe) let (from, result) = (base, to)  // rows are disjoint in out
        if columns >= longRow {
            for row in out.indices { result[row] = longLogSumExp(from + row * columns, columns) }
            return
        }
        Parallel.rows(out.count, grain: Swift.max(1, expensiveGrain / columns), width: columns) {
            T.logSumExp(from + $0.lowerBound * columns, result + $0.lowerBound, $0.count, columns)
        }
    }

    /// Softmax, or its logarithm, of long rows: each of its steps is split over threads.
    private static func longSoftmax<T: KernelElement>(
        _ x: UnsafeBufferPointer<T>, _ columns: Int, _ y: UnsafeMutableBufferPointer<T>, logarithm: Bool
    ) {
        precondition(x.count == y.count && x.count % columns == 0)
        for start in stride(from: 0, to: x.count, by: columns) {
            let x = UnsafeBufferPointer(rebasing: x[start..<start + columns])
            let y = UnsafeMutableBufferPointer(rebasing: y[start..<start + columns])
            let top = T(Kernels.max(x))
            shift(x, by: top, into: y)
            exp(UnsafeBufferPointer(y), into: y)
            let total = sum(UnsafeBufferPointer(y))
            if logarithm {
                shift(x, by: top, into: y)
                shift(UnsafeBufferPointer(y), by: T(Foundation.log(total)), into: y)
            } else {
                scale(T(1 / total), UnsafeBufferPointer(y), into: y)
            }
        }
    }

    /// y = x - a. Counts are equal.
    private static func shift<T: KernelElement>(_ x: UnsafeBufferPointer<T>, by a: T, into y: UnsafeMutableBufferPointer<T>) {
        withUnsafePointer(to: a) { subtract(x, UnsafeBufferPointer(start: $0, count: 1), into: y) }
    }

    /// log Σ eˣ of a long row, from those of its parts.
    private static func longLogSumExp<T: KernelElement>(_ x: UnsafePointer<T>, _ count: Int) -> T {
        let parts = (count + part - 1) / part
        nonisolated(unsafe) let from = x
        return withUnsafeTemporaryAllocation(of: T.self, capacity: parts) { results in
            results.initialize(repeating: 0)
            nonisolated(unsafe) let results = results
            Parallel.run(parts, width: part) {
                results[$0] = logSumExp(UnsafeBufferPointer(start: from + $0 * part, count: Swift.min(part, count - $0 * part)))
            }
            return logSumExp(UnsafeBufferPointer(results))
        }
    }

    private static func logSumExp<T: KernelElement>(_ x: UnsafeBufferPointer<T>) -> T {
        guard let base = x.baseAddress else { return -.infinity }
        var result: T = 0
        T.logSumExp(base, &result, 1, x.count)
        return result
    }

    /// Calls `body` on ranges of rows of up to two inputs and an output of equal size.
    private static func eachRow<T: KernelElement>(
        _ a: UnsafeBufferPointer<T>, _ b: UnsafeBufferPointer<T>?, _ columns: Int, _ out: UnsafeMutableBufferPointer<T>,
        _ body: (UnsafePointer<T>, UnsafePointer<T>, UnsafeMutablePointer<T>, Int) -> Void
    ) {
        precondition(a.count == out.count && (b?.count ?? a.count) == a.count)
        guard columns > 0, let base = a.baseAddress, let to = out.baseAddress else { return }
        precondition(a.count % columns == 0)
        nonisolated(unsafe) let (x, y, z) = (base, b?.baseAddress ?? base, to)  // rows are disjoint in out
        Parallel.rows(a.count / columns, grain: Swift.max(1, expensiveGrain / columns), width: columns) {
            let i = $0.lowerBound * columns
            body(x + i, y + i, z + i, $0.count)
        }
    }
}
