import Clickstream
import Foundation
import Models
import Tensors
import Testing

@testable import FineTuning

/// Ten steps of training in every variant of the golden file, beside what the repaired reference computed.
@Suite struct TrainingGoldenTests {
    /// The variant with the scheduler that is never stepped records the reference's defect D17 and is not reproduced.
    static let variants: [String] = ((try? Golden.load())?.training.array ?? []).map(\.name.string).filter { !$0.contains("as_upstream") }

    @Test func allVariantsAreHere() { #expect(Self.variants.count == 21) }

    /// Tolerance of a single-precision value, relative, with an absolute floor.
    static func close(_ value: Double, _ golden: Double, relative: Double = 1e-4, absolute: Double = 1e-6) -> Bool {
        abs(value - golden) <= relative * abs(golden) + absolute
    }

    @Test(arguments: variants) func trainsAsTheReferenceDoes(name: String) throws {
        let file = try Golden.load()
        let golden = try #require(file.training.array.first { $0.name.string == name })
        let variant = try Variant(golden, worlds: file.worlds)
        let tuner = variant.tuner
        var errors = MaximumErrors()
        // How far the reference's own f32 losses are from its f64 ones: what ten steps of a steep loss make of rounding.
        let drift = 3 * (zip(golden.losses.doubles, golden.float64.losses.doubles).map { abs($0 - $1) / abs($1) }.max() ?? 0)

        try tuner.preprocessInputs(variant.world.clickstream())
        for (input, ranks) in zip(variant.world.inputs, golden.ranks_after_preprocess.array) {
            for (id, rank) in ranks.dictionary { errors.note("ranks", try #require(input.rank(of: id)), rank.double) }
        }
        try noGrad {
            for k in 0..<2 {
                let features = try tuner.featuresExtractor.features(
                    variant.world.batch(k), items: variant.world.items, retriever: tuner.queryRetriever)
                try errors.note(features, golden["features_batch\(k)"])
                for metric in try DistanceShift().metrics(
                    of: variant.world.batch(k), extractor: tuner.featuresExtractor, items: variant.world.items,
                    retriever: tuner.queryRetriever)
                {
                    errors.note("shift", metric.value, golden["distance_shift_before_batch\(k)"][metric.name].double)
                }
            }
        }
        try tuner.configureOptimizers()
        let before = Dictionary(uniqueKeysWithValues: variant.parameters.map { ($0.name, Checksum($0.parameter.tensor)) })
        for k in 0..<10 {
            // Rates in the file's order: items, then query.
            #expect(
                tuner.optimizers.map(\.learningRate).elementsEqual(golden.lr_used[k].doubles) {
                    Self.close($0, $1, relative: 1e-12, absolute: 0)
                })
            let loss = try tuner.trainingStep(variant.world.batch(k), batchIndex: k).item()
            errors.note("losses", loss, golden.losses[k].double, relative: 1e-4 + drift)
            if k == 0 { try errors.noteGradients(variant, golden) }
            if !golden.checksums["\(k + 1)"].isNull { try errors.noteChecksums(variant, golden, step: "\(k + 1)", before: before) }
        }
        #expect(variant.tracker.saved.map(\.name) == golden.train_metrics.array.map { $0[0].string })
        for (metric, expected) in zip(variant.tracker.saved, golden.train_metrics.array) {
            errors.note("train metrics", metric.value, expected[1].double, relative: 1e-4 + drift)
        }
        variant.tracker.saved = []
        for k in 0..<2 { try tuner.validationStep(variant.world.batch(k), batchIndex: k) }
        let valLoss = try #require(try tuner.onValidationEpochEnd())
        errors.note("validation", valLoss, golden.validation_epoch_end_returns.double, relative: 1e-4 + drift)
        #expect(variant.tracker.saved.map(\.name) == golden.validation_metrics.array.map { $0[0].string })
        for (metric, expected) in zip(variant.tracker.saved, golden.validation_metrics.array) {
            errors.note("validation", metric.value, expected[1].double, relative: 1e-4 + drift)
        }
        #expect(errors.outside.isEmpty, "\(name): \(errors.outside.prefix(5))")
        if ProcessInfo.processInfo.environment["EFT_GOLDEN_REPORT"] != nil { print("golden \(name): \(errors)") }
    }
}

/// Sum and sum of absolute values of a tensor, added up in f64.
struct Checksum {
    let sum: Double
    let absolute: Double

    init(_ tensor: Tensor) {
        let values = tensor.doubles()
        sum = values.reduce(0, +)
        absolute = values.reduce(0) { $0 + abs($1) }
    }
}

/// Largest relative error by kind, and whatever lies outside the tolerance.
struct MaximumErrors: CustomStringConvertible {
    private var largest: [String: Double] = [:]
    private(set) var outside: [String] = []

    mutating func note(_ kind: String, _ value: Double, _ golden: Double, relative: Double = 1e-4, absolute: Double = 1e-6) {
        largest[kind] = max(largest[kind] ?? 0, abs(value - golden) / max(abs(golden), 1e-2))
        if !TrainingGoldenTests.close(value, golden, relative: relative, absolute: absolute) {
            outside.append("\(kind) \(value) instead of \(golden)")
        }
    }

    mutating func note(_ features: FineTuningFeatures, _ golden: Golden) throws {
        let parts = [
            ("positive_ranks", features.positiveRanks), ("negative_ranks", features.negativeRanks), ("target", features.target),
            ("positive_confidences", features.positiveConfidences), ("negative_confidences", features.negativeConfidences),
        ]
        for (name, tensor) in parts {
            let values = tensor?.doubles() ?? []
            let expected = golden[name].doubles
            guard values.count == expected.count else {
                outside.append("\(values.count) \(name) instead of \(expected.count)")
                continue
            }
            for (value, expected) in zip(values, expected) { note("features", value, expected) }
        }
    }

    /// Gradients as L2 norms against the reference's f64 ones; a frozen parameter has none.
    ///
    /// A steep loss of nearly saturated pairs magnifies rounding: how far the reference's own f32 norms are from its f64 ones
    /// is what single precision is allowed to be off beyond 1e-4.
    mutating func noteGradients(_ variant: Variant, _ golden: Golden) throws {
        let (single, double) = (golden.grad_norms_step1.dictionary, golden.float64.grad_norms_step1.dictionary)
        // The key bias has no influence on attention: its gradient is rounding only.
        func isRounding(_ name: String) -> Bool { name.hasSuffix("key.bias") }
        let conditioning =
            double.filter { !$1.isNull && !isRounding($0) }.map { name, exact in
                abs((single[name]?.double ?? 0) - exact.double) / abs(exact.double)
            }.max() ?? 0
        for (name, parameter) in variant.parameters {
            let expected = double[name] ?? Golden(raw: NSNull())
            guard let gradient = parameter.grad else {
                if !expected.isNull { outside.append("no gradient for \(name)") }
                continue
            }
            if expected.isNull { outside.append("gradient for frozen \(name)") }
            let norm = sqrt(try gradient.dense().doubles().reduce(0) { $0 + $1 * $1 })
            if isRounding(name) {
                if norm > 1e-6 { outside.append("gradient \(norm) of \(name)") }
                continue
            }
            largest["gradients"] = max(largest["gradients"] ?? 0, abs(norm - expected.double) / abs(expected.double))
            if abs(norm - expected.double) > (1e-4 + 2 * conditioning) * abs(expected.double) {
                outside.append("gradient \(norm) of \(name) instead of \(expected.double)")
            }
        }
    }

    /// The change since the start is compared, as an untouched parameter has the right sum to four digits anyway.
    mutating func noteChecksums(_ variant: Variant, _ golden: Golden, step: String, before: [String: Checksum]) throws {
        let (single, double) = (golden.checksums[step].dictionary, golden.float64.checksums[step].dictionary)
        let conditioning =
            double.map { name, exact in
                let rounded = single[name]?.doubles ?? []
                return zip(rounded, exact.doubles).map { abs($0 - $1) }.max().map { $0 / max(exact[1].double, 1e-3) } ?? 1
            }.max() ?? 0
        for (name, parameter) in variant.parameters {
            let expected = try #require(double[name]).doubles
            let (now, start) = (Checksum(parameter.tensor), try #require(before[name]))
            largest["checksums"] = max(largest["checksums"] ?? 0, abs(now.absolute - expected[1]) / max(expected[1], 1e-3))
            let changes = [(now.sum - start.sum, expected[0] - start.sum), (now.absolute - start.absolute, expected[1] - start.absolute)]
            for (change, expectedChange) in changes
            where abs(change - expectedChange) > 1e-4 * abs(expectedChange) + 3 * conditioning * expected[1] {
                outside.append("\(name) changed by \(change) instead of \(expectedChange)")
            }
        }
    }

    var description: String {
        largest.sorted { $0.key < $1.key }.map { "\($0.key) \(String(format: "%.1e", $0.value))" }.joined(separator: ", ")
    }
}
