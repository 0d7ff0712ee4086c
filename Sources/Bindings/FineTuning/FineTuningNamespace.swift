import Clickstream
import FineTuning
import Language
import Models
import Tensors

/// The fine-tuner and every part that it takes, under the reference's names.
enum FineTuningNamespace {
    static let functions = Namespace(
        "finetuning", doc: "The fine-tuner and the parts that it takes.",
        constants: [
            .init("EmbeddingsFineTuner", .host(ConstructorObject(tuner, members: [create])), doc: tuner.doc),
            .init(
                "ExamplesType", .host(ExamplesTypeObject()), doc: "The numbers of `examples_order` by name, such as ExamplesType.hard_all."),
        ],
        losses + parts + parameters + [StepThroughObject.stepThrough])

    private static let losses: [Builtin] = [
        Builtin(
            "CosineProbMarginRankingLoss", "(base_margin: float = 1.0) -> RankingLoss",
            doc: "Mean over pairs of sigmoid(400 (margin - gap) - 6), weighted by the less certain of a pair's two results.",
            example: "is_a(CosineProbMarginRankingLoss(), \"CosineProbMarginRankingLoss\")"
        ) { call in
            .host(LossObject(try CosineProbMarginRankingLoss(baseMargin: try call.double(0)), name: call.builtin.name))
        },
        Builtin(
            "ProbMarginRankingLoss", "(base_margin: float = 1.0, do_fine_small_difference: bool = false) -> RankingLoss",
            doc: "Mean over pairs of sigmoid(margin - gap), weighted by the less certain of a pair's two results.",
            example: "is_a(ProbMarginRankingLoss(), \"ProbMarginRankingLoss\")"
        ) { call in
            .host(
                LossObject(
                    try ProbMarginRankingLoss(baseMargin: try call.double(0), doFineSmallDifference: try call.bool(1)),
                    name: call.builtin.name))
        },
        Builtin(
            "InBatchSoftmaxLoss", "(scale: float = 20.0, mask_known: bool = true) -> RankingLoss",
            doc: """
                Each click is to be found among the clicked items of the whole batch: mean of -log softmax(scale · cosines). Items that are known to be \
                clicked for the same query are no negatives, unless `mask_known` is off; `tuner.masking_rate` is their share.
                """,
            example: "is_a(InBatchSoftmaxLoss(), \"InBatchSoftmaxLoss\")"
        ) { call in
            .host(
                LossObject(try InBatchSoftmaxLoss(scale: try call.double(0), masksKnown: try call.bool(1)), name: call.builtin.name))
        },
    ]

    private static let parts: [Builtin] = [
        Builtin(
            "TextQueryRetriever", "() -> QueryRetriever", doc: "Takes the text of an input's query.",
            example: "TextQueryRetriever()({\"text\": \"boots\"}) == \"boots\""
        ) { _ in .host(RetrieverObject(TextQueryRetriever())) },
        Builtin(
            "DistanceShift", "() -> MetricCalculator",
            doc:
                "How far a step moves clicked results towards their query (not_irrelevant_dist_shift) and clickless sessions' results away (irrelevant_dist_shift).",
            example: "is_a(DistanceShift(), \"DistanceShift\")"
        ) { call in .host(PartObject<any MetricCalculator>(DistanceShift(), name: call.builtin.name)) },
        Builtin(
            "cosine_ranker", "(eps: float = 1e-6) -> Ranker", doc: "Scores items by their cosine with the query, the default.",
            example: "is_a(cosine_ranker(), \"cosine_ranker\")"
        ) { call in .host(PartObject<any Ranker>(CosineRanker(eps: try call.double(0)), name: call.builtin.name)) },
        Builtin(
            "dot_ranker", "() -> Ranker", doc: "Scores items by their product with the query.",
            example: "is_a(dot_ranker(), \"dot_ranker\")"
        ) { call in .host(PartObject<any Ranker>(DotRanker(), name: call.builtin.name)) },
        Builtin(
            "euclidean_ranker", "() -> Ranker", doc: "Euclidean distance of items to the query; use with is_similarity = false.",
            example: "is_a(euclidean_ranker(), \"euclidean_ranker\")"
        ) { call in .host(PartObject<any Ranker>(EuclideanRanker(), name: call.builtin.name)) },
        Builtin(
            "dummy_confidences", "(ranks: list | none = none, clicks: list | none = none) -> any",
            doc: "Trusts every result fully, the default: 1 for each of `ranks`, or, without them, the calculator that gives that.",
            example: "dummy_confidences([0.5, 0.25], [1, 0]) == [1.0, 1.0]"
        ) { call in try confidences(call, DummyConfidences()) },
        Builtin(
            "calculate_confidences", "(ranks: list | none = none, clicks: list | none = none, window_size: int = 3) -> any",
            doc: """
                Trusts a click or skip by how it agrees with its neighbours' ranks and clicks, and more near the top: one confidence for each of \
                `ranks`, or, without them, the calculator with this window: `confidence_calculator = calculate_confidences(window_size = 5)`.
                """,
            example: "calculate_confidences([0.5], [1]) == [0.0] and is_a(calculate_confidences(), \"calculate_confidences\")"
        ) { call in try confidences(call, try WindowedConfidences(windowSize: try call.int(2))) },
    ]

