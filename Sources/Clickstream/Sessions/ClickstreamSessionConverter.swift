import Text

/// Turns logged sessions into fine-tuning inputs and the items they showed.
public struct ClickstreamSessionConverter {
    /// An item as the log knows it: enough to load its content.
    public struct Item: Hashable, Sendable {
        public let objectID: String
        public let meta: JSONObject
    }

    /// Makes the query of its text and the session's search_meta.
    public typealias QueryItemType = (_ text: String, _ meta: JSONObject) throws -> Query

    /// How much an event counts.
    public typealias Importance = (ClickSession.Event) throws -> Double

    private let queryItemType: QueryItemType
    private let importance: Importance

    /// By default an event's importance is the one in its meta, or 1.
    public init(
        queryItemType: @escaping QueryItemType = { .item(TextQueryItem(text: $0, fields: $1)) },
        importance: @escaping Importance = { $0.meta["importance"]?.doubleValue ?? 1 }
    ) {
        self.queryItemType = queryItemType
        self.importance = importance
    }

    /// One session's input, and its results as items.
    ///
    /// Events are the results that something was done to, in result order; an event's type is its importance
    /// (of several events on one result that of the last).
    public func convert(_ session: ClickSession) throws -> (input: FineTuningInput, items: [Item]) {
        var types: [String: Double] = [:]
        for event in session.events { types[event.objectID] = try importance(event) }
        let results = session.searchResults.map(\.objectID)
        let events = results.filter { types[$0] != nil }
        let input = try FineTuningInput(
            query: try queryItemType(session.searchQuery, session.searchMeta), events: events, results: results,
            ranks: Dictionary(session.searchResults.map { ($0.objectID, $0.rank) }, uniquingKeysWith: { first, _ in first }),
            eventTypes: events.map { types[$0] ?? 1 }, timestamp: session.createdAt,
            origin: Origin("id \(session.sessionID)" + (session.origin.map { ", \($0)" } ?? "")))
        return (input, session.searchResults.map { Item(objectID: $0.objectID, meta: $0.meta) })
    }
}
