import Images
import Text

/// Makes a catalogue of records: finds id and content, and turns the content into the text or the image that the model reads.
public struct ItemsPreprocessor {
    /// Makes the item of one record.
    public typealias Transform = (JSONObject) throws -> ItemContent

    public let idFieldName: String
    /// Field of the text, for catalogues whose items are texts.
    public let itemFieldName: String?
    private let transform: Transform

    /// Items that are the text of one field.
    public static func text(itemFieldName: String = "text", idFieldName: String = "item_id") throws(ClickstreamError) -> ItemsPreprocessor {
        _ = try DatasetFieldsNormalizer(itemFieldName: itemFieldName, idFieldName: idFieldName)
        return ItemsPreprocessor(idFieldName: idFieldName, itemFieldName: itemFieldName) { record in
            guard let value = record[itemFieldName] else { throw missing(itemFieldName, record) }
            return .text(value.stringValue ?? (value == .null ? "" : value.description))
        }
    }

    /// Items whose text is a line of the record's fields, by descending name unless `line` says otherwise. The id is no part of it.
    public static func dict(idFieldName: String = "item_id", line: TextLine = TextLine(order: .descending)) throws(ClickstreamError)
        -> ItemsPreprocessor
    {
        _ = try DatasetFieldsNormalizer(itemFieldName: "item", idFieldName: idFieldName)
        return ItemsPreprocessor(idFieldName: idFieldName, itemFieldName: nil) { record in
            var fields = record
            fields[idFieldName] = nil
            return .text(try line.text(fields))
        }
    }

    /// Items that a function makes of the record.
    public init(idFieldName: String, itemFieldName: String? = nil, transform: @escaping Transform) {
        self.idFieldName = idFieldName
        self.itemFieldName = itemFieldName
        self.transform = transform
    }

    /// The catalogue of these records, in their order.
    public func itemsSet(_ records: [JSONObject]) throws -> ItemsSet {
        var rows: [ItemsSet.Row] = []
        rows.reserveCapacity(records.count)
        for record in records {
            guard let id = record[idFieldName] else { throw Self.missing(idFieldName, record) }
            rows.append(ItemsSet.Row(id: id.stringValue ?? id.description, item: try transform(record)))
        }
        return try ItemsSet(rows: rows)
    }

    private static func missing(_ field: String, _ record: JSONObject) -> ClickstreamError {
        ClickstreamError(
            .value, "record has no field '\(field)'", found: "fields " + record.keys.joined(separator: ", "),
            help: Spelling.suggestion(for: field, among: record.keys).map { "did you mean '\($0)'?" })
    }
}