    /// What a calculator gives for the ranks and clicks of a call; the calculator itself for a call without them.
    private static func confidences(_ call: borrowing BuiltinCall, _ calculator: any ConfidenceCalculator) throws -> Value {
        let part = PartObject<any ConfidenceCalculator>(calculator, name: call.builtin.name)
        guard call.isGiven(0) else { return .host(part) }
        return try call.interpreter.call(.host(part), [call[0], call[1]])
    }

    private static let parameters: [Builtin] = [
        Builtin(
            "FineTuningParams",
            """
            (num_fixed_layers: int, query_lr: float, items_lr: float, query_weight_decay: float, items_weight_decay: float, margin: float, \
            not_irrelevant_only: any, negative_downsampling: float, min_abs_difference_threshold: float = 0.0, \
            max_abs_difference_threshold: float = 1.0, examples_order: any = none) -> FineTuningParams
            """,
            doc: "The hyper-parameters of one run, validated; `id` is the SHA-256 of their text.",
            example: "FineTuningParams(1, 1e-5, 1e-5, 0.0, 0.0, 0.025, true, 1.0).margin == 0.025"
        ) { call in
            .host(
                ParamsObject(
                    try FineTuningParams(
                        numFixedLayers: try call.int(0), queryLR: try call.double(1), itemsLR: try call.double(2),
                        queryWeightDecay: try call.double(3), itemsWeightDecay: try call.double(4), margin: try call.double(5),
                        notIrrelevantOnly: try lenientBool(call, 6), negativeDownsampling: try call.double(7),
                        minAbsDifferenceThreshold: try call.double(8), maxAbsDifferenceThreshold: try call.double(9),
                        examplesOrder: try examplesOrder(call, 10))))
        },
        Builtin(
            "FineTuningSettings",
            """
            (loss_func: any, metric_calculators: list | none = none, ranker: any = none, is_similarity: bool = true, \
            confidence_calculator: any = none, step_size: int = 500, gamma: float = 0.9, num_epochs: int = 10, batch_size: int = 1, \
            test_each_n_inputs: float = -1, optimizer: str = "sgd", scheduler: any = "step", warmup_steps: int = 0, seed: int = 0, \
            ranks_aggregator: any = none, clicks_aggregator: any = none) -> FineTuningSettings
            """,
            doc: """
                What stays the same over the runs of a task. `optimizer` is "sgd" or "adamw"; `scheduler` is "step" (times gamma every \
                step_size steps), "linear" or "cosine" (down to 0 over the run), or a function that gives, for the number of steps taken, what the \
                learning rates are multiplied by.
                """,
            example: "FineTuningSettings(CosineProbMarginRankingLoss(), optimizer = \"adamw\").batch_size == 1"
        ) { call in
            var settings = FineTuningSettings(lossFunc: try loss(call, 0))
            settings.metricCalculators = try metrics(call, 1)
            if let ranker = try ranker(call, 2) { settings.ranker = ranker }
            settings.isSimilarity = try call.bool(3)
            if let confidence = try confidence(call, 4) { settings.confidenceCalculator = confidence }
            settings.stepSize = try call.int(5)
            settings.gamma = try call.double(6)
            settings.numEpochs = try call.int(7)
            settings.batchSize = try call.int(8)
            settings.testEachNInputs = try call.double(9)
            settings.optimizer = try choice(call, 10)
            settings.rateFactor = rateFactor(call, 11)
            if settings.rateFactor == nil { settings.scheduler = try choice(call, 11) }
            settings.warmupSteps = try call.int(12)
            settings.randomState = try ClickstreamNamespace.seed(call, 13) ?? 0
            if let aggregator = try ExtractionNamespace.ranksAggregator(call, 14) { settings.ranksAggregator = aggregator }
            if let aggregator = try ExtractionNamespace.clicksAggregator(call, 15) { settings.clicksAggregator = aggregator }
            try settings.validate()
            return .host(SettingsObject(settings, parts: parts(of: call)))
        },
    ]

    /// The parts of the settings as they were given, those that were not by their default.
    private static func parts(of call: borrowing BuiltinCall) -> [String: Value] {
        [
            "loss_func": call[0], "metric_calculators": call[1],
            "ranker": call.isGiven(2) ? call[2] : .host(PartObject<any Ranker>(CosineRanker(), name: "cosine_ranker")),
            "confidence_calculator": call.isGiven(4)
                ? call[4] : .host(PartObject<any ConfidenceCalculator>(DummyConfidences(), name: "dummy_confidences")),
        ]
    }

