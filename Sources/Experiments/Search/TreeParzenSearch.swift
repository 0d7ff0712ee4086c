import Clickstream
import Foundation

/// Tree-structured Parzen estimator: suggests the point that is likelier among the good trials than among the others.
///
/// The best `good(n)` trials make a density l(x), the rest g(x); of `candidates` points drawn from l the one with the largest l(x) / g(x)
/// is taken, which maximises the expected improvement (Bergstra et al., Algorithms for Hyper-Parameter Optimization, NIPS 2011, eq. 16).
/// The densities have one joint kernel a trial, so that parameters that matter together are drawn together
/// (Falkner et al., BOHB, ICML 2018).
///
/// A suggestion depends on the seed, the trial's number and the history, on nothing else: a search that was interrupted goes on as if it had not been.
public struct TreeParzenSearch: Sendable {
    public let space: [SearchDimension]
    public let seed: UInt64
    /// Trials drawn at random before the densities are used.
    public let startupTrials: Int
    /// Points drawn for each suggestion.
    public let candidates: Int

    /// - Parameter space: named dimensions; the names are for error messages.
    public init(space: [(name: String, dimension: SearchDimension)], seed: UInt64, startupTrials: Int = 10, candidates: Int = 24)
        throws(SearchError)
    {
        guard !space.isEmpty else { throw SearchError("the search space has no dimension") }
        guard startupTrials > 0, candidates > 0 else { throw SearchError("startup_trials and candidates must be positive") }
        for (name, dimension) in space { try dimension.validate(name) }
        self.space = space.map(\.dimension)
        self.seed = seed
        self.startupTrials = startupTrials
        self.candidates = candidates
    }

    /// How many of `count` trials are good ones: a tenth, 25 at most.
    static func good(_ count: Int) -> Int { min(25, Int((0.1 * Double(count)).rounded(.up))) }

    /// The point to try as number `trial`, given the trials before it.
    public func suggest(trial: Int, history: [Trial]) -> [SearchValue] {
        var random = SeededRandom(seed: seed)
        // The stream of this trial: far from those of its neighbours.
        random = SeededRandom(seed: random.next() ^ (UInt64(bitPattern: Int64(trial)) &* 0x9E37_79B9_7F4A_7C15))
        let finished = history.enumerated().filter { $0.element.loss.map { !$0.isNaN } ?? false && $0.element.point.count == space.count }
        guard finished.count >= startupTrials else { return ParzenEstimator(space, []).draw(&random) }
        let ranked = finished.sorted { a, b in
            let (x, y) = (a.element.loss ?? 0, b.element.loss ?? 0)
            return x == y ? a.offset < b.offset : x < y
        }
        let count = Self.good(ranked.count)
        // In the order of the trials: the older ones weigh less.
        let below = ParzenEstimator(space, ranked[..<count].sorted { $0.offset < $1.offset }.map(\.element.point))
        let above = ParzenEstimator(space, ranked[count...].sorted { $0.offset < $1.offset }.map(\.element.point))
        var best = (point: [SearchValue](), score: -Double.infinity)
        for _ in 0..<candidates {
            let point = below.draw(&random)
            let score = below.logDensity(point) - above.logDensity(point)
            if best.point.isEmpty || score > best.score { best = (point, score) }
        }
        return best.point
    }
}
