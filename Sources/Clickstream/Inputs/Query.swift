import Text

/// A text query as the fine-tuner knows it: the text, and any further fields that came with it.
public struct TextQueryItem: Hashable, Sendable {
    public let text: String
    /// Further fields of the query (search_meta).
    public let fields: JSONObject

    public init(text: String, fields: JSONObject = JSONObject()) {
        self.text = text
        self.fields = fields
    }
}

/// What a session searched for, before a query retriever makes the model's input of it.
public enum Query {
    /// A bare text. `TextQueryRetriever` refuses it, as it has no fields.
    case text(String)
    case item(TextQueryItem)
    /// A map of fields that the retriever parses into its own item class.
    case fields(JSONObject)
    /// Any value of the language, for a retriever written in it.
    case foreign(AnyObject)

    /// What to call the query in reports and messages.
    public var label: String {
        switch self {
        case .text(let text): text
        case .item(let item): item.text
        case .fields(let fields): fields["text"]?.stringValue ?? JSONValue.object(fields).description
        case .foreign(let object): String(describing: object)
        }
    }
}
