import Clickstream
import Foundation
import Tensors
import Testing

@testable import FineTuning

/// The variants of `TrainingGoldenTests` with a model in f64, beside the double-precision values of the reference: to 1e-9.
@Suite struct TrainingDoubleTests {
    @Test(arguments: TrainingGoldenTests.variants) func trainsAsTheReferenceDoes(name: String) throws {
        let file = try Golden.load()
        let golden = try #require(file.training.array.first { $0.name.string == name })
        let exact = golden.float64
        let variant = try Variant(golden, worlds: file.worlds, isDouble: true)
        let tuner = variant.tuner
        // The reference computes these confidences in f32 whatever the model's precision.
        var errors = DoubleErrors(tolerance: golden.confidence_calculator.string == "calculate" ? 5e-6 : 1e-9)
        try tuner.preprocessInputs(variant.world.clickstream())
        try noGrad {
            for k in 0..<2 {
                let features = try tuner.featuresExtractor.features(
                    variant.world.batch(k), items: variant.world.items, retriever: tuner.queryRetriever)
                let expected = exact["features_batch\(k)"]
                for (part, tensor) in [
                    ("positive_ranks", features.positiveRanks), ("negative_ranks", features.negativeRanks), ("target", features.target),
                    ("positive_confidences", features.positiveConfidences), ("negative_confidences", features.negativeConfidences),
                ] {
                    #expect(tensor?.dtype == .f64)
                    errors.note("features", tensor?.doubles() ?? [], expected[part].doubles)
                }
            }
        }
        for k in 0..<10 {
            let loss = try tuner.trainingStep(variant.world.batch(k), batchIndex: k).item()
            errors.note("losses", [loss], [exact.losses[k].double])
            if k == 0 { try errors.noteGradients(variant, exact.grad_norms_step1) }
            let checksums = exact.checksums["\(k + 1)"]
            guard !checksums.isNull else { continue }
            for (name, parameter) in variant.parameters {
                let (sum, expected) = (Checksum(parameter.tensor), checksums[name].doubles)
                // A sum near zero is as exact as the values that it adds up.
                errors.note("checksums", [sum.sum, sum.absolute], expected, scale: expected[1])
            }
        }
        for k in 0..<2 { try tuner.validationStep(variant.world.batch(k), batchIndex: k) }
        errors.note("validation", [try tuner.onValidationEpochEnd() ?? .nan], [exact.validation_epoch_end_returns.double])
        #expect(errors.outside.isEmpty, "\(name): \(errors.outside.prefix(5))")
        if ProcessInfo.processInfo.environment["EFT_GOLDEN_REPORT"] != nil { print("golden f64 \(name): \(errors)") }
    }
}

/// Largest relative error by kind, and what lies outside of the tolerance.
private struct DoubleErrors: CustomStringConvertible {
    private let tolerance: Double
    private var largest: [String: Double] = [:]
    private(set) var outside: [String] = []

    init(tolerance: Double) { self.tolerance = tolerance }

    mutating func note(_ kind: String, _ values: [Double], _ golden: [Double], scale: Double? = nil) {
        if values.count != golden.count { outside.append("\(kind): \(values.count) values instead of \(golden.count)") }
        for (value, expected) in zip(values, golden) {
            let error = abs(value - expected) / max(scale ?? abs(expected), 1e-3)
            largest[kind] = max(largest[kind] ?? 0, error)
            if !(error <= tolerance) { outside.append("\(kind) \(value) instead of \(expected)") }
        }
    }

    /// L2 norms of the first step's gradients; a frozen parameter has none.
    mutating func noteGradients(_ variant: Variant, _ norms: Golden) throws {
        for (name, parameter) in variant.parameters {
            let expected = norms[name]
            guard let gradient = parameter.grad else {
                if !expected.isNull { outside.append("no gradient for \(name)") }
                continue
            }
            let norm = sqrt(try gradient.dense().doubles().reduce(0) { $0 + $1 * $1 })
            // The key bias has no influence on attention: its gradient is rounding only.
            if name.hasSuffix("key.bias") { note("rounding", [norm], [0], scale: 1) } else { note("gradients", [norm], [expected.double]) }
        }
    }

    var description: String {
        largest.sorted { $0.key < $1.key }.map { "\($0.key) \(String(format: "%.1e", $0.value))" }.joined(separator: ", ")
    }
}
