import Clickstream

/// How far training has moved clicked results towards their query, and clickless sessions' results away from theirs.
///
/// With t = +1 for similarities and -1 for distances, a relevant session shifts by the mean over its events of
/// t (new rank - stored rank), a clickless one by the mean over its results of t (stored - new). Positive is better.
public struct DistanceShift: MetricCalculator {
    public init() {}

    public func metrics(
        of batch: [InputPair], extractor: FeaturesExtractor, items: ItemsSet, retriever: any QueryRetriever
    ) throws -> [MetricValue] {
        func shift(_ name: String, _ inputs: [FineTuningInput]) throws -> MetricValue {
            let measured = inputs.filter { !$0.results.isEmpty || !$0.events.isEmpty }
            let fresh = try extractor.calculateRanks(measured, items: items, retriever: retriever)
            let shifts = try zip(measured, fresh).map { try Self.shift(of: $0, newRanks: $1, isSimilarity: extractor.isSimilarity) }
            return try MetricValue(name, shifts.isEmpty ? 0 : shifts.reduce(0, +) / Double(shifts.count))
        }
        return [
            try shift("not_irrelevant_dist_shift", batch.compactMap(\.notIrrelevant)),
            try shift("irrelevant_dist_shift", batch.compactMap(\.irrelevant)),
        ]
    }

    private static func shift(of input: FineTuningInput, newRanks: [String: Double], isSimilarity: Bool) throws -> Double {
        let ids = input.isIrrelevant ? input.results : input.events
        let changes = try ids.map { id in
            guard let new = newRanks[id] else { throw FineTuningError.strayEvent(id, input) }
            guard let previous = input.rank(of: id) else {
                throw FineTuningError(
                    .type, "rank of '\(id)' is unknown", place: input.place, help: "call preprocess_inputs on the clickstream first")
            }
            return new - previous
        }
        let mean = changes.reduce(0, +) / Double(changes.count)
        return input.isIrrelevant == isSimilarity ? -mean : mean
    }
}
