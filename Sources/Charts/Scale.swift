import Foundation

/// One axis: maps values to the unit interval, and chooses round numbers to label it with.
struct Scale {
    let low: Double
    let high: Double
    let isLogarithmic: Bool

    /// A scale that holds all of `values`; values that it cannot show do not count. A single value gets room on both sides.
    ///
    /// - Parameter margin: the share of the range that is added at both ends.
    init(_ values: some Sequence<Double>, logarithmic: Bool = false, includesZero: Bool = false, margin: Double = 0) {
        isLogarithmic = logarithmic
        var low = Double.infinity, high = -Double.infinity
        for value in values where Self.shows(value, logarithmic: logarithmic) {
            low = min(low, value)
            high = max(high, value)
        }
        if includesZero && !logarithmic { (low, high) = (min(low, 0), max(high, 0)) }
        guard low <= high else {
            (self.low, self.high) = logarithmic ? (1, 10) : (0, 1)
            return
        }
        if logarithmic {
            if low == high { (low, high) = (low / 2, high * 2) }
            let room = pow(high / low, margin)
            self.low = max(low / room, .leastNonzeroMagnitude)
            self.high = min(high * room, .greatestFiniteMagnitude)
            return
        }
        if low == high {
            let room = max(abs(low) * 0.1, 1e-9)
            (low, high) = (low - room, high + room)
        }
        // Halves, so that a range over all the doubles does not overflow.
        let room = (high / 2 - low / 2) * 2 * margin
        self.low = max(low - room, -.greatestFiniteMagnitude)
        self.high = min(high + room, .greatestFiniteMagnitude)
    }

    static func shows(_ value: Double, logarithmic: Bool) -> Bool { value.isFinite && (!logarithmic || value > 0) }

    /// Where a value lies, 0 at the low end and 1 at the high end; nil where it cannot be shown.
    func position(_ value: Double) -> Double? {
        guard Self.shows(value, logarithmic: isLogarithmic) else { return nil }
        let place = isLogarithmic ? (log(value) - log(low)) / (log(high) - log(low)) : (value / 2 - low / 2) / (high / 2 - low / 2)
        return place.isFinite ? place : nil
    }

    struct Tick: Equatable {
        let value: Double
        let text: String
    }

    /// About `count` round numbers inside the scale, with as many decimals as they need.
    func ticks(about count: Int) -> [Tick] {
        isLogarithmic ? powers(about: count) : multiples(about: count)
    }

    /// Multiples of 1, 2 or 5 times a power of ten: P. Heckbert, "Nice numbers for graph labels", Graphics Gems (1990).
    private func multiples(about count: Int) -> [Tick] {
        let step = Self.niceStep((high / 2 - low / 2) / Double(max(1, count)) * 2)
        guard step > 0, step.isFinite else { return [] }
        let first = (low / step - 1e-9).rounded(.up), last = (high / step + 1e-9).rounded(.down)
        guard last >= first, last - first < 1000 else { return [] }
        let decimals = max(0, Int(-floor(log10(step) + 1e-9)))
        let large = max(abs(low), abs(high)) >= 1e6 || decimals > 6
        return stride(from: first, through: last, by: 1).map { index in
            // Adding zero makes -0 a plain 0.
            let value = index * step + 0
            return Tick(value: value, text: large ? Self.short(value) : String(format: "%.\(decimals)f", value))
        }
    }

    static func niceStep(_ raw: Double) -> Double {
        guard raw > 0, raw.isFinite else { return 0 }
        let power = pow(10, floor(log10(raw)))
        let share = raw / power
        return (share < 1.5 ? 1 : share < 3 ? 2 : share < 7 ? 5 : 10) * power
    }

    /// Powers of ten; with 2 and 5 between them where there are few.
    private func powers(about count: Int) -> [Tick] {
        let first = Int(floor(log10(low))), last = Int(ceil(log10(high)))
        let every = max(1, (last - first) / max(1, count))
        let factors: [Double] = last - first <= 2 ? [1, 2, 5] : [1]
        let values = stride(from: first, through: last, by: every).flatMap { exponent -> [Double] in
            let power = pow(10, Double(exponent))
            return factors.map { $0 * power }
        }
        let inside = values.filter { $0 >= low * (1 - 1e-9) && $0 <= high * (1 + 1e-9) }
        return inside.map { Tick(value: $0, text: Self.short($0)) }
    }

    /// A number in at most five significant digits.
    static func short(_ value: Double) -> String {
        value.isNaN ? "nan" : value.isInfinite ? value < 0 ? "-inf" : "inf" : String(format: "%.5g", value + 0)
    }
}
