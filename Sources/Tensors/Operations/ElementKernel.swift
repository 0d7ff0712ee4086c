import Foundation

/// A function of two elements: the floating kernel, and the rule for i32, which gives nil where the result does not exist or fit.
struct ElementKernel: Sendable {
    let floating: Floating
    let integer: @Sendable (Int32, Int32) -> Int32?

    enum Floating {
        case vectorised(BinaryKernel)
        /// ⌊a / b⌋ or a - b ⌊a / b⌋, element by element.
        case quotient, remainder
    }

    static let add = ElementKernel(floating: .vectorised(Kernels.add)) { checked($0.addingReportingOverflow($1)) }
    static let sub = ElementKernel(floating: .vectorised(Kernels.subtract)) { checked($0.subtractingReportingOverflow($1)) }
    static let mul = ElementKernel(floating: .vectorised(Kernels.multiply)) { checked($0.multipliedReportingOverflow(by: $1)) }
    static let div = ElementKernel(floating: .vectorised(Kernels.divide)) { checked($0.dividedReportingOverflow(by: $1)) }
    static let min = ElementKernel(floating: .vectorised(Kernels.minimum)) { Swift.min($0, $1) }
    static let max = ElementKernel(floating: .vectorised(Kernels.maximum)) { Swift.max($0, $1) }
    static let pow = ElementKernel(floating: .vectorised(Kernels.pow)) { a, b in
        b < 0 ? nil : Int32(exactly: Foundation.pow(Double(a), Double(b)))
    }
    static let floorDivide = ElementKernel(floating: .quotient) { a, b in
        guard let quotient = checked(a.dividedReportingOverflow(by: b)) else { return nil }
        return a % b != 0 && (a < 0) != (b < 0) ? quotient - 1 : quotient
    }
    static let remainder = ElementKernel(floating: .remainder) { a, b in
        if b == 0 { return nil }
        if b == -1 { return 0 }
        let rest = a % b
        return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest
    }

    private init(floating: Floating, integer: @escaping @Sendable (Int32, Int32) -> Int32?) {
        self.floating = floating
        self.integer = integer
    }

    private static func checked(_ result: (partialValue: Int32, overflow: Bool)) -> Int32? { result.overflow ? nil : result.partialValue }

    /// out[r, c] = f(a[r, c], b[r, c]) for rows x columns elements.
    func run<T: FloatingElement>(
        _ a: RowOperand<T>, _ b: RowOperand<T>, into out: UnsafeMutablePointer<T>, rows: Int, columns: Int
    ) {
        switch floating {
        case .vectorised(let kernel):
            if rows == 1 {
                // One long row is split over threads by element.
                let x = UnsafeBufferPointer(start: a.base, count: a.step == 1 ? columns : 1)
                let y = UnsafeBufferPointer(start: b.base, count: b.step == 1 ? columns : 1)
                kernel(x, y, into: UnsafeMutableBufferPointer(start: out, count: columns))
            } else {
                kernel(a, b, into: out, rows: rows, columns: columns)
            }
        case .quotient: eachPair(a, b, out, rows, columns) { ($0 / $1).rounded(.down) }
        case .remainder:
            eachPair(a, b, out, rows, columns) { x, y in
                let rest = x.truncatingRemainder(dividingBy: y)
                return rest != 0 && (rest < 0) != (y < 0) ? rest + y : rest
            }
        }
    }

    private func eachPair<T: FloatingElement>(
        _ a: RowOperand<T>, _ b: RowOperand<T>, _ out: UnsafeMutablePointer<T>, _ rows: Int, _ columns: Int, _ f: (T, T) -> T
    ) {
        Odometer.run([rows], [[1]]) { row in
            let x = a.base + row[0] * a.rowStride, y = b.base + row[0] * b.rowStride, out = out + row[0] * columns
            EarlyEnd.ranges(columns) { for c in $0 { out[c] = f(x[c * a.step], y[c * b.step]) } }
        }
    }
}
