import Clickstream
import Foundation
import Models
import Tensors
import Text

/// A tuner's whole state on disk: a directory that appears whole or not at all, with a checksum for every file.
///
///     weights.safetensors     the trainable parameters, by place and name
///     optimizer.safetensors   the optimizers' tensors
///     state.json              schedules, random states, counts and metrics, fingerprints, and whatever the training loop adds
///     checksums.json          size and CRC-32 of the others
///
/// Frozen parameters are not written: their checksum is among the fingerprints.
public struct TunerCheckpoint {
    /// What the training loop saved with it.
    public let trainer: JSONValue
    /// What the training depended on when it was saved, by name.
    public let fingerprints: [(name: String, value: String)]
    /// Threads and kernels it ran with: with others the last bits of the weights may differ.
    public let environment: [(name: String, value: String)]
    let path: String
    let state: JSONValue

    private static let format: Int64 = 2
    private static let weightsFile = "weights.safetensors"
    private static let optimizerFile = "optimizer.safetensors"
    private static let stateFile = "state.json"

    /// Threads and kernels of this process.
    public static var currentEnvironment: [(name: String, value: String)] {
        [("threads", "\(Parallel.threads)"), ("kernels", "\(Kernels.level)"), ("BLAS kernels", BLAS.core)]
    }

    /// Writes the tuner's state as the directory `path`; one that is there is replaced when the new one is complete.
    ///
    /// Throws an error that names the path and the reason (no room, no permission); the tuner is untouched.
    public static func save(
        _ tuner: EmbeddingsFineTuner, to path: String, trainer: JSONValue, fingerprints: [(name: String, value: String)]
    ) throws {
        try CheckpointDirectory.write(path) { folder in
            let weights = try tuner.trainableParameters.enumerated().map { try StoredTensor("\($0).\($1.name)", $1.tensor) }
            try SafetensorsWriter.write(weights, metadata: [], to: folder.appendingPathComponent(weightsFile))
            let slots = try tuner.optimizers.enumerated().flatMap { place, optimizer in
                try optimizer.state.tensors.map { try StoredTensor("\(place).\($0)", $1) }
            }
            try SafetensorsWriter.write(slots, metadata: [], to: folder.appendingPathComponent(optimizerFile))
            var state = tuner.stateObject
            state["format"] = .int(format)
            state["trainer"] = trainer
            state["fingerprints"] = .object(JSONObject(fingerprints.map { ($0.name, .string($0.value)) }))
            state["environment"] = .object(JSONObject(currentEnvironment.map { ($0.name, .string($0.value)) }))
            // A metric may be nan and a best value infinite: neither is a reason to lose a checkpoint.
            var writer = JSONWriter(indent: 1)
            writer.nonFinite = .literal
            let text = try writer.string(.object(state))
            try AtomicFile.write([Data(text.utf8)], to: folder.appendingPathComponent(stateFile))
        }
    }

    /// Opens a checkpoint; throws an error that names the file if one is missing or damaged.
    public init(_ path: String) throws {
        try CheckpointDirectory.verify(path)
        let url = URL(fileURLWithPath: path).appendingPathComponent(Self.stateFile)
        let tree = try CheckpointDirectory.json(url)
        guard tree["format"]?.intValue == Self.format else {
            throw ModelError(
                .unsupported, "is of another version of eft", file: url.path, expected: "format \(Self.format)",
                found: tree["format"]?.intValue.map { "format \($0)" })
        }
        self.path = path
        state = tree
        trainer = tree["trainer"] ?? .null
        fingerprints = Self.texts(tree["fingerprints"])
        environment = Self.texts(tree["environment"])
    }

    private static func texts(_ object: JSONValue?) -> [(name: String, value: String)] {
        (object?.objectValue ?? [:]).compactMap { entry in entry.value.stringValue.map { (entry.key, $0) } }
    }

    /// What differs between the fingerprints then and now, a line each.
    public func changes(from now: [(name: String, value: String)]) -> [String] {
        let then = Dictionary(fingerprints.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
        let names = Set(now.map(\.name))
        return now.compactMap { name, value in
            guard let old = then[name] else { return "\(name) is new" }
            return old == value ? nil : "\(name): \(old) then, \(value) now"
        } + fingerprints.filter { !names.contains($0.name) }.map { "\($0.name) is gone" }
    }

    /// Threads and kernels that are others than those it was made with, a text each; empty if the bits will be the same.
    public func environmentChanges(now: [(name: String, value: String)] = currentEnvironment) -> [String] {
        let now = Dictionary(now.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
        return environment.compactMap { name, then in
            guard let value = now[name], value != then else { return nil }
            return "\(name): \(then) then, \(value) now"
        }
    }

    /// Puts the state into a tuner of the same model and settings; its optimizers must be configured. On an error the tuner is as before.
    public func restore(to tuner: EmbeddingsFineTuner) throws {
        let before = tuner.snapshot()
        do {
            try restoreTensors(to: tuner)
            try tuner.restore(stateObject: state, file: path + "/" + Self.stateFile)
        } catch {
            try tuner.restore(before)
            throw error
        }
    }

    private func restoreTensors(to tuner: EmbeddingsFineTuner) throws {
        let folder = URL(fileURLWithPath: path)
        let weights = try SafetensorsFile(folder.appendingPathComponent(Self.weightsFile))
        let parameters = tuner.trainableParameters
        guard weights.names.count == parameters.count else {
            throw ModelError(
                .malformed, "holds other parameters than are trainable now", file: weights.path, expected: "\(parameters.count)",
                found: "\(weights.names.count)", help: "num_fixed_layers or the model changed")
        }
        let slots = try SafetensorsFile(folder.appendingPathComponent(Self.optimizerFile))
        guard let optimizers = state["optimizers"]?.arrayValue, optimizers.count == tuner.optimizers.count else {
            throw ModelError(
                .malformed, "has other optimizers than the tuner", file: path + "/" + Self.stateFile,
                expected: "\(tuner.optimizers.count)", found: "\(state["optimizers"]?.arrayValue?.count ?? 0)")
        }
        for (place, saved) in optimizers.enumerated() {
            let prefix = "\(place)."
            let names = slots.names.filter { $0.hasPrefix(prefix) }
            let tensors = try names.map { (String($0.dropFirst(prefix.count)), try slots.exactTensor($0)) }
            tuner.schedulers[place].restore(epoch: Int(saved["schedule"]?.intValue ?? 0))
            try tuner.optimizers[place].restore(
                OptimizerState(
                    learningRate: saved["learning_rate"]?.doubleValue ?? 0,
                    steps: (saved["steps"]?.arrayValue ?? []).compactMap { $0.intValue.flatMap(Int.init(exactly:)) },
                    tensors: Dictionary(tensors, uniquingKeysWith: { first, _ in first })))
        }
        for (place, parameter) in parameters.enumerated() {
            try parameter.assign(weights.exactTensor("\(place).\(parameter.name)"))
            parameter.zeroGrad()
        }
    }
}
