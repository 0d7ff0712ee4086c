extension Tensor {
    /// `body(x)` whose inner results are not kept: the gradient runs `body` again (Chen et al. 2016, "Training Deep Nets with Sublinear
    /// Memory Cost"). The gradients are those of `body(x)` bit for bit.
    ///
    /// `parameters` are all that `body` uses beside x; it must compute the same at both runs. Updating them between forward and backward
    /// is an error.
    public static func checkpoint(
        _ x: Tensor, _ parameters: [Parameter], _ body: @escaping (Tensor) throws(TensorError) -> Tensor
    ) throws(TensorError) -> Tensor {
        let span = OperationSpan("checkpoint")
        defer { span.end() }
        let input = x.detach(), follows = x.requiresGrad
        let result = try noGrad { () throws(TensorError) in try body(input) }
        let tensors = parameters.map(\.tensor), values = tensors.map { $0.detach() }
        return recording("checkpoint", result, inputs: [x] + tensors) { dy, _ throws(TensorError) in
            for (parameter, value) in zip(parameters, values) where !parameter.tensor.sharesStorage(with: value) {
                throw TensorError(
                    .value, "checkpoint", "\(parameter.name) was updated between the forward pass and its gradient",
                    help: "call backward before the optimizer's step")
            }
            let leaf = follows ? try input.requiringGrad() : input
            // The second run's gradients are collected here and go on as this node's, in the order that they would have had.
            let before = parameters.map(\.grad)
            for parameter in parameters { parameter.zeroGrad() }
            defer { for (parameter, gradient) in zip(parameters, before) { parameter.grad = gradient } }
            let again = try recordingAgain { () throws(TensorError) in try body(leaf) }
            try again.backward(cotangent: dy)
            return [leaf.gradient] + parameters.map(\.grad)
        }
    }

    private static func recordingAgain(_ body: () throws(TensorError) -> Tensor) throws(TensorError) -> Tensor {
        let result: Result<Tensor, TensorError> = GradMode.$isEnabled.withValue(true) {
            do throws(TensorError) { return .success(try body()) } catch { return .failure(error) }
        }
        return try result.get()
    }
}
