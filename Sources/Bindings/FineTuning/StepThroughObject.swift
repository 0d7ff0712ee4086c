import FineTuning
import Language

/// A walk through training batches, as scripts hold it.
final class StepThroughObject: HostObject, @unchecked Sendable {
    let walk: StepThrough

    init(_ walk: StepThrough) { self.walk = walk }

    override var typeName: String { "StepThrough" }
    override var description: String {
        let loss = walk.loss.map { ", loss \(Value.float($0).repr)" } ?? ""
        let forgotten = walk.forgotten > 0 ? ", the first \(walk.forgotten) forgotten" : ""
        return "StepThrough(\(walk.position) of \(walk.batches.count) steps\(loss)\(forgotten))"
    }
    override var methods: Namespace { Self.methods }
    override var attributeNames: [String] { ["loss", "losses", "position", "forgotten"] }

    override func length() throws -> Int? { walk.batches.count }

    override func attribute(_ name: String) throws -> Value? {
        switch name {
        case "loss": walk.loss.map { .float($0) } ?? Value.none
        case "losses": .list(walk.losses.map { .float($0) })
        case "forgotten": .int(walk.forgotten)
        case "position": .int(walk.position)
        default: nil
        }
    }

    private static let methods = Namespace(
        "StepThrough", doc: "Methods of a walk through training batches.",
        [
            Builtin("next", "(steps: int = 1) -> StepThrough", doc: "Trains on the next batches.") { call in
                try walk(call).next(try call.int(0))
                return call.receiver
            },
            Builtin("back", "(steps: int = 1) -> StepThrough", doc: "Takes the last steps back, bit for bit.") { call in
                try walk(call).back(try call.int(0))
                return call.receiver
            },
            Builtin(
                "grads", "() -> Table",
                doc:
                    "For each trained parameter the gradient's length, largest value and share not finite, and the update's length over the weight's."
            ) { call in
                let rows = try walk(call).gradients().map { row -> [Value] in
                    [.string(row.name), .float(row.norm), .float(row.largest), .float(row.notFinite), .float(row.updateRatio)]
                }
                return .host(TableObject(columns: ["parameter", "norm", "largest", "not_finite", "update_ratio"], rows: rows))
            },
        ])

    private static func walk(_ call: borrowing BuiltinCall) throws -> StepThrough {
        try call.receiver(as: StepThroughObject.self).walk
    }

    static let stepThrough = Builtin(
        "step_through", "(tuner: EmbeddingsFineTuner, batches: list, memory_limit: int = 2147483648) -> StepThrough",
        doc: """
            Walks through training batches with `next()` and `back()`, and shows what a step did. When the states to go back to need more than \
            `memory_limit` bytes, the oldest are forgotten.
            """
    ) { call in
        .host(
            StepThroughObject(
                try StepThrough(
                    try call.host(0, as: TunerObject.self).tuner, batches: try call.items(1).map(PairValue.batch),
                    memoryLimit: try call.int(2))))
    }
}
