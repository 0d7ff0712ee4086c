import Text

/// Makes one line of text of a record, for models that read texts.
public struct TextLine: Sendable {
    /// In which order fields are written.
    public enum Order: Sendable, Equatable {
        /// By name.
        case ascending, descending
        /// As the record has them.
        case asGiven
        /// These fields only, in this order.
        case fields([String])
    }

    public var separator = " "
    public var fieldNameSeparator = ":"
    public var textQuotes = "\""
    public var order = Order.ascending
    /// What a field is called in the line; fields that it leaves out keep their name.
    public var fieldNames: [String: String]
    /// Whether a field of the order that a record lacks is left out; otherwise it is an error.
    public var ignoresMissed = true

    public init(order: Order = .ascending, fieldNames: [String: String] = [:]) {
        self.order = order
        self.fieldNames = fieldNames
    }

    /// `name: "value"` for each field; quotes inside a value become spaces.
    public func text(_ record: JSONObject) throws(ClickstreamError) -> String {
        var fields: [String] = []
        for name in try names(record) {
            guard let value = record[name] else { continue }
            let text = value.stringValue ?? (value == .null ? "" : value.description)
            let quoted = textQuotes.isEmpty ? text : text.replacing(textQuotes, with: " ")
            fields.append("\(fieldNames[name] ?? name)\(fieldNameSeparator) \(textQuotes)\(quoted)\(textQuotes)")
        }
        return fields.joined(separator: separator)
    }

    private func names(_ record: JSONObject) throws(ClickstreamError) -> [String] {
        switch order {
        case .ascending: return record.keys.sorted { Array($0.unicodeScalars).lexicographicallyPrecedes(Array($1.unicodeScalars)) }
        case .descending: return try TextLine(order: .ascending).names(record).reversed()
        case .asGiven: return record.keys
        case .fields(let names):
            if !ignoresMissed, let missed = names.first(where: { record[$0] == nil }) {
                throw ClickstreamError(
                    .index, "record has no field '\(missed)'", found: "fields " + record.keys.joined(separator: ", "),
                    help: Spelling.suggestion(for: missed, among: record.keys).map { "did you mean '\($0)'?" })
            }
            return names
        }
    }

    /// The record as one line of JSON; with names, only the fields that they name, renamed.
    public static func json(_ record: JSONObject, fieldNames: [String: String]? = nil) throws -> String {
        guard let fieldNames else { return try JSONWriter().string(.object(record)) }
        let renamed = record.compactMap { member in fieldNames[member.key].map { ($0, member.value) } }
        return try JSONWriter().string(.object(JSONObject(renamed)))
    }
}
