import Text

/// Reads items (documents, products, …) into an `ItemsSet`.
public struct ItemsReader: Sendable {
    /// What to do with an id that occurs again.
    public enum Duplicates: Sendable {
        /// An error that names both lines.
        case error
        /// Another row of the same item, as augmentation makes them.
        case keep
    }

    /// Field that holds the id; nil takes the first of `id`, `_id`, `item_id`.
    public var id: String?
    /// Fields whose texts, joined by spaces, are the item; nil takes those of `title`, `text`, `name` that the first record has.
    public var text: [String]?
    public var duplicates: Duplicates

    public init(id: String? = nil, text: [String]? = nil, duplicates: Duplicates = .error) {
        self.id = id
        self.text = text
        self.duplicates = duplicates
    }

    private static let idFields = ["id", "_id", "item_id"]
    private static let textFields = ["title", "text", "name"]

    /// The items of `source`. Fields that are null or empty are left out of the text; items without any text are counted in one warning.
    public func load(_ source: DataSource) throws(DataError) -> ItemsSet {
        var rows: [ItemsSet.Row] = []
        var lines: [String: Int] = [:]
        var idField = id
        var textFields = text
        var empty: (count: Int, firstLine: Int) = (0, 0)
        try source.forEachRecord { record throws(DataError) in
            let key = try chosen(idField.map { [$0] }, or: Self.idFields, in: record, wanted: "id")[0]
            let fields = try chosen(textFields, or: Self.textFields, in: record, wanted: "text")
            (idField, textFields) = (key, fields)
            let id = try record.identifier(key)
            let item = try text(of: record, fields: fields)
            if let earlier = lines.updateValue(record.line, forKey: id), duplicates == .error {
                throw DataError(
                    .duplicate, file: record.file, line: record.line, field: key,
                    problem: "the id \(JSONWriter.quoted(id)) was already used in line \(earlier)",
                    help: "give each item an id of its own, or allow several rows an item with duplicates = \"keep\"")
            }
            if item.isEmpty { empty = (empty.count + 1, empty.count == 0 ? record.line : empty.firstLine) }
            rows.append(ItemsSet.Row(id: id, text: item))
        }
        if empty.count > 0 {
            Warnings.emit("\(source.name): \(empty.count) of \(rows.count) items have no text, the first in line \(empty.firstLine)")
        }
        do {
            return try ItemsSet(rows: rows, itemFieldName: textFields?.joined(separator: " ") ?? "text", idFieldName: idField ?? "id")
        } catch {
            throw DataError(.value, file: source.name, problem: error.message, help: error.help)
        }
    }

    /// The fields that were asked for, or those of the usual names that the record has; an error when it has none.
    private func chosen(
        _ asked: [String]?, or names: [String], in record: JSONRecord, wanted: String
    ) throws(DataError) -> [String] {
        if let asked { return asked }
        let found = names.filter { record.object.contains($0) }
        if found.isEmpty {
            var error = record.missing(wanted)
            error.help = (error.help.map { $0 + "; " } ?? "") + "name the field: load_items(…, \(wanted) = …)"
            throw error
        }
        return found
    }

    private func text(of record: JSONRecord, fields: [String]) throws(DataError) -> String {
        if fields.isEmpty { throw DataError(.value, problem: "text names no field", help: "name at least one, as in text = [\"title\"]") }
        var parts: [String] = []
        for field in fields {
            guard let value = record.object[field] else { throw record.missing(field) }
            switch value {
            case .string(let text) where !text.isEmpty: parts.append(text)
            case .string, .null: continue
            case .int, .double: parts.append(value.description)
            default: throw record.error(.type, field, value, expected: "a text")
            }
        }
        return parts.joined(separator: " ")
    }
}
