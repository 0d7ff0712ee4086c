import Language
import Tensors

extension TensorNamespace {
    static let autograd: [Builtin] = [
        Builtin(
            "parameter", "(x: any, name: str = \"\") -> tensor",
            shape: .leaf,
            doc: """
                A trainable tensor with these values: `backward` puts its gradient in `.grad`, and the steps of an optimizer that has it change \
                its value. `name` is what a model that it belongs to calls it.
                """,
            example: "parameter([1.0]).requires_grad"
        ) { call in .host(TensorObject(try Parameter(try call.string(1), call.tensor(0).detach()))) },
        Builtin(
            "no_grad", "(body: fn) -> any", doc: "The block's value, computed without keeping what gradients would need.",
            example: "no_grad { (parameter([1.0]) * 2).requires_grad } == false"
        ) { call in
            let body = try call.function(0), interpreter = call.interpreter
            return try noGrad { try interpreter.call(body, []) }
        },
        Builtin(
            "detect_anomaly", "(body: fn) -> any",
            doc:
                "The block's value, if that and all gradients that `backward` makes in it are finite; else a NumericError that names the operation where numbers first stopped being so, and what went into it. Slow: for a step that is known to go wrong.",
            example: "detect_anomaly { sum(tensor([1.0, 2.0])).item() } == 3.0"
        ) { call in
            let body = try call.function(0), interpreter = call.interpreter
            let check = AnomalyCheck()
            let value = try check.run { try interpreter.call(body, []) }
            var tensor: Tensor?
            if case .host(let object) = value { tensor = (object as? TensorObject)?.tensor }
            if let anomaly = check.anomaly(in: tensor) { throw ScriptError.numeric("not finite: \(anomaly)") }
            return value
        },
        Builtin(
            "grad", "(f: fn) -> fn", doc: "A function that gives the gradient of f with respect to its first argument.",
            example: "grad(x => sum(x ** 2))(tensor([3.0])).tolist() == [6.0]"
        ) { call in .builtin(gradient(of: try call.function(0), withValue: false)) },
        Builtin(
            "value_and_grad", "(f: fn) -> fn", doc: "A function that gives f's value and its gradient with respect to the first argument.",
            example: "value_and_grad(x => sum(x ** 2))(tensor([3.0]))[0].item() == 9.0"
        ) { call in .builtin(gradient(of: try call.function(0), withValue: true)) },
    ]

    /// `backward`, which is a method only.
    static let backward = Builtin(
        "backward", "(cotangent: tensor | none = none, retain_graph: bool = false) -> none",
        shape: .backward, doc: "Adds the derivative of this scalar to the `.grad` of every trainable tensor that it was computed from.",
        example: "p = parameter([2.0]); sum(p * p).backward(); assert p.grad.tolist() == [4.0]"
    ) { call in
        let tensor = try call.receiver(as: TensorObject.self).tensor
        if let cotangent = try call.optionalTensor(0) {
            try tensor.backward(cotangent: cotangent, retainGraph: try call.bool(1))
        } else {
            try tensor.backward(retainGraph: try call.bool(1))
        }
        return .none
    }

    private static func gradient(of function: Value, withValue: Bool) -> Builtin {
        Builtin(withValue ? "value_and_grad" : "grad", "(x: any, *rest) -> any", doc: "The gradient of a function.") { call in
            let x = try call.tensor(0).detach().requiringGrad()
            let result = try call.interpreter.call(function, [.tensor(x)] + call.items(1))
            guard case .host(let object) = result, let value = object as? TensorObject else {
                throw ScriptError.type("grad: the function must give a tensor of one element, not \(result.typeNameWithArticle)")
            }
            try value.tensor.backward()
            let gradient = try x.grad ?? Tensor.zeros(x.shape, dtype: x.dtype)
            return withValue ? .tuple([.tensor(value.tensor.detach()), .tensor(gradient)]) : .tensor(gradient)
        }
    }
}
