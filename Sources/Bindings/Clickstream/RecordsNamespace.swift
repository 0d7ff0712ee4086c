import Clickstream
import Images
import Language
import Text

/// From records to catalogues.
enum RecordsNamespace {
    static let functions = Namespace(
        "records", doc: "From records to catalogues.",
        [
            Builtin(
                "get_text_line_from_dict",
                """
                (record: dict, separator: str = " ", field_name_separator: str = ":", text_quotes: str = '"', order_fields: any = true, \
                ascending: bool = true, field_names: dict | none = none, ignore_missed: bool = true) -> str
                """,
                doc: """
                    One line of a record: `name: "value"` for each field, quotes inside a value as spaces. `order_fields` sorts by name (true), \
                    keeps the record's order (false), or lists the fields to take; `field_names` renames fields.
                    """,
                example: "get_text_line_from_dict({\"title\": \"Boot\", \"brand\": \"Acme\"}) == 'brand: \"Acme\" title: \"Boot\"'"
            ) { call in
                var line = TextLine(order: try order(call, 4, ascending: try call.bool(5)), fieldNames: try names(call, 6) ?? [:])
                line.separator = try call.string(1)
                line.fieldNameSeparator = try call.string(2)
                line.textQuotes = try call.string(3)
                line.ignoresMissed = try call.bool(7)
                return .string(try line.text(try record(call[0], "the record")))
            },
            Builtin(
                "get_json_line_from_dict", "(record: dict, field_names: dict | none = none) -> str",
                doc: "A record as a line of JSON; with `field_names`, only the fields that it names, renamed.",
                example: "get_json_line_from_dict({\"title\": \"Boot\", \"id\": 7}, {\"title\": \"T\"}) == '{\"T\": \"Boot\"}'"
            ) { call in .string(try TextLine.json(try record(call[0], "the record"), fieldNames: try names(call, 1))) },
            Builtin(
                "DatasetFieldsNormalizer", "(item_field_name: str, id_field_name: str) -> DatasetFieldsNormalizer",
                doc: "Called with records, gives them with these fields as `item` and `item_id`, the id as a text.",
                example:
                    "DatasetFieldsNormalizer(\"t\", \"sku\")([{\"sku\": 7, \"t\": \"Boot\"}]) == [{\"item\": \"Boot\", \"item_id\": \"7\"}]"
            ) { call in
                .host(NormalizerObject(try DatasetFieldsNormalizer(itemFieldName: try call.string(0), idFieldName: try call.string(1))))
            },
            Builtin(
                "ItemSetManager",
                "(preprocessor: fn, id_field_name: str = \"item_id\", \(managerOptions), do_augmentation_before_preprocess: bool = false) -> ItemSetManager",
                doc: """
                    Makes the catalogues of a task out of records, with a function that gives the text or the image of a record. Called with the records \
                    (a list, or a DatasetDict of lists) and the sessions by split; gives items and sessions by split.
                    """,
                example: "is_a(ItemSetManager(r => r[\"title\"]), \"ItemSetManager\")"
            ) { call in
                let function = ScriptFunction(interpreter: call.interpreter, function: try call.function(0))
                let preprocessor = ItemsPreprocessor(idFieldName: try call.string(1)) { record in
                    let result = try function([Language.Value(.object(record))])
                    return try ItemContent(result, place: "what the preprocessor makes of a record")
                }
                return try manager(call, preprocessor, options: 2)
            },
            Builtin(
                "TextItemSetManager",
                "(item_field_name: str = \"text\", id_field_name: str = \"item_id\", \(managerOptions), do_augmentation_before_preprocess: bool = true) -> ItemSetManager",
                doc: "An ItemSetManager of records whose text is one field.",
                example: "is_a(TextItemSetManager(), \"ItemSetManager\")"
            ) { call in
                try manager(call, .text(itemFieldName: try call.string(0), idFieldName: try call.string(1)), options: 2)
            },
            Builtin(
                "DictItemSetManager",
                "(field_names: dict | none = none, id_field_name: str = \"item_id\", \(managerOptions), do_augmentation_before_preprocess: bool = false) -> ItemSetManager",
                doc: "An ItemSetManager of records whose text is a line of all their fields, by descending name, renamed by `field_names`.",
                example: "is_a(DictItemSetManager(), \"ItemSetManager\")"
            ) { call in
                let line = TextLine(order: .descending, fieldNames: try names(call, 0) ?? [:])
                return try manager(call, .dict(idFieldName: try call.string(1), line: line), options: 2)
            },
        ])

