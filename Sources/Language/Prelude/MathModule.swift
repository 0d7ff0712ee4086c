import Foundation
import Statement

/// `pow` where `Foundation.pow` is hidden by a name of the prelude.
enum FloatMath {
    static func power(_ base: Double, _ exponent: Double) -> Double { Foundation.pow(base, exponent) }
}

/// The native module `math`.
enum MathModule {
    /// A function of one float; what is not defined (NaN from a number) is an error, as in Python.
    private static func function(_ name: String, _ doc: String, _ example: String, _ body: @escaping @Sendable (Double) -> Double)
        -> Builtin
    {
        Builtin(name, "(x: float) -> float", doc: doc, example: example, quick: Quick.number(body)) { call in
            let argument = try call.double(0)
            let result = body(argument)
            if result.isNaN && !argument.isNaN {
                throw ScriptError(.numeric, "\(call.builtin.name)(\(FloatText.repr(argument))) is not defined")
            }
            if result.isInfinite && argument.isFinite {
                throw ScriptError(.numeric, "\(call.builtin.name)(\(FloatText.repr(argument))) is too large or not defined")
            }
            return .float(result)
        }
    }

    private static func whole(_ name: String, _ doc: String, _ example: String, _ rule: FloatingPointRoundingRule) -> Builtin {
        Builtin(name, "(x: float) -> int", doc: doc, example: example) { call in
            let number = try call.double(0)
            guard let whole = Int(exactly: number.rounded(rule)) else {
                throw ScriptError(.numeric, "\(FloatText.repr(number)) does not fit an int")
            }
            return .int(whole)
        }
    }

