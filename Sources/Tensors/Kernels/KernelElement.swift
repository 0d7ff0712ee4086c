import CKernels
import COpenBLAS

/// A number type that kernels exist for: Float (vectorised, three levels) and Double (exact, for tests and accumulation).
///
/// The requirements are the C functions on one thread; callers use `Kernels`, which splits the work.
package protocol KernelElement: BinaryFloatingPoint, Sendable {
    static func unary(_ op: eft_unary, _ x: UnsafePointer<Self>, _ y: UnsafeMutablePointer<Self>, _ n: Int)
    static func unaryGradient(
        _ op: eft_unary, _ dy: UnsafePointer<Self>, _ x: UnsafePointer<Self>, _ y: UnsafePointer<Self>, _ dx: UnsafeMutablePointer<Self>,
        _ n: Int)
    static func binary(
        _ op: eft_binary, _ a: UnsafePointer<Self>, _ aStep: Int, _ b: UnsafePointer<Self>, _ bStep: Int,
        _ out: UnsafeMutablePointer<Self>, _ n: Int)
    static func compare(
        _ op: eft_compare, _ a: UnsafePointer<Self>, _ aStep: Int, _ b: UnsafePointer<Self>, _ bStep: Int,
        _ out: UnsafeMutablePointer<UInt8>, _ n: Int)
    static func reduce(_ op: eft_reduce, _ x: UnsafePointer<Self>, _ n: Int) -> Double
    static func reduceRows(
        _ op: eft_reduce, _ x: UnsafePointer<Self>, _ rows: Int, _ columns: Int, _ stride: Int, _ out: UnsafeMutablePointer<Self>)
    static func argExtreme(_ x: UnsafePointer<Self>, _ n: Int, _ sign: Int32) -> Int
    static func dot(_ a: UnsafePointer<Self>, _ b: UnsafePointer<Self>, _ n: Int) -> Double
    static func axpy(_ a: Self, _ x: UnsafePointer<Self>, _ y: UnsafeMutablePointer<Self>, _ n: Int)
    static func softmax(_ x: UnsafePointer<Self>, _ y: UnsafeMutablePointer<Self>, _ rows: Int, _ columns: Int)
    static func softmaxGradient(
        _ dy: UnsafePointer<Self>, _ y: UnsafePointer<Self>, _ dx: UnsafeMutablePointer<Self>, _ rows: Int, _ columns: Int)
    static func logSoftmax(_ x: UnsafePointer<Self>, _ y: UnsafeMutablePointer<Self>, _ rows: Int, _ columns: Int)
    static func logSoftmaxGradient(
        _ dy: UnsafePointer<Self>, _ y: UnsafePointer<Self>, _ dx: UnsafeMutablePointer<Self>, _ rows: Int, _ columns: Int)
    static func logSumExp(_ x: UnsafePointer<Self>, _ out: UnsafeMutablePointer<Self>, _ rows: Int, _ columns: Int)
    static func layerNorm(
        _ x: UnsafePointer<Self>, _ weight: UnsafePointer<Self>?, _ bias: UnsafePointer<Self>?, _ eps: Double,
        _ y: UnsafeMutablePointer<Self>, _ mean: UnsafeMutablePointer<Self>?, _ rstd: UnsafeMutablePointer<Self>?, _ rows: Int,
        _ columns: Int)
    static func layerNormGradient(
        _ dy: UnsafePointer<Self>, _ x: UnsafePointer<Self>, _ weight: UnsafePointer<Self>?, _ mean: UnsafePointer<Self>,
        _ rstd: UnsafePointer<Self>, _ dx: UnsafeMutablePointer<Self>, _ dweight: UnsafeMutablePointer<Self>?,
        _ dbias: UnsafeMutablePointer<Self>?, _ rows: Int, _ columns: Int)
    static func sgd(_ p: UnsafeMutablePointer<Self>, _ g: UnsafePointer<Self>, _ rate: Self, _ decay: Self, _ n: Int)
    static func sgdMomentum(
        _ p: UnsafeMutablePointer<Self>, _ g: UnsafePointer<Self>, _ v: UnsafeMutablePointer<Self>, _ rate: Self, _ decay: Self,
        _ momentum: Self, _ nesterov: Bool, _ n: Int)
    static func adamW(
        _ p: UnsafeMutablePointer<Self>, _ g: UnsafePointer<Self>, _ m: UnsafeMutablePointer<Self>, _ v: UnsafeMutablePointer<Self>,
        _ step: UnsafePointer<eft_adamw>, _ n: Int)
    static func transpose(_ x: UnsafePointer<Self>, _ y: UnsafeMutablePointer<Self>, _ rows: Int, _ columns: Int, _ range: Range<Int>)
    static func gemm(
        m: Int, n: Int, k: Int, _ alpha: Self, _ a: UnsafePointer<Self>, _ lda: Int, _ aTransposed: Bool, _ b: UnsafePointer<Self>,
        _ ldb: Int, _ bTransposed: Bool, _ beta: Self, _ c: UnsafeMutablePointer<Self>, _ ldc: Int)
}
