import Clickstream
import FineTuning
import Foundation
import Language
import Text

/// What training loops are made of besides the whole steps: parts of a step, snapshots, checkpoints.
extension TunerObject {
    static let training: [Builtin] = [
        Builtin(
            "zero_grad", "() -> none", doc: "Forgets all gradients.",
            example: "tuner.zero_grad() is none"
        ) { call in
            try tuner(call).zeroGrad()
            return .none
        },
        Builtin(
            "accumulate_gradients", "(batch: any, batch_idx: int = 0, share: float = 1.0) -> tensor",
            doc: "Adds `share` times the gradient of a batch's loss to what is there; the loss. Saves train_loss.",
            example: "tuner.zero_grad(); assert tuner.accumulate_gradients(pairs[0]).item() >= 0"
        ) { call in
            .tensor(
                try tuner(call).accumulateGradients(
                    try PairValue.batch(call[0]), batchIndex: try call.int(1), share: try call.double(2)))
        },
        Builtin(
            "gradient_norm", "() -> float", doc: "Length of all gradients taken together.",
            example: "tuner.zero_grad(); tuner.accumulate_gradients(pairs[0]); assert tuner.gradient_norm() >= 0"
        ) { call in
            .float(try tuner(call).gradientNorm())
        },
        Builtin(
            "clip_gradients", "(max_norm: float) -> float",
            doc: "Scales the gradients so that their common length is at most `max_norm`; the length before.",
            example: "tuner.zero_grad(); tuner.accumulate_gradients(pairs[0]); assert tuner.clip_gradients(1.0) >= 0"
        ) { call in .float(try tuner(call).clipGradients(maxNorm: try call.double(0))) },
        Builtin(
            "optimizer_step", "() -> none", doc: "Updates the weights by the gradients and moves the schedules on.",
            example: "tuner.zero_grad(); tuner.accumulate_gradients(pairs[0]); assert tuner.optimizer_step() is none"
        ) { call in
            try tuner(call).optimizerStep()
            return .none
        },
        Builtin(
            "training_metrics", "(batch: any) -> dict",
            doc: "The metrics of a training batch under the current weights, which it also saves as train_<name>.",
            example: "\"train_not_irrelevant_dist_shift\" in tuner.training_metrics(pairs[0])"
        ) { call in
            .dict(try tuner(call).trainingMetrics(of: try PairValue.batch(call[0])).map { ($0.name, .float($0.value)) })
        },
        Builtin(
            "add_clicks", "(data: PairedFineTuningInputsDataset) -> none",
            doc: "Notes the clicks of training data, which in-batch losses do not take as negatives; preprocess_inputs does it too.",
            example: "tuner.add_clicks(pairs) is none"
        ) { call in
            try tuner(call).addClicks(of: try call.host(0, as: PairedDatasetObject.self).dataset)
            return .none
        },
        Builtin(
            "snapshot", "(weights: bool = true) -> TunerSnapshot",
            doc: """
                The state to go back to with `restore`: weights, optimizers, schedules, random numbers, counts. It shares memory until a step writes. \
                Without weights it is what changes between two steps: random numbers and counts.
                """,
            example: """
                before = tuner.snapshot(); loss = tuner.training_step(pairs[0]).item(); tuner.restore(before); \
                assert tuner.training_step(pairs[0]).item() == loss
                """
        ) { call in .host(SnapshotObject(try tuner(call).snapshot(weights: try call.bool(0)))) },
        Builtin(
            "resume", "() -> any",
            doc:
                "Goes on with a training by `fit` that was interrupted, to the same bits as if it had not been; returns what `fit` returns.",
            example: """
                try { tuner.resume() } catch ValueError e { assert "no training of this tuner was interrupted" in e.message }
                """
        ) { call in
            let object = try call.receiver(as: TunerObject.self)
            if object.unfinished.isNone {
                throw ScriptError.value("no training of this tuner was interrupted", help: "`fit(tuner, data)` begins one")
            }
            return try call.interpreter.call(object.unfinished, [call.receiver])
        },
        Builtin(
            "restore", "(snapshot: TunerSnapshot, weights_only: bool = false) -> none",
            doc: "Goes back to a snapshot of this tuner, bit for bit, or takes its weights alone.",
            example: """
                before = tuner.snapshot(); tuner.training_step(pairs[0]); tuner.restore(before); \
                assert tuner.counts["pairs"] == 0
                """
        ) { call in
            let snapshot = try call.host(0, as: SnapshotObject.self).snapshot
            if try call.bool(1) { try tuner(call).restoreWeights(snapshot) } else { try tuner(call).restore(snapshot) }
            return .none
        },
        Builtin(
            "fingerprints", "() -> dict",
            doc: "Checksums and settings that a training depends on, by name: parameters, optimizer, frozen weights, items.",
            example: "\"frozen weights\" in tuner.fingerprints()"
        ) { call in .dict(try tuner(call).fingerprints().map { ($0.name, .string($0.value)) }) },
        Builtin(
            "save_checkpoint", "(directory: str, state: any = none, fingerprints: dict = {}) -> none",
            doc: """
                Writes the tuner's whole state as a directory that appears whole or not at all, with a checksum for every file, and with it `state`, \
                the training loop's own. On an error the tuner is as before.
                """,
            example: "tuner.save_checkpoint(f\"{folder}/c\", state = 7); assert list_checkpoints(folder) == [\"c\"]"
        ) { call in
            try TunerCheckpoint.save(
                try tuner(call), to: path(call), trainer: try JSONValue(call[1]), fingerprints: try fingerprints(call, 2))
            return .none
        },
        Builtin(
            "load_checkpoint", "(directory: str, fingerprints: dict = {}, anyway: bool = false) -> any",
            doc: """
                Goes on from a checkpoint: the `state` that was saved with it. An IOError names the file that is missing or damaged; a ValueError \
                lists what of `fingerprints` changed since, unless told to load it `anyway`.
                """,
            example: """
                tuner.configure_optimizers(); tuner.save_checkpoint(f"{folder}/c", state = 7); \
                assert tuner.load_checkpoint(f"{folder}/c") == 7
                """
        ) { call in
            let tuner = try tuner(call)
            if tuner.optimizers.isEmpty { try tuner.configureOptimizers() }
            let checkpoint = try TunerCheckpoint(path(call))
            let changes = checkpoint.changes(from: try fingerprints(call, 1))
            let anyway = try call.bool(2)
            guard changes.isEmpty || anyway else {
                throw ScriptError.value(
                    "the checkpoint \(Value.string(try call.string(0)).repr) was made otherwise: \(changes.joined(separator: "; "))",
                    help: "put back what changed, start in another directory, or go on all the same: resume_anyway = true")
            }
            try checkpoint.restore(to: tuner)
            let differences = checkpoint.environmentChanges()
            if !differences.isEmpty {
                Warnings.emit(
                    "the checkpoint was made with other threads or kernels: the last bits of the weights may differ from those of an "
                        + "undisturbed training (\(differences.joined(separator: "; ")))")
            }
            return Value(checkpoint.trainer)
        },
    ]

    private static func path(_ call: borrowing BuiltinCall) throws -> String {
        (try call.string(0) as NSString).expandingTildeInPath
    }

    private static func fingerprints(_ call: borrowing BuiltinCall, _ position: Int) throws -> [(name: String, value: String)] {
        try call.dict(position).pairs.map { ($0.display, $1.display) }
    }

    static func tuner(_ call: borrowing BuiltinCall) throws -> EmbeddingsFineTuner {
        try call.receiver(as: TunerObject.self).tuner
    }
}
