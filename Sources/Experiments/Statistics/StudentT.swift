import Foundation

/// Student's t distribution.
public enum StudentT {
    /// P(T <= t) with so many degrees of freedom; nan for none or fewer.
    public static func cdf(_ t: Double, degrees: Double) -> Double {
        guard degrees > 0, !t.isNaN else { return .nan }
        if t.isInfinite { return t > 0 ? 1 : 0 }
        // DLMF 8.17: the tail beyond |t| is half of I_x(degrees / 2, 1 / 2) at x = degrees / (degrees + t^2).
        let tail = 0.5 * incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5)
        return t > 0 ? 1 - tail : tail
    }

    /// P(|T| >= |t|): the two-sided p value.
    public static func twoSided(_ t: Double, degrees: Double) -> Double {
        guard degrees > 0, !t.isNaN else { return .nan }
        return t.isInfinite ? 0 : incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5)
    }

    /// The t below which the share `p` lies, 0 < p < 1.
    public static func quantile(_ p: Double, degrees: Double) -> Double {
        guard degrees > 0, p > 0, p < 1 else { return .nan }
        if p == 0.5 { return 0 }
        if p < 0.5 { return -quantile(1 - p, degrees: degrees) }
        var high = 1.0
        while cdf(high, degrees: degrees) < p, high < 1e300 { high *= 2 }
        var low = high / 2 < 1 ? 0 : high / 2
        // Bisection: the function is smooth and rising, and 200 halvings reach the last bit.
        for _ in 0..<200 {
            let middle = 0.5 * (low + high)
            if middle == low || middle == high { break }
            if cdf(middle, degrees: degrees) < p { low = middle } else { high = middle }
        }
        return 0.5 * (low + high)
    }

    /// Regularised incomplete beta function I_x(a, b), by its continued fraction (DLMF 8.17.22, evaluated by Lentz's method).
    static func incompleteBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
        if x <= 0 { return 0 }
        if x >= 1 { return 1 }
        // The fraction converges fast on this side only; I_x(a, b) = 1 - I_(1-x)(b, a).
        guard x <= (a + 1) / (a + b + 2) else { return 1 - incompleteBeta(1 - x, b, a) }
        let front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)) / a
        let tiny = 1e-300
        var c = 1.0
        var d = 1 / nonZero(1 - (a + b) * x / (a + 1), tiny)
        var result = d
        for m in 1...500 {
            let k = Double(m)
            for term in [
                k * (b - k) * x / ((a + 2 * k - 1) * (a + 2 * k)), -(a + k) * (a + b + k) * x / ((a + 2 * k) * (a + 2 * k + 1)),
            ] {
                d = 1 / nonZero(1 + term * d, tiny)
                c = nonZero(1 + term / c, tiny)
                result *= d * c
            }
            if abs(d * c - 1) < 1e-16 { break }
        }
        return front * result
    }

    private static func nonZero(_ value: Double, _ tiny: Double) -> Double { abs(value) < tiny ? tiny : value }
}
