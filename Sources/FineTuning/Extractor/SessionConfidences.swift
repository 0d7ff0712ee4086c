import Clickstream

/// Confidence of each object of a session, from its stored ranks and its clicks.
struct SessionConfidences {
    private let ofObject: [String: Double]
    private let input: FineTuningInput

    /// Calculates over the objects of all results, in order of first appearance. Throws when a stored rank is missing.
    init(
        _ input: FineTuningInput, calculator: any ConfidenceCalculator, ranksAggregator: any RanksAggregator,
        clicksAggregator: any ClicksAggregator
    ) throws {
        self.input = input
        let clicked = Set(input.events)
        var objects: [String] = []
        var ranks: [String: [Double]] = [:]
        var clicks: [String: [Double]] = [:]
        for id in input.results {
            guard let rank = input.rank(of: id) else {
                throw FineTuningError(
                    .type, "rank of '\(id)' is unknown", place: input.place, help: "call preprocess_inputs on the clickstream first")
            }
            let object = input.objectID(of: id)
            if ranks[object] == nil { objects.append(object) }
            ranks[object, default: []].append(rank)
            clicks[object, default: []].append(clicked.contains(id) ? 1 : 0)
        }
        let objectRanks = try objects.map { object in
            let parts = ranks[object] ?? []
            return parts.count == 1 ? parts[0] : try ranksAggregator.aggregate(parts)
        }
        let objectClicks = try clicksAggregator.aggregate(objects.map { ($0, clicks[$0] ?? []) })
        let confidences = try calculator.confidences(ranks: objectRanks, clicks: objectClicks)
        guard confidences.count == objects.count else {
            throw FineTuningError(
                .value, "confidence_calculator must give one confidence per object",
                found: "\(confidences.count) for \(objects.count) objects", place: input.place)
        }
        ofObject = Dictionary(zip(objects, confidences), uniquingKeysWith: { first, _ in first })
    }

    /// The confidence of a result; throws for an event that is not among the results.
    func confidence(of id: String) throws(FineTuningError) -> Double {
        guard let confidence = ofObject[input.objectID(of: id)] else { throw .strayEvent(id, input) }
        return confidence
    }
}

extension FineTuningError {
    /// An event whose result is not in its session, so that neither rank nor confidence is known.
    static func strayEvent(_ id: String, _ input: FineTuningInput) -> FineTuningError {
        FineTuningError(
            .value, "event '\(id)' is not among the results", place: input.place, help: "add it to results, or remove it from events")
    }
}
