import Clickstream
import FineTuning
import Language
import Models
import Statement
import Tensors

/// From sessions to features, by hand.
enum ExtractionNamespace {
    static let functions = Namespace(
        "extraction", doc: "From sessions to features, by hand.",
        [
            Builtin(
                "FeaturesExtractor",
                """
                (model: any, ranker: any = none, is_similarity: bool = true, not_irrelevant_only: bool = true, \
                negative_downsampling_factor: float = 1.0, min_abs_difference_threshold: float = 0.0, \
                max_abs_difference_threshold: float = 1.0, confidence_calculator: any = none, examples_order: any = none, \
                ranks_aggregator: any = none, clicks_aggregator: any = none, seed: int = 0) -> FeaturesExtractor
                """,
                doc: """
                    Makes a loss's features of a batch: called with (batch, items_set, query_retriever). The tuner has one as \
                    `features_extractor`.
                    """,
                example: "len(FeaturesExtractor(model)([(inputs[0], none)], items, TextQueryRetriever())) == 2"
            ) { call in
                .host(
                    ExtractorObject(
                        try FeaturesExtractor(
                            model: try FineTuningNamespace.model(call, 0),
                            ranker: try FineTuningNamespace.ranker(call, 1) ?? CosineRanker(),
                            isSimilarity: try call.bool(2), notIrrelevantOnly: try call.bool(3),
                            negativeDownsamplingFactor: try call.double(4), minAbsDifferenceThreshold: try call.double(5),
                            maxAbsDifferenceThreshold: try call.double(6),
                            confidenceCalculator: try FineTuningNamespace.confidence(call, 7) ?? DummyConfidences(),
                            examplesOrder: try FineTuningNamespace.examplesOrder(call, 8),
                            ranksAggregator: try ranksAggregator(call, 9) ?? MeanAggregator(),
                            clicksAggregator: try clicksAggregator(call, 10) ?? MaxClicksAggregator(),
                            randomState: UInt64(bitPattern: Int64(try call.int(11))))))
            },
            Builtin(
                "FineTuningFeatures",
                """
                (positive_ranks: any = none, negative_ranks: any = none, target: any = none, positive_confidences: any = none, \
                negative_confidences: any = none) -> FineTuningFeatures
                """,
                doc: "Features by hand: five tensors of one length, any of them none. `a + b` joins two.",
                example: "len(FineTuningFeatures(positive_ranks = tensor([0.5, 0.6]))) == 2"
            ) { call in
                .host(
                    FeaturesObject(
                        try FineTuningFeatures(
                            positiveRanks: try FeaturesObject.part(call[0], "positive_ranks"),
                            negativeRanks: try FeaturesObject.part(call[1], "negative_ranks"),
                            target: try FeaturesObject.part(call[2], "target"),
                            positiveConfidences: try FeaturesObject.part(call[3], "positive_confidences"),
                            negativeConfidences: try FeaturesObject.part(call[4], "negative_confidences"))))
            },
            Builtin(
                "MeanAggregator", "(if_empty_value: float = 0.0, if_zeroes_value: float = 0.0) -> RanksAggregator",
                doc: "The mean of the ranks of an object's rows; of none `if_empty_value`, of ranks that add up to 0 `if_zeroes_value`.",
                example: "MeanAggregator()([0.25, 0.75]) == 0.5"
            ) { call in
                let aggregator = MeanAggregator(ifEmptyValue: try call.double(0), ifZeroesValue: try call.double(1))
                return .host(PartObject<any RanksAggregator>(aggregator, name: call.builtin.name))
            },
            Builtin(
                "MaxAggregator", "(if_empty_value: float = 0.0) -> RanksAggregator",
                doc: "The largest rank; with gradients softly, as Σ softmax(1e5 r) r.",
                example: "MaxAggregator()([0.25, 0.75]) == 0.75"
            ) { call in
                .host(PartObject<any RanksAggregator>(MaxAggregator(ifEmptyValue: try call.double(0)), name: call.builtin.name))
            },
            Builtin(
                "MinAggregator", "(if_empty_value: float = 0.0) -> RanksAggregator",
                doc: "The smallest rank; with gradients softly, as Σ softmax(-1e5 r) r.",
                example: "MinAggregator()([0.25, 0.75]) == 0.25"
            ) { call in
                .host(PartObject<any RanksAggregator>(MinAggregator(ifEmptyValue: try call.double(0)), name: call.builtin.name))
            },
            Builtin(
                "MaxClicksAggregator", "() -> ClicksAggregator", doc: "An object is clicked when one of its parts is.",
                example: "MaxClicksAggregator()({\"a\": [0, 1], \"b\": [0]}) == {\"a\": 1.0, \"b\": 0.0}"
            ) { call in .host(PartObject<any ClicksAggregator>(MaxClicksAggregator(), name: call.builtin.name)) },
            Builtin(
                "differentiable_extreme", "(x: tensor, mode: str = \"max\", beta: float = 1e5) -> tensor", shape: .softExtreme,
                doc: "A softly largest (`max`) or smallest (`min`) element: Σ softmax(±beta x) x.",
                example: "abs(differentiable_extreme(tensor([0.1, 0.4])).item() - 0.4) < 1e-6"
            ) { call in
                switch try call.string(1) {
                case "max": .tensor(try SoftExtreme.maximum(of: try call.tensor(0), beta: try call.double(2)))
                case "min": .tensor(try SoftExtreme.minimum(of: try call.tensor(0), beta: try call.double(2)))
                case let mode: throw ScriptError.value("mode must be \"max\" or \"min\", not \(mode.debugDescription)")
                }
            },
            Builtin(
                "differentiable_mean_small_values", "(x: tensor, threshold: float = 0.01, steepness: float = 100.0) -> tensor",
                shape: .total,
                doc:
                    "The mean of the absolute values that are below a threshold, softly: Σ |x| w / Σ w, w = sigmoid(steepness (threshold - |x|)).",
                example: "differentiable_mean_small_values(tensor([0.0, 5.0])).item() < 0.001"
            ) { call in
                .tensor(
                    try SmallValues.differentiableMean(
                        of: try call.tensor(0), threshold: try call.double(1), steepness: try call.double(2)))
            },
            Builtin(
                "MetricValue", "(name: str, value: float) -> MetricValue", doc: "One measured number and its name.",
                example: "MetricValue(\"loss\", 0.5).add_prefix(\"train\").name == \"train_loss\""
            ) { call in .host(MetricObject(try MetricValue(try call.string(0), try call.double(1)))) },
        ])

