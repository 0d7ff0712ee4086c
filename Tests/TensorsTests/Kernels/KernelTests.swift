import Foundation
import Testing

@testable import Tensors

/// The f32 kernels of every level against the f64 ones, which are the C library's functions.
@Suite struct UnaryKernelTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let name: String, kernel: UnaryKernel, domain: ClosedRange<Float>
        /// Allowed difference, relative to the result or (near zeros of a derivative, where two terms cancel) to 1.
        var tolerance = 1e-6
        var testDescription: String { name }
    }

    static let cases: [Case] = [
        Case(name: "negate", kernel: Kernels.negate, domain: -9...9), Case(name: "abs", kernel: Kernels.abs, domain: -9...9),
        Case(name: "sign", kernel: Kernels.sign, domain: -9...9), Case(name: "square", kernel: Kernels.square, domain: -9...9),
        Case(name: "reciprocal", kernel: Kernels.reciprocal, domain: -9...9), Case(name: "sqrt", kernel: Kernels.sqrt, domain: 0...99),
        Case(name: "rsqrt", kernel: Kernels.rsqrt, domain: 0.01...99), Case(name: "exp", kernel: Kernels.exp, domain: -104...88),
        Case(name: "expm1", kernel: Kernels.expm1, domain: -4...4), Case(name: "log", kernel: Kernels.log, domain: 0...99),
        Case(name: "log1p", kernel: Kernels.log1p, domain: -0.99...9), Case(name: "sin", kernel: Kernels.sin, domain: -99...99),
        Case(name: "cos", kernel: Kernels.cos, domain: -99...99), Case(name: "tanh", kernel: Kernels.tanh, domain: -12...12),
        Case(name: "sigmoid", kernel: Kernels.sigmoid, domain: -50...50), Case(name: "relu", kernel: Kernels.relu, domain: -9...9),
        Case(name: "gelu", kernel: Kernels.gelu, domain: -9...9, tolerance: 3e-6),
        Case(name: "geluTanh", kernel: Kernels.geluTanh, domain: -5...9, tolerance: 3e-6),
        Case(name: "silu", kernel: Kernels.silu, domain: -50...50),
        Case(name: "quickGelu", kernel: Kernels.quickGelu, domain: -5...50, tolerance: 3e-6),
        Case(name: "softplus", kernel: Kernels.softplus, domain: -50...50),
        Case(name: "erf", kernel: Kernels.erf, domain: -5...5, tolerance: 3e-6), Case(name: "floor", kernel: Kernels.floor, domain: -9...9),
        Case(name: "ceil", kernel: Kernels.ceil, domain: -9...9), Case(name: "round", kernel: Kernels.round, domain: -9...9),
    ]

    static let special: [Float] = [
        0, -0.0, .infinity, -.infinity, .nan, Float(bitPattern: 71362), -Float(bitPattern: 71362), 3e38, -3e38, 1e-30, 88.8, -87.5, -103,
        1e10, -1e10, 2e-38, 0.5, 1e4,
    ]

    private func apply<T: KernelElement>(_ kernel: UnaryKernel, _ x: [T]) -> (value: [T], slope: [T]) {
        var y = [T](repeating: -7, count: x.count), dx = y
        let ones = [T](repeating: 1, count: x.count)
        x.withUnsafeBufferPointer { x in
            y.withUnsafeMutableBufferPointer { kernel(x, into: $0) }
            ones.withUnsafeBufferPointer { dy in
                y.withUnsafeBufferPointer { y in dx.withUnsafeMutableBufferPointer { kernel.gradient(dy, x: x, y: y, into: $0) } }
            }
        }
        return (y, dx)
    }

    /// 3 and 100 003: alone in a vector, and many with a rest, over threads.
    @Test(arguments: Kernels.Level.available, cases) func agreesWithDouble(_ level: Kernels.Level, _ test: Case) {
        for count in [3, 100_003] {
            var random = Philox(seed: 5)
            let (low, high) = (Double(test.domain.lowerBound), Double(test.domain.upperBound))
            let x = (0..<count).map { i in Float(low + (high - low) * random.uniform()) * (i % 5 == 0 && low <= 0 ? 1e-3 : 1) }
            let got = Kernels.with(level: level) { apply(test.kernel, x) }, want = apply(test.kernel, x.map(Double.init))
            for i in x.indices {
                let value = abs(Double(got.value[i]) - want.value[i]), slope = abs(Double(got.slope[i]) - want.slope[i])
                guard value <= test.tolerance * abs(want.value[i]) + 1e-37, slope <= test.tolerance * max(abs(want.slope[i]), 0.3) else {
                    Issue.record(
                        "\(test.name)(\(x[i])) \(level): \(got.value[i]) slope \(got.slope[i]), want \(want.value[i]) slope \(want.slope[i])"
                    )
                    return
                }
            }
        }
    }

    @Test(arguments: Kernels.Level.available, cases) func extremeInputs(_ level: Kernels.Level, _ test: Case) {
        let got = Kernels.with(level: level) { apply(test.kernel, Self.special) }
        let want = apply(test.kernel, Self.special.map(Double.init))
        for (i, x) in Self.special.enumerated() {
            for (a, exact) in [(got.value[i], want.value[i]), (got.slope[i], want.slope[i])] {
                let b = Float(exact)
                let same = a == b || (a.isNaN && b.isNaN) || (b.isFinite && abs(a - b) <= 1e-5 * abs(b) + 1e-37)
                #expect(same, "\(test.name)(\(x)) \(level): \(a), want \(b)")
            }
        }
    }
}

