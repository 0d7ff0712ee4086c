import Text

/// Where the fields of a shown result stand in a record: session_id, item_id (or object_id, result, item), clicked, rank?.
///
/// The records of a table have the same keys, which are looked up once.
struct ResultColumns {
    let keys: [String]
    let itemField: String
    private let sessionPlace: Int
    private let itemPlace: Int
    private let clickedPlace: Int
    private let rankPlace: Int?

    /// nil for a record that is not of a shown result: it has no session_id or no clicked.
    init?(_ record: JSONRecord) throws(DataError) {
        keys = record.object.keys
        guard let session = keys.firstIndex(of: "session_id"), let clicked = keys.firstIndex(of: "clicked") else { return nil }
        let items = ["item_id", "object_id", "result", "item"]
        guard let field = items.first(where: keys.contains), let item = keys.firstIndex(of: field) else { throw record.missing("item_id") }
        (sessionPlace, itemPlace, clickedPlace, itemField) = (session, item, clicked, field)
        rankPlace = keys.firstIndex(of: "rank")
    }

    func session(_ record: JSONRecord) throws(DataError) -> String {
        try record.identifier(record.object.values[sessionPlace], field: "session_id")
    }

    func item(_ record: JSONRecord) throws(DataError) -> String {
        try record.identifier(record.object.values[itemPlace], field: itemField)
    }

    func isClicked(_ record: JSONRecord) throws(DataError) -> Bool { try record.flag(record.object.values[clickedPlace], "clicked") }

    /// The score of the result; nil where it is absent, null, or a cell without text.
    func rank(_ record: JSONRecord) throws(DataError) -> Double? {
        guard let rankPlace else { return nil }
        let value = record.object.values[rankPlace]
        return value == .null || value == .string("") ? nil : try record.number(value, "rank")
    }
}
