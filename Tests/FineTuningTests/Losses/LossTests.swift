import Foundation
import Tensors
import Testing

@testable import FineTuning

@Suite struct LossTests {
    /// Features of rank vectors that gradients are taken of.
    static func features(
        _ positive: [Double], _ negative: [Double], target: Double = 1, confidences: ([Double], [Double])? = nil
    ) throws -> FineTuningFeatures {
        func tensor(_ values: [Double]) throws -> Tensor { try Tensor(values.map(Float.init), shape: [values.count]) }
        let ones = [Double](repeating: 1, count: positive.count)
        return try FineTuningFeatures(
            positiveRanks: tensor(positive).requiringGrad(), negativeRanks: tensor(negative).requiringGrad(),
            target: tensor(ones.map { $0 * target }), positiveConfidences: tensor(confidences?.0 ?? ones),
            negativeConfidences: tensor(confidences?.1 ?? ones))
    }

    static func close(_ a: [Double], _ b: [Double], relative: Double = 1e-4, absolute: Double = 1e-6) -> Bool {
        a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) <= relative * abs($1) + absolute }
    }

    /// 32 cases of the reference: both losses, four margins, with and without the fine term, similarity and distance.
    /// D14: the Cosine loss never used its own steepness. D15: its gradient was NaN for every well-ranked pair.
    @Test func valuesAndGradientsAreThoseOfTheReference() throws {
        let golden = try Golden.load().losses
        let input = golden.input
        #expect(golden.cases.array.count == 32)
        for test in golden.cases.array {
            let fine = test.do_fine_small_difference.bool
            let loss: any RankingLoss =
                test.loss.string == "Prob"
                ? try ProbMarginRankingLoss(doFineSmallDifference: fine) : try CosineProbMarginRankingLoss(doFineSmallDifference: fine)
            loss.setMargin(test.margin.double)
            let features = try Self.features(
                input.positive_ranks.doubles, input.negative_ranks.doubles, target: test.target.double,
                confidences: (input.positive_confidences.doubles, input.negative_confidences.doubles))
            let value = try loss.loss(features)
            try value.backward()
            let name = "\(test.loss.string) \(test.margin.double) \(fine) \(test.target.double)"
            #expect(Self.close([try value.item()], [test.value.double]), "\(name)")
            // The reference takes s (1 - s) of a rounded s near 1: off by up to 400 · 2^-24 / 7 where the Cosine loss is saturated.
            let rounding = test.loss.string == "Cosine" ? 4e-6 : 1e-6
            #expect(
                Self.close(features.positiveRanks?.grad?.doubles() ?? [], test.grad_positive_ranks.doubles, absolute: rounding), "\(name)")
            #expect(
                Self.close(features.negativeRanks?.grad?.doubles() ?? [], test.grad_negative_ranks.doubles, absolute: rounding), "\(name)")
        }
    }

    /// The derivative in closed form, in f64: -400 t s (1 - s) c / n with s (1 - s) = e^-|x| / (1 + e^-|x|)².
    @Test func cosineGradientIsExactWhereItIsSaturated() throws {
        let (positive, negative) = ([0.5, 0.2, 0.45, 0.3, 0.301, 0.9, 0.1], [0.3, 0.4, 0.44, 0.3, 0.3, 0.1, 0.9])
        let loss = try CosineProbMarginRankingLoss(baseMargin: 0.05)
        let features = try Self.features(positive, negative)
        try loss.loss(features).backward()
        let exact = zip(positive, negative).map { a, b in
            let x = abs(400 * (0.05 - (a - b)) - 6)
            return -400 * exp(-x) / ((1 + exp(-x)) * (1 + exp(-x))) / 7
        }
        // x itself carries the rounding of 400 (margin - gap).
        #expect(Self.close(features.positiveRanks?.grad?.doubles() ?? [], exact, relative: 2e-4, absolute: 1e-30))
    }

    /// D15: 0.25 was fine and 0.26 NaN at margin .05.
    @Test func wellRankedPairsHaveAFiniteGradient() throws {
        let loss = try CosineProbMarginRankingLoss(baseMargin: 0.05)
        for gap in [0.25, 0.26, 0.5, 2, -2] {
            let features = try Self.features([gap], [0])
            try loss.loss(features).backward()
            #expect(features.positiveRanks?.grad?.doubles().allSatisfy(\.isFinite) == true)
        }
    }

    /// D20: nothing left to learn from is a loss of 0 without gradient, not NaN and not an error.
    @Test func noPairsCostNothing() throws {
        let filtered = try Self.features([], [])
        for features in [FineTuningFeatures(), filtered, try FineTuningFeatures(negativeRanks: Tensor([Float(1)]))] {
            let loss = try CosineProbMarginRankingLoss().loss(features)
            #expect(try loss.item() == 0)
            #expect(!loss.requiresGrad)
        }
    }

    @Test func marginsAreChecked() throws {
        for bad in [0, -1, .nan, .infinity] {
            let error = #expect(throws: FineTuningError.self) { try ProbMarginRankingLoss(baseMargin: bad) }
            #expect(error?.condition == "base_margin must be a positive numeric value")
        }
        // D23: a margin of 0 is allowed, but the fine term divides by it.
        let features = try Self.features([0.5], [0.4])
        let plain = try ProbMarginRankingLoss()
        plain.setMargin(0)
        #expect(Self.close([try plain.loss(features).item()], [0.47502081]))  // 1 / (1 + e^0.1)
        let fine = try ProbMarginRankingLoss(doFineSmallDifference: true)
        fine.setMargin(0)
        let error = #expect(throws: FineTuningError.self) { try fine.loss(features) }
        #expect(error?.condition == "margin must be positive when do_fine_small_difference is set")
        // 100 / margin is beyond any integer.
        fine.setMargin(1e-300)
        #expect(try fine.loss(features).item().isFinite)
    }

    @Test func smoothHelpers() throws {
        let golden = try Golden.load().utils
        let x = try Tensor(golden.x.doubles.map(Float.init))
        #expect(Self.close(try SmallValues.softIndicator(x).doubles(), golden.soft_indicator_default.doubles))
        #expect(
            Self.close(try SmallValues.softIndicator(x, threshold: 0.1, steepness: 10).doubles(), golden.soft_indicator_0_1_10.doubles))
        #expect(Self.close([try SmallValues.differentiableMean(of: x).item()], [golden.differentiable_mean_default.double]))
        #expect(
            Self.close(
                [try SmallValues.differentiableMean(of: x, threshold: 0.1, steepness: 1000).item()],
                [golden.differentiable_mean_0_1_1000.double]))
        #expect(Self.close([try SoftExtreme.maximum(of: x).item()], [golden.extreme_max.double]))
        #expect(Self.close([try SoftExtreme.minimum(of: x).item()], [golden.extreme_min.double]))
        #expect(Self.close([try SoftExtreme.maximum(of: x, beta: 5).item()], [golden.extreme_max_beta_5.double]))
        #expect(Self.close([try SoftExtreme.minimum(of: x, beta: 5).item()], [golden.extreme_min_beta_5.double]))
    }
}
