/// Values as Python's `str` writes them; run names are hashes of such texts, so each digit counts.
package enum PythonText {
    package static func of(_ value: Bool) -> String { value ? "True" : "False" }

    /// Shortest decimal that reads back to the same number, with an exponent when it is below -4 or from 16 on.
    package static func of(_ value: Double) -> String {
        guard value.isFinite else { return value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }
        // Swift finds the same shortest digits; only its choice of layout differs.
        var (digits, exponent) = shortest(value.magnitude)
        let sign = value.sign == .minus ? "-" : ""
        guard exponent >= -4, exponent < 16 else {
            let mantissa = digits.count == 1 ? digits : String(digits.removeFirst()) + "." + digits
            let power = String(abs(exponent))
            return sign + mantissa + (exponent < 0 ? "e-" : "e+") + (power.count == 1 ? "0" + power : power)
        }
        if exponent < 0 { return sign + "0." + String(repeating: "0", count: -exponent - 1) + digits }
        if digits.count <= exponent + 1 {
            return sign + digits + String(repeating: "0", count: exponent + 1 - digits.count) + ".0"
        }
        let point = digits.index(digits.startIndex, offsetBy: exponent + 1)
        return sign + digits[..<point] + "." + digits[point...]
    }

    /// Significant digits without leading or trailing zeros, and the power of ten of the first of them.
    private static func shortest(_ value: Double) -> (digits: String, exponent: Int) {
        let parts = value.description.split(separator: "e")
        let mantissa = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        let whole = mantissa[0]
        let fraction = mantissa.count > 1 ? mantissa[1] : ""
        var exponent = (parts.count > 1 ? Int(parts[1]) ?? 0 : 0) + whole.count - 1
        var digits = Substring(whole + fraction)
        while digits.count > 1, digits.first == "0" {
            digits.removeFirst()
            exponent -= 1
        }
        while digits.count > 1, digits.last == "0" { digits.removeLast() }
        return (String(digits), digits == "0" ? 0 : exponent)
    }
}
