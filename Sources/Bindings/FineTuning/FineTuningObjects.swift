import FineTuning
import Language

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
    override var attributeNames: [String] { ["margin", "do_fine_small_difference", "scale", "mask_known"].filter { value($0) != nil } }
    override func attribute(_ name: String) throws -> Value? { value(name) }

    private func value(_ name: String) -> Value? {
        switch (name, loss) {
        case ("margin", let loss as ProbMarginRankingLoss): .float(loss.margin)
        case ("do_fine_small_difference", let loss as ProbMarginRankingLoss): .bool(loss.doFineSmallDifference)
        case ("scale", let loss as InBatchSoftmaxLoss): .float(loss.scale)
        case ("mask_known", let loss as InBatchSoftmaxLoss): .bool(loss.masksKnown)
        default: nil
        }
    }

    override var callSignature: Builtin? {
        Builtin(name, "(features: FineTuningFeatures) -> tensor", doc: "The loss of the pairs, a scalar.") { [self] call in
            .tensor(try loss.loss(try call.host(0, as: FeaturesObject.self).features))
        }
    }

    static let methods = Namespace(
        "RankingLoss", doc: "Methods of a loss.",
        [
            Builtin(
                "set_margin", "(margin: float) -> none", doc: "Sets the margin; the tuner does so from its parameters.",
                example: "loss = ProbMarginRankingLoss(); loss.set_margin(0.1); assert loss.margin == 0.1"
            ) { call in
                try call.receiver(as: LossObject.self).loss.setMargin(try call.double(0))
                return .none
            }
        ])
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
