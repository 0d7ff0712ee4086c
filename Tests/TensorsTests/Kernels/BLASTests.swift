import Testing

@testable import Tensors

/// Products split over threads against sums in plain loops. Whole numbers: every order of additions gives the same.
@Suite struct BLASTests {
    struct Case: CustomTestStringConvertible {
        let m: Int, n: Int, k: Int, transposed: (Bool, Bool)
        var testDescription: String { "\(m) x \(n) x \(k) \(transposed)" }
    }

    static let cases: [Case] = [(1, 1, 1), (3, 5, 7), (129, 67, 70), (200, 33, 64), (17, 300, 65), (5, 4, 0), (0, 3, 2)].flatMap {
        m, n, k in
        [(false, false), (false, true), (true, false), (true, true)].map { Case(m: m, n: n, k: k, transposed: $0) }
    }

    private func check<T: KernelElement>(_ type: T.Type, _ test: Case, beta: T) throws {
        let (m, n, k) = (test.m, test.n, test.k)
        let a = (0..<m * k + 1).map { T(($0 * 7) % 11 - 5) }, b = (0..<k * n + 1).map { T(($0 * 5) % 13 - 6) }
        var c = [T](repeating: beta == 0 ? .nan : 2, count: m * n + 1)
        try a.withUnsafeBufferPointer { a in
            try b.withUnsafeBufferPointer { b in
                try c.withUnsafeMutableBufferPointer { c in
                    guard let a = a.baseAddress, let b = b.baseAddress, let c = c.baseAddress else { return }
                    try BLAS.gemm(
                        m: m, n: n, k: k, alpha: 3,
                        MatrixOperand(a, rowStride: max(test.transposed.0 ? m : k, 1), transposed: test.transposed.0),
                        MatrixOperand(b, rowStride: max(test.transposed.1 ? k : n, 1), transposed: test.transposed.1),
                        beta: beta, into: c, rowStride: max(n, 1))
                }
            }
        }
        for i in 0..<m {
            for j in 0..<n {
                let sum = (0..<k).reduce(T(0)) { s, l in
                    s + a[test.transposed.0 ? l * m + i : i * k + l] * b[test.transposed.1 ? j * k + l : l * n + j]
                }
                guard c[i * n + j] == 3 * sum + (beta == 0 ? 0 : beta * 2) else {
                    Issue.record("\(test.testDescription) at (\(i), \(j)): \(c[i * n + j])")
                    return
                }
            }
        }
    }

    @Test(arguments: cases) func multiplies(_ test: Case) throws {
        for beta in [0, 2] {
            try check(Float.self, test, beta: Float(beta))
            try check(Double.self, test, beta: Double(beta))
        }
    }

    @Test func saysWhatRunsAndWhy() throws {
        try BLAS.load()
        #expect(!BLAS.core.isEmpty)
        #expect(BLAS.description.hasPrefix("OpenBLAS ") && BLAS.description.contains("\(BLAS.core) kernels ("))
    }

    @Test func missingLibraryIsAnErrorWithTheRemedy() {
        let error = #expect(throws: BLASError.self) { try BLAS.probe("libnot-there.so") }
        #expect(error?.description.contains("libnot-there.so: cannot open shared object file") == true)
        #expect(error?.description.contains("apt-get install libopenblas0") == true)
    }

    @Test func otherLibraryIsAnError() {
        let error = #expect(throws: BLASError.self) { try BLAS.probe("libm.so.6") }
        #expect(error?.description.contains("it has no cblas_sgemm") == true)
    }
}
