/// What training loops ask of an optimizer.
public protocol Optimizer: AnyObject {
    var parameters: [Parameter] { get }
    /// Step size; schedules change it between steps.
    var learningRate: Double { get set }
    /// Updates every parameter that has a gradient; one without is untouched, not even by weight decay.
    func step() throws(TensorError)
    /// Everything besides the parameters' values that the next step depends on.
    var state: OptimizerState { get throws(TensorError) }
    func restore(_ state: OptimizerState) throws(TensorError)
}

extension Optimizer {
    /// Forgets all gradients.
    public func zeroGrad() { for parameter in parameters { parameter.zeroGrad() } }
}

/// An optimizer's memory, to be saved and restored with a checkpoint.
public struct OptimizerState: Sendable {
    public var learningRate: Double
    /// Steps taken, for each parameter in order.
    public var steps: [Int]
    /// Named tensors such as `0.first_moment`: the parameter's place, then the slot.
    public var tensors: [String: Tensor]

    public init(learningRate: Double, steps: [Int], tensors: [String: Tensor]) {
        self.learningRate = learningRate
        self.steps = steps
        self.tensors = tensors
    }
}
