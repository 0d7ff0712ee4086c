import Tensors
import Testing

@testable import FineTuning

@Suite struct FineTuningFeaturesTests {
    static func features(_ golden: Golden) throws -> FineTuningFeatures {
        func tensor(_ golden: Golden) throws -> Tensor? { golden.isNull ? nil : try Tensor(golden.doubles.map(Float.init)) }
        return try FineTuningFeatures(
            positiveRanks: tensor(golden.positive_ranks), negativeRanks: tensor(golden.negative_ranks), target: tensor(golden.target),
            positiveConfidences: tensor(golden.positive_confidences), negativeConfidences: tensor(golden.negative_confidences))
    }

    static func equal(_ features: FineTuningFeatures, _ golden: Golden) -> Bool {
        let parts = [
            (features.positiveRanks, golden.positive_ranks), (features.negativeRanks, golden.negative_ranks),
            (features.target, golden.target), (features.positiveConfidences, golden.positive_confidences),
            (features.negativeConfidences, golden.negative_confidences),
        ]
        return parts.allSatisfy { tensor, golden in (tensor?.floats() ?? []) == golden.doubles.map(Float.init) }
    }

    @Test func clamps() throws {
        let golden = try Golden.load().features_clamp_diff_in
        var features = try Self.features(golden.input)
        try features.clampDiffIn(min: golden.min.double, max: golden.max.double)
        #expect(Self.equal(features, golden.output))
        var oneSided = try FineTuningFeatures(negativeRanks: Tensor([Float(1), 2]))
        try oneSided.clampDiffIn(min: 5, max: 6)
        #expect(oneSided.count == 2)
    }

    /// D8: lent confidences were the other's ranks, and were not cut to length.
    @Test func lendsPositives() throws {
        for golden in try Golden.load().features_use_positive_from.array {
            var features = try Self.features(golden.irrelevant)
            try features.usePositive(from: Self.features(golden.relevant))
            #expect(Self.equal(features, golden.output))
        }
    }

    @Test func appends() throws {
        let golden = try Golden.load().features_iadd
        var features = try Self.features(golden.a)
        try features.append(Self.features(golden.b))
        #expect(Self.equal(features, golden.output))
        var empty = FineTuningFeatures()
        try empty += try Self.features(golden.a)
        #expect(Self.equal(empty, golden.a))
        try empty += FineTuningFeatures()
        #expect(Self.equal(empty, golden.a))
    }

    @Test func lengthsMustAgree() throws {
        let (two, three) = (try Tensor([Float(1), 2]), try Tensor([Float(1), 2, 3]))
        let error = #expect(throws: FineTuningError.self) { try FineTuningFeatures(positiveRanks: two, target: three) }
        #expect(error?.message == "All non-None parameters must have the same length: positive_ranks [2], target [3]")
        // Not checked when set, but when used.
        var features = try FineTuningFeatures(positiveRanks: two, negativeRanks: two)
        features.target = three
        #expect(throws: FineTuningError.self) { try features.clampDiffIn(min: 0, max: 1) }
        #expect(throws: FineTuningError.self) { try features.append(FineTuningFeatures()) }
        #expect(throws: FineTuningError.self) { try features.usePositive(from: FineTuningFeatures()) }
    }
}
