/// Text of floats as Python writes them.
enum FloatText {
    /// The shortest text that reads back as the same number: `0.1`, `1e-05`, `1e+16`, `inf`, `nan`.
    static func repr(_ value: Double) -> String {
        if value.isNaN { return "nan" }
        if value.isInfinite { return value < 0 ? "-inf" : "inf" }
        if value == 0 { return value.sign == .minus ? "-0.0" : "0.0" }
        let (digits, exponent) = shortestDigits(value.magnitude)
        let sign = value < 0 ? "-" : ""
        if exponent < -4 || exponent >= 16 {
            let mantissa = digits.count == 1 ? digits : digits.prefix(1) + "." + digits.dropFirst()
            return sign + mantissa + exponentText(exponent)
        }
        if exponent < 0 { return sign + "0." + String(repeating: "0", count: -exponent - 1) + digits }
        if digits.count <= exponent + 1 {
            return sign + digits + String(repeating: "0", count: exponent + 1 - digits.count) + ".0"
        }
        return sign + digits.prefix(exponent + 1) + "." + digits.dropFirst(exponent + 1)
    }

    /// Significant decimal digits without trailing zeros, and the decimal exponent of the first. For finite positive numbers.
    static func shortestDigits(_ value: Double) -> (digits: String, exponent: Int) {
        var mantissa: [UInt8] = []
        var pointAt: Int?
        var exponent = 0
        let text = Array(value.description.utf8)
        var index = 0
        while index < text.count {
            let byte = text[index]
            if byte == UInt8(ascii: ".") {
                pointAt = mantissa.count
            } else if byte == UInt8(ascii: "e") {
                exponent = Int(String(decoding: text[(index + 1)...], as: UTF8.self)) ?? 0
                break
            } else {
                mantissa.append(byte)
            }
            index += 1
        }
        var first = (pointAt ?? mantissa.count) - 1 + exponent
        var start = 0
        while start < mantissa.count - 1, mantissa[start] == UInt8(ascii: "0") {
            start += 1
            first -= 1
        }
        var end = mantissa.count
        while end > start + 1, mantissa[end - 1] == UInt8(ascii: "0") { end -= 1 }
        return (String(decoding: mantissa[start..<end], as: UTF8.self), first)
    }

    /// "e+16", "e-05"
    static func exponentText(_ exponent: Int) -> String {
        let magnitude = String(exponent.magnitude)
        return "e" + (exponent < 0 ? "-" : "+") + (magnitude.count < 2 ? "0" + magnitude : magnitude)
    }
}
