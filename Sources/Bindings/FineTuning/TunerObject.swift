import Clickstream
import FineTuning
import Language
import Statement
import Tensors

/// The fine-tuner as scripts hold it.
final class TunerObject: HostObject, @unchecked Sendable {
    let tuner: EmbeddingsFineTuner
    /// A function of the tuner that goes on with an interrupted training; none if there is none.
    @Undoable var unfinished: Value = .none

    init(_ tuner: EmbeddingsFineTuner, interpreter: Interpreter) {
        self.tuner = tuner
        tuner.outerRandom = ScriptRandom(interpreter)
    }

    override var typeName: String { "EmbeddingsFineTuner" }
    override var description: String {
        let rates = tuner.optimizers.map { "\(Value.float($0.learningRate).repr)" }.joined(separator: ", ")
        return "EmbeddingsFineTuner(\(tuner.optimizers.isEmpty ? "no optimizer yet" : "learning rate \(rates)"), \(tuner.trainCounts))"
    }
    override var methods: Namespace { Self.methods }
    override var attributeNames: [String] {
        [
            "features_extractor", "fine_tuning_params", "val_loss", "validation", "accumulated", "learning_rates", "total_steps", "counts",
            "masking_rate", "trainable_parameters", "reads_in_batch", "settings", "unfinished", "frozen_cache",
        ]
    }

    override func attribute(_ name: String) throws -> Value? {
        switch name {
        case "features_extractor": .host(ExtractorObject(tuner.featuresExtractor))
        case "fine_tuning_params": .host(ParamsObject(tuner.fineTuningParams))
        case "val_loss": tuner.valLoss.map { .float($0) } ?? Value.none
        case "validation": .dict(tuner.lastValidation.map { ($0.name, .float($0.value)) })
        case "accumulated": .dict(tuner.accumulatedMeans.map { ("test_" + $0.name, .float($0.value)) })
        case "learning_rates": .list(tuner.optimizers.map { .float($0.learningRate) })
        case "counts": .dict(tuner.trainCounts.figures.map { ($0.name, .int($0.value)) })
        case "masking_rate": tuner.trainCounts.maskingRate.map { .float($0) } ?? Value.none
        case "trainable_parameters": .int(tuner.trainableParameters.count)
        case "reads_in_batch": .bool(tuner.lossFunc.readsInBatch)
        case "settings": settings
        case "unfinished": unfinished
        case "frozen_cache": frozenCache
        case "total_steps": tuner.totalSteps.map { .int($0) } ?? Value.none
        default: nil
        }
    }

    /// What the tuner's settings say of a training, as a dict; none for a tuner without settings.
    private var settings: Value {
        guard let settings = tuner.settings else { return .none }
        return .dict([
            ("num_epochs", .int(settings.numEpochs)), ("batch_size", .int(settings.batchSize)),
            ("test_each_n_inputs", .float(settings.testEachNInputs)),
        ])
    }

    /// How many texts' outputs of the frozen layers were known, and how many were not, since the model was made.
    private var frozenCache: Value {
        let counts = tuner.featuresExtractor.model.frozenCaches.map(\.statistics)
        return .dict([
            ("hits", .int(counts.reduce(0) { $0 + $1.hits })), ("misses", .int(counts.reduce(0) { $0 + $1.misses })),
        ])
    }

    override func setAttribute(_ name: String, to value: Value) throws -> Bool {
        if name == "unfinished" {
            unfinished = value
            return true
        }
        guard name == "total_steps" else { return false }
        guard let steps = value.asInt, steps > 0 else { throw ScriptError.value("total_steps must be a positive int, not \(value.repr)") }
        tuner.totalSteps = steps
        return true
    }

    static let methods = Namespace(
        "EmbeddingsFineTuner", doc: "Methods of the fine-tuner.",
        [
            Builtin(
                "preprocess_inputs", "(clickstream: DatasetDict) -> none",
                doc: "Gives every input whose ranks are missing the ranks of the current model, in place.",
                example: "tuner.preprocess_inputs(data) is none"
            ) { call in
                let data = try call.host(0, as: DatasetDictObject.self).typed(PairedDatasetObject.self, "paired inputs") { $0.dataset }
                var bar: (split: String, bar: ProgressBar, done: Int)?
                defer { bar?.bar.finish() }
                let interpreter = call.interpreter
                try tuner(call).preprocessInputs(data) { split, done, total in
                    try interpreter.checkInterrupt()
                    if bar?.split != split {
                        bar?.bar.finish()
                        bar = (split, ProgressBar(label: "ranks of \(split)", total: total), 0)
                    }
                    bar?.bar.advance(by: done - (bar?.done ?? 0))
                    bar?.done = done
                }
                return .none
            },
            Builtin(
                "configure_optimizers", "() -> tuple",
                doc: """
                    Makes the optimizers and their schedules afresh and returns both lists: one of each for a shared model, else first that of the \
                    items, then that of the queries.
                    """,
                example: "len(tuner.configure_optimizers()[0]) == 1"
            ) { call in
                let tuner = try tuner(call)
                let (optimizers, schedules) = try tuner.configureOptimizers()
                let name = tuner.optimizerKind == .sgd ? "SGD" : "AdamW"
                return .tuple([
                    .list(optimizers.map { .host(OptimizerObject($0, name: name)) }),
                    .list(zip(schedules, optimizers).map { .host(ScheduleObject($0, of: $1)) }),
                ])
            },
            Builtin(
                "training_step", "(batch: any, batch_idx: int = 0) -> tensor",
                doc: "One optimizer step on a batch of pairs; its loss. Saves train_loss and the metrics, measured after the step.",
                example: "tuner.training_step(pairs[0]).item() >= 0"
            ) { call in .tensor(try tuner(call).trainingStep(try PairValue.batch(call[0]), batchIndex: try call.int(1))) },
            Builtin(
                "validation_step", "(batch: any, batch_idx: int = 0) -> tensor",
                doc: "The loss of a batch of the test inputs, without gradient; kept, with the metrics, for on_validation_epoch_end.",
                example: "tuner.validation_step(pairs[0]).item() >= 0"
            ) { call in .tensor(try tuner(call).validationStep(try PairValue.batch(call[0]), batchIndex: try call.int(1))) },
            Builtin(
                "on_validation_epoch_end", "() -> float | none",
                doc: "Saves the mean of every test metric and returns the mean loss; none without a step.",
                example: "tuner.validation_step(pairs[0]); assert tuner.on_validation_epoch_end() == tuner.val_loss"
            ) { call in try tuner(call).onValidationEpochEnd().map { .float($0) } ?? .none },
        ] + training)
}
