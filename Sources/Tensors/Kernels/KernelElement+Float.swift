import CKernels
import COpenBLAS

extension Float: KernelElement {
    package static func unary(_ op: eft_unary, _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ n: Int) {
        eft_unary_f32(op, x, y, n)
    }
    package static func unaryGradient(
        _ op: eft_unary, _ dy: UnsafePointer<Float>, _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>,
        _ dx: UnsafeMutablePointer<Float>, _ n: Int
    ) {
        eft_unary_gradient_f32(op, dy, x, y, dx, n)
    }
    package static func binary(
        _ op: eft_binary, _ a: UnsafePointer<Float>, _ aStep: Int, _ b: UnsafePointer<Float>, _ bStep: Int,
        _ out: UnsafeMutablePointer<Float>, _ n: Int
    ) {
        eft_binary_f32(op, a, aStep, b, bStep, out, n)
    }
    package static func compare(
        _ op: eft_compare, _ a: UnsafePointer<Float>, _ aStep: Int, _ b: UnsafePointer<Float>, _ bStep: Int,
        _ out: UnsafeMutablePointer<UInt8>, _ n: Int
    ) {
        eft_compare_f32(op, a, aStep, b, bStep, out, n)
    }
    package static func reduce(_ op: eft_reduce, _ x: UnsafePointer<Float>, _ n: Int) -> Double {
        eft_reduce_f32(op, x, n)
    }
    package static func reduceRows(
        _ op: eft_reduce, _ x: UnsafePointer<Float>, _ rows: Int, _ columns: Int, _ stride: Int, _ out: UnsafeMutablePointer<Float>
    ) {
        eft_reduce_rows_f32(op, x, rows, columns, stride, out)
    }
    package static func argExtreme(_ x: UnsafePointer<Float>, _ n: Int, _ sign: Int32) -> Int {
        eft_arg_extreme_f32(x, n, sign)
    }
    package static func dot(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ n: Int) -> Double {
        eft_f32().pointee.dot(a, b, n)
    }
    package static func axpy(_ a: Float, _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ n: Int) {
        eft_f32().pointee.axpy(a, x, y, n)
    }
    package static func softmax(_ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ rows: Int, _ columns: Int) {
        eft_f32().pointee.softmax(x, y, rows, columns)
    }
    package static func softmaxGradient(
        _ dy: UnsafePointer<Float>, _ y: UnsafePointer<Float>, _ dx: UnsafeMutablePointer<Float>, _ rows: Int, _ columns: Int
    ) {
        eft_f32().pointee.softmax_gradient(dy, y, dx, rows, columns)
    }
    package static func logSoftmax(_ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ rows: Int, _ columns: Int) {
        eft_f32().pointee.log_softmax(x, y, rows, columns)
    }
    package static func logSoftmaxGradient(
        _ dy: UnsafePointer<Float>, _ y: UnsafePointer<Float>, _ dx: UnsafeMutablePointer<Float>, _ rows: Int, _ columns: Int
    ) {
        eft_f32().pointee.log_softmax_gradient(dy, y, dx, rows, columns)
    }
    package static func logSumExp(_ x: UnsafePointer<Float>, _ out: UnsafeMutablePointer<Float>, _ rows: Int, _ columns: Int) {
        eft_f32().pointee.logsumexp(x, out, rows, columns)
    }
    package static func layerNorm(
        _ x: UnsafePointer<Float>, _ weight: UnsafePointer<Float>?, _ bias: UnsafePointer<Float>?, _ eps: Double,
        _ y: UnsafeMutablePointer<Float>, _ mean: UnsafeMutablePointer<Float>?, _ rstd: UnsafeMutablePointer<Float>?, _ rows: Int,
        _ columns: Int
    ) {
        eft_f32().pointee.layer_norm(x, weight, bias, Float(eps), y, mean, rstd, rows, columns)
    }
    package static func layerNormGradient(
        _ dy: UnsafePointer<Float>, _ x: UnsafePointer<Float>, _ weight: UnsafePointer<Float>?, _ mean: UnsafePointer<Float>,
        _ rstd: UnsafePointer<Float>, _ dx: UnsafeMutablePointer<Float>, _ dweight: UnsafeMutablePointer<Float>?,
        _ dbias: UnsafeMutablePointer<Float>?, _ rows: Int, _ columns: Int
    ) {
        eft_f32().pointee.layer_norm_gradient(dy, x, weight, mean, rstd, dx, dweight, dbias, rows, columns)
    }
    package static func sgd(_ p: UnsafeMutablePointer<Float>, _ g: UnsafePointer<Float>, _ rate: Float, _ decay: Float, _ n: Int) {
        eft_f32().pointee.sgd(p, g, rate, decay, n)
    }
    package static func sgdMomentum(
        _ p: UnsafeMutablePointer<Float>, _ g: UnsafePointer<Float>, _ v: UnsafeMutablePointer<Float>, _ rate: Float, _ decay: Float,
        _ momentum: Float, _ nesterov: Bool, _ n: Int
    ) {
        eft_f32().pointee.sgd_momentum(p, g, v, rate, decay, momentum, nesterov, n)
    }
    package static func adamW(
        _ p: UnsafeMutablePointer<Float>, _ g: UnsafePointer<Float>, _ m: UnsafeMutablePointer<Float>, _ v: UnsafeMutablePointer<Float>,
        _ step: UnsafePointer<eft_adamw>, _ n: Int
    ) {
        eft_f32().pointee.adamw(p, g, m, v, step, n)
    }
    package static func transpose(
        _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ rows: Int, _ columns: Int, _ range: Range<Int>
    ) {
        eft_transpose_f32(x, y, rows, columns, range.lowerBound, range.upperBound)
    }
    package static func gemm(
        m: Int, n: Int, k: Int, _ alpha: Float, _ a: UnsafePointer<Float>, _ lda: Int, _ aTransposed: Bool, _ b: UnsafePointer<Float>,
        _ ldb: Int, _ bTransposed: Bool, _ beta: Float, _ c: UnsafeMutablePointer<Float>, _ ldc: Int
    ) {
        blas_sgemm(
            aTransposed ? BLAS_TRANS : BLAS_NO_TRANS, bTransposed ? BLAS_TRANS : BLAS_NO_TRANS, Int32(clamping: m), Int32(clamping: n),
            Int32(clamping: k), alpha, a, Int32(clamping: lda), b, Int32(clamping: ldb), beta, c, Int32(clamping: ldc))
    }
}
