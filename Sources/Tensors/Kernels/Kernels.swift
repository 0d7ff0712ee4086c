import CKernels

/// The inner loops of the tensor library: contiguous buffers in, contiguous buffers out, work split over threads.
///
/// All of them hold for Float and Double. Buffers' counts must agree as each function says (checked: a mismatch is a bug of the caller's);
/// elementwise kernels may write over one of their inputs. For the same arguments and number of threads the same bits come out.
package enum Kernels {
    /// Elements that one thread should at least get before another one is woken.
    static let grain = 16_384
    /// The same for functions that cost tens of operations an element.
    static let expensiveGrain = 4_096

    /// The instruction set in use, e.g. `avx512`; `EFT_KERNEL_LEVEL` forces a lower one.
    package static var level: Level { Level(rawValue: Int32(eft_level_active().rawValue)) ?? .baseline }

    /// Instruction sets that the kernels are compiled for.
    package enum Level: Int32, CaseIterable, Comparable, Sendable {
        case baseline, avx2, avx512

        package static func < (a: Level, b: Level) -> Bool { a.rawValue < b.rawValue }

        /// The levels of this machine, lowest first.
        package static var available: [Level] { allCases.filter { $0.rawValue <= Int32(eft_level_of_cpu().rawValue) } }
    }

    /// Runs `body` with the kernels of `level` on this thread and on the workers that it employs.
    package static func with<Result, Failure: Error>(level: Level, _ body: () throws(Failure) -> Result) throws(Failure) -> Result {
        eft_level_set(level.rawValue)
        defer { eft_level_set(-1) }
        return try body()
    }
}

/// A function of one number, applied to each element, with its derivative.
package struct UnaryKernel: Sendable {
    let op: eft_unary
    let grain: Int

    /// y[i] = f(x[i]). Counts are equal.
    package func callAsFunction<T: KernelElement>(_ x: UnsafeBufferPointer<T>, into y: UnsafeMutableBufferPointer<T>) {
        precondition(x.count == y.count)
        guard let xs = x.baseAddress, let ys = y.baseAddress else { return }
        // Ranges lie within 0..<count of both buffers and are disjoint.
        nonisolated(unsafe) let (from, to) = (xs, ys)
        Parallel.ranges(x.count, grain: grain) { T.unary(op, from + $0.lowerBound, to + $0.lowerBound, $0.count) }
    }

    /// dx[i] = dy[i] f'(x[i]), where y = f(x). Counts are equal.
    package func gradient<T: KernelElement>(
        _ dy: UnsafeBufferPointer<T>, x: UnsafeBufferPointer<T>, y: UnsafeBufferPointer<T>, into dx: UnsafeMutableBufferPointer<T>
    ) {
        precondition(dy.count == x.count && x.count == y.count && y.count == dx.count)
        guard let dys = dy.baseAddress, let xs = x.baseAddress, let ys = y.baseAddress, let dxs = dx.baseAddress else { return }
        // Ranges lie within 0..<count of all four buffers and are disjoint.
        nonisolated(unsafe) let (d, from, value, to) = (dys, xs, ys, dxs)
        Parallel.ranges(x.count, grain: grain) {
            let i = $0.lowerBound
            T.unaryGradient(op, d + i, from + i, value + i, to + i, $0.count)
        }
    }
}

extension Kernels {
    package static let negate = UnaryKernel(op: EFT_NEG, grain: grain)
    package static let abs = UnaryKernel(op: EFT_ABS, grain: grain)
    /// -1, 0 or 1; zero and NaN stay as they are.
    package static let sign = UnaryKernel(op: EFT_SIGN, grain: grain)
    package static let square = UnaryKernel(op: EFT_SQUARE, grain: grain)
    package static let reciprocal = UnaryKernel(op: EFT_RECIPROCAL, grain: grain)
    package static let sqrt = UnaryKernel(op: EFT_SQRT, grain: grain)
    package static let rsqrt = UnaryKernel(op: EFT_RSQRT, grain: grain)
    package static let exp = UnaryKernel(op: EFT_EXP, grain: expensiveGrain)
    package static let expm1 = UnaryKernel(op: EFT_EXPM1, grain: expensiveGrain)
    package static let log = UnaryKernel(op: EFT_LOG, grain: expensiveGrain)
    package static let log1p = UnaryKernel(op: EFT_LOG1P, grain: expensiveGrain)
    package static let sin = UnaryKernel(op: EFT_SIN, grain: expensiveGrain)
    package static let cos = UnaryKernel(op: EFT_COS, grain: expensiveGrain)
    package static let tanh = UnaryKernel(op: EFT_TANH, grain: expensiveGrain)
    package static let sigmoid = UnaryKernel(op: EFT_SIGMOID, grain: expensiveGrain)
    package static let relu = UnaryKernel(op: EFT_RELU, grain: grain)
    /// x Φ(x), with the normal distribution's Φ (Hendrycks & Gimpel, "Gaussian Error Linear Units").
    package static let gelu = UnaryKernel(op: EFT_GELU, grain: expensiveGrain)
    package static let geluTanh = UnaryKernel(op: EFT_GELU_TANH, grain: expensiveGrain)
    package static let silu = UnaryKernel(op: EFT_SILU, grain: expensiveGrain)
    package static let quickGelu = UnaryKernel(op: EFT_QUICK_GELU, grain: expensiveGrain)
    /// log(1 + eˣ), without overflow.
    package static let softplus = UnaryKernel(op: EFT_SOFTPLUS, grain: expensiveGrain)
    package static let erf = UnaryKernel(op: EFT_ERF, grain: expensiveGrain)
    package static let floor = UnaryKernel(op: EFT_FLOOR, grain: grain)
    package static let ceil = UnaryKernel(op: EFT_CEIL, grain: grain)
    /// To the nearest integer, halves to even.
    package static let round = UnaryKernel(op: EFT_ROUND, grain: grain)
}
