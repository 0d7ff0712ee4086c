import Clickstream
import Images
import Language

/// Items, sessions, pairing and splitting.
enum ClickstreamNamespace {
    static let functions = Namespace(
        "clickstream", doc: "Items, sessions, pairing and splitting.", readers + objects + ConverterObject.functions + batching)

    static let itemsMethods = Namespace(
        "ItemsSet", doc: "Methods of a catalogue.",
        [
            Builtin(
                "rows_by_ids", "(ids: list, ignore_missed: bool = false) -> list",
                doc:
                    "The rows of the ids in their order, all rows of one id together; IndexError for an id that is not there unless ignore_missed.",
                example: "len(ItemsSet([{\"item_id\": \"a\", \"item\": \"boots\"}]).rows_by_ids([\"a\"])) == 1"
            ) { call in
                let items = try call.receiver(as: ItemsSetObject.self).items
                let rows = try items.rows(ids: try identifiers(call, 0), ignoreMissed: try call.bool(1))
                return .list(try rows.map { try ItemsSetObject.value($0) })
            },
            Builtin(
                "items_by_ids", "(ids: list, ignore_missed: bool = false) -> tuple",
                doc: "The texts or images of the ids' rows and the id of each row.",
                example: "items.items_by_ids([\"b\", \"a\"]) == ([\"blue boots\", \"red shoes\"], [\"b\", \"a\"])"
            ) { call in
                let items = try call.receiver(as: ItemsSetObject.self).items
                let rows = try items.rows(ids: try identifiers(call, 0), ignoreMissed: try call.bool(1))
                return .tuple([.list(try rows.map { try $0.item.value }), .strings(rows.map(\.id))])
            },
            Builtin(
                "items_by_indices", "(indices: list[int]) -> list", doc: "The texts or images of the rows at these positions.",
                example: "ItemsSet([{\"item_id\": \"a\", \"item\": \"boots\"}]).items_by_indices([0, 0]) == [\"boots\", \"boots\"]"
            ) { call in
                .list(try call.receiver(as: ItemsSetObject.self).items.items(indices: try call.ints(0)).map { try $0.value })
            },
            Builtin(
                "items_slice", "(start: int = 0, end: int | none = none) -> list",
                doc: "The texts or images of the rows from `start` up to `end`, cut off at the set's ends.",
                example: "ItemsSet([{\"item_id\": \"a\", \"item\": \"boots\"}]).items_slice(0, 9) == [\"boots\"]"
            ) { call in
                let items = try call.receiver(as: ItemsSetObject.self).items
                return .list(try items.items(from: try call.int(0), to: try call.optionalInt(1)).map { try $0.value })
            },
        ])

    static let inputMethods = Namespace(
        "FineTuningInput", doc: "Methods of one query's results and clicks.",
        [
            Builtin(
                "get_object_id", "(id: str) -> str", doc: "The object that a part belongs to; the id itself where there are no parts.",
                example: "FineTuningInput(\"boots\", [\"a:0\"], part_to_object_dict = {\"a:0\": \"a\"}).get_object_id(\"a:0\") == \"a\""
            ) { call in .string(try call.receiver(as: InputObject.self).input.objectID(of: try call.string(0))) },
            Builtin(
                "remove_results", "(ids: list) -> none",
                doc: "Removes results with their events and ranks; with parts, the ids are those of objects.",
                example: """
                    s = FineTuningInput("boots", ["a", "b"], ["a"]); s.remove_results(["a"]); \
                    assert s.results == ["b"] and s.is_irrelevant
                    """
            ) { call in
                try call.receiver(as: InputObject.self).input.removeResults(try identifiers(call, 0))
                return .none
            },
        ])

