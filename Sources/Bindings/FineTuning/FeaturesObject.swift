import FineTuning
import Language
import Statement
import Tensors

/// The pairs of a step as a loss reads them.
final class FeaturesObject: HostObject, @unchecked Sendable {
    @Undoable private(set) var features: FineTuningFeatures

    init(_ features: FineTuningFeatures) { self.features = features }

    override var typeName: String { "FineTuningFeatures" }
    override var description: String { "FineTuningFeatures(\(features.count) pairs)" }
    override var methods: Namespace { Self.methods }
    override var attributeNames: [String] { Self.parts.keys.sorted() + ["queries", "items", "known"] }

    private static let parts: [String: WritableKeyPath<FineTuningFeatures, Tensor?> & Sendable] = [
        "positive_ranks": \.positiveRanks, "negative_ranks": \.negativeRanks, "target": \.target,
        "positive_confidences": \.positiveConfidences, "negative_confidences": \.negativeConfidences,
    ]

    override func attribute(_ name: String) throws -> Value? {
        if let part = Self.parts[name] { return features[keyPath: part].map { .tensor($0) } ?? Value.none }
        guard let batch = features.inBatch else { return nil }
        return switch name {
        case "queries": .tensor(try batch.matrices().queries)
        case "items": .tensor(try batch.matrices().items)
        case "known": .tensor(try batch.mask())
        default: nil
        }
    }

    override func setAttribute(_ name: String, to value: Value) throws -> Bool {
        guard let part = Self.parts[name] else { return false }
        features[keyPath: part] = try Self.part(value, name)
        return true
    }

    /// A tensor, or nil for none; a TypeError names the part for any other value.
    static func part(_ value: Value, _ name: String) throws -> Tensor? {
        guard value.isNone || value.asHost is TensorObject else {
            throw ScriptError.type(
                "\(name) must be a tensor or none, not \(value.typeNameWithArticle)", help: "tensor([0.9, 0.2]) makes one")
        }
        return (value.asHost as? TensorObject)?.tensor
    }

    override func length() throws -> Int? { features.count }

    override func binary(_ operation: HostBinaryOperator, _ other: Value, reversed: Bool) throws -> Value? {
        guard operation == .add, !reversed, case .host(let object as FeaturesObject) = other else { return nil }
        var sum = features
        try sum.append(object.features)
        return .host(FeaturesObject(sum))
    }

    static let methods = Namespace(
        "FineTuningFeatures", doc: "Methods of features.",
        [
            Builtin(
                "clamp_diff_in", "(min: float, max: float) -> none",
                doc:
                    "Keeps the pairs whose ranks differ by more than `min` and less than `max`, in place; does nothing while one side is missing.",
                example: """
                    f = FineTuningFeatures(tensor([0.9, 0.5]), tensor([0.2, 0.4])); f.clamp_diff_in(0.5, 1.0); assert len(f) == 1
                    """
            ) { call in
                try call.receiver(as: FeaturesObject.self).features.clampDiffIn(min: try call.double(0), max: try call.double(1))
                return .none
            },
            Builtin(
                "use_positive_from", "(other: FineTuningFeatures) -> none",
                doc: "Takes the first positives of other features for these negatives, as many as there are of both, in place.",
                example: """
                    f = FineTuningFeatures(negative_ranks = tensor([0.1])); \
                    f.use_positive_from(FineTuningFeatures(tensor([0.9, 0.8]))); assert len(f) == 1
                    """
            ) { call in
                let other = try call.host(0, as: FeaturesObject.self).features
                try call.receiver(as: FeaturesObject.self).features.usePositive(from: other)
                return .none
            },
        ])
}
