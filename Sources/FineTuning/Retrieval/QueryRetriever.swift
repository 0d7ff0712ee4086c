import Clickstream
import Text

/// Turns a session's query into the text that the query model encodes.
public protocol QueryRetriever {
    /// The model-ready query.
    func modelInput(_ query: Query) throws -> String
    /// What to store the query under.
    func id(of query: Query) throws -> String
    /// What is stored beside it.
    func storageMetadata(of query: Query) throws -> JSONObject
    /// Data handed on with the query, if any.
    func payload(of query: Query) throws -> JSONObject?
}

extension QueryRetriever {
    public func payload(of query: Query) throws -> JSONObject? { nil }
}

/// Takes the `text` of a `TextQueryItem`, or of a map with a text field.
public struct TextQueryRetriever: QueryRetriever {
    public init() {}

    public func modelInput(_ query: Query) throws -> String { try item(query).text }

    public func id(of query: Query) throws -> String { try item(query).text }

    public func storageMetadata(of query: Query) throws -> JSONObject {
        let item = try item(query)
        return JSONObject([("text", .string(item.text))] + item.fields.filter { $0.key != "text" }.map { ($0.key, $0.value) })
    }

    private func item(_ query: Query) throws(FineTuningError) -> TextQueryItem {
        switch query {
        case .item(let item):
            return item
        case .fields(var fields):
            guard let text = fields["text"]?.stringValue else {
                throw FineTuningError(
                    .value, "TextQueryItem needs a field 'text' that is a string", found: JSONValue.object(fields).description)
            }
            fields["text"] = nil
            return TextQueryItem(text: text, fields: fields)
        case .text, .foreign:
            throw FineTuningError(
                .value, "Query object does not have dict attribute", found: "'\(query.label)'",
                help: "make it TextQueryItem(text = …), or a dict with a text")
        }
    }
}