    /// A ranks aggregator of the library, or a function of the ranks [n] that gives one number; nil for none.
    static func ranksAggregator(_ call: borrowing BuiltinCall, _ position: Int) throws -> (any RanksAggregator)? {
        guard call.isGiven(position) else { return nil }
        if case .host(let object) = call[position], let part = object as? PartObject<any RanksAggregator> { return part.part }
        return ScriptRanksAggregator(
            function: ScriptFunction(interpreter: call.interpreter, function: try call.function(position)))
    }

    /// A clicks aggregator of the library, or a function of {object: clicks} that gives {object: click}; nil for none.
    static func clicksAggregator(_ call: borrowing BuiltinCall, _ position: Int) throws -> (any ClicksAggregator)? {
        guard call.isGiven(position) else { return nil }
        if case .host(let object) = call[position], let part = object as? PartObject<any ClicksAggregator> { return part.part }
        return ScriptClicksAggregator(
            function: ScriptFunction(interpreter: call.interpreter, function: try call.function(position)))
    }
}

/// A ranks aggregator written in the language: called with the ranks [n] of an object's rows, returns one number.
struct ScriptRanksAggregator: RanksAggregator, Fingerprinted {
    let function: ScriptFunction
    var fingerprint: String { function.fingerprint }

    func aggregate(_ ranks: [Double]) throws -> Double {
        try noGrad { try aggregate(Tensor(ranks, shape: Shape([ranks.count])).to(.f32)).item() }
    }