    static let table = Namespace(
        "math", doc: "Mathematical constants and functions on numbers.",
        constants: [
            .init("pi", .float(.pi), doc: "The circumference of a circle of diameter 1."),
            .init("tau", .float(2 * .pi), doc: "2 pi."),
            .init("e", .float(M_E), doc: "The base of the natural logarithm."),
            .init("inf", .float(.infinity), doc: "Larger than every number."),
            .init("nan", .float(.nan), doc: "Not a number; unequal to everything."),
        ],
        [
            function("sqrt", "Square root.", "math.sqrt(9) == 3.0") { $0.squareRoot() },
            function("cbrt", "Cube root.", "math.isclose(math.cbrt(27), 3)") { Foundation.cbrt($0) },
            function("exp", "e to the power x.", "math.exp(0) == 1.0") { Foundation.exp($0) },
            function("expm1", "exp(x) - 1, exact near 0.", "math.expm1(0) == 0.0") { Foundation.expm1($0) },
            function("log2", "Logarithm to base 2.", "math.log2(8) == 3.0") { Foundation.log2($0) },
            function("log10", "Logarithm to base 10.", "math.log10(1000) == 3.0") { Foundation.log10($0) },
            function("log1p", "log(1 + x), exact near 0.", "math.log1p(0) == 0.0") { Foundation.log1p($0) },
            function("sin", "Sine of an angle in radians.", "math.sin(0) == 0.0") { Foundation.sin($0) },
            function("cos", "Cosine of an angle in radians.", "math.cos(0) == 1.0") { Foundation.cos($0) },
            function("tan", "Tangent of an angle in radians.", "math.tan(0) == 0.0") { Foundation.tan($0) },
            function("asin", "Angle whose sine is x.", "math.asin(0) == 0.0") { Foundation.asin($0) },
            function("acos", "Angle whose cosine is x.", "math.acos(1) == 0.0") { Foundation.acos($0) },
            function("atan", "Angle whose tangent is x.", "math.atan(0) == 0.0") { Foundation.atan($0) },
            function("sinh", "Hyperbolic sine.", "math.sinh(0) == 0.0") { Foundation.sinh($0) },
            function("cosh", "Hyperbolic cosine.", "math.cosh(0) == 1.0") { Foundation.cosh($0) },
            function("tanh", "Hyperbolic tangent.", "math.tanh(0) == 0.0") { Foundation.tanh($0) },
            function("asinh", "Number whose hyperbolic sine is x.", "math.asinh(0) == 0.0") { Foundation.asinh($0) },
            function("acosh", "Number whose hyperbolic cosine is x.", "math.acosh(1) == 0.0") { Foundation.acosh($0) },
            function("atanh", "Number whose hyperbolic tangent is x.", "math.atanh(0) == 0.0") { Foundation.atanh($0) },
            function("exp2", "2 to the power x.", "math.exp2(3) == 8.0") { Foundation.exp2($0) },
            function("lgamma", "Logarithm of the absolute value of the gamma function.", "math.lgamma(1) == 0.0") { Foundation.lgamma($0) },
            function("erf", "Error function.", "math.erf(0) == 0.0") { Foundation.erf($0) },
            function("erfc", "1 - erf(x).", "math.erfc(0) == 1.0") { Foundation.erfc($0) },
            function("gamma", "Gamma function.", "math.gamma(5) == 24.0") { Foundation.tgamma($0) },
            function("fabs", "Absolute value as a float.", "math.fabs(-2) == 2.0") { Swift.abs($0) },
            function("radians", "Degrees as radians.", "math.radians(180) == math.pi") { $0 * .pi / 180 },
            function("degrees", "Radians as degrees.", "math.degrees(math.pi) == 180.0") { $0 * 180 / .pi },
            whole("floor", "The greatest whole number not above x.", "math.floor(-1.5) == -2", .down),
            whole("ceil", "The least whole number not below x.", "math.ceil(1.2) == 2", .up),
            whole("trunc", "Without decimals.", "math.trunc(-1.7) == -1", .towardZero),
            Builtin(
                "log", "(x: float, base: float | none = none) -> float", doc: "Natural logarithm, or to a base.",
                example: "math.log(1) == 0.0"
            ) { call in
                let number = try call.double(0)
                if number <= 0 {
                    throw ScriptError(
                        .numeric, "log(\(FloatText.repr(number))) is not defined", help: "logarithms need a number greater than 0")
                }
                guard let base = try call.optionalDouble(1) else { return .float(Foundation.log(number)) }
                if base <= 0 || base == 1 { throw ScriptError(.numeric, "a logarithm to base \(FloatText.repr(base)) is not defined") }
                return .float(Foundation.log(number) / Foundation.log(base))
            },
            Builtin("pow", "(x: float, y: float) -> float", doc: "x to the power y, as floats.", example: "math.pow(2, 3) == 8.0") { call in
                try Operators.binary(.power, .float(call.double(0)), .float(call.double(1)))
            },
            Builtin("atan2", "(y: float, x: float) -> float", doc: "The angle of the point (x, y).", example: "math.atan2(0, 1) == 0.0") {
                call in .float(Foundation.atan2(try call.double(0), try call.double(1)))
            },
            Builtin("hypot", "(x: float, y: float) -> float", doc: "sqrt(x² + y²).", example: "math.hypot(3, 4) == 5.0") { call in
                .float(Foundation.hypot(try call.double(0), try call.double(1)))
            },
            Builtin("fmod", "(x: float, y: float) -> float", doc: "Remainder with the sign of x.", example: "math.fmod(-7, 2) == -1.0") {
                call in
                if try call.double(1) == 0 { throw ScriptError(.numeric, "float modulo by zero") }
                return .float(Foundation.fmod(try call.double(0), try call.double(1)))
            },
            Builtin("copysign", "(x: float, y: float) -> float", doc: "x with the sign of y.", example: "math.copysign(1, -2) == -1.0") {
                call in
                .float(Foundation.copysign(try call.double(0), try call.double(1)))
            },
            Builtin("isnan", "(x: float) -> bool", doc: "Whether x is not a number.", example: "math.isnan(math.nan)") { call in
                .bool(try call.double(0).isNaN)
            },
            Builtin("isinf", "(x: float) -> bool", doc: "Whether x is infinite.", example: "math.isinf(math.inf)") { call in
                .bool(try call.double(0).isInfinite)
            },
            Builtin("isfinite", "(x: float) -> bool", doc: "Whether x is a finite number.", example: "math.isfinite(1)") { call in
                .bool(try call.double(0).isFinite)
            },
            Builtin(
                "isclose", "(a: float, b: float, rel_tol: float = 1e-9, abs_tol: float = 0.0) -> bool",
                doc: "Whether two numbers are nearly equal.", example: "math.isclose(0.1 + 0.2, 0.3)"
            ) { call in
                let (a, b) = (try call.double(0), try call.double(1))
                if a == b { return .bool(true) }
                if a.isInfinite || b.isInfinite { return .bool(false) }
                let tolerance = try Swift.max(call.double(2) * Swift.max(Swift.abs(a), Swift.abs(b)), call.double(3))
                return .bool(Swift.abs(a - b) <= tolerance)
            },
            Builtin("gcd", "(a: int, b: int) -> int", doc: "Greatest common divisor.", example: "math.gcd(12, 18) == 6") { call in
                var (a, b) = (try call.int(0).magnitude, try call.int(1).magnitude)
                while b != 0 { (a, b) = (b, a % b) }
                guard let result = Int(exactly: a) else {
                    throw ScriptError(.numeric, "integer overflow: the divisor does not fit 64 bits")
                }
                return .int(result)
            },
            Builtin(
                "lcm", "(a: int, b: int) -> int", doc: "Least common multiple.", example: "math.lcm(4, 6) == 12"
            ) { call in
                let (a, b) = (try call.int(0).magnitude, try call.int(1).magnitude)
                if a == 0 || b == 0 { return .int(0) }
                var (divisor, rest) = (a, b)
                while rest != 0 { (divisor, rest) = (rest, divisor % rest) }
                let (product, overflow) = (a / divisor).multipliedReportingOverflow(by: b)
                guard !overflow, let result = Int(exactly: product) else {
                    throw ScriptError(.numeric, "integer overflow: the multiple does not fit 64 bits")
                }
                return .int(result)
            },
            Builtin(
                "comb", "(n: int, k: int) -> int", doc: "In how many ways k of n things can be chosen.", example: "math.comb(5, 2) == 10"
            ) { call in
                let (n, k) = (try call.int(0), try call.int(1))
                guard n >= 0, k >= 0 else { throw ScriptError(.value, "comb() needs numbers that are not negative") }
                if k > n { return .int(0) }
                var result = 1
                // After step i the result is C(n - m + i, i), a whole number, so that each division is exact.
                let m = min(k, n - k)
                var step = 0
                while step < m {
                    step += 1
                    let product = UInt(result).multipliedFullWidth(by: UInt(n - m + step))
                    guard product.high < UInt(step), let exact = Int(exactly: UInt(step).dividingFullWidth(product).quotient) else {
                        throw ScriptError(.numeric, "integer overflow: comb(\(n), \(k)) does not fit 64 bits")
                    }
                    result = exact
                }
                return .int(result)
            },
            Builtin(
                "perm", "(n: int, k: int) -> int", doc: "In how many orders k of n things can be taken.", example: "math.perm(5, 2) == 20"
            ) { call in
                let (n, k) = (try call.int(0), try call.int(1))
                guard n >= 0, k >= 0 else { throw ScriptError(.value, "perm() needs numbers that are not negative") }
                if k > n { return .int(0) }
                var (result, step) = (1, 0)
                while step < k {
                    let (product, overflow) = result.multipliedReportingOverflow(by: n - step)
                    if overflow { throw ScriptError(.numeric, "integer overflow: perm(\(n), \(k)) does not fit 64 bits") }
                    result = product
                    step += 1
                }
                return .int(result)
            },
            Builtin(
                "isqrt", "(n: int) -> int", doc: "The greatest whole number whose square is not above n.", example: "math.isqrt(17) == 4"
            ) { call in
                let number = try call.int(0)
                guard number >= 0 else { throw ScriptError(.value, "isqrt() needs a number that is not negative") }
                // The float root may be off by one where floats do not hold every int.
                var root = Int(Double(number).squareRoot())
                while root > 3_037_000_499 || root * root > number { root -= 1 }
                while root < 3_037_000_499, (root + 1) * (root + 1) <= number { root += 1 }
                return .int(root)
            },
            Builtin("prod", "(xs, start = 1) -> any", doc: "Multiplies the items.", example: "math.prod([2, 3, 4]) == 24") { call in
                var total = call[1]
                try call.interpreter.forEach(call[0]) { total = try Operators.binary(.multiply, total, $0) }
                return total
            },
            Builtin(
                "dist", "(p: list | tuple, q: list | tuple) -> float", doc: "Distance of two points.",
                example: "math.dist((0, 0), (3, 4)) == 5.0"
            ) { call in
                let (p, q) = (try call.doubles(0), try call.doubles(1))
                guard p.count == q.count else {
                    throw ScriptError(.value, "dist() needs points of the same dimension, not of \(p.count) and \(q.count)")
                }
                let scale = zip(p, q).map { Swift.abs($0 - $1) }.max() ?? 0
                if scale == 0 || !scale.isFinite { return .float(scale) }
                return .float(scale * zip(p, q).reduce(0) { $0 + (($1.0 - $1.1) / scale) * (($1.0 - $1.1) / scale) }.squareRoot())
            },
            Builtin("factorial", "(n: int) -> int", doc: "n · (n - 1) · … · 1.", example: "math.factorial(5) == 120") { call in
                let number = try call.int(0)
                guard number >= 0 else { throw ScriptError(.value, "factorial() needs a number that is not negative") }
                guard number <= 20 else {
                    throw ScriptError(
                        .numeric, "integer overflow: factorial(\(number)) does not fit 64 bits",
                        help: "math.gamma(n + 1) gives it as a float")
                }
                return .int(number < 2 ? 1 : (2...number).reduce(1, *))
            },
            Builtin("fsum", "(xs) -> float", doc: "Sum of floats without loss of small terms.", example: "math.fsum([0.1] * 10) == 1.0") {
                call in
                try ExactSum.sum(call.iterable(0))
            },
        ])
}

