import Clickstream

/// Turns a session's query into the text that the query model encodes.
public protocol QueryRetriever {
    /// The model-ready query.
    func modelInput(_ query: Query) throws -> String
    /// What to store the query under.
    func id(of query: Query) throws -> String
    /// What is stored beside it.
    func storageMetadata(of query: Query) throws -> [String: String]
    /// Data handed on with the query, if any.
    func payload(of query: Query) throws -> [String: String]?
}

extension QueryRetriever {
    public func payload(of query: Query) throws -> [String: String]? { nil }
}

/// Takes the `text` of a `TextQueryItem`, or of a map with a text field.
public struct TextQueryRetriever: QueryRetriever {
    public init() {}

    public func modelInput(_ query: Query) throws -> String { try item(query).text }

    public func id(of query: Query) throws -> String { try item(query).text }

    public func storageMetadata(of query: Query) throws -> [String: String] {
        let item = try item(query)
        return item.fields.merging(["text": item.text]) { _, text in text }
    }

    private func item(_ query: Query) throws(FineTuningError) -> TextQueryItem {
        switch query {
        case .item(let item):
            return item
        case .fields(var fields):
            guard let text = fields.removeValue(forKey: "text") else {
                throw FineTuningError(
                    .value, "TextQueryItem needs a field 'text'", found: "fields " + fields.keys.sorted().joined(separator: ", "))
            }
            return TextQueryItem(text: text, fields: fields)
        case .text, .foreign:
            throw FineTuningError(
                .value, "Query object does not have dict attribute", found: "'\(query.label)'",
                help: "make it TextQueryItem(text = …), or a dict with a text")
        }
    }
}
