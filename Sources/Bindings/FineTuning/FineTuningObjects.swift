import Clickstream
import FineTuning
import Language
import Tensors
import Text

/// The pairs of a step as a loss reads them.
final class FeaturesObject: HostObject, @unchecked Sendable {
    let features: FineTuningFeatures

    init(_ features: FineTuningFeatures) { self.features = features }

    override var typeName: String { "FineTuningFeatures" }
    override var description: String { "FineTuningFeatures(\(features.count) pairs)" }
    override var attributeNames: [String] {
        ["positive_ranks", "negative_ranks", "target", "positive_confidences", "negative_confidences"]
    }

    override func attribute(_ name: String) throws -> Value? {
        switch name {
        case "positive_ranks": features.positiveRanks.map { .tensor($0) } ?? Value.none
        case "negative_ranks": features.negativeRanks.map { .tensor($0) } ?? Value.none
        case "target": features.target.map { .tensor($0) } ?? Value.none
        case "positive_confidences": features.positiveConfidences.map { .tensor($0) } ?? Value.none
        case "negative_confidences": features.negativeConfidences.map { .tensor($0) } ?? Value.none
        default: nil
        }
    }

    override func length() throws -> Int? { features.count }
}

/// A loss of the library, callable with features.
final class LossObject: HostObject, @unchecked Sendable {
    let loss: any RankingLoss
    private let name: String

    init(_ loss: any RankingLoss, name: String) {
        self.loss = loss
        self.name = name
    }

    override var typeName: String { name }
    override var methods: Namespace { Self.methods }
    override var callSignature: Builtin? {
        Builtin(name, "(features: FineTuningFeatures) -> tensor", doc: "The loss of the pairs, a scalar.") { [self] call in
            .tensor(try loss.loss(try call.host(0, as: FeaturesObject.self).features))
        }
    }

    private static let methods = Namespace(
        "RankingLoss", doc: "Methods of a loss.",
        [
            Builtin("set_margin", "(margin: float) -> none", doc: "Sets the margin; the tuner does so from its parameters.") { call in
                try call.receiver(as: LossObject.self).loss.setMargin(try call.double(0))
                return .none
            }
        ])
}

/// The part of the tuner that turns a batch into features.
final class ExtractorObject: HostObject, @unchecked Sendable {
    let extractor: FeaturesExtractor

    init(_ extractor: FeaturesExtractor) { self.extractor = extractor }

    override var typeName: String { "FeaturesExtractor" }
    override var methods: Namespace { Self.methods }

    private static let methods = Namespace(
        "FeaturesExtractor", doc: "Methods of the features extractor.",
        [
            Builtin(
                "calculate_ranks", "(input: FineTuningInput, items_set: ItemsSet, query_retriever: any) -> dict",
                doc: "The score of each result under the current model, without gradient."
            ) { call in
                let input = try call.host(0, as: InputObject.self).input
                let ranks = try call.receiver(as: ExtractorObject.self).extractor.calculateRanks(
                    input, items: try call.host(1, as: ItemsSetObject.self).items,
                    retriever: try call.host(2, as: RetrieverObject.self).retriever)
                return .dict(input.results.compactMap { id in ranks[id].map { (id, .float($0)) } })
            }
        ])
}

/// Turns an input's query into the text that the model encodes.
final class RetrieverObject: HostObject, @unchecked Sendable {
    let retriever: any QueryRetriever

    init(_ retriever: any QueryRetriever) { self.retriever = retriever }

    override var typeName: String { "QueryRetriever" }
    override var callSignature: Builtin? {
        Builtin("TextQueryRetriever", "(query: any) -> str", doc: "The text of a query.") { [self] call in
            switch call[0] {
            case .dict: .string(try retriever.modelInput(.fields(try JSONValue(call[0]).objectValue ?? JSONObject())))
            case .string(let text): .string(try retriever.modelInput(.item(TextQueryItem(text: text.text))))
            default: throw call.mismatch(0, expected: "a query text or a dict with a text")
            }
        }
    }
}

/// The validated hyper-parameters of a run.
final class ParamsObject: HostObject, @unchecked Sendable {
    let params: FineTuningParams

    init(_ params: FineTuningParams) { self.params = params }

    override var typeName: String { "FineTuningParams" }
    override var description: String { "FineTuningParams(\(params.description))" }
    override var attributeNames: [String] { ["id"] + Self.fieldNames }
    override var hashCode: Int { params.hashValue }

    override func isEqual(to other: HostObject) -> Bool { (other as? ParamsObject)?.params == params }

    private static let fieldNames = [
        "num_fixed_layers", "query_lr", "items_lr", "query_weight_decay", "items_weight_decay", "margin", "not_irrelevant_only",
        "negative_downsampling", "min_abs_difference_threshold", "max_abs_difference_threshold", "examples_order",
    ]

    override func attribute(_ name: String) throws -> Value? {
        switch name {
        case "id": .string(params.id)
        case "num_fixed_layers": .int(params.numFixedLayers)
        case "query_lr": .float(params.queryLR)
        case "items_lr": .float(params.itemsLR)
        case "query_weight_decay": .float(params.queryWeightDecay)
        case "items_weight_decay": .float(params.itemsWeightDecay)
        case "margin": .float(params.margin)
        case "not_irrelevant_only": .bool(params.notIrrelevantOnly)
        case "negative_downsampling": .float(params.negativeDownsampling)
        case "min_abs_difference_threshold": .float(params.minAbsDifferenceThreshold)
        case "max_abs_difference_threshold": .float(params.maxAbsDifferenceThreshold)
        case "examples_order": .list(params.examplesOrder.map { .int($0.rawValue) })
        default: nil
        }
    }
}