/// Shewchuk's exact summation, as in Python's `math.fsum`.
enum ExactSum {
    static func sum(_ values: [Value]) throws -> Value {
        var partials: [Double] = []
        for value in values {
            guard var x = value.asDouble else { throw ScriptError(.type, "fsum() needs numbers, not \(value.typeNameWithArticle)") }
            if !x.isFinite { return .float(values.reduce(0) { $0 + ($1.asDouble ?? 0) }) }
            var kept = 0
            for var y in partials {
                if abs(x) < abs(y) { swap(&x, &y) }
                let high = x + y
                let low = y - (high - x)
                if low != 0 {
                    partials[kept] = low
                    kept += 1
                }
                x = high
            }
            partials.removeSubrange(kept...)
            partials.append(x)
        }
        guard var total = partials.popLast() else { return .float(0) }
        var low = 0.0
        while let next = partials.popLast() {
            let before = total
            total = before + next
            low = next - (total - before)
            if low != 0 { break }
        }
        // Half-way cases round by the sign of what is left.
        if let rest = partials.last, (low < 0 && rest < 0) || (low > 0 && rest > 0) {
            let doubled = low * 2
            let adjusted = total + doubled
            if doubled == adjusted - total { total = adjusted }
        }
        return .float(total)
    }
}

/// The native module `time`.
enum TimeModule {
    static let table = Namespace(
        "time", doc: "Clocks.",
        [
            Builtin("now", "() -> float", doc: "Seconds since 1970.", example: "time.now() > 1.7e9", aliases: ["time"]) { _ in
                .float(Date().timeIntervalSince1970)
            },
            Builtin(
                "monotonic", "() -> float", doc: "Seconds of a clock that never goes back.", example: "time.monotonic() >= 0.0",
                aliases: ["perf_counter"]
            ) { _ in
                .float(ProcessInfo.processInfo.systemUptime)
            },
            Builtin("sleep", "(seconds: float) -> none", doc: "Waits; an interrupt ends it.", example: "time.sleep(0.0)") { call in
                let seconds = try call.double(0)
                guard seconds >= 0, seconds.isFinite else { throw ScriptError(.value, "sleep() needs a time that is not negative") }
                try Interruption.sleep(seconds) { try call.interpreter.checkInterrupt() }
                return .none
            },
            Builtin(
                "format", "(seconds: float, pattern: str = \"yyyy-MM-dd HH:mm:ss\") -> str",
                doc: "A time as text, in UTC; the pattern is Unicode's.", example: "time.format(0) == \"1970-01-01 00:00:00\""
            ) { call in
                let formatter = DateFormatter()
                formatter.locale = Locale(identifier: "en_US_POSIX")
                formatter.timeZone = TimeZone(secondsFromGMT: 0)
                formatter.dateFormat = try call.string(1)
                return .string(formatter.string(from: Date(timeIntervalSince1970: try call.double(0))))
            },
        ])
}
