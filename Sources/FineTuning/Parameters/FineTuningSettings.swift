/// The rule by which parameters are updated.
public enum OptimizerKind: String, CaseIterable, Sendable {
    case sgd, adamw
}

/// How learning rates change from step to step.
public enum SchedulerKind: String, CaseIterable, Sendable {
    /// Times `gamma` after every `stepSize` steps.
    case step
    /// Down to zero over the run, on a straight line.
    case linear
    /// Down to zero over the run, along half a cosine.
    case cosine
}

/// What stays the same over the runs of a task: how to train, in what portions, and with which parts.
public struct FineTuningSettings {
    public var lossFunc: any RankingLoss
    /// nil means `DistanceShift`; an empty list means none.
    public var metricCalculators: [any MetricCalculator]?
    public var ranker: any Ranker = CosineRanker()
    public var isSimilarity = true
    public var confidenceCalculator: any ConfidenceCalculator = DummyConfidences()
    public var stepSize = 500
    public var gamma = 0.9
    public var numEpochs = 10
    public var batchSize = 1
    /// Between two validations: a share of the train pairs (0 to 1), a number of them (above 1), or once per epoch (0 and below).
    public var testEachNInputs = -1.0
    /// Ours, as are the rest: the reference knows plain SGD with steps only.
    public var optimizer = OptimizerKind.sgd
    public var scheduler = SchedulerKind.step
    /// What the learning rates are multiplied by after so many steps, in place of `scheduler`.
    public var rateFactor: (any RateFactor)?
    public var ranksAggregator: any RanksAggregator = MeanAggregator()
    public var clicksAggregator: any ClicksAggregator = MaxClicksAggregator()
    /// Steps over which the learning rate rises from 0.
    public var warmupSteps = 0
    /// Seed of everything drawn while training.
    public var randomState: UInt64 = 0

    public init(lossFunc: any RankingLoss) { self.lossFunc = lossFunc }

    /// Throws when a number makes no sense. `stepSize` and `gamma` are checked by `configureOptimizers`.
    public func validate() throws(FineTuningError) {
        guard numEpochs > 0 else { throw FineTuningError(.value, "num_epochs must be a positive integer", found: "\(numEpochs)") }
        guard batchSize > 0 else { throw FineTuningError(.value, "batch_size must be a positive integer", found: "\(batchSize)") }
        guard warmupSteps >= 0 else {
            throw FineTuningError(.value, "warmup_steps must be a non-negative integer", found: "\(warmupSteps)")
        }
        guard testEachNInputs.isFinite else {
            throw FineTuningError(.value, "test_each_n_inputs must be a finite number", found: "\(testEachNInputs)")
        }
    }

    /// Optimizer steps of a whole run over that many pairs.
    public func totalSteps(pairs: Int) -> Int {
        let batches = (pairs + batchSize - 1) / max(batchSize, 1)
        return batches.multipliedReportingOverflow(by: numEpochs).overflow ? .max : batches * numEpochs
    }
}
