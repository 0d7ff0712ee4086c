import FineTuning
import Language

/// A walk through training batches, as scripts hold it.
final class StepThroughObject: HostObject, @unchecked Sendable {
    let walk: StepThrough

    init(_ walk: StepThrough) { self.walk = walk }

    override var typeName: String { "StepThrough" }
    override var description: String {
        var text = "StepThrough(\(walk.position) of \(walk.batches.count) steps"
        if let loss = walk.loss, let norm = walk.gradientNorm {
            text += ", loss \(Value.float(loss).repr), grad_norm \(Value.float(norm).repr)"
        }
        if walk.forgotten > 0 {
            text += ", the states of \(walk.forgotten) steps forgotten to save memory: going back to one of them takes steps again"
        }
        return text + (walk.stopReason.map { "; stopped: \($0)" } ?? "") + ")"
    }
    override var methods: Namespace { Self.methods }
    override var attributeNames: [String] {
        ["loss", "losses", "grad_norm", "position", "features", "batch", "learning_rates", "stopped", "forgotten"]
    }

    override func length() throws -> Int? { walk.batches.count }

    override func attribute(_ name: String) throws -> Value? {
        switch name {
        case "loss": walk.loss.map { .float($0) } ?? Value.none
        case "losses": .list(walk.losses.map { .float($0) })
        case "grad_norm": walk.gradientNorm.map { .float($0) } ?? Value.none
        case "position": .int(walk.position)
        case "features": walk.features.map { .host(FeaturesObject($0)) } ?? Value.none
        case "batch": walk.lastBatch.map { .list($0.map { PairValue.value($0) }) } ?? Value.none
        case "learning_rates": .list(walk.tuner.optimizers.map { .float($0.learningRate) })
        case "stopped": walk.stopReason.map { .string($0) } ?? Value.none
        case "forgotten": .int(walk.forgotten)
        default: nil
        }
    }

    static let methods = Namespace(
        "StepThrough", doc: "Methods of a walk through training batches.",
        [
            Builtin(
                "next", "(steps: int = 1) -> StepThrough",
                doc: """
                    Trains on the next batches, until a breakpoint holds. A step that gives a value that is not finite is undone; the error \
                    says what was found.
                    """,
                example: "step_through(tuner, batches(pairs)).next().position == 1"
            ) { call in
                try walk(call).next(try call.int(0))
                return call.receiver
            },
            Builtin(
                "back", "(steps: int = 1) -> StepThrough", doc: "Takes the last steps back, bit for bit.",
                example: "step_through(tuner, batches(pairs)).next(2).back().position == 1"
            ) { call in
                try walk(call).back(try call.int(0))
                return call.receiver
            },
            Builtin(
                "run_until", "(condition: fn) -> StepThrough",
                doc: "Trains until the condition holds after a step, or to the end: `s.run_until(state => state.loss < 0.1)`.",
                example: "step_through(tuner, batches(pairs)).run_until(state => state.position == 2).position == 2"
            ) { call in
                let holds = condition(call, 0, name: "condition")
                try walk(call).run { try holds($0) }
                return call.receiver
            },
            Builtin(
                "break_when", "(condition: fn, reason: str = \"a breakpoint\") -> StepThrough",
                doc: """
                    Ends `next` after a step for which the condition holds: `s.break_when(state => state.grad_norm > 10)`. The state has position, \
                    loss, grad_norm, pairs and learning_rates.
                    """,
                example: """
                    step_through(tuner, batches(pairs)).break_when(state => state.loss >= 0, "a loss").next(2).stopped == "a loss"
                    """
            ) { call in
                let holds = condition(call, 0, name: "condition")
                let reason = try call.string(1)
                try walk(call).breakpoints.append { try holds($0) ? reason : nil }
                return call.receiver
            },
            Builtin(
                "clear_breaks", "() -> StepThrough", doc: "Forgets all breakpoints.",
                example: "step_through(tuner, batches(pairs)).break_when(state => true).clear_breaks().next(2).position == 2"
            ) { call in
                try walk(call).breakpoints = []
                return call.receiver
            },
            Builtin(
                "grads", "(by: str = \"group\") -> Table",
                doc: """
                    The gradient's length, largest value and share not finite, and the update's length over the weight's: for each group of \
                    parameters (an encoder layer), or for each one of them by "parameter".
                    """,
                example: "\"pooler\" in step_through(tuner, batches(pairs)).next().grads()[\"parameter\"]"
            ) { call in
                let by = try call.string(0)
                guard by == "group" || by == "parameter" else {
                    throw ScriptError.value("grads: by must be \"group\" or \"parameter\", not \(Value.string(by).repr)")
                }
                let rows = try by == "group" ? walk(call).gradientsByGroup() : walk(call).gradients()
                return .host(
                    TableObject(
                        columns: ["parameter", "norm", "largest", "not_finite", "update_ratio"],
                        rows: rows.map { row in
                            [.string(row.name), .float(row.norm), .float(row.largest), .float(row.notFinite), .float(row.updateRatio)]
                        }))
            },
            Builtin(
                "pairs", "() -> Table",
                doc: """
                    The (clicked, skipped) pairs of the last step: their ranks before it, the gap, the confidence, and the pair's share of the loss \
                    (its loss alone over the sum of all alone) and of the gradient with respect to ranks.
                    """,
                example: "step_through(tuner, batches(pairs)).next().pairs()[\"clicked\"][0] == \"a\""
            ) { call in
                let rows = try walk(call).pairs().map { row -> [Value] in
                    [
                        .string(row.pair.query), .string(row.pair.clicked), .string(row.pair.skipped), .float(row.clickedRank),
                        .float(row.skippedRank), .float(row.gap), .float(row.confidence), row.shareOfLoss.map { .float($0) } ?? .none,
                        row.shareOfGradient.map { .float($0) } ?? .none,
                    ]
                }
                return .host(
                    TableObject(
                        columns: [
                            "query", "clicked", "skipped", "clicked_rank", "skipped_rank", "gap", "confidence", "share_of_loss",
                            "share_of_gradient",
                        ], rows: rows))
            },
            Builtin(
                "parameters_changed", "() -> Table",
                doc:
                    "The parameters that the last step changed: the share of their values, the largest change, the change's length over the weight's.",
                example: "is_a(step_through(tuner, batches(pairs)).next().parameters_changed(), \"Table\")"
            ) { call in
                let rows = try walk(call).parametersChanged().map { row -> [Value] in
                    [.string(row.name), .float(row.share), .float(row.largest), .float(row.ratio)]
                }
                return .host(TableObject(columns: ["parameter", "share", "largest", "ratio"], rows: rows))
            },
            Builtin(
                "explain", "(query: str) -> Table",
                doc:
                    "The ranking of a query's results before and after the last step: of its session in the last batch, or else in any batch.",
                example: "step_through(tuner, batches(pairs)).next().explain(\"red shoes\")[\"place\"] == [1, 2, 3]"
            ) { call in
                let rows = try walk(call).explain(query: try call.string(0)).map { row -> [Value] in
                    [
                        .int(row.after.place), .int(row.before.place), .string(row.id), .bool(row.isClicked), .float(row.after.rank),
                        .float(row.before.rank), .float(row.after.rank - row.before.rank),
                    ]
                }
                return .host(
                    TableObject(columns: ["place", "place_before", "id", "clicked", "rank", "rank_before", "change"], rows: rows))
            },
        ])

