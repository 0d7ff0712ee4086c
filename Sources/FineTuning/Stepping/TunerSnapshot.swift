import Clickstream
import Models
import Statement
import Tensors

/// Random numbers that steps draw besides those of the tuner, as something that can be put back.
public protocol RandomState: AnyObject {
    var words: [UInt64] { get set }
}

/// A tuner's state between two steps: model, optimizers, schedules, random states and what was counted and measured so far.
///
/// It shares memory with the tuner until a step writes.
public struct TunerSnapshot {
    /// Nil in a snapshot without weights.
    private(set) var model: ModelSnapshot?
    let dropout: [DropoutState]
    private(set) var optimizers: [(optimizer: any Optimizer, state: OptimizerState)]
    let schedules: [(schedule: any Schedule, epoch: Int)]
    let random: SeededRandom
    let outerRandom: [UInt64]?
    let trainCounts: ExtractionCounts
    let validationCounts: ExtractionCounts
    let valLoss: Double?
    let lastValidation: [MetricValue]
    let accumulated: [(name: String, values: [Double])]

    /// One of the tensors: a parameter by its place, or an optimizer's own by the optimizer's place and the tensor's name.
    enum Key: Hashable {
        case parameter(Int)
        case slot(Int, String)
    }

    var keys: [Key] {
        (model?.values.indices ?? 0..<0).map { .parameter($0) }
            + optimizers.enumerated().flatMap { place, entry in entry.state.tensors.keys.map { .slot(place, $0) } }
    }

    /// A tensor of the snapshot; nil where it has been taken out, and without it the snapshot cannot be restored.
    subscript(key: Key) -> Tensor? {
        get {
            switch key {
            case .parameter(let place): model?[place]
            case .slot(let place, let name): optimizers.indices.contains(place) ? optimizers[place].state.tensors[name] : nil
            }
        }
        set {
            switch key {
            case .parameter(let place): model?[place] = newValue
            case .slot(let place, let name): optimizers[place].state.tensors[name] = newValue
            }
        }
    }

    /// The pieces of memory that the snapshot keeps, each once: shared ones are some other state's too.
    var memory: [ObjectIdentifier: Int] {
        let tensors = (model?.values.compactMap(\.self) ?? []) + optimizers.flatMap { $0.state.tensors.values }
        return Dictionary(tensors.map { ($0.memory.id, $0.memory.byteCount) }, uniquingKeysWith: { first, _ in first })
    }
}

extension EmbeddingsFineTuner {
    /// The trainable parameters of both towers, each once.
    public var trainableParameters: [Parameter] { model.allParameters.filter(\.isTrainable) }

    /// What `restore` needs to come back to this point bit for bit.
    ///
    /// - Parameter weights: whether weights, optimizers and schedules belong to it. Without them it is what two steps have between them:
    ///   random states, counts and measurements.
    public func snapshot(weights: Bool = true) -> TunerSnapshot {
        // The model first: optimizers bring put-off updates of rows into the parameters, and their state must be that after it.
        TunerSnapshot(
            model: weights ? ModelSnapshot(model) : nil, dropout: model.dropoutStates,
            optimizers: weights ? optimizers.map { ($0, $0.state) } : [], schedules: weights ? schedulers.map { ($0, $0.epoch) } : [],
            random: featuresExtractor.random, outerRandom: outerRandom?.words, trainCounts: trainCounts, validationCounts: validationCounts,
            valLoss: valLoss, lastValidation: lastValidation, accumulated: accumulated)
    }

    /// Goes back to a snapshot of this tuner. Layers that were frozen or optimizers that were configured since are as they were; metrics
    /// that a tracker has saved stay saved.
    public func restore(_ snapshot: TunerSnapshot) throws {
        if let weights = snapshot.model {
            try Interruption.holdOff {
                for (schedule, epoch) in snapshot.schedules { schedule.restore(epoch: epoch) }
                for (optimizer, state) in snapshot.optimizers { try optimizer.restore(state) }
                try weights.restore(to: model)
            }
            optimizers = snapshot.optimizers.map(\.optimizer)
            schedulers = snapshot.schedules.map(\.schedule)
        }
        model.dropoutStates = snapshot.dropout
        featuresExtractor.random = snapshot.random
        if let words = snapshot.outerRandom { outerRandom?.words = words }
        trainCounts = snapshot.trainCounts
        validationCounts = snapshot.validationCounts
        valLoss = snapshot.valLoss
        lastValidation = snapshot.lastValidation
        accumulated = snapshot.accumulated
    }

    /// Puts the weights of a snapshot back, and nothing else: the best model of a run that is over.
    public func restoreWeights(_ snapshot: TunerSnapshot) throws {
        try Interruption.holdOff { try snapshot.model?.restore(to: model) }
    }
}
