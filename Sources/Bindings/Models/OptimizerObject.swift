import Language
import Models
import Tensors

/// An optimizer of a model's parameters, as scripts hold it.
final class OptimizerObject: HostObject, @unchecked Sendable {
    let optimizer: any Optimizer
    private let name: String

    init(_ optimizer: any Optimizer, name: String) {
        self.optimizer = optimizer
        self.name = name
    }

    override var typeName: String { name }
    override var description: String { "\(name)(\(optimizer.parameters.count) parameters, lr \(Value.float(optimizer.learningRate).repr))" }
    override var methods: Namespace { Self.methods }
    override var attributeNames: [String] { ["lr"] }

    override func attribute(_ name: String) throws -> Value? { name == "lr" ? .float(optimizer.learningRate) : nil }

    override func setAttribute(_ name: String, to value: Value) throws -> Bool {
        guard name == "lr" else { return false }
        guard let rate = value.asDouble, rate > 0 else { throw ScriptError.value("lr must be a positive number, not \(value.repr)") }
        optimizer.learningRate = rate
        return true
    }

    static let methods = Namespace(
        "optimizer", doc: "Methods of an optimizer.",
        [
            Builtin(
                "step", "() -> none", doc: "Updates every parameter that has a gradient; one without is untouched.",
                example: "p = parameter([1.0]); o = SGD([p], 0.1); sum(p * p).backward(); o.step(); assert p[0].item() < 1"
            ) { call in
                try call.receiver(as: OptimizerObject.self).optimizer.step()
                return .none
            },
            Builtin(
                "zero_grad", "() -> none", doc: "Forgets all gradients.",
                example: "p = parameter([1.0]); o = SGD([p], 0.1); assert o.zero_grad() is none"
            ) { call in
                try call.receiver(as: OptimizerObject.self).optimizer.zeroGrad()
                return .none
            },
        ])

    static let functions = Namespace(
        "optimizers", doc: "Optimizers of a model's parameters.",
        [
            Builtin(
                "SGD", "(model: any, lr: float, weight_decay: float = 0.0) -> SGD",
                doc:
                    "Plain stochastic gradient descent over a model's trainable parameters, or a list of parameters: p -= lr (grad + weight_decay p).",
                example: "SGD(model, 0.5).lr == 0.5"
            ) { call in
                .host(
                    OptimizerObject(
                        try SGD(try parameters(call), learningRate: try call.double(1), weightDecay: try call.double(2)),
                        name: call.builtin.name))
            },
            Builtin(
                "AdamW", "(model: any, lr: float, weight_decay: float = 0.01) -> AdamW",
                doc: """
                    Adam with decoupled weight decay over a model's trainable parameters, or a list of parameters (Loshchilov and Hutter \
                    2019). Words that no text of a step has decay and move on by their moments all the same, as with torch's dense gradients.
                    """,
                example: "AdamW(model, 0.5).lr == 0.5"
            ) { call in
                .host(
                    OptimizerObject(
                        try AdamW(try parameters(call), learningRate: try call.double(1), weightDecay: try call.double(2)),
                        name: call.builtin.name))
            },
        ])

    /// A model's trainable parameters, or a list of `parameter(…)`.
    private static func parameters(_ call: borrowing BuiltinCall) throws -> [Parameter] {
        if let items = call[0].asItems {
            return try items.map { value in
                guard let parameter = (value.asHost as? TensorObject)?.parameter else {
                    throw ScriptError.type(
                        "\(call.builtin.name)() takes a model or a list of parameters; the list holds \(value.typeNameWithArticle)",
                        help: "parameter(t) makes one")
                }
                return parameter
            }
        }
        let model = try FineTuningNamespace.model(call, 0)
        let all = model.sameQueryAndItems ? model.itemsModelParameters : model.itemsModelParameters + model.queryModelParameters
        return all.filter(\.isTrainable)
    }
}
