import Clickstream
import Foundation

/// A density over a space: a weighted sum of one kernel for each observed point and one that knows nothing, the last.
struct ParzenEstimator {
    private let axes: [ParzenAxis]
    private let weights: [Double]
    private let logWeights: [Double]

    /// - Parameter points: observed points, oldest first.
    init(_ space: [SearchDimension], _ points: [[SearchValue]]) {
        axes = space.indices.map { axis in ParzenAxis(space[axis], around: points.map { $0[axis] }) }
        let raw = Self.ages(points.count) + [1]
        let total = raw.reduce(0, +)
        weights = raw.map { $0 / total }
        logWeights = weights.map { log($0) }
    }

    /// Weights by age: the newest 25 weigh 1, and the oldest 1 / count.
    static func ages(_ count: Int) -> [Double] {
        let ramp = count - 25
        let first = 1 / Double(max(count, 1))
        return (0..<count).map { $0 >= ramp ? 1 : first + (1 - first) * Double($0) / Double(max(ramp - 1, 1)) }
    }

    func draw(_ random: inout SeededRandom) -> [SearchValue] {
        let kernel = random.index(weights)
        return axes.map { $0.draw(kernel, &random) }
    }

    func logDensity(_ point: [SearchValue]) -> Double {
        var terms = logWeights
        for (axis, value) in zip(axes, point) { axis.addLogDensity(value, to: &terms) }
        guard let largest = terms.max(), largest > -.infinity else { return -.infinity }
        return largest + log(terms.reduce(0) { $0 + exp($1 - largest) })
    }
}

/// The kernels of one dimension, those about observed values first and the prior last.
enum ParzenAxis {
    /// Probability of each option, kernel by kernel.
    case options([[Double]])
    /// Normal densities cut to the range, over logarithms if so; `whole` numbers have the mass of the half on either side of them.
    case normals([TruncatedNormal], logarithmic: Bool, whole: Bool)

    init(_ dimension: SearchDimension, around values: [SearchValue]) {
        switch dimension {
        case .choice(let options):
            // The prior's weight of 1 is shared by all kernels, so that no option is ever impossible.
            let prior = 1 / Double(values.count + 1)
            let kernels = values.map { value in
                (0..<options).map { (prior + (value == .option($0) ? 1 : 0)) / (1 + prior * Double(options)) }
            }
            self = .options(kernels + [[Double](repeating: 1 / Double(options), count: options)])
        case .real(let low, let high, let logarithmic):
            let (a, b) = logarithmic ? (log(low), log(high)) : (low, high)
            let centers = values.map { value in
                guard case .real(let x) = value else { return (a + b) / 2 }
                return logarithmic ? log(min(max(x, low), high)) : min(max(x, low), high)
            }
            self = .normals(Self.normals(centers, a, b), logarithmic: logarithmic, whole: false)
        case .integer(let low, let high):
            let (a, b) = (Double(low) - 0.5, Double(high) + 0.5)
            let centers = values.map { value in
                guard case .integer(let x) = value else { return (a + b) / 2 }
                return Double(min(max(x, low), high))
            }
            self = .normals(Self.normals(centers, a, b), logarithmic: false, whole: true)
        }
    }

    /// Normals about `centers`, each as wide as the farther of its two neighbours is away (Bergstra et al. 2011, section 4); the outermost
    /// ones have one neighbour. None is wider than the range, and none so narrow that it stands alone. Then the prior, as wide as the range.
    private static func normals(_ centers: [Double], _ low: Double, _ high: Double) -> [TruncatedNormal] {
        let range = high - low
        let least = range / Double(min(100, centers.count + 2))
        let order = centers.indices.sorted { centers[$0] == centers[$1] ? $0 < $1 : centers[$0] < centers[$1] }
        var widths = centers
        for (rank, index) in order.enumerated() {
            let left = rank > 0 ? centers[index] - centers[order[rank - 1]] : centers.count > 1 ? 0 : centers[index] - low
            let right = rank + 1 < order.count ? centers[order[rank + 1]] - centers[index] : centers.count > 1 ? 0 : high - centers[index]
            widths[index] = min(range, max(least, left, right))
        }
        let around = zip(centers, widths).map { TruncatedNormal(mean: $0, deviation: $1, low: low, high: high) }
        return around + [TruncatedNormal(mean: (low + high) / 2, deviation: range, low: low, high: high)]
    }

