import Language
import Tensors

extension TensorNamespace {
    static let elementwise: [OperationRow] = [
        OperationRow("exp", doc: "e to the power of each element.", example: "exp(tensor([0.0])).item() == 1.0") { x, _, _ in try x.exp() },
        OperationRow("log", doc: "Natural logarithm.", example: "log(tensor([1.0])).item() == 0.0") { x, _, _ in try x.log() },
        OperationRow("sqrt", doc: "Square root.", example: "sqrt(tensor([9.0])).item() == 3.0") { x, _, _ in try x.sqrt() },
        OperationRow("rsqrt", doc: "1 / square root.", example: "rsqrt(tensor([4.0])).item() == 0.5") { x, _, _ in try x.rsqrt() },
        OperationRow("abs", doc: "Absolute value.", example: "abs(tensor([-2.0])).item() == 2.0") { x, _, _ in try x.abs() },
        OperationRow("sin", doc: "Sine of radians.", example: "sin(tensor([0.0])).item() == 0.0") { x, _, _ in try x.sin() },
        OperationRow("cos", doc: "Cosine of radians.", example: "cos(tensor([0.0])).item() == 1.0") { x, _, _ in try x.cos() },
        OperationRow("tanh", doc: "Hyperbolic tangent.", example: "tanh(tensor([0.0])).item() == 0.0") { x, _, _ in try x.tanh() },
        OperationRow("erf", doc: "Error function.", example: "erf(tensor([0.0])).item() == 0.0") { x, _, _ in try x.erf() },
        OperationRow(
            "sigmoid", doc: "Logistic function 1 / (1 + exp(-x)), without overflow for any finite x.",
            example: "sigmoid(tensor([0.0])).item() == 0.5"
        ) { x, _, _ in try x.sigmoid() },
        OperationRow("relu", doc: "max(x, 0).", example: "relu(tensor([-1.0, 2.0])).tolist() == [0.0, 2.0]") { x, _, _ in try x.relu() },
        OperationRow("gelu", doc: "x Φ(x), Φ the normal distribution function.", example: "gelu(tensor([0.0])).item() == 0.0") { x, _, _ in
            try x.gelu()
        },
        OperationRow("gelu_tanh", doc: "GELU by its tanh approximation.", example: "gelu_tanh(tensor([0.0])).item() == 0.0") { x, _, _ in
            try x.geluTanh()
        },
        OperationRow("silu", doc: "x sigmoid(x).", example: "silu(tensor([0.0])).item() == 0.0") { x, _, _ in try x.silu() },
        OperationRow("softplus", doc: "log(1 + exp(x)).", example: "softplus(tensor([0.0])).item() > 0.69") { x, _, _ in try x.softplus() },
        OperationRow(
            "clamp", "min: float | none = none, max: float | none = none", doc: "Each element, but no less than min and no more than max.",
            example: "clamp(tensor([-2.0, 0.5]), min = 0.0).tolist() == [0.0, 0.5]"
        ) { x, call, first in try x.clamp(min: try call.optionalDouble(first), max: try call.optionalDouble(first + 1)) },
        OperationRow(
            "to", "dtype: any", doc: "The elements converted to another element type.", example: "tensor([1]).to(f32).dtype == f32"
        ) { x, call, first in try x.to(try call.dtype(first)) },
        OperationRow(
            "detach", doc: "The same values as a constant: no gradient flows through.", example: "zeros(2).detach().requires_grad == false"
        ) {
            x, _, _ in x.detach()
        },
        OperationRow(
            "is_finite", doc: "Which elements are neither infinite nor nan.", example: "is_finite(tensor([1.0, 2.0])).all().item()"
        ) {
            x, _, _ in try (x - x).equal(Tensor.zeros([], dtype: x.dtype))
        },
    ]

    /// Operations of two tensors; a number stands for a 0-d tensor.
    static let combining: [Builtin] = [
        binary("minimum", "The smaller of each two elements.", "minimum(tensor([1.0, 5.0]), 3.0).tolist() == [1.0, 3.0]") {
            try Tensor.minimum($0, $1)
        },
        binary("maximum", "The larger of each two elements.", "maximum(tensor([1.0, 5.0]), 3.0).tolist() == [3.0, 5.0]") {
            try Tensor.maximum($0, $1)
        },
        binary("matmul", "Matrix product of [..., m, k] and [..., k, n], as `a @ b`.", "matmul(eye(2), eye(2)).tolist() == eye(2).tolist()")
        {
            try $0.matmul($1)
        },
        Builtin(
            "where", "(condition: any, a: any, b: any) -> tensor", doc: "Elements of a where the condition holds, else of b.",
            example: "where(tensor([true, false]), 1.0, 2.0).tolist() == [1.0, 2.0]"
        ) { call in .tensor(try Tensor.where(try call.tensor(0), try call.tensor(1), try call.tensor(2))) },
        Builtin(
            "concat", "(tensors: list, dim: int = 0) -> tensor", doc: "The tensors joined along an axis.",
            example: "concat([ones(1, 2), zeros(1, 2)]).shape == (2, 2)", aliases: ["cat"]
        ) { call in .tensor(try Tensor.concat(try tensors(call, 0), dim: try call.int(1))) },
        Builtin(
            "stack", "(tensors: list, dim: int = 0) -> tensor", doc: "The tensors, all of one shape, joined along a new axis.",
            example: "stack([ones(2), zeros(2)]).shape == (2, 2)"
        ) { call in .tensor(try Tensor.stack(try tensors(call, 0), dim: try call.int(1))) },
    ]

    private static func binary(
        _ name: String, _ doc: String, _ example: String, _ body: @escaping @Sendable (Tensor, Tensor) throws -> Tensor
    ) -> Builtin {
        Builtin(name, "(a: any, b: any) -> tensor", doc: doc, example: example) { call in
            // A number takes the dtype of the tensor beside it.
            if case .host(let object) = call[0], let a = object as? TensorObject, let b = try Tensor(operand: call[1], beside: a.tensor) {
                return .tensor(try body(a.tensor, b))
            }
            let b = try call.tensor(1)
            return .tensor(try body(try Tensor(operand: call[0], beside: b) ?? call.tensor(0), b))
        }
    }

    private static func tensors(_ call: borrowing BuiltinCall, _ position: Int) throws -> [Tensor] {
        let values = try call.iterable(position)
        var tensors: [Tensor] = []
        for value in values {
            guard case .host(let object) = value, let object = object as? TensorObject else {
                throw call.mismatch(position, expected: "a list of tensors; it holds \(value.typeNameWithArticle)")
            }
            tensors.append(object.tensor)
        }
        return tensors
    }
}
