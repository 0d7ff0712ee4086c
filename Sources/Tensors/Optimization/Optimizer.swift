import Statement

/// What training loops ask of an optimizer.
public protocol Optimizer: AnyObject {
    var parameters: [Parameter] { get }
    /// Step size; schedules change it between steps.
    var learningRate: Double { get set }
    /// Updates every trainable parameter that has a gradient; one without is untouched, not even by weight decay.
    /// The gradients must have been checked.
    func update() throws(TensorError)
    /// Everything besides the parameters' values that the next step depends on.
    var state: OptimizerState { get }
    func restore(_ state: OptimizerState) throws(TensorError)
}

extension Optimizer {
    /// Updates every trainable parameter that has a gradient, as `update`, or none if a gradient is not finite.
    public func step() throws(TensorError) {
        try checkGradients()
        try update()
    }

    /// Throws if a gradient holds nan or an infinity, naming its parameter, while no parameter has changed.
    public func checkGradients() throws(TensorError) {
        for parameter in parameters where parameter.isTrainable {
            guard let gradient = parameter.grad, !gradient.isFinite else { continue }
            throw TensorError(
                .numeric, "step", "the gradient of \(parameter.name) is not finite: \(TensorSummary(gradient.held))",
                help: "no parameter has changed; detect_anomaly { … } around the loss and its backward names the operation")
        }
    }

    /// Forgets all gradients.
    public func zeroGrad() { for parameter in parameters { parameter.zeroGrad() } }
}

/// An optimizer's memory, to be saved and restored with a checkpoint.
public struct OptimizerState: Sendable {
    public var learningRate: Double
    /// Steps taken, for each parameter in order.
    public var steps: [Int]
    /// Tensors such as `0.first_moment`: the parameter's place, then the slot.
    public var tensors: [String: Tensor]

    public init(learningRate: Double, steps: [Int], tensors: [String: Tensor]) {
        self.learningRate = learningRate
        self.steps = steps
        self.tensors = tensors
    }
}

/// What SGD and AdamW share: per-parameter step counts and updates.
///
/// `@unchecked Sendable`: one thread at a time trains.
public class BaseOptimizer: Optimizer, @unchecked Sendable {
    public let parameters: [Parameter]
    @Undoable public var learningRate: Double
    private let name: String
    @Undoable private var steps: [Int]
    private let updates: [ParameterUpdates]

    init(_ name: String, _ parameters: [Parameter], _ learningRate: Double, weightDecay: Double) throws(TensorError) {
        guard learningRate >= 0, weightDecay >= 0, learningRate.isFinite, weightDecay.isFinite else {
            throw TensorError(.value, name, "learning_rate \(learningRate) and weight_decay \(weightDecay) must be finite and not negative")
        }
        if let twice = Dictionary(grouping: parameters, by: { ObjectIdentifier($0) }).values.first(where: { $0.count > 1 }) {
            throw TensorError(.value, name, "parameter \(twice[0].name) is given twice")
        }
        self.name = name
        self.parameters = parameters
        self.learningRate = learningRate
        steps = Array(repeating: 0, count: parameters.count)
        updates = parameters.map { _ in ParameterUpdates() }
        // At the prompt the first step keeps the weights before it besides its own moments.
        if Journal.recordingStamp != 0 {
            for parameter in parameters where parameter.isTrainable {
                for _ in 0...rule(step: 1).slotNames.count { MemoryPool.shared.prepare(parameter.count * parameter.dtype.size) }
            }
        }
    }

    /// The rule of a parameter's `count`-th step (from 1) at the current rate.
    func rule(step count: Int) -> UpdateStep { .sgd(rate: learningRate, decay: 0) }

    public func update() throws(TensorError) {
        let span = OperationSpan(name, .update)
        defer { span.end() }
        // A model must not be left between two steps.
        try Interruption.holdOff { () throws(TensorError) in
            for (i, parameter) in parameters.enumerated() {
                guard parameter.isTrainable, let gradient = parameter.grad else { continue }
                try updates[i].apply(rule(step: steps[i] + 1), gradient, to: parameter)
                steps[i] += 1
            }
        }
    }

    public var state: OptimizerState {
        var tensors: [String: Tensor] = [:]
        for (i, parameter) in parameters.enumerated() {
            updates[i].settle(parameter, rows: nil)
            for (name, slot) in zip(rule(step: 1).slotNames, updates[i].slots) { tensors["\(i).\(name)"] = slot }
        }
        return OptimizerState(learningRate: learningRate, steps: steps, tensors: tensors)
    }

    public func restore(_ state: OptimizerState) throws(TensorError) {
        guard state.steps.count == parameters.count else {
            throw TensorError(.value, "restore", "the state is of \(state.steps.count) parameters, this optimizer has \(parameters.count)")
        }
        for (i, parameter) in parameters.enumerated() {
            let names = rule(step: 1).slotNames
            let slots = names.compactMap { state.tensors["\(i).\($0)"] }
            guard slots.count == names.count || (slots.isEmpty && state.steps[i] == 0) else {
                throw TensorError(.value, "restore", "the state lacks \(names.joined(separator: " or ")) of \(parameter.name)")
            }
            try updates[i].restore(slots, for: parameter)
        }
        learningRate = state.learningRate
        steps = state.steps
    }
}
