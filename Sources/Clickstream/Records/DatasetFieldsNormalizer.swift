import Text

/// Gives the fields of records the names that the rest expects: `item` and `item_id`, the id as a text.
public struct DatasetFieldsNormalizer: Sendable {
    public static let itemField = "item"
    public static let idField = "item_id"

    public let itemFieldName: String
    public let idFieldName: String

    /// Throws when a name is empty.
    public init(itemFieldName: String, idFieldName: String) throws(ClickstreamError) {
        guard !idFieldName.isEmpty else { throw ClickstreamError(.value, "id_field_name should be non-empty string") }
        guard !itemFieldName.isEmpty else { throw ClickstreamError(.value, "item_field_name should be non-empty string") }
        self.itemFieldName = itemFieldName
        self.idFieldName = idFieldName
    }

    /// The records with both fields renamed, the others as they were. Throws for a record that lacks one of them.
    public func normalize(_ records: [JSONObject]) throws(ClickstreamError) -> [JSONObject] {
        warnIfNamed(Self.itemField, itemFieldName)
        warnIfNamed(Self.idField, idFieldName)
        var normalized: [JSONObject] = []
        normalized.reserveCapacity(records.count)
        for (index, record) in records.enumerated() {
            guard let item = record[itemFieldName], let id = record[idFieldName] else {
                let missing = record[idFieldName] == nil ? idFieldName : itemFieldName
                throw ClickstreamError(
                    .value, "record has no field '\(missing)'", found: "fields " + record.keys.joined(separator: ", "),
                    place: "record \(index)", help: Spelling.suggestion(for: missing, among: record.keys).map { "did you mean '\($0)'?" })
            }
            var result = JSONObject()
            for (name, value) in record where ![itemFieldName, idFieldName, Self.itemField, Self.idField].contains(name) {
                result[name] = value
            }
            result[Self.itemField] = item
            result[Self.idField] = .string(id.stringValue ?? id.description)
            normalized.append(result)
        }
        return normalized
    }

    private func warnIfNamed(_ field: String, _ name: String) {
        if name == field { Warnings.emit("the field is already called '\(field)': nothing to rename") }
    }
}