    func aggregate(_ ranks: Tensor) throws -> Tensor {
        let result = try function([.tensor(ranks)])
        if let number = result.asDouble { return try Tensor(scalar: number, dtype: ranks.dtype) }
        guard let tensor = (result.asHost as? TensorObject)?.tensor, tensor.count == 1 else {
            throw ScriptError.type("the ranks aggregator must return one number, not \(result.typeNameWithArticle)")
        }
        return tensor
    }
}

/// A clicks aggregator written in the language: called with a dict of the clicks (0 or 1) of each object's parts.
struct ScriptClicksAggregator: ClicksAggregator, Fingerprinted {
    let function: ScriptFunction
    var fingerprint: String { function.fingerprint }

    func aggregate(_ clicks: [(object: String, parts: [Double])]) throws -> [Double] {
        let result = try function([.dict(clicks.map { ($0.object, .list($0.parts.map { .float($0) })) })])
        guard case .dict(let dict) = result else {
            throw ScriptError.type(
                "the clicks aggregator must return a dict of a number for each object, not \(result.typeNameWithArticle)")
        }
        return try clicks.map { object, _ in
            guard let click = dict.get(object)?.asDouble else {
                throw ScriptError.value("the clicks aggregator gave no number for `\(object)`")
            }
            return click
        }
    }
}

extension PartObject<any RanksAggregator> {
    convenience init(_ aggregator: any RanksAggregator, name: String) {
        nonisolated(unsafe) let aggregator = aggregator
        self.init(
            aggregator,
            Builtin(
                name, "(ranks: any, differentiable: bool = false) -> any",
                doc: "One rank of a list or tensor of ranks; of a tensor, if `differentiable`, a scalar that gradients pass through."
            ) { call in
                guard case .host(let object as TensorObject) = call[0] else { return .float(try aggregator.aggregate(try call.doubles(0))) }
                return try call.bool(1)
                    ? .tensor(try aggregator.aggregate(object.tensor)) : .float(try aggregator.aggregate(object.tensor.doubles()))
            })
    }
}

extension PartObject<any ClicksAggregator> {
    convenience init(_ aggregator: any ClicksAggregator, name: String) {
        nonisolated(unsafe) let aggregator = aggregator
        self.init(
            aggregator,
            Builtin(name, "(clicks: dict) -> dict", doc: "One click value of the clicks of each object's parts.") { call in
                let clicks = try call.dict(0).pairs.map { key, value in
                    guard let parts = value.asItems, parts.allSatisfy({ $0.asDouble != nil }) else {
                        throw ScriptError.type("\(call.builtin.name): the clicks of `\(key.display)` must be a list of numbers")
                    }
                    return (object: key.display, parts: parts.compactMap(\.asDouble))
                }
                return .dict(Array(zip(clicks.map(\.object), try aggregator.aggregate(clicks).map { .float($0) })))
            })
    }
}

/// A measured number.
final class MetricObject: HostObject, @unchecked Sendable {
    @Undoable private(set) var metric: MetricValue

    init(_ metric: MetricValue) { self.metric = metric }

    override var typeName: String { "MetricValue" }
    override var description: String { "MetricValue(\(metric.name.debugDescription), \(Value.float(metric.value).repr))" }
    override var methods: Namespace { Self.methods }
    override var attributeNames: [String] { ["name", "value"] }
    override func attribute(_ name: String) throws -> Value? {
        switch name {
        case "name": .string(metric.name)
        case "value": .float(metric.value)
        default: nil
        }
    }
    override func isEqual(to other: HostObject) -> Bool { (other as? MetricObject)?.metric == metric }
    override var hashCode: Int { metric.hashValue }

    static let methods = Namespace(
        "MetricValue", doc: "Methods of a metric's value.",
        [
            Builtin(
                "add_prefix", "(prefix: str) -> MetricValue", doc: "Puts `prefix_` before the name, in place.",
                example: "MetricValue(\"loss\", 0.5).add_prefix(\"train\").name == \"train_loss\""
            ) { call in
                try call.receiver(as: MetricObject.self).metric.addPrefix(try call.string(0))
                return call.receiver
            }
        ])
}
