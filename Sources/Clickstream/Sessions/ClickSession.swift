import Text

/// A search session as a log keeps it: what was searched for, what was shown, what happened then.
public struct ClickSession: Hashable, Sendable {
    /// One shown result.
    public struct Result: Hashable, Sendable {
        public let objectID: String
        /// Score that the search gave it, if logged.
        public let rank: Double?
        public let meta: JSONObject

        public init(objectID: String, rank: Double? = nil, meta: JSONObject = JSONObject()) {
            self.objectID = objectID
            self.rank = rank
            self.meta = meta
        }
    }

    /// One thing done to a result.
    public struct Event: Hashable, Sendable {
        public let eventID: String
        public let objectID: String
        public let eventType: String
        public let createdAt: Int?
        public let meta: JSONObject

        public init(eventID: String, objectID: String, eventType: String = "click", createdAt: Int? = nil, meta: JSONObject = JSONObject())
        {
            self.eventID = eventID
            self.objectID = objectID
            self.eventType = eventType
            self.createdAt = createdAt
            self.meta = meta
        }
    }

    public let sessionID: String
    public let searchQuery: String
    /// Unix time of the search.
    public let createdAt: Int?
    public let searchResults: [Result]
    public let searchMeta: JSONObject
    public let events: [Event]
    public let isIrrelevant: Bool
    /// Where it was read, for messages.
    public let origin: String?

    public init(
        sessionID: String, searchQuery: String, createdAt: Int? = nil, searchResults: [Result], searchMeta: JSONObject = JSONObject(),
        events: [Event], isIrrelevant: Bool = false, origin: String? = nil
    ) {
        self.sessionID = sessionID
        self.searchQuery = searchQuery
        self.createdAt = createdAt
        self.searchResults = searchResults
        self.searchMeta = searchMeta
        self.events = events
        self.isIrrelevant = isIrrelevant
        self.origin = origin
    }
}

extension ClickSession {
    /// Reads a session from a record with the fields session_id, search_query, created_at?, search_results, search_meta?, events?
    /// and is_irrelevant?.
    public init(record: JSONRecord) throws(DataError) {
        var results: [Result] = []
        for entry in try record.entries("search_results", required: true) {
            results.append(
                Result(objectID: try entry.identifier("object_id"), rank: try entry.number("rank"), meta: try entry.meta("meta")))
        }
        var events: [Event] = []
        for (index, entry) in try record.entries("events", required: false).enumerated() {
            events.append(
                Event(
                    eventID: entry.optional("event_id") == nil ? "\(index)" : try entry.identifier("event_id"),
                    objectID: try entry.identifier("object_id"),
                    eventType: entry.optional("event_type") == nil ? "click" : try entry.string("event_type"),
                    createdAt: try entry.wholeNumber("created_at"), meta: try entry.meta("meta")))
        }
        self.init(
            sessionID: try record.identifier("session_id"), searchQuery: try record.string("search_query"),
            createdAt: try record.wholeNumber("created_at"), searchResults: results, searchMeta: try record.meta("search_meta"),
            events: events, isIrrelevant: record.optional("is_irrelevant")?.boolValue ?? events.isEmpty,
            origin: "\(record.file), line \(record.line)")
    }
}

extension JSONRecord {
    /// The objects of a list field; an absent list is empty unless it is required.
    fileprivate func entries(_ field: String, required isRequired: Bool) throws(DataError) -> [JSONRecord] {
        guard let value = isRequired ? try required(field) : optional(field) else { return [] }
        guard let elements = value.arrayValue else { throw error(.type, field, value, expected: "a list of objects") }
        var entries: [JSONRecord] = []
        for (index, element) in elements.enumerated() {
            guard let object = element.objectValue else { throw error(.type, "\(field)[\(index)]", element, expected: "an object") }
            entries.append(JSONRecord(file: file, line: line, object: object))
        }
        return entries
    }

    fileprivate func number(_ field: String) throws(DataError) -> Double? {
        guard let value = optional(field) else { return nil }
        guard let number = value.doubleValue else { throw error(.type, field, value, expected: "a number") }
        return number
    }

    fileprivate func wholeNumber(_ field: String) throws(DataError) -> Int? {
        guard let value = optional(field) else { return nil }
        guard let number = value.intValue else { throw error(.type, field, value, expected: "a whole number") }
        return Int(number)
    }

    fileprivate func meta(_ field: String) throws(DataError) -> JSONObject {
        guard let value = optional(field) else { return JSONObject() }
        guard let object = value.objectValue else { throw error(.type, field, value, expected: "an object") }
        return object
    }
}
