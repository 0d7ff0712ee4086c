import Clickstream
import FineTuning
import Language
import Text

/// From a log to the data of a task.
enum PreparationNamespace {
    static let functions = Namespace(
        "preparation", doc: "From a log to the data of a task.",
        [
            Builtin(
                "RankingData", "(clickstream: DatasetDict, items: DatasetDict) -> RankingData",
                doc: "What a fine-tuning run learns from: sessions and items by split.",
                example: "RankingData(DatasetDict(1, 2), DatasetDict(3, 4)).items.test == 4"
            ) { call in
                .host(
                    RankingDataObject(
                        clickstream: try call.host(0, as: DatasetDictObject.self), items: try call.host(1, as: DatasetDictObject.self)))
            },
            Builtin(
                "prepare_data",
                """
                (sessions: list, converter: ClickstreamSessionConverter, splitter: TrainTestSplitter, retriever: any, loader: any, \
                items_set_manager: ItemSetManager) -> RankingData
                """,
                doc: """
                    Makes the train and test data of logged sessions (dicts). `loader` is an ItemsSet, or a function of a list of items (dicts \
                    with an object_id, or what the converter's item_type makes) that gives a dict of records by object_id; items that it leaves out leave the sessions, and a session \
                    left with fewer than two results is dropped.
                    """,
                example: """
                    log = [{"session_id": i, "search_query": f"q{i}", "search_results": [{"object_id": "a"}, {"object_id": "b"}], \
                    "events": [{"object_id": "a"}]} for i in range(9)]; \
                    assert is_a(prepare_data(log, ClickstreamSessionConverter(), TrainTestSplitter(0.4), TextQueryRetriever(), items, \
                    TextItemSetManager()), "RankingData")
                    """
            ) { call in
                let converter = try call.host(1, as: ConverterObject.self)
                let data = try RankingData.prepare(
                    try call.iterable(0).enumerated().map { try ConverterObject.session($1, number: $0) }, converter: converter.converter,
                    splitter: try call.host(2, as: SplitterObject.self).splitter,
                    retriever: try FineTuningNamespace.retriever(call, 3), loader: try loader(call[4], converter, call.interpreter),
                    itemsSetManager: try call.host(5, as: ItemSetManagerObject.self).manager)
                guard case .host(let clickstream as DatasetDictObject) = DatasetDictObject.value(data.clickstream),
                    case .host(let items as DatasetDictObject) = DatasetDictObject.value(data.items)
                else { return .none }
                return .host(RankingDataObject(clickstream: clickstream, items: items))
            },
        ])

    private static func loader(
        _ value: Language.Value, _ converter: ConverterObject, _ interpreter: Interpreter
    ) throws -> RankingData.Loader {
        if let items = (value.asHost as? ItemsSetObject)?.items {
            let records = try RecordsNamespace.records(value, interpreter)
            return { wanted in
                Dictionary(
                    wanted.compactMap { item in items.rowIndices(of: item.objectID).first.map { (item.objectID, records[$0]) } },
                    uniquingKeysWith: { first, _ in first })
            }
        }
        guard value.isCallable else {
            throw ScriptError.type("prepare_data() argument `loader` must be an ItemsSet or a function, not \(value.typeNameWithArticle)")
        }
        let function = ScriptFunction(interpreter: interpreter, function: value)
        return { wanted in
            let result = try function([.list(try wanted.map(converter.item))])
            guard case .dict(let dict) = result else {
                throw ScriptError.type("the loader must return a dict of records by object_id, not \(result.typeNameWithArticle)")
            }
            var records: [String: JSONObject] = [:]
            for (key, value) in dict.pairs where !value.isNone {
                let id = ClickstreamNamespace.identifier(key)
                if let text = value.asString {
                    records[id] = JSONObject([("text", .string(text))])
                } else {
                    records[id] = try RecordsNamespace.record(value, "the record of `\(id)`")
                }
            }
            return records
        }
    }
}

/// Sessions and items of a task.
final class RankingDataObject: HostObject, @unchecked Sendable {
    let clickstream: DatasetDictObject
    let items: DatasetDictObject

    init(clickstream: DatasetDictObject, items: DatasetDictObject) {
        self.clickstream = clickstream
        self.items = items
    }

    override var typeName: String { "RankingData" }
    override var description: String { "RankingData(clickstream = \(clickstream.description), items = \(items.description))" }
    override var attributeNames: [String] { ["clickstream", "items"] }
    override func attribute(_ name: String) throws -> Language.Value? {
        switch name {
        case "clickstream": .host(clickstream)
        case "items": .host(items)
        default: nil
        }
    }
}
