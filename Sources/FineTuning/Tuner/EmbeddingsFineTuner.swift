import Clickstream
import Models
import Statement
import Tensors

/// Fine-tunes an embedding model on sessions, one batch of session pairs at a time.
public final class EmbeddingsFineTuner {
    public let model: any EmbeddingsModelInterface
    public let itemsSets: DatasetDict<ItemsSet>
    public let queryRetriever: any QueryRetriever
    public let lossFunc: any RankingLoss
    public let fineTuningParams: FineTuningParams
    public let tracker: any MetricTracker
    public let metricCalculators: [any MetricCalculator]
    public let stepSize: Int
    public let gamma: Double
    public let optimizerKind: OptimizerKind
    public let schedulerKind: SchedulerKind
    public let warmupSteps: Int
    /// What the learning rates are multiplied by after so many steps, in place of a schedule.
    public let rateFactor: (any RateFactor)?
    /// Optimizer steps of the whole run; linear and cosine schedules end there.
    @Undoable public var totalSteps: Int?
    public let featuresExtractor: FeaturesExtractor

    /// Optimizers and schedules: of the items tower, then of the query tower if it is another model. Empty until configured.
    @Undoable public internal(set) var optimizers: [any Optimizer] = []
    @Undoable public internal(set) var schedulers: [any Schedule] = []
    /// Random numbers besides the tuner's own that steps may draw, such as those of a loss function in a script.
    public var outerRandom: (any RandomState)?
    /// While a step is taken again, to go back to where it led: its metrics were saved the first time.
    var isRepeating = false
    /// Mean loss of the last validation, which early stopping watches.
    @Undoable public internal(set) var valLoss: Double?
    /// The means of the last validation, as they were saved: test_loss first.
    @Undoable public internal(set) var lastValidation: [MetricValue] = []
    /// What became of the sessions that training and validation steps were given.
    @Undoable public internal(set) var trainCounts = ExtractionCounts()
    @Undoable public internal(set) var validationCounts = ExtractionCounts()
    @Undoable var accumulated: [(name: String, values: [Double])] = []
    public let settings: FineTuningSettings?

    /// Builds the extractor, gives the loss the run's margin and freezes the model's lowest layers.
    ///
    /// - Parameters:
    ///   - itemsSets: items by split, "train" and "test".
    ///   - metricCalculators: nil means `[DistanceShift()]`, an empty list no metrics.
    ///   - ranker: scores items for a query; `isSimilarity` tells which end is near.
    ///   - ranksAggregator, clicksAggregator: make one rank and one click of an object's rows and parts.
    ///   - rateFactor: multiplies the learning rates after so many steps, in place of `scheduler`.
    ///   - stepSize: steps between two drops of the learning rate by `gamma`; both are checked by `configureOptimizers`.
    public init(
        model: any EmbeddingsModelInterface, itemsSets: DatasetDict<ItemsSet>, queryRetriever: any QueryRetriever,
        lossFunc: any RankingLoss, fineTuningParams: FineTuningParams, tracker: any MetricTracker,
        metricCalculators: [any MetricCalculator]? = nil, ranker: any Ranker = CosineRanker(), isSimilarity: Bool = true,
        confidenceCalculator: any ConfidenceCalculator = DummyConfidences(), ranksAggregator: any RanksAggregator = MeanAggregator(),
        clicksAggregator: any ClicksAggregator = MaxClicksAggregator(), rateFactor: (any RateFactor)? = nil, stepSize: Int = 500,
        gamma: Double = 0.9, optimizer: OptimizerKind = .sgd, scheduler: SchedulerKind = .step, warmupSteps: Int = 0,
        totalSteps: Int? = nil,
        randomState: UInt64 = 0, settings: FineTuningSettings? = nil
    ) throws {
        self.model = model
        self.itemsSets = itemsSets
        self.queryRetriever = queryRetriever
        self.lossFunc = lossFunc
        self.fineTuningParams = fineTuningParams
        self.tracker = tracker
        self.metricCalculators = metricCalculators ?? [DistanceShift()]
        self.stepSize = stepSize
        self.gamma = gamma
        optimizerKind = optimizer
        schedulerKind = scheduler
        self.warmupSteps = warmupSteps
        self.rateFactor = rateFactor
        self.totalSteps = totalSteps
        self.settings = settings
        featuresExtractor = try FeaturesExtractor(
            model: model, ranker: ranker, isSimilarity: isSimilarity, notIrrelevantOnly: fineTuningParams.notIrrelevantOnly,
            negativeDownsamplingFactor: fineTuningParams.negativeDownsampling,
            minAbsDifferenceThreshold: fineTuningParams.minAbsDifferenceThreshold,
            maxAbsDifferenceThreshold: fineTuningParams.maxAbsDifferenceThreshold, confidenceCalculator: confidenceCalculator,
            examplesOrder: fineTuningParams.examplesOrder, ranksAggregator: ranksAggregator, clicksAggregator: clicksAggregator,
            randomState: randomState)
        lossFunc.setMargin(fineTuningParams.margin)
        try model.fixItemModel(layers: fineTuningParams.numFixedLayers)
        try model.fixQueryModel(layers: fineTuningParams.numFixedLayers)
    }

    /// A tuner with the loss, metrics, ranker and schedule of the settings.
    public static func create(
        model: any EmbeddingsModelInterface, settings: FineTuningSettings, itemsSets: DatasetDict<ItemsSet>,
        queryRetriever: any QueryRetriever, fineTuningParams: FineTuningParams, tracker: any MetricTracker
    ) throws -> EmbeddingsFineTuner {
        try settings.validate()
        return try EmbeddingsFineTuner(
            model: model, itemsSets: itemsSets, queryRetriever: queryRetriever, lossFunc: settings.lossFunc,
            fineTuningParams: fineTuningParams, tracker: tracker, metricCalculators: settings.metricCalculators, ranker: settings.ranker,
            isSimilarity: settings.isSimilarity, confidenceCalculator: settings.confidenceCalculator,
            ranksAggregator: settings.ranksAggregator, clicksAggregator: settings.clicksAggregator, rateFactor: settings.rateFactor,
            stepSize: settings.stepSize, gamma: settings.gamma, optimizer: settings.optimizer, scheduler: settings.scheduler,
            warmupSteps: settings.warmupSteps,
            randomState: settings.randomState, settings: settings)
    }
}
