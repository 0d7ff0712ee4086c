import Clickstream
import Models
import Tensors

/// A tuner's state between two steps. It shares memory with the tuner until a step writes.
public struct TunerSnapshot {
    let parameters: [Tensor]
    let optimizers: [OptimizerState]
    let schedules: [Int]
    let random: SeededRandom
    let dropout: [DropoutState]
    let trainCounts: ExtractionCounts
    let valLoss: Double?

    /// Bytes that the snapshot holds alone once the tuner has gone on.
    var byteCount: Int {
        parameters.reduce(0) { $0 + $1.count * $1.dtype.size }
            + optimizers.reduce(0) { sum, state in sum + state.tensors.values.reduce(0) { $0 + $1.count * $1.dtype.size } }
    }
}

extension EmbeddingsFineTuner {
    /// The trainable parameters of both towers, each once.
    public var trainableParameters: [Parameter] {
        let all = model.sameQueryAndItems ? model.itemsModelParameters : model.itemsModelParameters + model.queryModelParameters
        return all.filter(\.isTrainable)
    }

    /// What `restore` needs to come back to this point bit for bit.
    public func snapshot() throws -> TunerSnapshot {
        TunerSnapshot(
            parameters: trainableParameters.map { $0.tensor.detach() }, optimizers: optimizers.map { $0.state },
            schedules: schedulers.map(\.epoch), random: featuresExtractor.random, dropout: model.dropoutStates, trainCounts: trainCounts,
            valLoss: valLoss)
    }

    /// Goes back to a snapshot of this tuner, taken since its optimizers were configured. Metrics that were saved stay saved.
    public func restore(_ snapshot: TunerSnapshot) throws {
        let parameters = trainableParameters
        guard snapshot.parameters.count == parameters.count, snapshot.optimizers.count == optimizers.count else {
            throw FineTuningError(
                .value, "the snapshot is of another state",
                found: "\(snapshot.parameters.count) trainable parameters, now \(parameters.count)",
                help: "freezing layers or configuring the optimizers starts a new history")
        }
        for (schedule, epoch) in zip(schedulers, snapshot.schedules) { schedule.restore(epoch: epoch) }
        for (optimizer, state) in zip(optimizers, snapshot.optimizers) { try optimizer.restore(state) }
        for (parameter, value) in zip(parameters, snapshot.parameters) {
            try parameter.assign(value)
            parameter.zeroGrad()
        }
        featuresExtractor.random = snapshot.random
        model.dropoutStates = snapshot.dropout
        trainCounts = snapshot.trainCounts
        valLoss = snapshot.valLoss
    }
}
