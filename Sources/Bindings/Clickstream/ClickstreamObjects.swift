import Clickstream
import Language
import Statement

/// A catalogue: rows of (id, text or image).
final class ItemsSetObject: HostObject, @unchecked Sendable {
    @Undoable private(set) var items: ItemsSet

    init(_ items: ItemsSet) { self.items = items }

    override var typeName: String { "ItemsSet" }
    override var description: String { "ItemsSet(\(items.idCount) items, \(items.count) rows)" }
    override var methods: Namespace { ClickstreamNamespace.itemsMethods }
    override var attributeNames: [String] { ["ids", "texts", "contents", "item_field_name", "id_field_name"] }

    override func attribute(_ name: String) throws -> Value? {
        switch name {
        case "ids": .list(items.rows.map { .string($0.id) })
        case "texts": .list(try items.rows.map { .string(try $0.text(for: "texts")) })
        case "contents": .list(try items.rows.map { try $0.item.value })
        case "item_field_name": .string(items.itemFieldName)
        case "id_field_name": .string(items.idFieldName)
        default: nil
        }
    }

    override func setAttribute(_ name: String, to value: Value) throws -> Bool {
        guard ["item_field_name", "id_field_name"].contains(name) else { return false }
        guard let text = value.asString else { throw ScriptError.type("\(name) must be a str, not \(value.typeNameWithArticle)") }
        if name == "id_field_name" { try items.setIDFieldName(text) } else { try items.setItemFieldName(text) }
        return true
    }

    override func length() throws -> Int? { items.count }

    override func contains(_ item: Value) throws -> Bool? { item.asString.map { items.contains($0) } ?? false }

    override func makeIterator() throws -> ValueIterator? {
        var rows = items.rows.makeIterator()
        return ClosureIterator { try rows.next().map { try Self.value($0) } }
    }

    /// The text or image of an id, the row at a position, or the list of rows of a slice.
    override func index(_ key: IndexKey) throws -> Value {
        switch key {
        case .value(.string(let id)):
            let rows = try items.rows(ids: [id.text])
            return rows.count == 1 ? try rows[0].item.value : .list(try rows.map { try $0.item.value })
        default:
            switch try SequenceKey(key, count: items.count, of: "an ItemsSet") {
            case .position(let row): return try Self.value(items.rows[row])
            case .positions(let rows): return .list(try rows.map { try Self.value(items.rows[$0]) })
            case nil: throw ScriptError.type("an ItemsSet is indexed by an id or a position")
            }
        }
    }

    static func value(_ row: ItemsSet.Row) throws -> Value {
        .dict([("id", .string(row.id)), (row.item.text == nil ? "image" : "text", try row.item.value)])
    }
}

/// One query with what it showed and what was clicked.
final class InputObject: HostObject, @unchecked Sendable {
    let input: FineTuningInput

    init(_ input: FineTuningInput) { self.input = input }

    override var typeName: String { "FineTuningInput" }
    override var description: String {
        "FineTuningInput(\(input.query.label.debugDescription), \(input.results.count) results, \(input.events.count) clicked)"
    }
    override var methods: Namespace { ClickstreamNamespace.inputMethods }
    override var attributeNames: [String] {
        ["query", "results", "events", "not_events", "ranks", "event_types", "timestamp", "is_irrelevant", "part_to_object_dict"]
    }

    override func attribute(_ name: String) throws -> Value? {
        switch name {
        case "query": input.query.value
        case "results": .strings(input.results)
        case "events": .strings(input.events)
        case "not_events": .strings(input.notEvents)
        case "ranks": .dict(input.results.map { ($0, input.rank(of: $0).map { .float($0) } ?? .none) })
        case "event_types": input.eventTypes.map { .list($0.map { .float($0) }) } ?? Value.none
        case "timestamp": input.timestamp.map { .int($0) } ?? Value.none
        case "is_irrelevant": .bool(input.isIrrelevant)
        case "part_to_object_dict":
            input.partToObject.map { parts in .dict(parts.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }) } ?? Value.none
        default: nil
        }
    }

    override func length() throws -> Int? { input.count }

    override func contains(_ item: Value) throws -> Bool? { item.asString.map { input.results.contains($0) } ?? false }

    override func makeIterator() throws -> ValueIterator? {
        var results = input.results.makeIterator()
        return ClosureIterator { results.next().map { .string($0) } }
    }

    /// One input may be held by several objects: it is the input that has the identity.
    override func isEqual(to other: HostObject) -> Bool { (other as? InputObject)?.input === input }
    override var hashCode: Int { ObjectIdentifier(input).hashValue }
}

