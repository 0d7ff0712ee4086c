import Clickstream
import Language

extension ClickstreamNamespace {
    static let readers: [Builtin] = [
        Builtin(
            "load_items",
            "(source: any, id: str | none = none, text: list[str] | str | none = none, allow_duplicates: bool = false) -> ItemsSet",
            doc: """
                A catalogue from a .jsonl, .csv or .tsv file, a BEIR folder, or `sqlite(file, table)`. `id` names the field of the id, `text` \
                the fields that are joined to the item's text; by default the usual names are looked for.
                """
        ) { call in
            let text = try call[2].asString.map { [$0] } ?? (call.isGiven(2) ? call.strings(2) : nil)
            let reader = ItemsReader(id: try call.optionalString(1), text: text, duplicates: try call.bool(3) ? .keep : .error)
            return .host(ItemsSetObject(try reader.load(try source(call, 0))))
        },
        Builtin(
            "load_sessions", "(path: str, items: ItemsSet | none = none) -> list",
            doc: """
                The sessions of a JSON Lines file as a list of FineTuningInput. Fields: query, results (ids as shown), events (ids clicked), and \
                optionally ranks, timestamp, event_types, part_to_object_dict. With `items`, an id that is not among them is an error.
                """
        ) { call in
            let items = call.isGiven(1) ? try call.host(1, as: ItemsSetObject.self).items : nil
            return .list(try SessionsReader(items: items).load(try call.string(0)).map { .host(InputObject($0)) })
        },
        Builtin(
            "load_clickstream", "(path: str, items: any) -> list",
            doc: "Sessions whose ids are checked against the items: a file of items, or an ItemsSet."
        ) { call in
            let items =
                if case .host(let object) = call[1], let set = object as? ItemsSetObject { set.items } else {
                    try ItemsReader().load(try source(call, 1))
                }
            return .list(try SessionsReader(items: items).load(try call.string(0)).map { .host(InputObject($0)) })
        },
        Builtin(
            "load_qrels", "(path: str, split: str = \"test\") -> dict",
            doc: "Relevance judgements as {query: {item: grade}}, from lines of query, item and grade, a TREC file, or a BEIR folder."
        ) { call in
            let qrels = try Qrels.load(try call.string(0), split: try call.string(1))
            return .dict(qrels.queries.map { query in (query, .dict(qrels[query].map { ($0.item, .int($0.grade)) })) })
        },
        Builtin("sqlite", "(path: str, table: str) -> DataSource", doc: "A table or view of an SQLite database, for `load_items`.") {
            call in
            .host(SourceObject(.sqlite(path: try call.string(0), table: try call.string(1))))
        },
    ]

    private static func source(_ call: borrowing BuiltinCall, _ position: Int) throws -> DataSource {
        if let path = call[position].asString { return .path(path) }
        guard case .host(let object) = call[position], let object = object as? SourceObject else {
            throw call.mismatch(position, expected: "a path or sqlite(path, table)")
        }
        return object.source
    }
}

/// A place that records are read from.
final class SourceObject: HostObject, @unchecked Sendable {
    let source: DataSource

    init(_ source: DataSource) { self.source = source }

    override var typeName: String { "DataSource" }
    override var description: String { "DataSource(\(source.name))" }
}
