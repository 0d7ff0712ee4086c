import Clickstream
import Language
import Models

/// Cutting items into parts.
enum PartsNamespace {
    static let functions = Namespace(
        "parts", doc: "Cutting items into parts.",
        [
            Builtin(
                "NoSplitter", "() -> ItemSplitter", doc: "Leaves an item whole.",
                example: "NoSplitter()(\"red boots\") == [\"red boots\"]"
            ) { call in .host(PartObject<any ItemSplitter>(NoSplitter(), name: call.builtin.name)) },
            Builtin(
                "SeparatorSplitter", "(separators: list[str] = [\";\"]) -> ItemSplitter",
                doc: "Cuts at each separator in turn; empty pieces are kept.",
                example: "SeparatorSplitter([\";\", \",\"])(\"a;b,c\") == [\"a\", \"b\", \"c\"]"
            ) { call in
                let separators = call.isGiven(0) ? try call.strings(0) : [";"]
                return .host(PartObject<any ItemSplitter>(try SeparatorSplitter(separators: separators), name: call.builtin.name))
            },
            Builtin(
                "PatternSplitter", "(regexp: str) -> ItemSplitter", doc: "Takes every match of a regular expression.",
                example: "PatternSplitter(\"[a-z][0-9]+\")(\"x1 y22 z\") == [\"x1\", \"y22\"]"
            ) { call in .host(PartObject<any ItemSplitter>(try PatternSplitter(try call.string(0)), name: call.builtin.name)) },
            Builtin(
                "FieldCombinedSplitter",
                """
                (field_names: list[str], field_name_separator: str = ":", text_quotes: str = '"', separator: str = ",") -> ItemSplitter
                """,
                doc: "Takes these fields, as `name: \"text\"`, out of a line that get_text_line_from_dict has made; names in any case.",
                example: "FieldCombinedSplitter([\"title\"])('brand: \"Acme\", title: \"Boot\"') == ['title: \"Boot\"']"
            ) { call in
                let splitter = try FieldCombinedSplitter(
                    fieldNames: try call.strings(0), fieldNameSeparator: try call.string(1), textQuotes: try call.string(2),
                    separator: try call.string(3))
                return .host(PartObject<any ItemSplitter>(splitter, name: call.builtin.name))
            },
            Builtin(
                "JSONSplitter", "(field_names: list[str]) -> ItemSplitter",
                doc: "Makes a JSON object of each of these fields that an item, a JSON text, has.",
                example: "JSONSplitter([\"title\", \"text\"])('{\"title\": \"E\", \"author\": \"J\"}') == ['{\"title\": \"E\"}']"
            ) { call in
                .host(PartObject<any ItemSplitter>(try JSONSplitter(fieldNames: try call.strings(0)), name: call.builtin.name))
            },
            Builtin(
                "DummySentenceSplitter", "() -> ItemSplitter",
                doc: "Cuts into sentences; ``` blocks stay whole, and a numbered list's line takes the sentence after it.",
                example: "DummySentenceSplitter()(\"It fits. It lasts!\") == [\"It fits.\", \"It lasts!\"]"
            ) { call in .host(PartObject<any ItemSplitter>(DummySentenceSplitter(), name: call.builtin.name)) },
            Builtin(
                "TokenGroupTextSplitter",
                "(tokenizer: any, blocks_splitter: any, max_tokens: int | none = none, split_sentences: bool = true) -> ItemSplitter",
                doc: """
                    Joins the blocks of another splitter as long as they fit `max_tokens`, the model's limit by default. `tokenizer` is a model, or \
                    a function that gives the tokens of a text. A longer block is a part alone, cut between words if `split_sentences`.
                    """,
                example:
                    "TokenGroupTextSplitter(t => t.split(), SeparatorSplitter([\"|\"]), max_tokens = 3)(\"a b|c|d e f\") == [\"a b c\", \"d e f\"]"
            ) { call in
                .host(PartObject<any ItemSplitter>(try tokenGroups(call), name: call.builtin.name))
            },
            Builtin(
                "ItemsSetSplitter", "(item_splitter: any) -> ItemsSetSplitter",
                doc: """
                    Replaces items by their parts: called with the items and the sessions of a task, both by split, it gives both with the parts \
                    `id:0`, `id:1`, … in the place of each item.
                    """,
                example: "is_a(ItemsSetSplitter(NoSplitter()), \"ItemsSetSplitter\")"
            ) { call in .host(ItemsSetSplitterObject(ItemsSetSplitter(try splitter(call, 0)))) },
        ])