    private static let tuner = Builtin(
        "EmbeddingsFineTuner",
        """
        (model: any, items_sets: any, query_retriever: any, loss_func: any, fine_tuning_params: any, tracker: any, \
        metric_calculators: list | none = none, ranker: any = none, is_similarity: bool = true, confidence_calculator: any = none, \
        step_size: int = 500, gamma: float = 0.9, optimizer: str = "sgd", scheduler: any = "step", warmup_steps: int = 0, \
        seed: int = 0, ranks_aggregator: any = none, clicks_aggregator: any = none) -> EmbeddingsFineTuner
        """,
        doc: """
            Fine-tunes a model on sessions, a batch at a time. The retriever, loss, ranker, aggregators, scheduler, metric and confidence \
            calculators are objects of the library or functions of yours. `EmbeddingsFineTuner.create` takes them from the settings of a task.
            """,
        example: """
            is_a(EmbeddingsFineTuner(model, DatasetDict(items, items), TextQueryRetriever(), ProbMarginRankingLoss(), params, \
            tracker), "EmbeddingsFineTuner")
            """
    ) { call in
        .host(
            TunerObject(
                try EmbeddingsFineTuner(
                    model: try model(call, 0), itemsSets: try itemsSets(call, 1), queryRetriever: try retriever(call, 2),
                    lossFunc: try loss(call, 3), fineTuningParams: try params(call, 4), tracker: try tracker(call, 5),
                    metricCalculators: try metrics(call, 6), ranker: try ranker(call, 7) ?? CosineRanker(), isSimilarity: try call.bool(8),
                    confidenceCalculator: try confidence(call, 9) ?? DummyConfidences(),
                    ranksAggregator: try ExtractionNamespace.ranksAggregator(call, 16) ?? MeanAggregator(),
                    clicksAggregator: try ExtractionNamespace.clicksAggregator(call, 17) ?? MaxClicksAggregator(),
                    rateFactor: rateFactor(call, 13), stepSize: try call.int(10), gamma: try call.double(11),
                    optimizer: try choice(call, 12), scheduler: try call[13].isCallable ? .step : choice(call, 13),
                    warmupSteps: try call.int(14),
                    randomState: try ClickstreamNamespace.seed(call, 15) ?? 0),
                interpreter: call.interpreter))
    }

    private static let create = Builtin(
        "create",
        """
        (model: any, settings: FineTuningSettings, items_sets: any, query_retriever: any, fine_tuning_params: any, tracker: any) \
        -> EmbeddingsFineTuner
        """,
        doc: "A tuner with the loss, metrics, ranker, optimizer and schedule of the settings.",
        example: """
            is_a(EmbeddingsFineTuner.create(model, settings, DatasetDict(items, items), TextQueryRetriever(), params, tracker), \
            "EmbeddingsFineTuner")
            """
    ) { call in
        .host(
            TunerObject(
                try EmbeddingsFineTuner.create(
                    model: try model(call, 0), settings: try call.host(1, as: SettingsObject.self).settings,
                    itemsSets: try itemsSets(call, 2),
                    queryRetriever: try retriever(call, 3), fineTuningParams: try params(call, 4), tracker: try tracker(call, 5)),
                interpreter: call.interpreter))
    }
}

/// The kinds of pairs that training may pass through, by name.
final class ExamplesTypeObject: HostObject, @unchecked Sendable {
    override var typeName: String { "ExamplesType" }
    override var attributeNames: [String] { ExamplesType.allCases.map(\.name) }
    override func attribute(_ name: String) throws -> Value? { ExamplesType.allCases.first { $0.name == name }.map { .int($0.rawValue) } }
}

/// The settings of a task.
final class SettingsObject: HostObject, @unchecked Sendable {
    let settings: FineTuningSettings
    /// The objects and functions that the settings were made with, by name.
    private let parts: [String: Value]

    init(_ settings: FineTuningSettings, parts: [String: Value]) {
        self.settings = settings
        self.parts = parts
    }

    override var typeName: String { "FineTuningSettings" }
    override var description: String {
        "FineTuningSettings(\(settings.optimizer.rawValue), scheduler \(settings.scheduler.rawValue), \(settings.numEpochs) epochs, batch size \(settings.batchSize))"
    }
    override var attributeNames: [String] {
        [
            "loss_func", "metric_calculators", "ranker", "is_similarity", "confidence_calculator", "step_size", "gamma", "num_epochs",
            "batch_size", "test_each_n_inputs", "optimizer", "scheduler", "warmup_steps",
        ]
    }

    override func attribute(_ name: String) throws -> Value? {
        switch name {
        case "num_epochs": .int(settings.numEpochs)
        case "batch_size": .int(settings.batchSize)
        case "step_size": .int(settings.stepSize)
        case "gamma": .float(settings.gamma)
        case "optimizer": .string(settings.optimizer.rawValue)
        case "scheduler": .string(settings.rateFactor == nil ? settings.scheduler.rawValue : "function")
        case "warmup_steps": .int(settings.warmupSteps)
        case "test_each_n_inputs": .float(settings.testEachNInputs)
        case "is_similarity": .bool(settings.isSimilarity)
        default: parts[name]
        }
    }
}
