import Clickstream
import Language
import Statement

/// Variants of texts to train on.
enum AugmentationNamespace {
    static let functions = Namespace(
        "augmentation", doc: "Variants of texts to train on.",
        [
            Builtin(
                "ChangeCases", "(selection_size: float = 1.0, seed: int = 0) -> Augmentation",
                doc: "A text as it is, in small letters, and in capitals; of these as many as `selection_size` asks for.",
                example: "ChangeCases()(\"Red Boots\") == [\"Red Boots\", \"red boots\", \"RED BOOTS\"]"
            ) { call in
                .host(
                    AugmentationObject(try ChangeCases(selectionSize: try call.double(0)), name: call.builtin.name, seed: try seed(call, 1))
                )
            },
            Builtin(
                "Misspellings", "(selection_size: float = 1.0, error_rates: list = [], seed: int = 0) -> Augmentation",
                doc:
                    "A text as it is, and once for each error rate (0.1 and 0.2 unless given) with typing mistakes in that share of its words.",
                example: "len(Misspellings()(\"red boots\")) == 3"
            ) { call in
                let rates = try call.doubles(1)
                let augmentation = try Misspellings(selectionSize: try call.double(0), errorRates: rates.isEmpty ? [0.1, 0.2] : rates)
                return .host(AugmentationObject(augmentation, name: call.builtin.name, seed: try seed(call, 2)))
            },
            Builtin(
                "AugmentationWithRandomSelection", "(transform: fn, selection_size: float = 1.0, seed: int = 0) -> Augmentation",
                doc: """
                    The variants that a function makes of a text. A `selection_size` of 1, or of at least their number, takes all, below 1 that \
                    share of them, else that many, drawn with replacement.
                    """,
                example: "AugmentationWithRandomSelection(t => [t, t[::-1]])(\"ab\") == [\"ab\", \"ba\"]"
            ) { call in
                let function = ScriptFunction(interpreter: call.interpreter, function: try call.function(0))
                let augmentation = try AugmentationWithRandomSelection(selectionSize: try call.double(1)) {
                    try function.texts([.string($0)], what: "augmentation")
                }
                return .host(AugmentationObject(augmentation, name: call.builtin.name, seed: try seed(call, 2)))
            },
            Builtin(
                "AugmentationsComposition", "(augmentations: list, selection_size: float = 1.0, seed: int = 0) -> Augmentation",
                doc: "Augmentations in a row, each applied to all that the one before it gave.",
                example: "len(AugmentationsComposition([ChangeCases(), ChangeCases()])(\"Ab\")) == 9"
            ) { call in
                let parts = try call.items(0).map { try augmentation($0, call.interpreter) }
                let all = try AugmentationsComposition(parts, selectionSize: try call.double(1))
                return .host(AugmentationObject(all, name: call.builtin.name, seed: try seed(call, 2)))
            },
            Builtin(
                "ItemsSetAugmentationApplier", "(augmentation: any, seed: int | none = none) -> ItemsSetAugmentationApplier",
                doc: "Called with an ItemsSet, gives it with the variants of every item as further rows under the item's id.",
                example: "len(ItemsSetAugmentationApplier(ChangeCases())(ItemsSet([{\"item_id\": \"a\", \"item\": \"Boot\"}]))) == 4"
            ) { call in
                .host(
                    ItemsAugmenterObject(
                        ItemsSetAugmentationApplier(
                            try augmentation(call[0], call.interpreter), randomState: try ClickstreamNamespace.seed(call, 1))))
            },
            Builtin(
                "ClickstreamQueryAugmentationApplier",
                "(augmentation: any, seed: int | none = none) -> ClickstreamQueryAugmentationApplier",
                doc: "Called with inputs, gives them and, after them, copies with the variants of their queries.",
                example: "len(ClickstreamQueryAugmentationApplier(ChangeCases())([FineTuningInput(\"Boots\", [\"a\"])])) == 4"
            ) { call in
                .host(
                    QueryAugmenterObject(
                        ClickstreamQueryAugmentationApplier(
                            try augmentation(call[0], call.interpreter), randomState: try ClickstreamNamespace.seed(call, 1))))
            },
        ])

