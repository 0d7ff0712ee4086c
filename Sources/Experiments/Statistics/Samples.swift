import Clickstream
import Foundation

/// Mean of a sample and how sure it is.
public struct MeanEstimate: Sendable {
    public let count: Int
    public let mean: Double
    /// Standard deviation with n - 1; nan for fewer than two values.
    public let deviation: Double
    /// The confidence interval of the mean by Student's t; nan on both sides for fewer than two values.
    public let low: Double
    public let high: Double

    public init(_ values: [Double], confidence: Double = 0.95) {
        count = values.count
        let mean = values.isEmpty ? Double.nan : values.reduce(0, +) / Double(values.count)
        self.mean = mean
        guard values.count > 1 else {
            (deviation, low, high) = (.nan, .nan, .nan)
            return
        }
        deviation = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)).squareRoot()
        let half =
            StudentT.quantile(0.5 + confidence / 2, degrees: Double(values.count - 1)) * deviation / Double(values.count).squareRoot()
        (low, high) = (mean - half, mean + half)
    }
}

/// How a sample differs from another that was measured on the same cases.
public struct PairedComparison: Sendable {
    /// The differences' mean, deviation and interval.
    public let difference: MeanEstimate
    /// Mean difference over the differences' standard deviation (Cohen's d for paired samples); nan when it is not defined.
    public let effectSize: Double
    /// Two-sided p value of the randomisation test: how often flipping the signs of the differences at random gives a mean as far from 0
    /// (Fisher 1935; recommended for retrieval experiments by Smucker, Allan and Carterette, CIKM 2007).
    public let pValue: Double
    /// Whether every assignment of signs was counted, or a sample of them.
    public let isExact: Bool

    /// Sign assignments up to which all are counted.
    static let exactLimit = 18

    /// - Parameters:
    ///   - values, baseline: equally many, case by case.
    ///   - resamples: sign assignments drawn when there are too many to count.
    public init(_ values: [Double], baseline: [Double], resamples: Int = 10_000, seed: UInt64 = 0) {
        let differences = zip(values, baseline).map { $0 - $1 }
        difference = MeanEstimate(differences)
        effectSize = difference.deviation > 0 ? difference.mean / difference.deviation : .nan
        isExact = differences.count <= Self.exactLimit
        pValue = isExact ? Self.exact(differences) : Self.sampled(differences, resamples, seed)
    }

    private static func exact(_ differences: [Double]) -> Double {
        guard !differences.isEmpty else { return .nan }
        let observed = abs(differences.reduce(0, +))
        let bound = observed - slack(differences)
        // Gray's code: from one assignment to the next a single sign changes.
        var sum = differences.reduce(0, +), signs = [Double](repeating: 1, count: differences.count), count = 0
        let assignments = 1 << differences.count
        for step in 1...assignments {
            if abs(sum) >= bound { count += 1 }
            let flipped = step.trailingZeroBitCount
            guard flipped < differences.count else { break }
            sum -= 2 * signs[flipped] * differences[flipped]
            signs[flipped] = -signs[flipped]
        }
        return Double(count) / Double(assignments)
    }

    private static func sampled(_ differences: [Double], _ resamples: Int, _ seed: UInt64) -> Double {
        var random = SeededRandom(seed: seed)
        let bound = abs(differences.reduce(0, +)) - slack(differences)
        var count = 0
        for _ in 0..<resamples {
            var sum = 0.0, bits: UInt64 = 0
            for (index, value) in differences.enumerated() {
                if index & 63 == 0 { bits = random.next() }
                sum += bits & 1 == 0 ? value : -value
                bits >>= 1
            }
            if abs(sum) >= bound { count += 1 }
        }
        // The observed assignment is one of them, so that no p value is 0 (Phipson and Smyth 2010).
        return Double(count + 1) / Double(resamples + 1)
    }

    /// Sums that differ by rounding only count as equal.
    private static func slack(_ differences: [Double]) -> Double { 1e-12 * differences.reduce(0) { $0 + abs($1) } }
}

/// Corrections for asking several questions of the same data.
public enum MultipleTesting {
    /// Holm's step-down adjusted p values (Holm 1979), in the order given: the k-th smallest of m times m - k + 1, never falling.
    public static func holm(_ pValues: [Double]) -> [Double] {
        let order = pValues.indices.sorted { pValues[$0] == pValues[$1] ? $0 < $1 : pValues[$0] < pValues[$1] }
        var adjusted = pValues, floor = 0.0
        for (rank, index) in order.enumerated() where !pValues[index].isNaN {
            floor = max(floor, min(1, pValues[index] * Double(pValues.count - rank)))
            adjusted[index] = floor
        }
        return adjusted
    }
}

/// How many cases a difference would take to show.
public enum SampleSize {
    /// The least number of paired cases at which a 95 % interval about `mean` leaves 0 out, if the deviation stays; nil above a million.
    public static func toShow(mean: Double, deviation: Double) -> Int? {
        guard mean != 0, mean.isFinite, deviation.isFinite, deviation >= 0 else { return nil }
        func shows(_ n: Int) -> Bool {
            StudentT.quantile(0.975, degrees: Double(n - 1)) * deviation / Double(n).squareRoot() < abs(mean)
        }
        var high = 2
        while !shows(high) {
            high *= 2
            if high > 1_000_000 { return nil }
        }
        var low = max(2, high / 2)
        while low < high {
            let middle = (low + high) / 2
            if shows(middle) { high = middle } else { low = middle + 1 }
        }
        return high
    }
}