@Suite struct BinaryKernelTests {
    @Test(arguments: Kernels.Level.available) func broadcasts(_ level: Kernels.Level) {
        let rows = 5, columns = 19
        let a = (0..<rows * columns).map { Float($0) + 1 }, b = (0..<columns).map { Float($0) - 3 }
        var out = [Float](repeating: 0, count: rows * columns)
        Kernels.with(level: level) {
            a.withUnsafeBufferPointer { a in
                b.withUnsafeBufferPointer { b in
                    out.withUnsafeMutableBufferPointer { out in
                        guard let a = a.baseAddress, let b = b.baseAddress, let out = out.baseAddress else { return }
                        Kernels.multiply(.matrix(a, columns: columns), .row(b), into: out, rows: rows, columns: columns)
                        Kernels.subtract(.matrix(out, columns: columns), .column(b), into: out, rows: rows, columns: columns)
                    }
                }
            }
        }
        for r in 0..<rows { for c in 0..<columns { #expect(out[r * columns + c] == a[r * columns + c] * b[c] - b[r]) } }
    }

    @Test(arguments: Kernels.Level.available) func extremesPropagateNaN(_ level: Kernels.Level) {
        let a: [Float] = [1, .nan, 2, .infinity, 0], b: [Float] = [2, 1, .nan, 3, -1]
        var low = [Float](repeating: 0, count: 5), high = low
        Kernels.with(level: level) {
            a.withUnsafeBufferPointer { a in
                b.withUnsafeBufferPointer { b in
                    low.withUnsafeMutableBufferPointer { Kernels.minimum(a, b, into: $0) }
                    high.withUnsafeMutableBufferPointer { Kernels.maximum(a, b, into: $0) }
                }
            }
            #expect(a.withUnsafeBufferPointer { Kernels.max($0) }.isNaN)
            #expect(b.withUnsafeBufferPointer { Kernels.min($0) }.isNaN)
        }
        #expect(low[0] == 1 && low[1].isNaN && low[2].isNaN && low[3] == 3 && low[4] == -1)
        #expect(high[0] == 2 && high[1].isNaN && high[2].isNaN && high[3] == .infinity && high[4] == 0)
    }
}

@Suite struct ReduceKernelTests {
    @Test(arguments: Kernels.Level.available, [1, 2, 15, 16, 17, 64, 4_097, 300_001]) func reducesAll(_ level: Kernels.Level, _ count: Int)
    {
        var random = Philox(seed: 3)
        let x = (0..<count).map { _ in Float(random.uniform() - 0.3) }
        let exact = x.reduce(0.0) { $0 + Double($1) }, size = x.reduce(0.0) { $0 + Double(abs($1)) },
            squares = x.reduce(0.0) { $0 + Double($1) * Double($1) }
        Kernels.with(level: level) {
            x.withUnsafeBufferPointer { x in
                #expect(abs(Kernels.sum(x) - exact) <= 1e-6 * size)
                #expect(abs(Kernels.sumOfSquares(x) - squares) <= 1e-6 * squares)
                #expect(abs(Kernels.dot(x, x) - squares) <= 1e-6 * squares)
                #expect(Kernels.max(x) == Double(x.max() ?? 0) && Kernels.min(x) == Double(x.min() ?? 0))
            }
        }
    }

    @Test(arguments: Kernels.Level.available, [(3, 4, 5), (1, 100, 70), (7, 33, 1), (2, 1, 129), (1, 9, 1)])
    func reducesMiddleAxis(_ level: Kernels.Level, _ size: (Int, Int, Int)) {
        let (outer, reduced, inner) = size
        let x = (0..<outer * reduced * inner).map { Float(($0 * 37) % 101) - 50 }
        for (kernel, start, step) in [
            (Kernels.sum, Float(0), { $0 + $1 }), (Kernels.max, -Float.infinity, { max($0, $1) }),
            (Kernels.min, Float.infinity, { min($0, $1) }), (Kernels.sumOfSquares, Float(0), { $0 + $1 * $1 }),
        ] as [(ReduceKernel, Float, (Float, Float) -> Float)] {
            var out = [Float](repeating: 0, count: outer * inner)
            Kernels.with(level: level) {
                x.withUnsafeBufferPointer { x in
                    out.withUnsafeMutableBufferPointer { kernel(x, outer: outer, reduced: reduced, inner: inner, into: $0) }
                }
            }
            for o in 0..<outer {
                for i in 0..<inner {
                    let want = (0..<reduced).reduce(start) { step($0, x[(o * reduced + $1) * inner + i]) }
                    #expect(out[o * inner + i] == want)  // whole numbers: exact in any order
                }
            }
        }
    }
}
