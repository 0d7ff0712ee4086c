import Statement

/// One search session as the fine-tuner sees it: a query, what was shown, and what was clicked.
///
/// A reference type: `preprocess_inputs` fills in missing ranks in place, for every data set that holds the input.
public final class FineTuningInput {
    public let query: Query
    /// Ids of the clicked results. They need not be among `results`.
    @Undoable public private(set) var events: [String]
    /// Ids of the shown results, best first, without repetition.
    @Undoable public private(set) var results: [String]
    /// Rank (score, not position) of each result; nil where it is not known yet.
    @Undoable public private(set) var ranks: [String: Double?]
    /// Importance of each event, if the log tells.
    public let eventTypes: [Double]?
    /// Unix time of the search.
    public let timestamp: Int?
    /// Object of each part, when results are parts of items.
    @Undoable public private(set) var partToObject: [String: String]?
    /// Where it was read ("sessions.jsonl, line 12"), for messages.
    public let origin: String?

    /// Makes an input; without `ranks` every rank is unknown.
    ///
    /// Throws when a result repeats, when ranks and results differ in number, and when a result has no entry in `ranks`.
    public init(
        query: Query, events: [String], results: [String], ranks: [String: Double?]? = nil, eventTypes: [Double]? = nil,
        timestamp: Int? = nil, partToObject: [String: String]? = nil, origin: String? = nil
    ) throws(ClickstreamError) {
        self.query = query
        self.events = events
        self.results = results
        self.ranks = [:]
        self.eventTypes = eventTypes
        self.timestamp = timestamp
        self.partToObject = partToObject
        self.origin = origin
        try setRanks(ranks ?? Dictionary(results.map { ($0, nil) }, uniquingKeysWith: { first, _ in first }))
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
        ranks = newRanks
    }

    private func sizeError(ranks count: Int) -> ClickstreamError {
        var seen = Set<String>()
        let repeated = results.first { !seen.insert($0).inserted }
        return ClickstreamError(
            .value, "Sizes of ranks and results are not equal",
            found: "\(count) ranks, \(results.count) results" + (repeated.map { "; result '\($0)' is listed twice" } ?? ""), place: place,
            help: repeated == nil ? "give one rank per result" : "list each result once")
    }

    /// Whether nothing was clicked.
    public var isIrrelevant: Bool { events.isEmpty }

    /// Results that were not clicked, in result order.
    public var notEvents: [String] {
        let clicked = Set(events)
        return results.filter { !clicked.contains($0) }
    }

    /// Number of results.
    public var count: Int { results.count }

    /// Whether some result's rank is still unknown, or there are no ranks at all.
    public var lacksRanks: Bool { ranks.isEmpty || ranks.values.contains { $0 == nil } }

    /// The known rank of a result.
    public func rank(of id: String) -> Double? { ranks[id] ?? nil }

    /// The object that a result is a part of: itself unless the part map says otherwise.
    public func objectID(of id: String) -> String { partToObject?[id] ?? id }

    /// Removes results with their events and ranks.
    ///
    /// With a part map `ids` are ids of objects, all of whose parts go; ids that the map does not know stay.
    public func removeResults(_ ids: some Sequence<String>) {
        let removed = Set(ids)
        func goes(_ id: String) -> Bool {
            guard let partToObject else { return removed.contains(id) }
            return partToObject[id].map(removed.contains) ?? false
        }
        events.removeAll(where: goes)
        results.removeAll(where: goes)
        ranks = ranks.filter { !goes($0.key) }
        partToObject = partToObject?.filter { !removed.contains($0.value) }
    }

    /// What to call this session in a message.
    public var place: String {
        "session '\(query.label)'" + (origin.map { ", \($0)" } ?? "")
    }
}
