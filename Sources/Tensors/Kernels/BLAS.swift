import COpenBLAS
import CKernels
import Statement

/// OpenBLAS could not be loaded or has no memory to work in, or the user ended a product that takes long.
public struct BLASError: Error, Hashable, CustomStringConvertible {
    public let description: String
    private let kind: TensorError.Kind

    fileprivate init(_ status: blas_status) {
        description =
            "the matrix library OpenBLAS cannot be loaded (\(BLAS.string(status.problem))); install it, on Debian and Ubuntu with "
            + "`apt-get install libopenblas0`"
        kind = .value
    }

    fileprivate init(interrupted: Interrupted) {
        description = interrupted.description
        kind = .interrupted
    }

    fileprivate init(noMemoryFor threads: Int) {
        description =
            "the matrix library OpenBLAS needs 128 MiB of address space for each of \(threads) thread\(threads == 1 ? "" : "s"), "
            + "which the system refuses"
        kind = .memory
    }

    /// The error as one of the operation that asked for the product.
    func tensorError(_ operation: String) -> TensorError { TensorError(kind, operation, description) }
}

/// Matrix products by OpenBLAS, which is loaded at the first use and split over the threads of `Parallel`.
public enum BLAS {
    /// The loaded library in one line, e.g. "OpenBLAS 0.3.21, SkylakeX kernels (chosen for AVX-512), 2 threads".
    public static var description: String {
        let status = blas_describe()
        guard status.loaded else { return "OpenBLAS is not available: \(string(status.problem))" }
        let version = string(status.configuration).split(separator: " ").prefix(2).joined(separator: " ")
        return
            "\(version), \(string(status.core)) kernels (\(string(status.reason))), \(Parallel.threads) thread\(Parallel.threads == 1 ? "" : "s")"
    }

    /// OpenBLAS's name for its kernels, e.g. `SkylakeX`; empty when it cannot be loaded.
    public static var core: String { string(blas_describe().core) }

    /// Loads the library, or says what to install.
    public static func load() throws(BLASError) {
        guard !blas_open() else { return }
        throw BLASError(blas_describe())
    }

    /// Opens and closes the library of this name, as `load` would: what kernels it would run and why.
    package static func probe(_ name: String) throws(BLASError) -> (core: String, reason: String) {
        let status = blas_probe(name)
        guard status.loaded else { throw BLASError(status) }
        return (string(status.core), string(status.reason))
    }

    /// A fixed-size C array of characters as text.
    fileprivate static func string<T>(_ characters: T) -> String {
        withUnsafeBytes(of: characters) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}

/// One matrix of a product: a pointer to its first element, the distance between rows as stored, and whether it is to be used transposed.
package struct MatrixOperand<Element> {
    package let base: UnsafePointer<Element>
    package let rowStride: Int
    package let transposed: Bool

    package init(_ base: UnsafePointer<Element>, rowStride: Int, transposed: Bool = false) {
        self.base = base
        self.rowStride = rowStride
        self.transposed = transposed
    }
}

extension BLAS {
    /// C[m, n] = alpha op(A)[m, k] op(B)[k, n] + beta C, all row-major; with beta 0, C may hold anything. With a `rowBias` of n elements
    /// it is added to every row, and so is a `residual` of C's size and stride; then C may hold anything whatever beta is.
    ///
    /// Invariants: the operands hold the elements that their sizes and strides reach; strides are at least the stored row's length;
    /// C overlaps neither A nor B.
    package static func gemm<Element: KernelElement>(
        m: Int, n: Int, k: Int, alpha: Element = 1, _ a: MatrixOperand<Element>, _ b: MatrixOperand<Element>, beta: Element = 0,
        rowBias: UnsafePointer<Element>? = nil, residual: UnsafePointer<Element>? = nil, into c: UnsafeMutablePointer<Element>,
        rowStride: Int
    ) throws(BLASError) {
        try load()
        guard m > 0, n > 0 else { return }
        OperationObservation.current?.multiplied(operations: 2 * m * n * k)
        // The longer side is split, in whole tiles of 16 rows or columns: each element is computed by one thread, all of k at once.
        let rows = m > n
        let blocks = ((rows ? m : n) + 15) / 16
        let parts = m * n * max(k, 1) >= smallest ? min(Parallel.threads, blocks) : 1
        guard blas_reserve(Int32(parts)) else { throw BLASError(noMemoryFor: parts) }
        nonisolated(unsafe) let (a, b, c, rowBias, residual) = (a, b, c, rowBias, residual)
        // A product that takes long is done slice by slice, so that it can be ended between two.
        let slices = max(1, min(blocks / parts, m * n * max(k, 1) / largest))
        for slice in 0..<slices {
            if slice > 0, Interruption.isRequested { throw BLASError(interrupted: Interrupted()) }
            let first = blocks * slice / slices, count = blocks * (slice + 1) / slices - first
            Parallel.run(parts) { part in
                let low = (first + count * part / parts) * 16, high = min((first + count * (part + 1) / parts) * 16, rows ? m : n)
                let (height, width) = rows ? (high - low, n) : (m, high - low)
                let start = rows ? low * rowStride : low, to = c + start
                // The product is added to them: cheaper than to clear C and to add them later.
                for r in 0..<height where residual != nil || rowBias != nil {
                    let row = to + r * rowStride
                    if let residual { row.update(from: residual + start + r * rowStride, count: width) }
                    guard let bias = rowBias.map({ $0 + (rows ? 0 : low) }) else { continue }
                    if residual == nil { row.update(from: bias, count: width) } else { for i in 0..<width { row[i] += bias[i] } }
                }
                Element.gemm(
                    m: height, n: width, k: k, alpha, a.base + (rows ? (a.transposed ? low : low * a.rowStride) : 0), a.rowStride,
                    a.transposed,
                    b.base + (rows ? 0 : (b.transposed ? low * b.rowStride : low)), b.rowStride, b.transposed,
                    rowBias == nil && residual == nil ? beta : 1, to, rowStride)
            }
        }
    }

    /// Multiplications below which waking another thread costs more than it saves.
    private static let smallest = 1 << 18

    /// Multiplications after which a product looks whether it is to end: some hundredths of a second.
    private static let largest = 1 << 31
}