    /// An augmentation of the library, or a function of a text that gives a list of texts.
    private static func augmentation(_ value: Value, _ interpreter: Interpreter) throws -> any Augmentation {
        if let object = value.asHost as? AugmentationObject { return object.augmentation }
        guard value.isCallable else {
            throw ScriptError.type("an augmentation is one of the library's or a function of a text, not \(value.typeNameWithArticle)")
        }
        let function = ScriptFunction(interpreter: interpreter, function: value)
        return try AugmentationWithRandomSelection { try function.texts([.string($0)], what: "augmentation") }
    }

    private static func seed(_ call: borrowing BuiltinCall, _ position: Int) throws -> UInt64 {
        UInt64(bitPattern: Int64(try call.int(position)))
    }
}

/// An augmentation with a random stream of its own, callable with a text.
final class AugmentationObject: HostObject, @unchecked Sendable {
    let augmentation: any Augmentation
    private let name: String
    @Undoable private var random: SeededRandom

    init(_ augmentation: any Augmentation, name: String, seed: UInt64) {
        self.augmentation = augmentation
        self.name = name
        random = SeededRandom(seed: seed)
    }

    override var typeName: String { name }
    override var methods: Namespace { Self.methods }
    override var callSignature: Builtin? {
        Builtin(name, "(text: str) -> list", doc: "The variants of a text.") { [self] call in try variants(try call.string(0)) }
    }

    private func variants(_ text: String) throws -> Value { .strings(try augmentation.transform(text, random: &random)) }

    static let methods = Namespace(
        "Augmentation", doc: "Methods of an augmentation.",
        [
            Builtin(
                "transform", "(text: str) -> list", doc: "The variants of a text.",
                example: "ChangeCases().transform(\"Ab\") == [\"Ab\", \"ab\", \"AB\"]"
            ) { call in
                try call.receiver(as: AugmentationObject.self).variants(try call.string(0))
            }
        ])
}

/// Adds the variants of items to a catalogue.
final class ItemsAugmenterObject: HostObject, @unchecked Sendable {
    let applier: ItemsSetAugmentationApplier

    init(_ applier: ItemsSetAugmentationApplier) { self.applier = applier }

    override var typeName: String { "ItemsSetAugmentationApplier" }
    override var callSignature: Builtin? {
        Builtin("ItemsSetAugmentationApplier", "(items: ItemsSet) -> ItemsSet", doc: "The rows, then the variants of every row.") {
            [self] call in
            .host(ItemsSetObject(try applier.apply(try call.host(0, as: ItemsSetObject.self).items)))
        }
    }
}

/// Adds copies of inputs with the variants of their queries.
final class QueryAugmenterObject: HostObject, @unchecked Sendable {
    let applier: ClickstreamQueryAugmentationApplier

    init(_ applier: ClickstreamQueryAugmentationApplier) { self.applier = applier }

    override var typeName: String { "ClickstreamQueryAugmentationApplier" }
    override var callSignature: Builtin? {
        Builtin(
            "ClickstreamQueryAugmentationApplier", "(inputs: list) -> list", doc: "The inputs, then their copies with other queries."
        ) { [self] call in
            .list(try applier.apply(try ClickstreamNamespace.inputs(call, 0)).map { .host(InputObject($0)) })
        }
    }
}

extension ScriptFunction {
    /// The result as a list of texts; `what` names the function's part in messages.
    func texts(_ arguments: [Value], what: String) throws -> [String] {
        let result = try self(arguments)
        guard let items = result.asItems else {
            throw ScriptError.type("the \(what) must return a list of texts, not \(result.typeNameWithArticle)")
        }
        return try items.map { item in
            guard let text = item.asString else {
                throw ScriptError.type("the \(what) must return a list of texts; it holds \(item.typeNameWithArticle)")
            }
            return text
        }
    }
}
