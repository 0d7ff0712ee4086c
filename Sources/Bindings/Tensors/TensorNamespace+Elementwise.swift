import Language
import Tensors

extension TensorNamespace {
    static let elementwise: [OperationRow] = [
        OperationRow("exp", shape: .elementwise, doc: "e to the power of each element.", example: "exp(tensor([0.0])).item() == 1.0") {
            x, _, _ in try x.exp()
        },
        OperationRow("log", shape: .elementwise, doc: "Natural logarithm.", example: "log(tensor([1.0])).item() == 0.0") { x, _, _ in
            try x.log()
        },
        OperationRow("expm1", shape: .elementwise, doc: "exp(x) - 1, exact near 0.", example: "expm1(tensor([0.0])).item() == 0.0") {
            x, _, _ in try x.expm1()
        },
        OperationRow("log1p", shape: .elementwise, doc: "log(1 + x), exact near 0.", example: "log1p(tensor([0.0])).item() == 0.0") {
            x, _, _ in try x.log1p()
        },
        OperationRow("neg", shape: .elementwise, doc: "-x.", example: "neg(tensor([1.0])).item() == -1.0") { x, _, _ in try x.neg() },
        OperationRow("sign", shape: .elementwise, doc: "-1, 0 or 1.", example: "sign(tensor([-3.0])).item() == -1.0") { x, _, _ in
            try x.sign()
        },
        OperationRow("square", shape: .elementwise, doc: "x².", example: "square(tensor([3.0])).item() == 9.0") { x, _, _ in try x.square()
        },
        OperationRow("reciprocal", shape: .elementwise, doc: "1 / x.", example: "reciprocal(tensor([4.0])).item() == 0.25") { x, _, _ in
            try x.reciprocal()
        },
        OperationRow("floor", shape: .elementwise, doc: "The whole number at or below.", example: "floor(tensor([-1.5])).item() == -2.0") {
            x, _, _ in
            try x.floor()
        },
        OperationRow("ceil", shape: .elementwise, doc: "The whole number at or above.", example: "ceil(tensor([-1.5])).item() == -1.0") {
            x, _, _ in
            try x.ceil()
        },
        OperationRow(
            "round", shape: .elementwise, doc: "The nearest whole number; halves go to the even one.",
            example: "tensor([2.5]).round().item() == 2.0"
        ) {
            x, _, _ in try x.round()
        },
        OperationRow("sqrt", shape: .elementwise, doc: "Square root.", example: "sqrt(tensor([9.0])).item() == 3.0") { x, _, _ in
            try x.sqrt()
        },
        OperationRow("rsqrt", shape: .elementwise, doc: "1 / square root.", example: "rsqrt(tensor([4.0])).item() == 0.5") { x, _, _ in
            try x.rsqrt()
        },
        OperationRow("abs", shape: .elementwise, doc: "Absolute value.", example: "abs(tensor([-2.0])).item() == 2.0") { x, _, _ in
            try x.abs()
        },
        OperationRow("sin", shape: .elementwise, doc: "Sine of radians.", example: "sin(tensor([0.0])).item() == 0.0") { x, _, _ in
            try x.sin()
        },
        OperationRow("cos", shape: .elementwise, doc: "Cosine of radians.", example: "cos(tensor([0.0])).item() == 1.0") { x, _, _ in
            try x.cos()
        },
        OperationRow("tanh", shape: .elementwise, doc: "Hyperbolic tangent.", example: "tanh(tensor([0.0])).item() == 0.0") { x, _, _ in
            try x.tanh()
        },
        OperationRow("erf", shape: .elementwise, doc: "Error function.", example: "erf(tensor([0.0])).item() == 0.0") { x, _, _ in
            try x.erf()
        },
        OperationRow(
            "sigmoid", shape: .elementwise, doc: "Logistic function 1 / (1 + exp(-x)), without overflow for any finite x.",
            example: "sigmoid(tensor([0.0])).item() == 0.5"
        ) { x, _, _ in try x.sigmoid() },
        OperationRow("relu", shape: .elementwise, doc: "max(x, 0).", example: "relu(tensor([-1.0, 2.0])).tolist() == [0.0, 2.0]") {
            x, _, _ in try x.relu()
        },
        OperationRow(
            "gelu", shape: .elementwise, doc: "x Φ(x), Φ the normal distribution function.", example: "gelu(tensor([0.0])).item() == 0.0"
        ) { x, _, _ in
            try x.gelu()
        },
        OperationRow(
            "gelu_tanh", shape: .elementwise, doc: "GELU by its tanh approximation.", example: "gelu_tanh(tensor([0.0])).item() == 0.0"
        ) { x, _, _ in
            try x.geluTanh()
        },
        OperationRow("silu", shape: .elementwise, doc: "x sigmoid(x).", example: "silu(tensor([0.0])).item() == 0.0") { x, _, _ in
            try x.silu()
        },
        OperationRow(
            "quick_gelu", shape: .elementwise, doc: "x sigmoid(1.702 x), GELU as CLIP's models approximate it.",
            example: "quick_gelu(tensor([0.0])).item() == 0.0"
        ) { x, _, _ in try x.quickGelu() },
        OperationRow("softplus", shape: .elementwise, doc: "log(1 + exp(x)).", example: "softplus(tensor([0.0])).item() > 0.69") {
            x, _, _ in try x.softplus()
        },
        OperationRow(
            "logsigmoid", shape: .elementwise, doc: "log(sigmoid(x)), without overflow.",
            example: "logsigmoid(tensor([0.0])).item() < -0.69"
        ) {
            x, _, _ in try x.logSigmoid()
        },
        OperationRow(
            "clamp", "min: float | none = none, max: float | none = none", shape: .clamp,
            doc: "Each element, but no less than min and no more than max.",
            example: "clamp(tensor([-2.0, 0.5]), min = 0.0).tolist() == [0.0, 0.5]"
        ) { x, call, first in try x.clamp(min: try call.optionalDouble(first), max: try call.optionalDouble(first + 1)) },
        OperationRow(
            "to", "dtype: any", shape: .convert, doc: "The elements converted to another element type.",
            example: "tensor([1]).to(f32).dtype == f32"
        ) { x, call, first in try x.to(try call.dtype(first)) },
        OperationRow(
            "detach", shape: .same, doc: "The same values as a constant: no gradient flows through.",
            example: "zeros(2).detach().requires_grad == false"
        ) {
            x, _, _ in x.detach()
        },
        OperationRow(
            "isfinite", shape: .flags, doc: "Which elements are neither infinite nor nan.",
            example: "isfinite(tensor([1.0, 2.0])).all().item()",
            aliases: ["is_finite"]
        ) { x, _, _ in try x.isFiniteElementwise() },
        OperationRow(
            "isnan", shape: .flags, doc: "Which elements are nan.",
            example: "isnan(tensor([1.0, float(\"nan\")])).tolist() == [false, true]"
        ) {
            x, _, _ in
            try x.isNaN()
        },
        OperationRow(
            "isinf", shape: .flags, doc: "Which elements are infinite.",
            example: "isinf(tensor([1.0, float(\"inf\")])).tolist() == [false, true]"
        ) {
            x, _, _ in try x.isInfinite()
        },
    ]