    private static let objects: [Builtin] = [
        Builtin(
            "ItemsSet", "(records: list, item_field_name: str = \"item\", id_field_name: str = \"item_id\") -> ItemsSet",
            doc:
                "A catalogue from records; an id may have several rows. An item is a text or, for CLIP models, an image's tensor, f32[3, height, width].",
            example: "len(ItemsSet([{\"item_id\": \"a\", \"item\": \"boots\"}])) == 1"
        ) { call in
            let itemField = try call.string(1), idField = try call.string(2)
            // A wrong name is wrong whatever the records are.
            _ = try ItemsSet(rows: [], itemFieldName: itemField, idFieldName: idField)
            let rows = try call.items(0).enumerated().map { number, record in
                guard case .dict(let dict) = record else {
                    throw ScriptError.type("ItemsSet: record \(number) is \(record.typeNameWithArticle), not a dict")
                }
                guard let id = dict.get(idField), let item = dict.get(itemField) else {
                    let missing = dict.get(idField) == nil ? idField : itemField
                    throw ScriptError.key("ItemsSet: record \(number) has no field `\(missing)`")
                }
                return ItemsSet.Row(id: identifier(id), item: try content(item, "ItemsSet: the item of record \(number)"))
            }
            return .host(ItemsSetObject(try ItemsSet(rows: rows, itemFieldName: itemField, idFieldName: idField)))
        },
        Builtin(
            "FineTuningInput",
            """
            (query: any, results: list, events: list = [], ranks: dict | none = none, event_types: list | none = none, \
            timestamp: int | none = none, part_to_object_dict: dict | none = none) -> FineTuningInput
            """,
            doc:
                "One query (a text, a dict with a text, a TextQueryItem) with what it showed (`results`), what was clicked (`events`), and the results' scores where they are known (`ranks`).",
            example: "FineTuningInput(\"boots\", [\"a\", \"b\"], [\"a\"]).not_events == [\"b\"]"
        ) { call in
            var ranks: [String: Double?]?
            if call.isGiven(3) {
                ranks = [:]
                for (key, rank) in try call.dict(3).pairs {
                    let id = identifier(key)
                    guard rank.isNone || rank.asDouble != nil else {
                        throw ScriptError.type(
                            "FineTuningInput: the rank of `\(id)` must be a number or none, not \(rank.typeNameWithArticle)")
                    }
                    ranks?[id] = .some(rank.asDouble)
                }
            }
            var parts: [String: String]?
            if call.isGiven(6) {
                parts = [:]
                for (key, object) in try call.dict(6).pairs {
                    parts?[identifier(key)] = identifier(object)
                }
            }
            return .host(
                InputObject(
                    try FineTuningInput(
                        query: try Query(call[0]), events: try identifiers(call, 2), results: try identifiers(call, 1),
                        ranks: ranks,
                        eventTypes: call.isGiven(4) ? try call.doubles(4) : nil, timestamp: try call.optionalInt(5), partToObject: parts)))
        },
        Builtin(
            "PairedFineTuningInputsDataset",
            "(inputs: list, randomize: bool = false, inputs_count: int = -1, seed: int | none = none) -> PairedFineTuningInputsDataset",
            doc: "Inputs with clicks, each paired with a clickless one where there are any.",
            example: "len(PairedFineTuningInputsDataset([FineTuningInput(\"boots\", [\"a\", \"b\"], [\"a\"])])) == 1"
        ) { call in
            .host(
                PairedDatasetObject(
                    try PairedFineTuningInputsDataset(
                        inputs: try inputs(call, 0), randomize: try call.bool(1), inputsCount: try call.int(2),
                        randomState: try seed(call, 3))))
        },
        Builtin(
            "DatasetDict", "(train: any, test: any) -> DatasetDict", doc: "The datasets named `train` and `test`.",
            example: "DatasetDict(train = 1, test = 2)[\"test\"] == 2"
        ) { call in .host(DatasetDictObject(DatasetDict(train: call[0], test: call[1]))) },
        Builtin(
            "TrainTestSplitter",
            """
            (test_size_ratio: float = 0.2, shuffle: bool = true, random_state: int | none = none, augmenter: any = none, \
            do_augment_test: bool = false) -> TrainTestSplitter
            """,
            doc: """
                Splits inputs by their results: a share of the result ids is drawn for the test, an input most of whose results are among \
                them is a test input. `augmenter`, a ClickstreamQueryAugmentationApplier or a function of a list of inputs, adds train inputs, \
                and test inputs if `do_augment_test`.
                """,
            example: "is_a(TrainTestSplitter(0.25), \"TrainTestSplitter\")"
        ) { call in
            .host(
                SplitterObject(
                    try TrainTestSplitter(
                        testSizeRatio: try call.double(0), shuffle: try call.bool(1), randomState: try seed(call, 2),
                        augmenter: try augmenter(call, 3), doAugmentTest: try call.bool(4))))
        },
    ]

