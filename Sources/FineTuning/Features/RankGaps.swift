import Tensors

/// Rank values of pairs, compared in the precision that they were computed in.
struct RankGaps {
    private let positives: [Double]
    private let negatives: [Double]
    private let isDouble: Bool

    /// Two rank vectors of equal length.
    init(_ positives: Tensor, _ negatives: Tensor) {
        self.init(positives.doubles(), negatives.doubles(), dtype: positives.dtype)
    }

    init(_ positives: [Double], _ negatives: [Double], dtype: DType) {
        self.positives = positives
        self.negatives = negatives
        isDouble = dtype == .f64
    }

    /// Where `min` < |positive - negative| < `max`.
    func indices(strictlyBetween min: Double, and max: Double) -> [Int] {
        zip(positives, negatives).enumerated().compactMap { index, pair in
            Self.lies(pair.0, pair.1, between: min, and: max, isDouble: isDouble) ? index : nil
        }
    }

    /// Whether `min` < |a - b| < `max`, in f32 unless `isDouble`: a tie of single-precision ranks stays a tie.
    static func lies(_ a: Double, _ b: Double, between min: Double, and max: Double, isDouble: Bool) -> Bool {
        if isDouble {
            let gap = abs(a - b)
            return min < gap && gap < max
        }
        let gap = abs(Float(a) - Float(b))
        return Float(min) < gap && gap < Float(max)
    }
}