/// Training inputs paired with clickless ones: item i is (input with clicks, clickless input or none).
final class PairedDatasetObject: HostObject, @unchecked Sendable {
    let dataset: PairedFineTuningInputsDataset
    /// One object for each input, so that `is` and mutation by `preprocess_inputs` behave as for one list of inputs.
    private let objects: [ObjectIdentifier: InputObject]

    init(_ dataset: PairedFineTuningInputsDataset) {
        self.dataset = dataset
        objects = Dictionary(dataset.inputs.map { (ObjectIdentifier($0), InputObject($0)) }, uniquingKeysWith: { first, _ in first })
    }

    override var typeName: String { "PairedFineTuningInputsDataset" }
    override var description: String {
        "PairedFineTuningInputsDataset(\(dataset.count) pairs: \(dataset.notIrrelevant.count) inputs with clicks, \(dataset.irrelevant.count) without)"
    }
    override var attributeNames: [String] { ["irrelevant", "not_irrelevant", "irrelevant_ids", "not_irrelevant_ids"] }

    override func attribute(_ name: String) throws -> Value? {
        switch name {
        case "irrelevant": .list(dataset.irrelevant.map { object($0) })
        case "not_irrelevant": .list(dataset.notIrrelevant.map { object($0) })
        case "irrelevant_ids": .strings(dataset.irrelevantIDs.sorted())
        case "not_irrelevant_ids": .strings(dataset.notIrrelevantIDs.sorted())
        default: nil
        }
    }

    override func length() throws -> Int? { dataset.count }

    override func index(_ key: IndexKey) throws -> Value {
        switch try SequenceKey(key, count: dataset.count, of: "a dataset") {
        case .position(let place): return value(try dataset.pair(at: place))
        case .positions(let places): return .list(try places.map { value(try dataset.pair(at: $0)) })
        case nil: throw ScriptError.type("a dataset is indexed by a position")
        }
    }

    override func makeIterator() throws -> ValueIterator? {
        var pairs = dataset.pairs.makeIterator()
        return ClosureIterator { [self] in pairs.next().map { value($0) } }
    }

    func value(_ pair: InputPair) -> Value {
        .tuple([pair.notIrrelevant.map { object($0) } ?? .none, pair.irrelevant.map { object($0) } ?? .none])
    }

    private func object(_ input: FineTuningInput) -> Value { .host(objects[ObjectIdentifier(input)] ?? InputObject(input)) }
}

/// Named datasets, `train` and `test`.
final class DatasetDictObject: HostObject, @unchecked Sendable {
    let datasets: DatasetDict<Value>

    init(_ datasets: DatasetDict<Value>) { self.datasets = datasets }

    override var typeName: String { "DatasetDict" }
    override var description: String {
        "DatasetDict(" + datasets.entries.map { "\($0.key) = \($0.dataset.repr)" }.joined(separator: ", ") + ")"
    }
    override var attributeNames: [String] { datasets.keys }
    override func attribute(_ name: String) throws -> Value? { datasets[name] }
    override func length() throws -> Int? { datasets.keys.count }
    override func contains(_ item: Value) throws -> Bool? { item.asString.map { datasets.keys.contains($0) } ?? false }

    override func index(_ key: IndexKey) throws -> Value {
        guard case .value(let value) = key, let name = value.asString else { throw ScriptError.type("a DatasetDict is indexed by a name") }
        return try datasets.dataset(name)
    }

    override func makeIterator() throws -> ValueIterator? {
        var keys = datasets.keys.makeIterator()
        return ClosureIterator { keys.next().map { .string($0) } }
    }

    /// The dict with every dataset taken out of its object; throws where one is of another type.
    func typed<T: HostObject, Dataset>(_ type: T.Type, _ expected: String, _ take: (T) -> Dataset) throws -> DatasetDict<Dataset> {
        var result = DatasetDict<Dataset>()
        for (key, value) in datasets.entries {
            guard case .host(let object) = value, let object = object as? T else {
                throw ScriptError.type("DatasetDict: `\(key)` must be \(expected), not \(value.typeNameWithArticle)")
            }
            result[key] = take(object)
        }
        return result
    }
}

extension Value {
    static func strings(_ texts: some Sequence<String>) -> Value { .list(texts.map { .string($0) }) }
}
