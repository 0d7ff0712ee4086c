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
    /// Makes an item of its object_id and meta; nil leaves it a dict.
    private let itemType: ScriptFunction?

    init(_ converter: ClickstreamSessionConverter, itemType: ScriptFunction? = nil) {
        self.converter = converter
        self.itemType = itemType
    }

    override var typeName: String { "ClickstreamSessionConverter" }
    override var methods: Namespace { Self.methods }

    static let methods = Namespace(
        "ClickstreamSessionConverter", doc: "Methods of the converter.",
        [
            Builtin(
                "convert", "(session: dict) -> dict",
                doc: "The session's `input`, and its `items`: of each result what item_type makes of object_id and the fields of its meta.",
                example: """
                    ClickstreamSessionConverter().convert({"session_id": 1, "search_query": "boots", "search_results": [{"object_id": \
                    "a"}]})["input"].results == ["a"]
                    """
            ) { call in
                let object = try call.receiver(as: ConverterObject.self)
                let (input, items) = try object.converter.convert(try session(call[0], number: 0))
                return .dict([("input", .host(InputObject(input))), ("items", .list(try items.map(object.item)))])
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

    /// An item as scripts see it.
    func item(_ item: ClickstreamSessionConverter.Item) throws -> Language.Value {
        let fields = [("object_id", Language.Value.string(item.objectID))] + item.meta.map { ($0.key, Language.Value($0.value)) }
        return try itemType.map { try $0([], keywords: fields) } ?? .dict(fields)
    }

    private static func function(_ call: borrowing BuiltinCall, _ position: Int) throws -> ScriptFunction? {
        guard call.isGiven(position) else { return nil }
        return ScriptFunction(interpreter: call.interpreter, function: try call.function(position))
    }

    private static func eventValue(_ event: ClickSession.Event) -> Language.Value {
        .dict([
            ("event_id", .string(event.eventID)), ("object_id", .string(event.objectID)), ("event_type", .string(event.eventType)),
            ("created_at", event.createdAt.map { .int($0) } ?? .none), ("meta", Language.Value(.object(event.meta))),
        ])
    }

    private static func importance(of value: Language.Value) throws -> Double {
        let number: Language.Value? =
            switch value {
            case .dict(let dict): dict.get("importance")
            case .structure(let object): object.field("importance")
            default: value
            }
        guard let importance = number?.asDouble else {
            throw ScriptError.type("event_type must give a number, or something with an `importance`, not \(value.typeNameWithArticle)")
        }
        return importance
    }

    static let textQueryItem = Builtin(
        "TextQueryItem", "(text: str, **fields) -> TextQueryItem", doc: "A query: its text, and any further fields.",
        example: "TextQueryItem(\"boots\", lang = \"en\").lang == \"en\""
    ) { call in
        let fields = try JSONValue(call[1], at: "TextQueryItem").objectValue ?? JSONObject()
        return .host(QueryItemObject(TextQueryItem(text: try call.string(0), fields: fields)))
    }

    static let functions: [Builtin] = [
        textQueryItem,
        Builtin(
            "ClickstreamSessionConverter",
            "(item_type: fn | none = none, query_item_type: fn | none = none, event_type: fn | none = none) -> ClickstreamSessionConverter",
            doc: """
                Turns sessions as a log keeps them (session_id, search_query, search_results with object_id, rank and meta, events) into inputs. \
                `item_type` makes an item of its object_id and the fields of its meta, a dict by default; `query_item_type` the query of its text \
                and the fields of search_meta, TextQueryItem by default. `event_type` gives the importance of an event, a dict of event_id, \
                object_id, event_type, created_at and meta: a number, or something with an `importance`; by default that of its meta, or 1.
                """,
            example: """
                ClickstreamSessionConverter().convert({"session_id": "s", "search_query": "boots", "search_results": [{"object_id": "a"}], \
                "events": [{"object_id": "a"}]})["input"].events == ["a"]
                """
        ) { call in
            let items = try function(call, 0), queries = try function(call, 1), events = try function(call, 2)
            let converter = ClickstreamSessionConverter(
                queryItemType: { text, meta in
                    guard let queries else { return .item(TextQueryItem(text: text, fields: meta)) }
                    return try Query(try queries([], keywords: [("text", .string(text))] + meta.map { ($0.key, Language.Value($0.value)) }))
                },
                importance: { event in
                    guard let events else { return event.meta["importance"]?.doubleValue ?? 1 }
                    return try importance(of: try events([eventValue(event)]))
                })
            return .host(ConverterObject(converter, itemType: items))
        },
    ]
}