    private static let batching: [Builtin] = [
        Builtin(
            "split", "(sessions: list, test: float = 0.2, by: any = \"query\", seed: int = 0) -> DatasetDict",
            doc: """
                Train and test sessions, as paired datasets, without a leak: all sessions of one query are on one side (`by = "query"`), or all of \
                one key that a function gives (`by = s => …`); the last ones by time are the test (`by = "time"`); each for itself \
                (`by = "session"`). `by = "result"` is the rule of TrainTestSplitter. The same seed gives the same split.
                """,
            example: """
                data = split([FineTuningInput(q, ["a", "b"], ["a"]) for q in ["x", "y", "x", "z"]], test = 0.25); \
                assert len(data.train) == 3 and len(data.test) == 1
                """
        ) { call in
            let sessions = try inputs(call, 0)
            let ratio = try call.double(1)
            let seed = try seed(call, 3) ?? 0
            let key: SessionSplitter.Key
            if call[2].isCallable {
                let function = ScriptFunction(interpreter: call.interpreter, function: call[2])
                key = .group { try function([.host(InputObject($0))]).repr }
            } else if call[2].asString == "result" {
                return DatasetDictObject.value(try TrainTestSplitter(testSizeRatio: ratio, randomState: seed).split(sessions))
            } else {
                guard let named = SessionSplitter.Key(name: try call.string(2)) else {
                    throw ScriptError.value(
                        "split: by must be \"query\", \"time\", \"session\", \"result\" or a function, not \(call[2].repr)")
                }
                key = named
            }
            return DatasetDictObject.value(try SessionSplitter(testShare: ratio, by: key, seed: seed).split(sessions))
        },
        Builtin(
            "batches", "(data: any, size: int = 1, shuffle: bool = false, seed: int = 0) -> list",
            doc: "The items of a dataset or list in lists of `size`, the last one shorter; shuffled by `seed` if asked.",
            example: "batches([1, 2, 3], size = 2) == [[1, 2], [3]]"
        ) { call in
            let size = try call.int(1)
            guard size > 0 else { throw ScriptError.value("batches: size must be a positive int, not \(size)") }
            var values = try call.iterable(0)
            if try call.bool(2) {
                var random = SeededRandom(seed: UInt64(bitPattern: Int64(try call.int(3))))
                values = random.shuffled(values)
            }
            return .list(
                stride(from: 0, to: values.count, by: min(size, max(1, values.count))).map { start in
                    .list(Array(values[start...].prefix(size)))
                })
        },
        Builtin(
            "describe", "(sessions: any, items: ItemsSet | none = none) -> SessionReport",
            doc:
                "What a click log (a list, or a stream) holds: counts, click rate by position, sessions that cannot train and why, ids that join to nothing.",
            example: "describe([FineTuningInput(\"boots\", [\"a\"], [])]).sessions == 1"
        ) { call in
            let items = call.isGiven(1) ? try call.host(1, as: ItemsSetObject.self).items : nil
            guard case .host(let object as SessionStreamObject) = call[0] else {
                return .host(ReportObject(SessionReport(try inputs(call, 0), items: items)))
            }
            var report = SessionReport(items: items)
            let stream = try object.open()
            while let session = try stream.next() {
                try call.interpreter.checkInterrupt()
                report.add(session)
            }
            return .host(ReportObject(report))
        },
    ]

