/// What a list of sessions holds, and which of it cannot train and why: what to look at after loading.
public struct SessionReport: Sendable {
    /// Why no (clicked, not clicked) pair can be made of a session.
    public enum Obstacle: String, CaseIterable, Sendable {
        case noResults = "no results"
        case noClick = "no click"
        case oneResult = "one result"
        case allClicked = "all results clicked"
    }

    /// Ids of results that no item has.
    public struct UnknownIDs: Sendable {
        /// How many distinct ids, and in how many sessions.
        public fileprivate(set) var ids = 0
        public fileprivate(set) var sessions = 0
        /// Up to five of them, each with its session.
        public fileprivate(set) var examples: [(id: String, place: String)] = []
    }

    public private(set) var sessions = 0
    public private(set) var queries = 0
    public private(set) var results = 0
    public private(set) var clicks = 0
    /// Sessions of which at least one pair can be made.
    public private(set) var trainable = 0
    public private(set) var obstacles: [Obstacle: Int] = [:]
    /// Sessions with a rank missing; `preprocess_inputs` computes those.
    public private(set) var withoutRanks = 0
    /// Sessions that repeat an earlier one: same query, results and events.
    public private(set) var duplicates = 0
    /// Events that are not among their session's results.
    public private(set) var strayEvents = 0
    /// Times a position was shown, and clicked; the first result is at index 0.
    public private(set) var shown: [Int] = []
    public private(set) var clicked: [Int] = []
    /// Joining with the items; nil when no items were given.
    public private(set) var unknownIDs: UnknownIDs?
    /// Item ids with more than one row; nil when no items were given.
    public private(set) var repeatedItems: Int?

    private let items: ItemsSet?
    // Of queries, sessions and unknown ids only hashes are kept, so that the report of a long log stays small.
    private var seenQueries = Set<Int>()
    private var seenSessions = Set<Int>()
    private var seenUnknown = Set<Int>()

    /// A report on nothing yet; `add` adds sessions, which are joined with the items if they are given.
    public init(items: ItemsSet? = nil) {
        self.items = items
        guard let items else { return }
        unknownIDs = UnknownIDs()
        repeatedItems = items.ids.count { items.rowIndices(of: $0).count > 1 }
    }

    /// Describes sessions, joined with items if they are given.
    public init(_ inputs: [FineTuningInput], items: ItemsSet? = nil) {
        self.init(items: items)
        for input in inputs { add(input) }
    }

    /// Counts one more session.
    public mutating func add(_ input: FineTuningInput) {
        count(input)
        let query = input.query.label.hashValue
        if seenQueries.insert(query).inserted { queries += 1 }
        var hasher = Hasher()
        hasher.combine(query)
        hasher.combine(input.results)
        hasher.combine(input.events)
        if !seenSessions.insert(hasher.finalize()).inserted { duplicates += 1 }
        if let items { join(input, items) }
    }

    private mutating func count(_ input: FineTuningInput) {
        sessions += 1
        results += input.results.count
        clicks += input.events.count
        if !input.results.isEmpty, input.lacksRanks { withoutRanks += 1 }
        if let obstacle = Self.obstacle(of: input) { obstacles[obstacle, default: 0] += 1 } else { trainable += 1 }
        let isClicked = input.events.membership
        var found = 0
        if input.results.count > shown.count {
            let more = [Int](repeating: 0, count: input.results.count - shown.count)
            shown += more
            clicked += more
        }
        for (position, id) in input.results.enumerated() {
            shown[position] += 1
            if isClicked(id) {
                clicked[position] += 1
                found += 1
            }
        }
        if found < input.events.count { strayEvents += Set(input.events).subtracting(input.results).count }
    }

    private mutating func join(_ input: FineTuningInput, _ items: ItemsSet) {
        let missing = (input.results + input.events).filter { !items.contains($0) }
        guard !missing.isEmpty, var unknown = unknownIDs else { return }
        unknown.sessions += 1
        for id in missing where seenUnknown.insert(id.hashValue).inserted {
            unknown.ids += 1
            if unknown.examples.count < 5 { unknown.examples.append((id, input.place)) }
        }
        unknownIDs = unknown
    }

    /// Why a session makes no training pair; nil when it makes one.
    public static func obstacle(of input: FineTuningInput) -> Obstacle? {
        if input.results.isEmpty { return .noResults }
        if input.events.isEmpty { return .noClick }
        if !input.notEvents.isEmpty { return nil }
        return input.results.count == 1 ? .oneResult : .allClicked
    }

    /// Share of clicks at a position (0 is the first); nil when it was never shown.
    public func clickRate(at position: Int) -> Double? {
        guard shown.indices.contains(position), shown[position] > 0 else { return nil }
        return Double(clicked[position]) / Double(shown[position])
    }
}
