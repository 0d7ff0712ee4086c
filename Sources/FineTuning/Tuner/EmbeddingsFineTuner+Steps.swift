import Clickstream
import Models
import Statement
import Tensors

extension EmbeddingsFineTuner {
    /// One optimizer step on a batch of session pairs; returns its loss, a scalar without gradient.
    ///
    /// Saves "train_loss", then, measured with the updated weights, each metric as "train_<name>".
    /// Throws before any weight has changed when the loss or a gradient is not finite; the error says which operation made it so.
    @discardableResult
    public func trainingStep(_ batch: [InputPair], batchIndex: Int = 0) throws -> Tensor {
        try zeroGrad()
        let loss = try accumulateGradients(batch, batchIndex: batchIndex)
        try optimizerStep()
        try trainingMetrics(of: batch)
        return loss
    }

    // MARK: The parts of a training step, for loops that put them together otherwise

    /// Forgets all gradients; makes the optimizers if there are none yet.
    public func zeroGrad() throws {
        if optimizers.isEmpty { try configureOptimizers() }
        for optimizer in optimizers { optimizer.zeroGrad() }
    }

    /// Adds `share` times the gradient of a batch's loss to what is there, and saves "train_loss"; returns the loss without gradient.
    ///
    /// Throws before any gradient has changed when the loss is not a finite number.
    @discardableResult
    public func accumulateGradients(_ batch: [InputPair], batchIndex: Int = 0, share: Double = 1) throws -> Tensor {
        try accumulateGradients(batch, batchIndex: batchIndex, share: share, observe: { _ in })
    }

    /// The same; `observe` sees the extraction that the loss was made of.
    func accumulateGradients(
        _ batch: [InputPair], batchIndex: Int, share: Double, observe: (Extraction) throws -> Void
    ) throws -> Tensor {
        try asAWhole { try accumulate(batch, batchIndex: batchIndex, share: share, observe: observe) }
    }

    /// Runs a part of a step that is interrupted or fails as if it had not begun: gradients, random numbers and counts are as before.
    private func asAWhole<R>(_ body: () throws -> R) throws -> R {
        let words = outerRandom?.words
        do {
            return try Journal.savepoint(body)
        } catch {
            if let words { outerRandom?.words = words }
            throw error
        }
    }

    private func accumulate(
        _ batch: [InputPair], batchIndex: Int, share: Double, observe: (Extraction) throws -> Void
    ) throws -> Tensor {
        let items = try itemsSets.dataset("train")
        let start = stepRandomness, step = "training step \(batchIndex)"
        let (extraction, counts) = try counted { try featuresExtractor.extract(batch, items: items, retriever: queryRetriever) }
        trainCounts = trainCounts + counts
        try observe(extraction)
        let loss = try self.loss(of: extraction.features)
        let value = try scalar(loss, step: step)
        guard value.isFinite else {
            throw notFinite("the loss is not a finite number", found: "\(value)", step: step, batch: batch, from: start)
        }
        if loss.requiresGrad { try (share == 1 ? loss : loss * share).backward() }
        if let parameter = parameterWithBadGradient {
            throw notFinite("a gradient is not finite", found: "of \(parameter.name)", step: step, batch: batch, from: start)
        }
        try save(MetricValue("train_loss", value))
        return loss.detach()
    }

    /// Updates the weights by the gradients that are there, and moves the schedules on.
    public func optimizerStep() throws {
        try Interruption.holdOff {
            for optimizer in optimizers { try optimizer.update() }
            for scheduler in schedulers { try Self.advance(scheduler) }
        }
    }

    /// Moves a schedule on by a step; throws what is wrong with a user's function, and the rate is then the one before.
    public static func advance(_ schedule: any Schedule) throws {
        schedule.step()
        try (schedule as? FunctionSchedule)?.check()
    }

    /// Measures each metric on a batch of training pairs with the current weights, and saves it as "train_<name>".
    @discardableResult
    public func trainingMetrics(of batch: [InputPair]) throws -> [MetricValue] {
        let metrics = try metrics(of: batch, items: itemsSets.dataset("train")).map { $0.prefixed("train") }
        for metric in metrics { try save(metric) }
        return metrics
    }

