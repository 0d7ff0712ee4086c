import Language
import Tensors

/// A tensor operation under its script name: a function whose first parameter is the tensor `x`, and the same as a method of tensors.
struct OperationRow {
    typealias Body = @Sendable (_ x: Tensor, _ call: borrowing BuiltinCall, _ first: Int) throws -> Tensor

    let function: Builtin
    let method: Builtin

    /// - Parameters:
    ///   - parameters: those after `x`, as in "dim: int = -1".
    ///   - body: gets the tensor, the call, and the position of the first parameter after `x`.
    init(
        _ name: String, _ parameters: String = "", result: String = "tensor", shape: ShapeRule, doc: String, example: String,
        aliases: [String] = [],
        _ body: @escaping Body
    ) {
        self.init(
            name, parameters, result: result, shape: shape, doc: doc, example: example, aliases: aliases,
            value: { x, call, first in
                .tensor(try body(x, call, first))
            })
    }

    /// An operation that gives something else than one tensor.
    init(
        _ name: String, _ parameters: String = "", result: String, shape: ShapeRule, doc: String, example: String, aliases: [String] = [],
        value body: @escaping @Sendable (_ x: Tensor, _ call: borrowing BuiltinCall, _ first: Int) throws -> Value
    ) {
        let rest = parameters.isEmpty ? "" : ", \(parameters)"
        function = Builtin(name, "(x: any\(rest)) -> \(result)", shape: shape, doc: doc, example: example, aliases: aliases) { call in
            try body(try call.tensor(0), call, 1)
        }
        method = Builtin(name, "(\(parameters)) -> \(result)", shape: shape, doc: doc, example: example, aliases: aliases) { call in
            try body(try call.receiver(as: TensorObject.self).tensor, call, 0)
        }
    }
}