    /// The inputs in a list of FineTuningInput.
    static func inputs(_ call: borrowing BuiltinCall, _ position: Int) throws -> [FineTuningInput] {
        let values = try call.iterable(position)
        var inputs: [FineTuningInput] = []
        for value in values {
            guard case .host(let object) = value, let object = object as? InputObject else {
                throw call.mismatch(position, expected: "a list of FineTuningInput; it holds \(value.typeNameWithArticle)")
            }
            inputs.append(object.input)
        }
        return inputs
    }

    /// What adds variants of inputs; nil for none.
    private static func augmenter(_ call: borrowing BuiltinCall, _ position: Int) throws -> TrainTestSplitter.Augmenter? {
        guard call.isGiven(position) else { return nil }
        if case .host(let object as QueryAugmenterObject) = call[position] { return { try object.applier.apply($0) } }
        let function = ScriptFunction(interpreter: call.interpreter, function: try call.function(position))
        return { inputs in
            let result = try function([.list(inputs.map { .host(InputObject($0)) })])
            return try (result.asItems ?? []).map { value in
                guard let input = (value.asHost as? InputObject)?.input else {
                    throw ScriptError.type("the augmenter must return a list of FineTuningInput; it holds \(value.typeNameWithArticle)")
                }
                return input
            }
        }
    }

    /// Ids as texts, whatever they are written as.
    static func identifiers(_ call: borrowing BuiltinCall, _ position: Int) throws -> [String] {
        try call.items(position).map(identifier)
    }

    /// An item's text or image; numbers are taken as texts.
    private static func content(_ item: Value, _ place: String) throws -> ItemContent {
        switch item {
        case .int, .float, .bool: .text(item.display)
        default: try ItemContent(item, place: place)
        }
    }

    /// An id as text: of a tuple its first element, of a tensor of one element its value.
    static func identifier(_ value: Value) -> String {
        switch value {
        case .tuple(let tuple): tuple.items.first.map(identifier) ?? value.display
        case .host(let object as TensorObject) where object.tensor.count == 1:
            (try? TensorNamespace.scalar(object.tensor))?.display ?? value.display
        default: value.display
        }
    }

    static func seed(_ call: borrowing BuiltinCall, _ position: Int) throws -> UInt64? {
        try call.optionalInt(position).map { UInt64(bitPattern: Int64($0)) }
    }
}

/// The reference's train/test splitter.
final class SplitterObject: HostObject, @unchecked Sendable {
    let splitter: TrainTestSplitter

    init(_ splitter: TrainTestSplitter) { self.splitter = splitter }

    override var typeName: String { "TrainTestSplitter" }
    override var methods: Namespace { Self.methods }

    static let methods = Namespace(
        "TrainTestSplitter", doc: "Methods of the splitter.",
        [
            Builtin(
                "split", "(inputs: list) -> DatasetDict", doc: "The inputs as paired datasets `train` and `test`.",
                example: """
                    parts = TrainTestSplitter(0.4, random_state = 1).split([FineTuningInput(f"q{i}", [f"a{i}", "b"], ["b"]) for i in \
                    range(9)]); \
                    assert len(parts.train) + len(parts.test) == 9
                    """
            ) { call in
                let splitter = try call.receiver(as: SplitterObject.self).splitter
                let split = try splitter.split(try ClickstreamNamespace.inputs(call, 0))
                var datasets = DatasetDict<Value>()
                for (key, dataset) in split.entries { datasets[key] = .host(PairedDatasetObject(dataset)) }
                return .host(DatasetDictObject(datasets))
            }
        ])
}
