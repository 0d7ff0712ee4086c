import Tensors

/// A model's parameters, frozen or not, and the state of its dropout at one point. It shares memory with the model until either is written.
public struct ModelSnapshot {
    private var entries: [(parameter: Parameter, value: Tensor?, isTrainable: Bool)]
    private let dropout: [DropoutState]
    private let isTraining: Bool

    public init(_ model: any EmbeddingsModelInterface) {
        entries = model.allParameters.map { ($0, $0.tensor.detach(), $0.isTrainable) }
        dropout = model.dropoutStates
        isTraining = model.isTraining
    }

    /// The values, in the order of the model's parameters; nil where one was taken out.
    public var values: [Tensor?] { entries.map(\.value) }

    /// The value of the parameter at a place; nil takes it out, and `restore` then leaves the parameter as it is.
    public subscript(place: Int) -> Tensor? {
        get { entries[place].value }
        set { entries[place].value = newValue }
    }

    /// Puts parameters, their being trainable and the state of dropout back; gradients are forgotten.
    public func restore(to model: any EmbeddingsModelInterface) throws {
        for (parameter, value, isTrainable) in entries {
            if parameter.isTrainable != isTrainable { parameter.isTrainable = isTrainable }
            if let value, !parameter.tensor.sharesStorage(with: value) { try parameter.assign(value) }
            parameter.zeroGrad()
        }
        model.dropoutStates = dropout
        if isTraining != model.isTraining { if isTraining { model.train() } else { model.eval() } }
    }
}

extension EmbeddingsModelInterface {
    /// The parameters of both towers, each once: of the items tower, then of the query tower if it is another model.
    public var allParameters: [Parameter] {
        sameQueryAndItems ? itemsModelParameters : itemsModelParameters + queryModelParameters
    }
}