    /// Operations of two tensors; a number stands for a 0-d tensor.
    static let combining: [Builtin] = [
        binary("minimum", .broadcast, "The smaller of each two elements.", "minimum(tensor([1.0, 5.0]), 3.0).tolist() == [1.0, 3.0]") {
            try Tensor.minimum($0, $1)
        },
        binary("maximum", .broadcast, "The larger of each two elements.", "maximum(tensor([1.0, 5.0]), 3.0).tolist() == [3.0, 5.0]") {
            try Tensor.maximum($0, $1)
        },
        binary(
            "matmul", .matmul, "Matrix product of [..., m, k] and [..., k, n], as `a @ b`.",
            "matmul(eye(2), eye(2)).tolist() == eye(2).tolist()"
        ) {
            try $0.matmul($1)
        },
        binary("dot", .dot, "Σ a b of two vectors of one length.", "dot(tensor([1.0, 2.0]), tensor([3.0, 4.0])).item() == 11.0") {
            try Tensor.dot($0, $1)
        },
        binary("outer", .outer, "a[i] b[j] for vectors a and b.", "outer(tensor([1.0, 2.0]), tensor([3.0])).tolist() == [[3.0], [6.0]]") {
            try Tensor.outer($0, $1)
        },
        binary(
            "bmm", .bmm, "The products of b matrices with b others: [b, m, k] and [b, k, n].",
            "bmm(ones(1, 1, 2), ones(1, 2, 1)).item() == 2.0"
        ) {
            try Tensor.bmm($0, $1)
        },
        binary(
            "cdist", .cdist, "Euclidean distance of each row of a [..., n, d] to each of b [..., m, d].",
            "cdist(zeros(1, 2), tensor([[3.0, 4.0]])).item() == 5.0"
        ) { try Tensor.cdist($0, $1) },
        Builtin(
            "allclose", "(a: any, b: any, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = false) -> bool",
            shape: .comparable, doc: "Whether every |a - b| is at most atol + rtol |b|; shapes broadcast.",
            example: "allclose(tensor([1.0]), tensor([1.000001]))"
        ) { call in
            .bool(
                try Tensor.allClose(
                    try call.tensor(0), try call.tensor(1), rtol: try call.double(2), atol: try call.double(3), equalNaN: try call.bool(4)))
        },
        Builtin(
            "equal", "(a: any, b: any) -> bool",
            doc: "Whether both have one shape and the same elements; `a == b` compares element by element.",
            example: "equal(tensor([1, 2]), tensor([1, 2])) and not equal(ones(2), ones(1, 2))"
        ) { call in
            let a = try call.tensor(0), b = try call.tensor(1)
            return .bool(try a.shape == b.shape && a.equal(b).all().item() != 0)
        },
        Builtin(
            "where", "(condition: any, a: any, b: any) -> tensor", shape: .choice,
            doc: "Elements of a where the condition holds, else of b.",
            example: "where(tensor([true, false]), 1.0, 2.0).tolist() == [1.0, 2.0]"
        ) { call in .tensor(try Tensor.where(try call.tensor(0), try call.tensor(1), try call.tensor(2))) },
        Builtin(
            "concat", "(tensors: list, dim: int = 0) -> tensor", shape: .concat, doc: "The tensors joined along an axis.",
            example: "concat([ones(1, 2), zeros(1, 2)]).shape == (2, 2)", aliases: ["cat"]
        ) { call in .tensor(try Tensor.concat(try tensors(call, 0), dim: try call.int(1))) },
        Builtin(
            "stack", "(tensors: list, dim: int = 0) -> tensor", shape: .stack,
            doc: "The tensors, all of one shape, joined along a new axis.",
            example: "stack([ones(2), zeros(2)]).shape == (2, 2)"
        ) { call in .tensor(try Tensor.stack(try tensors(call, 0), dim: try call.int(1))) },
    ]

    private static func binary(
        _ name: String, _ shape: ShapeRule, _ doc: String, _ example: String, _ body: @escaping @Sendable (Tensor, Tensor) throws -> Tensor
    ) -> Builtin {
        Builtin(name, "(a: any, b: any) -> tensor", shape: shape, doc: doc, example: example) { call in
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