    func draw(_ kernel: Int, _ random: inout SeededRandom) -> SearchValue {
        switch self {
        case .options(let kernels): return .option(random.index(kernels[kernel]))
        case .normals(let kernels, let logarithmic, let whole):
            let normal = kernels[kernel]
            let value = normal.draw(&random)
            if whole { return .integer(Int(min(max(value.rounded(), normal.low + 0.5), normal.high - 0.5))) }
            return .real(logarithmic ? exp(value) : value)
        }
    }

    /// Adds the logarithm of each kernel's density at `value` to its term.
    func addLogDensity(_ value: SearchValue, to terms: inout [Double]) {
        switch (self, value) {
        case (.options(let kernels), .option(let option)):
            for kernel in kernels.indices { terms[kernel] += log(kernels[kernel][option]) }
        case (.normals(let kernels, let logarithmic, _), .real(let value)):
            let x = logarithmic ? log(value) : value
            for kernel in kernels.indices { terms[kernel] += kernels[kernel].logDensity(x) }
        case (.normals(let kernels, _, _), .integer(let value)):
            for kernel in kernels.indices { terms[kernel] += kernels[kernel].logMass(Double(value) - 0.5, Double(value) + 0.5) }
        default: break
        }
    }
}

/// A normal distribution cut to a range.
struct TruncatedNormal {
    let mean: Double
    let deviation: Double
    let low: Double
    let high: Double
    /// Logarithm of the share of the whole normal that lies in the range.
    private let logShare: Double
    /// Logarithm of the density at the mean.
    private let logPeak: Double

    init(mean: Double, deviation: Double, low: Double, high: Double) {
        self.mean = mean
        self.deviation = deviation
        self.low = low
        self.high = high
        logShare = log(max(Self.mass((low - mean) / deviation, (high - mean) / deviation), .leastNormalMagnitude))
        logPeak = -log(deviation) - 0.5 * log(2 * Double.pi) - logShare
    }

    /// Probability of a standard normal number between two bounds, from the side of the nearer tail, where the difference keeps its digits.
    private static func mass(_ a: Double, _ b: Double) -> Double {
        let (x, y) = (a / 2.0.squareRoot(), b / 2.0.squareRoot())
        return a > 0 ? 0.5 * (erfc(x) - erfc(y)) : 0.5 * (erfc(-y) - erfc(-x))
    }

    func logDensity(_ x: Double) -> Double {
        let z = (x - mean) / deviation
        return logPeak - 0.5 * z * z
    }

    func logMass(_ from: Double, _ to: Double) -> Double {
        log(max(Self.mass((from - mean) / deviation, (to - mean) / deviation), .leastNormalMagnitude)) - logShare
    }

    /// By rejection: the mean lies in the range and the deviation is no wider than it, so that at least one draw in three is kept.
    func draw(_ random: inout SeededRandom) -> Double {
        for _ in 0..<1000 {
            let value = mean + deviation * random.normal()
            if value >= low && value <= high { return value }
        }
        return low + (high - low) * random.uniform()
    }
}

extension SeededRandom {
    /// A standard normal number (Box and Muller 1958).
    mutating func normal() -> Double {
        let radius = (-2 * log(1 - uniform())).squareRoot()
        return radius * cos(2 * Double.pi * uniform())
    }

    /// An index, each as likely as its share of the sum.
    mutating func index(_ chances: [Double]) -> Int {
        var left = uniform() * chances.reduce(0, +)
        for (index, chance) in chances.enumerated() {
            left -= chance
            if left < 0 { return index }
        }
        return max(chances.count - 1, 0)
    }
}