    /// A splitter of the library, or a function of a text that gives a list of texts.
    static func splitter(_ call: borrowing BuiltinCall, _ position: Int) throws -> any ItemSplitter {
        if case .host(let object) = call[position], let part = object as? PartObject<any ItemSplitter> { return part.part }
        guard call[position].isCallable else {
            throw call.mismatch(position, expected: "an item splitter or a function that cuts a text into a list")
        }
        let function = ScriptFunction(interpreter: call.interpreter, function: call[position])
        return FunctionSplitter { try function.texts([.string($0)], what: "item splitter") }
    }

    private static func tokenGroups(_ call: borrowing BuiltinCall) throws -> TokenGroupTextSplitter {
        let blocks = try splitter(call, 1)
        let limit = try call.optionalInt(2)
        let splits = try call.bool(3)
        if case .host(let object) = call[0], let model = (object as? ModelObject)?.model {
            // Special tokens are not counted, and nothing is cut off.
            return try TokenGroupTextSplitter(blocksSplitter: blocks, maxTokens: limit ?? model.maxLength, splitSentences: splits) {
                model.tokenizer.encode($0, maxLength: 1 << 30).count - 2
            }
        }
        guard call[0].isCallable else { throw call.mismatch(0, expected: "a model or a function that gives the tokens of a text") }
        guard let limit else {
            throw ScriptError.value("TokenGroupTextSplitter: a function as tokenizer has no limit", help: "give max_tokens")
        }
        let function = ScriptFunction(interpreter: call.interpreter, function: call[0])
        return try TokenGroupTextSplitter(blocksSplitter: blocks, maxTokens: limit, splitSentences: splits) { text in
            let result = try function([.string(text)])
            if let count = result.asInt, count >= 0 { return count }
            guard let tokens = result.asItems else {
                throw ScriptError.type("the tokenizer must give a list of tokens or their number, not \(result.typeNameWithArticle)")
            }
            return tokens.count
        }
    }
}

extension PartObject<any ItemSplitter> {
    convenience init(_ splitter: any ItemSplitter, name: String) {
        nonisolated(unsafe) let splitter = splitter
        self.init(
            splitter,
            Builtin(name, "(item: str) -> list", doc: "The parts of an item's text.") { call in
                .strings(try splitter.parts(of: try call.string(0)))
            })
    }
}

/// Replaces items by their parts.
final class ItemsSetSplitterObject: HostObject, @unchecked Sendable {
    let splitter: ItemsSetSplitter

    init(_ splitter: ItemsSetSplitter) { self.splitter = splitter }

    override var typeName: String { "ItemsSetSplitter" }
    override var callSignature: Builtin? {
        Builtin(
            "ItemsSetSplitter", "(items: DatasetDict, clickstream: DatasetDict) -> tuple",
            doc: "Items and sessions with parts in the place of items."
        ) { [self] call in
            let (items, clickstream) = try splitter.split(
                try call.host(0, as: DatasetDictObject.self).itemsSets, try call.host(1, as: DatasetDictObject.self).pairedInputs)
            return .tuple([DatasetDictObject.value(items), DatasetDictObject.value(clickstream)])
        }
    }
}

extension DatasetDictObject {
    /// The catalogues in it; throws where a dataset is something else.
    var itemsSets: DatasetDict<ItemsSet> { get throws { try typed(ItemsSetObject.self, "an ItemsSet") { $0.items } } }

    /// The paired inputs in it; throws where a dataset is something else.
    var pairedInputs: DatasetDict<PairedFineTuningInputsDataset> {
        get throws { try typed(PairedDatasetObject.self, "paired inputs") { $0.dataset } }
    }

    static func value(_ items: DatasetDict<ItemsSet>) -> Value { .host(DatasetDictObject(items.mapDatasets { .host(ItemsSetObject($0)) })) }

    static func value(_ clickstream: DatasetDict<PairedFineTuningInputsDataset>) -> Value {
        .host(DatasetDictObject(clickstream.mapDatasets { .host(PairedDatasetObject($0)) }))
    }
}

extension DatasetDict {
    /// Each data set turned into another, under the same names.
    func mapDatasets<Other>(_ transform: (Dataset) throws -> Other) rethrows -> DatasetDict<Other> {
        var result = DatasetDict<Other>()
        for (key, dataset) in entries { result[key] = try transform(dataset) }
        return result
    }
}