    private func save(_ metric: MetricValue) throws {
        if !isRepeating { try tracker.saveMetric(metric) }
    }

    /// One optimizer step on a single pair.
    @discardableResult
    public func trainingStep(_ pair: InputPair, batchIndex: Int = 0) throws -> Tensor { try trainingStep([pair], batchIndex: batchIndex) }

    /// The loss and metrics of a single pair.
    @discardableResult
    public func validationStep(_ pair: InputPair, batchIndex: Int = 0) throws -> Tensor {
        try validationStep([pair], batchIndex: batchIndex)
    }

    /// The loss and metrics of a batch of the test split, without gradient; kept for `onValidationEpochEnd`.
    @discardableResult
    public func validationStep(_ batch: [InputPair], batchIndex: Int = 0) throws -> Tensor {
        let items = try itemsSets.dataset("test")
        return try featuresExtractor.sharingRanks(of: batch, items: items, retriever: queryRetriever) {
            let (features, counts) = try counted { try featuresExtractor.features(batch, items: items, retriever: queryRetriever) }
            validationCounts = validationCounts + counts
            let loss = try self.loss(of: features)
            let value = try scalar(loss, step: "validation step \(batchIndex)")
            guard value.isFinite else {
                throw FineTuningError(
                    .numeric, "the loss is not a finite number", found: "\(value)", place: "validation step \(batchIndex)",
                    help: "check the loss function, and the model's weights")
            }
            accumulate("loss", value)
            for calculator in metricCalculators {
                for metric in try calculator.metrics(of: batch, extractor: featuresExtractor, items: items, retriever: queryRetriever) {
                    accumulate(metric.name, metric.value)
                }
            }
            return loss.detach()
        }
    }

    /// Saves the mean over the validation steps of the loss and of each metric as "test_<name>", and forgets the steps.
    ///
    /// Returns the mean loss, which also becomes `valLoss`; nil when there was no step.
    @discardableResult
    public func onValidationEpochEnd() throws -> Double? {
        defer { accumulated = [] }
        var meanLoss: Double?
        lastValidation = []
        for (name, mean) in accumulatedMeans {
            if name == "loss" { meanLoss = mean }
            let metric = try MetricValue(name, mean).prefixed("test")
            lastValidation.append(metric)
            try save(metric)
        }
        if let meanLoss { valLoss = meanLoss }
        return meanLoss
    }

    /// The mean of the loss and of each metric over the validation steps since the last `onValidationEpochEnd`, the loss first.
    public var accumulatedMeans: [(name: String, value: Double)] {
        accumulated.map { ($0.name, $0.values.reduce(0, +) / Double($0.values.count)) }
    }

    private func metrics(of batch: [InputPair], items: ItemsSet) throws -> [MetricValue] {
        guard !metricCalculators.isEmpty else { return [] }
        return try featuresExtractor.sharingRanks(of: batch, items: items, retriever: queryRetriever) {
            try metricCalculators.flatMap {
                try $0.metrics(of: batch, extractor: featuresExtractor, items: items, retriever: queryRetriever)
            }
        }
    }

    private func accumulate(_ name: String, _ value: Double) {
        if let index = accumulated.firstIndex(where: { $0.name == name }) {
            accumulated[index].values.append(value)
        } else {
            accumulated.append((name, [value]))
        }
    }

    /// Without a pair there is nothing to learn: a user's function is not asked, weights stay, schedules go on.
    func loss(of features: FineTuningFeatures) throws -> Tensor {
        let isAsked = features.hasPairs || lossFunc.readsInBatch && features.inBatch != nil
        return isAsked ? try lossFunc.loss(features) : try Tensor(scalar: 0)
    }

    /// The value of a loss, if it is one number.
    private func scalar(_ loss: Tensor, step: String) throws -> Double {
        guard loss.count == 1 else {
            throw FineTuningError(
                .value, "the loss must be a scalar", found: "\(loss.shape)", place: step, help: "end it with mean(…) or sum(…)")
        }
        return try loss.item()
    }

    private func counted<R>(_ body: () throws -> R) throws -> (R, ExtractionCounts) {
        featuresExtractor.counts = ExtractionCounts()
        let result = try body()
        return (result, featuresExtractor.counts)
    }
}
