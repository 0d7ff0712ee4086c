import Clickstream
import FineTuning
import Language
import Text

/// The part of the tuner that turns a batch into features.
final class ExtractorObject: HostObject, @unchecked Sendable {
    let extractor: FeaturesExtractor

    init(_ extractor: FeaturesExtractor) { self.extractor = extractor }

    override var typeName: String { "FeaturesExtractor" }
    override var methods: Namespace { Self.methods }
    override var callSignature: Builtin? { Self.features }
    override var attributeNames: [String] {
        [
            "is_similarity", "not_irrelevant_only", "negative_downsampling_factor", "min_abs_difference_threshold",
            "max_abs_difference_threshold", "examples_order",
        ]
    }

    override func attribute(_ name: String) throws -> Language.Value? {
        switch name {
        case "is_similarity": .bool(extractor.isSimilarity)
        case "not_irrelevant_only": .bool(extractor.notIrrelevantOnly)
        case "negative_downsampling_factor": .float(extractor.negativeDownsamplingFactor)
        case "min_abs_difference_threshold": .float(extractor.minAbsDifferenceThreshold)
        case "max_abs_difference_threshold": .float(extractor.maxAbsDifferenceThreshold)
        case "examples_order": .list(extractor.examplesOrder.map { .int($0.rawValue) })
        default: nil
        }
    }

    static let features = Builtin(
        "features", "(batch: any, items_set: ItemsSet, query_retriever: any) -> FineTuningFeatures",
        doc: "The features of a batch of pairs, with gradient.",
        example: "len(tuner.features_extractor.features([(inputs[0], none)], items, TextQueryRetriever())) == 2"
    ) { call in
        // Called as a function or as a method, the extractor is the receiver.
        let extractor = try call.receiver(as: ExtractorObject.self).extractor
        return .host(
            FeaturesObject(
                try extractor.features(
                    try PairValue.batch(call[0]), items: try call.host(1, as: ItemsSetObject.self).items,
                    retriever: try FineTuningNamespace.retriever(call, 2))))
    }

    static let methods = Namespace(
        "FeaturesExtractor", doc: "Methods of the features extractor.",
        [
            features,
            Builtin(
                "calculate_ranks", "(input: FineTuningInput, items_set: ItemsSet, query_retriever: any) -> dict",
                doc: "The score of each result under the current model, without gradient.",
                example: "len(tuner.features_extractor.calculate_ranks(inputs[0], items, TextQueryRetriever())) == 3"
            ) { call in
                let input = try call.host(0, as: InputObject.self).input
                let ranks = try call.receiver(as: ExtractorObject.self).extractor.calculateRanks(
                    input, items: try call.host(1, as: ItemsSetObject.self).items, retriever: try FineTuningNamespace.retriever(call, 2))
                return .dict(input.results.compactMap { id in ranks[id].map { (id, .float($0)) } })
            },
        ])
}

/// Turns an input's query into the text that the model encodes.
final class RetrieverObject: HostObject, @unchecked Sendable {
    let retriever: any QueryRetriever

    init(_ retriever: any QueryRetriever) { self.retriever = retriever }

    override var typeName: String { "QueryRetriever" }
    override var methods: Namespace { Self.methods }
    override var callSignature: Builtin? {
        Builtin("TextQueryRetriever", "(query: any) -> str", doc: "The text of a query that the model encodes.") { [self] call in
            .string(try retriever.modelInput(try Query(call[0])))
        }
    }

    static let methods = Namespace(
        "QueryRetriever", doc: "Methods of a query retriever.",
        [
            Builtin(
                "get_model_class", "() -> fn", doc: "What makes a query of its fields: TextQueryItem.",
                example: "TextQueryRetriever().get_model_class()(\"boots\").text == \"boots\""
            ) { call in
                guard try call.receiver(as: RetrieverObject.self).retriever is TextQueryRetriever else {
                    throw ScriptError.value("a function as retriever takes queries as they are: it has no class of theirs")
                }
                return .builtin(ConverterObject.textQueryItem)
            },
            Builtin(
                "get_id", "(query: any) -> str", doc: "What a query is stored under.",
                example: "TextQueryRetriever().get_id({\"text\": \"boots\"}) == \"boots\""
            ) { call in
                .string(try call.receiver(as: RetrieverObject.self).retriever.id(of: try Query(call[0])))
            },
            Builtin(
                "get_storage_metadata", "(query: any) -> dict", doc: "All fields of a query, which are stored with it.",
                example:
                    "TextQueryRetriever().get_storage_metadata({\"text\": \"boots\", \"lang\": \"en\"}) == {\"text\": \"boots\", \"lang\": \"en\"}"
            ) { call in
                Language.Value(.object(try call.receiver(as: RetrieverObject.self).retriever.storageMetadata(of: try Query(call[0]))))
            },
            Builtin(
                "get_payload", "(query: any) -> dict | none", doc: "What is handed on with a query, if anything.",
                example: "TextQueryRetriever().get_payload({\"text\": \"boots\"}) is none"
            ) { call in
                try call.receiver(as: RetrieverObject.self).retriever.payload(of: try Query(call[0])).map { Language.Value(.object($0)) }
                    ?? .none
            },
        ])
}

/// A query retriever written in the language: called with a query, returns the text to encode.
struct ScriptRetriever: QueryRetriever, Fingerprinted {
    let function: ScriptFunction
    var fingerprint: String { function.fingerprint }

    func modelInput(_ query: Query) throws -> String {
        let result = try function([query.value])
        guard let text = result.asString else {
            throw ScriptError.type("the query retriever must return the text of a query, not \(result.typeNameWithArticle)")
        }
        return text
    }

    func id(of query: Query) throws -> String { try modelInput(query) }

    func storageMetadata(of query: Query) throws -> JSONObject { ["text": .string(try modelInput(query))] }
}
