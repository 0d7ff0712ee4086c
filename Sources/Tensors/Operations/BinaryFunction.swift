import Foundation

/// The elementwise functions of two arguments that the kernels know.
enum BinaryFunction: Sendable {
    case add, sub, mul, div, min, max, pow, floorDivide, remainder

    /// out[i] = f(a[i * aStep], b[i * bStep]) for n elements; steps are 0 or 1.
    func run<T: FloatingElement>(
        _ a: UnsafePointer<T>, _ aStep: Int, _ b: UnsafePointer<T>, _ bStep: Int, _ out: UnsafeMutablePointer<T>, _ n: Int
    ) {
        for i in 0..<n { out[i] = apply(a[i * aStep], b[i * bStep]) }
    }

    private func apply<T: FloatingElement>(_ a: T, _ b: T) -> T {
        switch self {
        case .add: return a + b
        case .sub: return a - b
        case .mul: return a * b
        case .div: return a / b
        case .min: return a.isNaN || a < b ? a : b
        case .max: return a.isNaN || a > b ? a : b
        case .pow: return T(Foundation.pow(Double(a), Double(b)))
        case .floorDivide: return (a / b).rounded(.down)
        case .remainder:
            let r = a.truncatingRemainder(dividingBy: b)
            return r != 0 && (r < 0) != (b < 0) ? r + b : r
        }
    }

    /// The same for i32, or nil where the result does not exist or fit.
    func apply(_ a: Int32, _ b: Int32) -> Int32? {
        func checked(_ result: (partialValue: Int32, overflow: Bool)) -> Int32? { result.overflow ? nil : result.partialValue }
        switch self {
        case .add: return checked(a.addingReportingOverflow(b))
        case .sub: return checked(a.subtractingReportingOverflow(b))
        case .mul: return checked(a.multipliedReportingOverflow(by: b))
        case .min: return Swift.min(a, b)
        case .max: return Swift.max(a, b)
        case .pow: return b < 0 ? nil : Int32(exactly: Foundation.pow(Double(a), Double(b)))
        case .div, .floorDivide:
            guard let quotient = checked(a.dividedReportingOverflow(by: b)) else { return nil }
            return a % b != 0 && (a < 0) != (b < 0) ? quotient - 1 : quotient
        case .remainder:
            guard b != 0 else { return nil }
            if b == -1 { return 0 }
            let r = a % b
            return r != 0 && (r < 0) != (b < 0) ? r + b : r
        }
    }
}
