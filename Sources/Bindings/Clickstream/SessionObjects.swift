import Clickstream
import Language
import Text

/// A query with a text, and whatever fields came with it.
final class QueryItemObject: HostObject, @unchecked Sendable {
    let item: TextQueryItem

    init(_ item: TextQueryItem) { self.item = item }

    override var typeName: String { "TextQueryItem" }
    override var description: String {
        let fields = item.fields.map { ", \($0.key) = \(Language.Value($0.value).repr)" }.joined()
        return "TextQueryItem(text = \(item.text.debugDescription)\(fields))"
    }
    override var attributeNames: [String] { ["text"] + item.fields.keys }
    override func attribute(_ name: String) throws -> Language.Value? {
        name == "text" ? .string(item.text) : item.fields[name].map { Language.Value($0) }
    }
    override func isEqual(to other: HostObject) -> Bool { (other as? QueryItemObject)?.item == item }
    override var hashCode: Int { item.hashValue }
}

/// A query of a kind that only the script's own retriever knows.
final class ForeignQuery: CustomStringConvertible {
    let value: Language.Value

    init(_ value: Language.Value) { self.value = value }

    var description: String { value.display }
}

extension Query {
    /// A text, a dict of fields, a TextQueryItem, or anything else for a retriever of the script's own.
    init(_ value: Language.Value) throws {
        switch value {
        case .string(let text): self = .item(TextQueryItem(text: text.text))
        case .dict: self = .fields(try RecordsNamespace.record(value, "the query"))
        case .host(let object as QueryItemObject): self = .item(object.item)
        default: self = .foreign(ForeignQuery(value))
        }
    }

    /// The query as a script sees it: a text where there is nothing else to it.
    var value: Language.Value {
        switch self {
        case .text(let text): .string(text)
        case .item(let item): item.fields.isEmpty ? .string(item.text) : .host(QueryItemObject(item))
        case .fields(let fields): Language.Value(.object(fields))
        case .foreign(let object): (object as? ForeignQuery)?.value ?? .string(label)
        }
    }
}

/// Turns logged sessions into inputs and items.
final class ConverterObject: HostObject, @unchecked Sendable {
    let converter: ClickstreamSessionConverter

    init(_ converter: ClickstreamSessionConverter) { self.converter = converter }

    override var typeName: String { "ClickstreamSessionConverter" }
    override var methods: Namespace { Self.methods }

    static let methods = Namespace(
        "ClickstreamSessionConverter", doc: "Methods of the converter.",
        [
            Builtin(
                "convert", "(session: dict) -> dict",
                doc: "The session's `input`, and its `items`: a dict of object_id and the fields of its meta for each result."
            ) { call in
                let (input, items) = try call.receiver(as: ConverterObject.self).converter.convert(try session(call[0], number: 0))
                return .dict([("input", .host(InputObject(input))), ("items", .list(items.map(item)))])
            }
        ])

    static func session(_ value: Language.Value, number: Int) throws -> ClickSession {
        let record = try RecordsNamespace.record(value, "session \(number)")
        do {
            return try ClickSession(record: JSONRecord(file: "session", line: number, object: record))
        } catch {
            throw ScriptError.value(error.message, help: error.help)
        }
    }

    static func item(_ item: ClickstreamSessionConverter.Item) -> Language.Value {
        Language.Value(.object(JSONObject([("object_id", .string(item.objectID))] + item.meta.map { ($0.key, $0.value) })))
    }

    static let functions: [Builtin] = [
        Builtin(
            "TextQueryItem", "(text: str, **fields) -> TextQueryItem", doc: "A query: its text, and any further fields.",
            example: "TextQueryItem(\"boots\", lang = \"en\").lang == \"en\""
        ) { call in
            let fields = try JSONValue(call[1], at: "TextQueryItem").objectValue ?? JSONObject()
            return .host(QueryItemObject(TextQueryItem(text: try call.string(0), fields: fields)))
        },
        Builtin(
            "ClickstreamSessionConverter", "(query_item_type: fn | none = none) -> ClickstreamSessionConverter",
            doc: """
                Turns sessions as a log keeps them (session_id, search_query, search_results with object_id, rank and meta, events) into inputs. \
                `query_item_type` makes the query of its text and the fields of search_meta; TextQueryItem by default.
                """,
            example: """
                ClickstreamSessionConverter().convert({"session_id": "s", "search_query": "boots", "search_results": [{"object_id": "a"}], \
                "events": [{"object_id": "a"}]})["input"].events == ["a"]
                """
        ) { call in
            guard call.isGiven(0) else { return .host(ConverterObject(ClickstreamSessionConverter())) }
            let function = ScriptFunction(interpreter: call.interpreter, function: try call.function(0))
            return .host(
                ConverterObject(
                    ClickstreamSessionConverter { text, meta in
                        let fields = meta.map { ($0.key, Language.Value($0.value)) }
                        return try Query(try function([], keywords: [("text", .string(text))] + fields))
                    }))
        },
    ]
}
