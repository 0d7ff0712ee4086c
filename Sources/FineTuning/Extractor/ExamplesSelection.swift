/// Chooses pairs of a batch by difficulty: the gap between clicked and unclicked rank under the current model.
struct ExamplesSelection {
    /// How much nearer the clicked result of each pair is; negative where the model has them the wrong way round.
    let gaps: [Double]
    /// Whether a pair's unclicked result is a clickless session's.
    let isLent: [Bool]

    /// The pairs of each type in turn, each type's in batch order. A pair that two types choose is there twice.
    func indices(_ order: [ExamplesType]) -> [Int] {
        order.flatMap(indices)
    }

    private func indices(_ type: ExamplesType) -> [Int] {
        let all = Array(gaps.indices)
        let own = all.filter { !isLent[$0] }
        let lent = all.filter { isLent[$0] }
        return switch type {
        case .allExamples: all
        case .negativeOnly: lent
        case .hardAll: third(0, of: all)
        case .mediumAll: third(1, of: all)
        case .softAll: third(2, of: all)
        case .hardPositive: third(0, of: own)
        case .mediumPositive: third(1, of: own)
        case .softPositive: third(2, of: own)
        case .hardNegative: third(0, of: lent)
        case .mediumNegative: third(1, of: lent)
        case .softNegative: third(2, of: lent)
        }
    }

    /// The first, second or last third of pairs by rising gap; equal gaps in batch order. The thirds share all pairs out.
    private func third(_ part: Int, of pairs: [Int]) -> [Int] {
        let ordered = pairs.sorted { (gaps[$0], $0) < (gaps[$1], $1) }
        return ordered[pairs.count * part / 3..<pairs.count * (part + 1) / 3].sorted()
    }
}
