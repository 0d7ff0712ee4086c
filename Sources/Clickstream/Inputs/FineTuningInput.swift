import Statement

/// One search session as the fine-tuner sees it: a query, what was shown, and what was clicked.
///
/// A reference type: `preprocess_inputs` fills in missing ranks in place, for every data set that holds the input.
public final class FineTuningInput {
    public let query: Query
    /// Ids of the clicked results. They need not be among `results`.
    public var events: [String] { contents.events }
    /// Ids of the shown results, best first, without repetition.
    public var results: [String] { contents.results }
    /// Rank (score, not position) of each result; nil where it is not known yet.
    public var ranks: [String: Double?] {
        contents.ranks ?? Dictionary(results.map { ($0, nil) }, uniquingKeysWith: { first, _ in first })
    }
    /// Importance of each event, if the log tells.
    public let eventTypes: [Double]?
    /// Unix time of the search.
    public let timestamp: Int?
    /// Object of each part, when results are parts of items.
    public var partToObject: [String: String]? { contents.partToObject }
    /// Where it was read ("sessions.jsonl, line 12"), for messages.
    public let origin: Origin?

    // Together, as a long log has millions of inputs.
    @Undoable private var contents: Contents

    private struct Contents {
        var events: [String]
        var results: [String]
        /// Nil while no rank is known.
        var ranks: [String: Double?]?
        var partToObject: [String: String]?
    }

    /// Makes an input; without `ranks` every rank is unknown.
    ///
    /// Throws when a result repeats, when ranks and results differ in number, and when a result has no entry in `ranks`.
    public init(
        query: Query, events: [String], results: [String], ranks: [String: Double?]? = nil, eventTypes: [Double]? = nil,
        timestamp: Int? = nil, partToObject: [String: String]? = nil, origin: Origin? = nil
    ) throws(ClickstreamError) {
        self.query = query
        self.eventTypes = eventTypes
        self.timestamp = timestamp
        self.origin = origin
        contents = Contents(events: events, results: results, partToObject: partToObject)
        if let ranks {
            try setRanks(ranks)
        } else if results.firstRepetition != nil {
            throw sizeError(ranks: Set(results).count)
        }
    }

    /// Replaces all ranks, with the constructor's checks.
    public func setRanks(_ newRanks: [String: Double?]) throws(ClickstreamError) {
        guard newRanks.count == results.count else {
            throw sizeError(ranks: newRanks.count)
        }
        for id in results {
            guard let rank = newRanks[id] else {
                throw ClickstreamError(
                    .value, "No such ID (\(id)) in provided ranks dict", place: place,
                    help: "give each result a rank, or None to have it computed by preprocess_inputs")
            }
            if let rank, !rank.isFinite {
                throw ClickstreamError(.value, "rank of '\(id)' must be a finite number", found: "\(rank)", place: place)
            }
        }
        contents.ranks = newRanks
    }

    private func sizeError(ranks count: Int) -> ClickstreamError {
        let repeated = results.firstRepetition.map { results[$0.later] }
        return ClickstreamError(
            .value, "Sizes of ranks and results are not equal",
            found: "\(count) ranks, \(results.count) results" + (repeated.map { "; result '\($0)' is listed twice" } ?? ""), place: place,
            help: repeated == nil ? "give one rank per result" : "list each result once")
    }

    /// Whether nothing was clicked.
    public var isIrrelevant: Bool { events.isEmpty }

    /// Results that were not clicked, in result order.
    public var notEvents: [String] {
        let isClicked = events.membership
        return results.filter { !isClicked($0) }
    }

    /// Number of results.
    public var count: Int { results.count }

    /// Whether some result's rank is still unknown, or there are no ranks at all.
    public var lacksRanks: Bool { contents.ranks.map { $0.isEmpty || $0.values.contains { $0 == nil } } ?? true }

    /// The known rank of a result.
    public func rank(of id: String) -> Double? { contents.ranks?[id] ?? nil }

    /// The object that a result is a part of: itself unless the part map says otherwise.
    public func objectID(of id: String) -> String { contents.partToObject?[id] ?? id }

    /// Removes results with their events and ranks.
    ///
    /// With a part map `ids` are ids of objects, all of whose parts go; ids that the map does not know stay.
    public func removeResults(_ ids: some Sequence<String>) {
        let removed = Set(ids)
        let parts = partToObject
        func goes(_ id: String) -> Bool {
            guard let parts else { return removed.contains(id) }
            return parts[id].map(removed.contains) ?? false
        }
        contents.events.removeAll(where: goes)
        contents.results.removeAll(where: goes)
        contents.ranks = contents.ranks?.filter { !goes($0.key) }
        contents.partToObject = parts?.filter { !removed.contains($0.value) }
    }

    /// What to call this session in a message.
    public var place: String {
        "session '\(query.label)'" + (origin.map { ", \($0)" } ?? "")
    }
}
