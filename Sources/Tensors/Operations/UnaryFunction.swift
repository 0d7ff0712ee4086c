import Foundation

/// The elementwise functions of one argument that the kernels know, with their derivatives.
enum UnaryFunction: Sendable {
    case neg, abs, sign, square, reciprocal, sqrt, rsqrt, exp, expm1, log, log1p, sin, cos, tanh, sigmoid, relu, gelu, geluTanh, silu
    case softplus, erf, floor, ceil, round

    /// y = f(x) for contiguous tensors of one floating dtype.
    func apply(_ x: Tensor, into y: Tensor) {
        defer { withExtendedLifetime((x, y)) {} }
        // Contiguous and of equal counts, checked by the operation that calls.
        let n = y.count
        switch x.dtype {
        case .f32:
            let from = x.base(Float.self), to = y.mutableBase(Float.self)
            for i in 0..<n { to[i] = Float(apply(Double(from[i]))) }
        case .f64:
            let from = x.base(Double.self), to = y.mutableBase(Double.self)
            for i in 0..<n { to[i] = apply(from[i]) }
        case .i32, .bool: break
        }
    }

    /// dx = dy f'(x) with y = f(x) at hand.
    func applyGradient(_ dy: Tensor, _ x: Tensor, _ y: Tensor, into dx: Tensor) {
        defer { withExtendedLifetime((dy, x, y, dx)) {} }
        // Contiguous and of equal counts, checked by the operation that calls.
        let n = dx.count
        switch dx.dtype {
        case .f32:
            let dy = dy.base(Float.self), x = x.base(Float.self), y = y.base(Float.self), to = dx.mutableBase(Float.self)
            for i in 0..<n { to[i] = Float(gradient(Double(dy[i]), Double(x[i]), Double(y[i]))) }
        case .f64:
            let dy = dy.base(Double.self), x = x.base(Double.self), y = y.base(Double.self), to = dx.mutableBase(Double.self)
            for i in 0..<n { to[i] = gradient(dy[i], x[i], y[i]) }
        case .i32, .bool: break
        }
    }

    func apply(_ x: Double) -> Double {
        switch self {
        case .neg: -x
        case .abs: Swift.abs(x)
        case .sign: x > 0 ? 1 : x < 0 ? -1 : x
        case .square: x * x
        case .reciprocal: 1 / x
        case .sqrt: x.squareRoot()
        case .rsqrt: 1 / x.squareRoot()
        case .exp: Foundation.exp(x)
        case .expm1: Foundation.expm1(x)
        case .log: Foundation.log(x)
        case .log1p: Foundation.log1p(x)
        case .sin: Foundation.sin(x)
        case .cos: Foundation.cos(x)
        case .tanh: Foundation.tanh(x)
        case .sigmoid: Self.sigmoid(x)
        case .relu: x < 0 ? 0 : x
        case .gelu: x * 0.5 * Foundation.erfc(-x / 2.0.squareRoot())
        case .geluTanh: 0.5 * x * (1 + Foundation.tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)))
        case .silu: x * Self.sigmoid(x)
        case .softplus: Swift.max(x, 0) + Foundation.log1p(Foundation.exp(-Swift.abs(x)))
        case .erf: Foundation.erf(x)
        case .floor: x.rounded(.down)
        case .ceil: x.rounded(.up)
        case .round: x.rounded(.toNearestOrEven)
        }
    }

    private func gradient(_ dy: Double, _ x: Double, _ y: Double) -> Double {
        switch self {
        case .neg: return -dy
        case .abs: return x > 0 ? dy : x < 0 ? -dy : 0
        case .sign, .floor, .ceil, .round: return 0
        case .square: return 2 * x * dy
        case .reciprocal: return -dy * y * y
        case .sqrt: return dy / (2 * y)
        case .rsqrt: return -0.5 * dy * y * y * y
        case .exp: return dy * y
        case .expm1: return dy * (y + 1)
        case .log: return dy / x
        case .log1p: return dy / (1 + x)
        case .sin: return dy * Foundation.cos(x)
        case .cos: return -dy * Foundation.sin(x)
        case .tanh: return dy * (1 - y * y)
        case .sigmoid: return dy * y * (1 - y)
        case .relu: return y > 0 ? dy : 0
        case .gelu:
            let density = Foundation.exp(-0.5 * x * x) / (2 * Double.pi).squareRoot()
            return dy * (0.5 * Foundation.erfc(-x / 2.0.squareRoot()) + x * density)
        case .geluTanh:
            let c = (2 / Double.pi).squareRoot()
            let t = Foundation.tanh(c * (x + 0.044715 * x * x * x))
            return dy * (0.5 * (1 + t) + 0.5 * x * (1 - t * t) * c * (1 + 3 * 0.044715 * x * x))
        case .silu:
            let s = Self.sigmoid(x)
            return dy * s * (1 + x * (1 - s))
        case .softplus: return dy * Self.sigmoid(x)
        case .erf: return dy * 2 / Double.pi.squareRoot() * Foundation.exp(-x * x)
        }
    }

    private static func sigmoid(_ x: Double) -> Double {
        x >= 0 ? 1 / (1 + Foundation.exp(-x)) : Foundation.exp(x) / (1 + Foundation.exp(x))
    }
}
