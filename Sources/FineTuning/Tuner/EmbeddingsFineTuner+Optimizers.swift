import Models
import Tensors

extension EmbeddingsFineTuner {
    /// Makes the optimizers and their schedules afresh: one of each for a shared model, else items first, then query.
    ///
    /// With a shared model the query_* rates of the parameters are not used. Throws when step_size, gamma or the schedule make no sense.
    @discardableResult
    public func configureOptimizers() throws -> (optimizers: [any Optimizer], schedulers: [any Schedule]) {
        guard stepSize > 0 else {
            throw FineTuningError(.value, "step_size must be a positive integer", found: "\(stepSize)")
        }
        guard gamma > 0, gamma < 1 else {
            throw FineTuningError(.value, "gamma must be a float in the range (0, 1)", found: "\(gamma)")
        }
        guard warmupSteps >= 0 else {
            throw FineTuningError(.value, "warmup_steps must be a non-negative integer", found: "\(warmupSteps)")
        }
        var optimizers = [
            try optimizer(
                of: model.itemsModelParameters, rate: fineTuningParams.itemsLR, weightDecay: fineTuningParams.itemsWeightDecay)
        ]
        if !model.sameQueryAndItems {
            optimizers.append(
                try optimizer(
                    of: model.queryModelParameters, rate: fineTuningParams.queryLR, weightDecay: fineTuningParams.queryWeightDecay))
        }
        schedulers = try optimizers.map(schedule)
        self.optimizers = optimizers
        return (optimizers, schedulers)
    }

    private func optimizer(of parameters: [Parameter], rate: Double, weightDecay: Double) throws -> any Optimizer {
        switch optimizerKind {
        case .sgd: try SGD(parameters, learningRate: rate, weightDecay: weightDecay)
        case .adamw: try AdamW(parameters, learningRate: rate, weightDecay: weightDecay)
        }
    }

    private func schedule(_ optimizer: any Optimizer) throws -> any Schedule {
        if let rateFactor { return try FunctionSchedule(optimizer, factor: rateFactor) }
        switch schedulerKind {
        case .step:
            return warmupSteps > 0
                ? WarmupThenSteps(optimizer, warmup: warmupSteps, stepSize: stepSize, gamma: gamma)
                : try StepLR(optimizer, stepSize: stepSize, gamma: gamma)
        case .linear, .cosine:
            guard let totalSteps, totalSteps >= warmupSteps, totalSteps > 0 else {
                throw FineTuningError(
                    .value, "scheduler '\(schedulerKind.rawValue)' needs total_steps, at least warmup_steps",
                    found: totalSteps.map { "total_steps \($0), warmup_steps \(warmupSteps)" } ?? "no total_steps",
                    help: "set tuner.total_steps to epochs × batches, or let fit(…) or create(…) with preprocess_inputs do it")
            }
            return try WarmupLR(
                optimizer, warmup: warmupSteps, total: totalSteps, decay: schedulerKind == .linear ? .linear : .cosine)
        }
    }
}