    private static func walk(_ call: borrowing BuiltinCall) throws -> StepThrough {
        let walk = try call.receiver(as: StepThroughObject.self).walk
        let interpreter = call.interpreter
        walk.beforeStep = { try interpreter.checkInterrupt() }
        return walk
    }

    /// A function of a script as a condition on the state.
    private static func condition(
        _ call: borrowing BuiltinCall, _ position: Int, name: String
    ) -> (StepThrough.State) throws -> Bool {
        let function = ScriptFunction(interpreter: call.interpreter, function: call[position])
        return { state in
            let result = try function([.host(StepStateObject(state))])
            guard let holds = result.asBool else {
                throw ScriptError.type("the \(name) must return a bool, not \(result.typeNameWithArticle)")
            }
            return holds
        }
    }

    static let stepThrough = Builtin(
        "step_through",
        "(tuner: EmbeddingsFineTuner, batches: list, memory_limit: int = 2147483648, clip_norm: float | none = none) -> StepThrough",
        doc: """
            Walks through training batches with `next()` and `back()`, and shows what a step did. When the states to go back to need more than \
            `memory_limit` bytes, some are forgotten, and going back to one of them takes steps again from the nearest that was kept.
            """,
        example: "len(step_through(tuner, batches(pairs, size = 2))) == 1"
    ) { call in
        .host(
            StepThroughObject(
                try StepThrough(
                    try call.host(0, as: TunerObject.self).tuner, batches: try call.items(1).map(PairValue.batch),
                    memoryLimit: try call.int(2), clipNorm: try call.optionalDouble(3))))
    }
}

/// Where a walk stands, as a breakpoint's condition sees it.
final class StepStateObject: HostObject, @unchecked Sendable {
    private let state: StepThrough.State

    init(_ state: StepThrough.State) { self.state = state }

    override var typeName: String { "StepState" }
    override var attributeNames: [String] { ["position", "loss", "grad_norm", "pairs", "learning_rates"] }

    override func attribute(_ name: String) throws -> Value? {
        switch name {
        case "position": .int(state.position)
        case "loss": .float(state.loss)
        case "grad_norm": .float(state.gradientNorm)
        case "pairs": .int(state.pairs)
        case "learning_rates": .list(state.learningRates.map { .float($0) })
        default: nil
        }
    }
}