    static let managerOptions = "items_set_splitter: any = none, augmenter: any = none, do_augment_test: bool = false"

    static func manager(_ call: borrowing BuiltinCall, _ preprocessor: ItemsPreprocessor, options: Int) throws -> Language.Value {
        let splitter = call.isGiven(options) ? try call.host(options, as: ItemsSetSplitterObject.self).splitter : nil
        let augmenter = call.isGiven(options + 1) ? try call.host(options + 1, as: ItemsAugmenterObject.self).applier : nil
        return .host(
            ItemSetManagerObject(
                try ItemSetManager(
                    preprocessor: preprocessor, itemsSetSplitter: splitter, augmenter: augmenter,
                    doAugmentTest: try call.bool(options + 2), doAugmentationBeforePreprocess: try call.bool(options + 3))))
    }

    private static func order(_ call: borrowing BuiltinCall, _ position: Int, ascending: Bool) throws -> TextLine.Order {
        if let sorts = call[position].asBool { return sorts ? (ascending ? .ascending : .descending) : .asGiven }
        guard call[position].asItems != nil else { throw call.mismatch(position, expected: "a bool or a list of field names") }
        return .fields(try call.strings(position))
    }

    /// A dict of texts by texts; nil for none.
    private static func names(_ call: borrowing BuiltinCall, _ position: Int) throws -> [String: String]? {
        guard call.isGiven(position) else { return nil }
        var names: [String: String] = [:]
        for (key, value) in try call.dict(position).pairs {
            guard let key = key.asString, let value = value.asString else {
                throw call.mismatch(position, expected: "a dict of new names by old names")
            }
            names[key] = value
        }
        return names
    }

    /// A dict of the language as a record.
    static func record(_ value: Language.Value, _ place: String) throws -> JSONObject {
        guard case .dict = value, let object = try JSONValue(value, at: place).objectValue else {
            throw ScriptError.type("\(place) must be a dict, not \(value.typeNameWithArticle)")
        }
        return object
    }

    static func records(_ value: Language.Value, _ interpreter: Interpreter) throws -> [JSONObject] {
        if let items = (value.asHost as? ItemsSetObject)?.items {
            return try items.rows.map { row in
                let text = try row.text(for: "a record")
                return JSONObject([
                    (DatasetFieldsNormalizer.idField, .string(row.id)), ("text", .string(text)),
                    (DatasetFieldsNormalizer.itemField, .string(text)),
                ])
            }
        }
        return try interpreter.collect(value).enumerated().map { try record($1, "record \($0)") }
    }
}

/// Gives the fields of records the names that the rest expects.
final class NormalizerObject: HostObject, @unchecked Sendable {
    let normalizer: DatasetFieldsNormalizer

    init(_ normalizer: DatasetFieldsNormalizer) { self.normalizer = normalizer }

    override var typeName: String { "DatasetFieldsNormalizer" }
    override var callSignature: Builtin? {
        Builtin("DatasetFieldsNormalizer", "(records: list) -> list", doc: "The records with `item` and `item_id`.") { [self] call in
            let records = try normalizer.normalize(try RecordsNamespace.records(call[0], call.interpreter))
            return .list(records.map { Language.Value(.object($0)) })
        }
    }
}

/// Makes the catalogues of a task.
final class ItemSetManagerObject: HostObject, @unchecked Sendable {
    let manager: ItemSetManager

    init(_ manager: ItemSetManager) { self.manager = manager }

    override var typeName: String { "ItemSetManager" }
    override var callSignature: Builtin? {
        Builtin(
            "ItemSetManager", "(dataset: any, clickstream: DatasetDict) -> tuple", doc: "Items and sessions by split."
        ) { [self] call in
            let dataset: ItemSetManager.Dataset
            if case .host(let object as DatasetDictObject) = call[0] {
                let interpreter = call.interpreter
                dataset = .split(try object.datasets.mapDatasets { try RecordsNamespace.records($0, interpreter) })
            } else {
                dataset = .records(try RecordsNamespace.records(call[0], call.interpreter))
            }
            let (items, clickstream) = try manager(dataset, try sessions(call, 1))
            return .tuple([DatasetDictObject.value(items), DatasetDictObject.value(clickstream)])
        }
    }

    private func sessions(_ call: borrowing BuiltinCall, _ position: Int) throws -> DatasetDict<PairedFineTuningInputsDataset> {
        do {
            return try call.host(position, as: DatasetDictObject.self).pairedInputs
        } catch {
            throw ScriptError.value("train and test of the clickstream should be instances of PairedClickstreamDataset: \(error)")
        }
    }
}
