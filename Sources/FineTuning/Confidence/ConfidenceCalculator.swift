import Clickstream
import Foundation
import Synchronization

/// How far to trust each result of a session as clicked or not clicked.
public protocol ConfidenceCalculator {
    /// One confidence per object, in the order they were shown.
    ///
    /// - Parameters:
    ///   - ranks: stored rank of each object.
    ///   - clicks: 1 for a clicked object, 0 for any other.
    func confidences(ranks: [Double], clicks: [Double]) throws -> [Double]
}

/// Trusts everything: all ones.
public struct DummyConfidences: ConfidenceCalculator {
    public init() {}

    public func confidences(ranks: [Double], clicks: [Double]) -> [Double] { ranks.map { _ in 1 } }
}

/// Trusts a click more where ranks and clicks around it agree, and the top of the list more than its end.
///
/// Over the window around position i (from 0, of n) with mean rank a, click rate p and s = |r - a| / a:
/// a click scores (1 - s) p + (1 - p) s, no click (1 - p)(1 - s) + p s, both times e^(-3 (i + 1) / n - 0.3) + 0.25;
/// the scores are then spread over 0 … 1.
public struct WindowedConfidences: ConfidenceCalculator, Fingerprinted {
    public let windowSize: Int
    public var fingerprint: String { "WindowedConfidences(windowSize: \(windowSize))" }
    private let warned = Flag()

    /// Throws unless the window is larger than 1. Windows 2 and 3 are the same: half of it is looked at on either side.
    public init(windowSize: Int = 3) throws(FineTuningError) {
        guard windowSize > 1 else {
            throw FineTuningError(.value, "window_size should be an integer with value more than 1", found: "\(windowSize)")
        }
        self.windowSize = windowSize
    }

    public func confidences(ranks: [Double], clicks: [Double]) throws -> [Double] {
        guard ranks.count == clicks.count else {
            throw FineTuningError(.value, "ranks and clicks differ in number", found: "\(ranks.count) ranks, \(clicks.count) clicks")
        }
        if windowSize >= ranks.count, !ranks.isEmpty, warned.raise() {
            Warnings.emit("window_size \(windowSize) is not smaller than a session of \(ranks.count) results: all of them are neighbours")
        }
        let half = windowSize / 2
        let scores = ranks.indices.map { index in
            let window = max(0, index - half)..<min(ranks.count, index + half + 1)
            return Self.score(
                rank: ranks[index], isClicked: clicks[index] > 0, ranks: ranks[window], clicks: clicks[window],
                depth: Double(index + 1) / Double(ranks.count))
        }
        guard let least = scores.min(), let most = scores.max() else { return [] }
        return scores.map { ($0 - least) / (most - least + 1e-9) }
    }

    /// What happens once.
    private final class Flag: Sendable {
        private let isUp = Atomic(false)

        /// Whether this was the first time.
        func raise() -> Bool { !isUp.exchange(true, ordering: .relaxed) }
    }

    private static func score(rank: Double, isClicked: Bool, ranks: ArraySlice<Double>, clicks: ArraySlice<Double>, depth: Double) -> Double
    {
        let average = ranks.reduce(0, +) / Double(ranks.count) + 1e-9
        let clickRate = clicks.reduce(0, +) / Double(clicks.count)
        let surprise = abs(rank - average) / average
        let agreement =
            isClicked
            ? (1 - surprise) * clickRate + (1 - clickRate) * surprise
            : (1 - clickRate) * (1 - surprise) + clickRate * surprise
        return agreement * (exp(-3 * depth - 0.3) + 0.25)
    }
}
