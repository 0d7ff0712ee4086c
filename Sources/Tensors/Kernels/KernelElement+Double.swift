import CKernels
import COpenBLAS

extension Double: KernelElement {
    package static func unary(_ op: eft_unary, _ x: UnsafePointer<Double>, _ y: UnsafeMutablePointer<Double>, _ n: Int) {
        eft_unary_f64(op, x, y, n)
    }
    package static func unaryGradient(
        _ op: eft_unary, _ dy: UnsafePointer<Double>, _ x: UnsafePointer<Double>, _ y: UnsafePointer<Double>,
        _ dx: UnsafeMutablePointer<Double>, _ n: Int
    ) {
        eft_unary_gradient_f64(op, dy, x, y, dx, n)
    }
    package static func binary(
        _ op: eft_binary, _ a: UnsafePointer<Double>, _ aStep: Int, _ b: UnsafePointer<Double>, _ bStep: Int,
        _ out: UnsafeMutablePointer<Double>, _ n: Int
    ) {
        eft_binary_f64(op, a, aStep, b, bStep, out, n)
    }
    package static func compare(
        _ op: eft_compare, _ a: UnsafePointer<Double>, _ aStep: Int, _ b: UnsafePointer<Double>, _ bStep: Int,
        _ out: UnsafeMutablePointer<UInt8>, _ n: Int
    ) {
        eft_compare_f64(op, a, aStep, b, bStep, out, n)
    }
    package static func reduce(_ op: eft_reduce, _ x: UnsafePointer<Double>, _ n: Int) -> Double {
        eft_reduce_f64(op, x, n)
    }
    package static func reduceRows(
        _ op: eft_reduce, _ x: UnsafePointer<Double>, _ rows: Int, _ columns: Int, _ stride: Int, _ out: UnsafeMutablePointer<Double>
    ) {
        eft_reduce_rows_f64(op, x, rows, columns, stride, out)
    }
    package static func argExtreme(_ x: UnsafePointer<Double>, _ n: Int, _ sign: Int32) -> Int {
        eft_arg_extreme_f64(x, n, sign)
    }
    package static func dot(_ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ n: Int) -> Double {
        eft_dot_f64(a, b, n)
    }
    package static func axpy(_ a: Double, _ x: UnsafePointer<Double>, _ y: UnsafeMutablePointer<Double>, _ n: Int) {
        eft_axpy_f64(a, x, y, n)
    }
    package static func softmax(_ x: UnsafePointer<Double>, _ y: UnsafeMutablePointer<Double>, _ rows: Int, _ columns: Int) {
        eft_softmax_f64(x, y, rows, columns)
    }
    package static func softmaxGradient(
        _ dy: UnsafePointer<Double>, _ y: UnsafePointer<Double>, _ dx: UnsafeMutablePointer<Double>, _ rows: Int, _ columns: Int
    ) {
        eft_softmax_gradient_f64(dy, y, dx, rows, columns)
    }
    package static func logSoftmax(_ x: UnsafePointer<Double>, _ y: UnsafeMutablePointer<Double>, _ rows: Int, _ columns: Int) {
        eft_log_softmax_f64(x, y, rows, columns)
    }
    package static func logSoftmaxGradient(
        _ dy: UnsafePointer<Double>, _ y: UnsafePointer<Double>, _ dx: UnsafeMutablePointer<Double>, _ rows: Int, _ columns: Int
    ) {
        eft_log_softmax_gradient_f64(dy, y, dx, rows, columns)
    }
    package static func logSumExp(_ x: UnsafePointer<Double>, _ out: UnsafeMutablePointer<Double>, _ rows: Int, _ columns: Int) {
        eft_logsumexp_f64(x, out, rows, columns)
    }
    package static func layerNorm(
        _ x: UnsafePointer<Double>, _ weight: UnsafePointer<Double>?, _ bias: UnsafePointer<Double>?, _ eps: Double,
        _ y: UnsafeMutablePointer<Double>, _ mean: UnsafeMutablePointer<Double>?, _ rstd: UnsafeMutablePointer<Double>?, _ rows: Int,
        _ columns: Int
    ) {
        eft_layer_norm_f64(x, weight, bias, eps, y, mean, rstd, rows, columns)
    }
    package static func layerNormGradient(
        _ dy: UnsafePointer<Double>, _ x: UnsafePointer<Double>, _ weight: UnsafePointer<Double>?, _ mean: UnsafePointer<Double>,
        _ rstd: UnsafePointer<Double>, _ dx: UnsafeMutablePointer<Double>, _ dweight: UnsafeMutablePointer<Double>?,
        _ dbias: UnsafeMutablePointer<Double>?, _ rows: Int, _ columns: Int
    ) {
        eft_layer_norm_gradient_f64(dy, x, weight, mean, rstd, dx, dweight, dbias, rows, columns)
    }
    package static func sgd(_ p: UnsafeMutablePointer<Double>, _ g: UnsafePointer<Double>, _ rate: Double, _ decay: Double, _ n: Int) {
        eft_sgd_f64(p, g, rate, decay, n)
    }
    package static func sgdMomentum(
        _ p: UnsafeMutablePointer<Double>, _ g: UnsafePointer<Double>, _ v: UnsafeMutablePointer<Double>, _ rate: Double, _ decay: Double,
        _ momentum: Double, _ nesterov: Bool, _ n: Int
    ) {
        eft_sgd_momentum_f64(p, g, v, rate, decay, momentum, nesterov, n)
    }
    package static func adamW(
        _ p: UnsafeMutablePointer<Double>, _ g: UnsafePointer<Double>, _ m: UnsafeMutablePointer<Double>, _ v: UnsafeMutablePointer<Double>,
        _ step: UnsafePointer<eft_adamw>, _ n: Int
    ) {
        eft_adamw_f64(p, g, m, v, step, n)
    }
    package static func transpose(
        _ x: UnsafePointer<Double>, _ y: UnsafeMutablePointer<Double>, _ rows: Int, _ columns: Int, _ range: Range<Int>
    ) {
        eft_transpose_f64(x, y, rows, columns, range.lowerBound, range.upperBound)
    }
    package static func gemm(
        m: Int, n: Int, k: Int, _ alpha: Double, _ a: UnsafePointer<Double>, _ lda: Int, _ aTransposed: Bool, _ b: UnsafePointer<Double>,
        _ ldb: Int, _ bTransposed: Bool, _ beta: Double, _ c: UnsafeMutablePointer<Double>, _ ldc: Int
    ) {
        blas_dgemm(
            aTransposed ? BLAS_TRANS : BLAS_NO_TRANS, bTransposed ? BLAS_TRANS : BLAS_NO_TRANS, Int32(clamping: m), Int32(clamping: n),
            Int32(clamping: k), alpha, a, Int32(clamping: lda), b, Int32(clamping: ldb), beta, c, Int32(clamping: ldc))
    }
}
