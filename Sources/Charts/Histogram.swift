import Foundation

/// Counts of values in neighbouring intervals of equal width; the last one includes its upper edge, as NumPy's do.
public struct Histogram: Sendable, Equatable {
    public let edges: [Double]
    public let counts: [Int]
    /// Values that are not finite.
    public let omitted: Int

    public static let largestBinCount = 1000

    /// - Parameter bins: the number of intervals; nil chooses it: the narrower of Sturges' rule (1926) and Freedman and Diaconis' rule
    ///   (1981), as `numpy.histogram(bins = "auto")` does.
    public init(_ values: [Double], bins: Int? = nil) throws(ChartError) {
        if let bins, bins < 1 || bins > Self.largestBinCount {
            throw ChartError("bins must be between 1 and \(Self.largestBinCount), not \(bins)")
        }
        let sorted = values.filter(\.isFinite).sorted()
        omitted = values.count - sorted.count
        guard var low = sorted.first, var high = sorted.last else {
            (edges, counts) = ([0, 1], [0])
            return
        }
        let count = bins ?? Self.automaticCount(sorted)
        if low == high { (low, high) = (low - 0.5, high + 0.5) }
        let width = high / Double(count) - low / Double(count)
        var edges = (0...count).map { low + width * Double($0) }
        edges[count] = high
        guard zip(edges, edges.dropFirst()).allSatisfy({ $0 < $1 }) else {
            throw ChartError("the values lie too near together for \(count) bins")
        }
        var counts = [Int](repeating: 0, count: count)
        var bin = 0
        for value in sorted {
            while bin < count - 1 && value >= edges[bin + 1] { bin += 1 }
            counts[bin] += 1
        }
        self.edges = edges
        self.counts = counts
    }

    private static func automaticCount(_ sorted: [Double]) -> Int {
        guard let low = sorted.first, let high = sorted.last, high > low else { return 1 }
        let count = Double(sorted.count)
        let spread = high - low
        let sturges = spread / (log2(count) + 1)
        let freedmanDiaconis = 2 * (quantile(sorted, 0.75) - quantile(sorted, 0.25)) / cbrt(count)
        let width = freedmanDiaconis > 0 ? min(sturges, freedmanDiaconis) : sturges
        let bins = (spread / width).rounded(.up)
        return bins.isFinite ? min(largestBinCount, max(1, Int(bins))) : 1
    }

    /// The quantile by linear interpolation (NumPy's default, type 7 of Hyndman and Fan, 1996).
    private static func quantile(_ sorted: [Double], _ share: Double) -> Double {
        let place = share * Double(sorted.count - 1)
        let below = Int(place), above = min(below + 1, sorted.count - 1)
        return sorted[below] + (sorted[above] - sorted[below]) * (place - Double(below))
    }
}
