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
                """,
            example: """
                write_jsonl(f"{folder}/items.jsonl", [{"id": "a", "text": "boots"}]); \
                assert load_items(f"{folder}/items.jsonl")["a"] == "boots"
                """
        ) { call in
            let text = try call[2].asString.map { [$0] } ?? (call.isGiven(2) ? call.strings(2) : nil)
            let reader = ItemsReader(id: try call.optionalString(1), text: text, duplicates: try call.bool(3) ? .keep : .error)
            return .host(ItemsSetObject(try reader.load(try source(call, 0))))
        },
        Builtin(
            "load_sessions", "(source: any, items: ItemsSet | none = none, split: str = \"train\") -> list",
            doc: """
                The sessions of a .jsonl, .json, .csv or .tsv file, `sqlite(file, table)`, or a BEIR folder (its judgements of `split`), as a list \
                of FineTuningInput. A record has query, results (ids as shown), events (ids clicked), and optionally ranks, timestamp, \
                event_types, part_to_object_dict; or it is a session as Embedding Studio logs it (session_id, search_query, search_results, \
                events); or one shown result (session_id, query, item_id, clicked, rank?, timestamp?). With `items`, an id that is not among \
                them is an error.
                """,
            example: """
                write_jsonl(f"{folder}/s.jsonl", [{"query": "boots", "results": ["a", "b"], "events": ["a"]}]); \
                assert load_sessions(f"{folder}/s.jsonl")[0].events == ["a"]
                """
        ) { call in .list(try reader(call, items: 1, split: 2).load(try source(call, 0)).map { .host(InputObject($0)) }) },
        Builtin(
            "stream_sessions", "(source: any, items: ItemsSet | none = none, split: str = \"train\") -> SessionStream",
            doc: """
                The same sessions one at a time: `for s in stream_sessions(path)` and `describe(stream_sessions(path))` need no more memory for a \
                million sessions than for a thousand (a BEIR folder: some 60 bytes more for each of its queries). A stream can be gone \
                through again.
                """,
            example: """
                write_jsonl(f"{folder}/s.jsonl", [{"query": "boots", "results": ["a"], "events": []}]); \
                assert [s.query for s in stream_sessions(f"{folder}/s.jsonl")] == ["boots"]
                """
        ) { call in
            let object = SessionStreamObject(try source(call, 0), try reader(call, items: 1, split: 2))
            // A wrong path is told here, not where the stream is read.
            _ = try object.open()
            return .host(object)
        },
        Builtin(
            "load_clickstream", "(source: any, items: any) -> list",
            doc: "Sessions whose ids are checked against the items: a file of items, or an ItemsSet.",
            example: """
                write_jsonl(f"{folder}/s.jsonl", [{"query": "boots", "results": ["a"], "events": []}]); \
                assert len(load_clickstream(f"{folder}/s.jsonl", items)) == 1
                """
        ) { call in
            let items =
                if case .host(let object) = call[1], let set = object as? ItemsSetObject { set.items } else {
                    try ItemsReader().load(try source(call, 1))
                }
            return .list(try SessionsReader(items: items).load(try source(call, 0)).map { .host(InputObject($0)) })
        },
        Builtin(
            "load_qrels", "(path: str, split: str = \"test\") -> dict",
            doc: "Relevance judgements as {query: {item: grade}}, from lines of query, item and grade, a TREC file, or a BEIR folder.",
            example: "write_text(f\"{folder}/qrels.txt\", \"q1 a 2\"); assert load_qrels(f\"{folder}/qrels.txt\") == {\"q1\": {\"a\": 2}}"
        ) { call in
            let qrels = try Qrels.load(try call.string(0), split: try call.string(1))
            return .dict(qrels.queries.map { query in (query, .dict(qrels[query].map { ($0.item, .int($0.grade)) })) })
        },
        Builtin(
            "sqlite", "(path: str, table: str) -> DataSource",
            doc: "A table or view of an SQLite database, for `load_items` and `load_sessions`.",
            example: "is_a(sqlite(\"shop.db\", table = \"items\"), \"DataSource\")"
        ) {
            call in
            .host(SourceObject(.sqlite(path: try call.string(0), table: try call.string(1))))
        },
    ]

    private static func reader(_ call: borrowing BuiltinCall, items: Int, split: Int) throws -> SessionsReader {
        SessionsReader(
            items: call.isGiven(items) ? try call.host(items, as: ItemsSetObject.self).items : nil, split: try call.string(split))
    }

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

/// Sessions that are read while they are gone through.
final class SessionStreamObject: HostObject, @unchecked Sendable {
    private let source: DataSource
    private let reader: SessionsReader

    init(_ source: DataSource, _ reader: SessionsReader) {
        self.source = source
        self.reader = reader
    }

    override var typeName: String { "SessionStream" }
    override var description: String { "SessionStream(\(source.name))" }

    /// The sessions from the first on.
    func open() throws -> SessionStream { try SessionStream(source, reader: reader) }

    override func makeIterator() throws -> ValueIterator? {
        let stream = try open()
        return ClosureIterator { try stream.next().map { .host(InputObject($0)) } }
    }
}
