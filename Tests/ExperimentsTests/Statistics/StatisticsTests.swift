import Testing

@testable import Experiments

/// Values from SciPy 1.17.1 where a call is named.
@Suite struct StatisticsTests {
    private func agrees(_ value: Double, _ expected: Double, _ tolerance: Double = 1e-12) -> Bool {
        abs(value - expected) <= tolerance * max(1, abs(expected))
    }

    @Test func quantilesOfStudentsT() {
        // scipy.stats.t.ppf(p, degrees)
        for (p, degrees, expected) in [
            (0.975, 1.0, 12.706204736174694), (0.975, 4.0, 2.7764451051977934), (0.9, 2.5, 1.7302509288071766),
            (0.995, 30.0, 2.7499956535672254), (0.6, 7.0, 0.2631668613520229), (0.975, 599.0, 1.9639322489452784),
            (0.01, 12.0, -2.680997993120915),
        ] {
            #expect(agrees(StudentT.quantile(p, degrees: degrees), expected), "p \(p), \(degrees) degrees")
        }
        #expect(StudentT.quantile(0.5, degrees: 3) == 0)
        for (p, degrees) in [(0.0, 3.0), (1, 3), (.nan, 3), (0.5, 0)] { #expect(StudentT.quantile(p, degrees: degrees).isNaN) }
    }

    @Test func tailsOfStudentsT() {
        // 2 * scipy.stats.t.sf(abs(t), degrees) and scipy.stats.t.cdf(t, degrees)
        for (t, degrees, both, below) in [
            (2.3, 7.0, 0.05499109520437159, 0.9725044523978142), (-1.1, 3.0, 0.35168319493465117, 0.17584159746732558),
            (0.2, 1.0, 0.8743340836219978, 0.562832958189001), (9.0, 25.0, 2.5711369408566927e-09, 0.9999999987144316),
        ] {
            #expect(agrees(StudentT.twoSided(t, degrees: degrees), both))
            #expect(agrees(StudentT.cdf(t, degrees: degrees), below))
        }
        // Relative: far out only the tail's own digits count.
        #expect(abs(StudentT.twoSided(40, degrees: 10) / 2.2808577430857535e-12 - 1) < 1e-9)
        #expect(StudentT.twoSided(.infinity, degrees: 3) == 0 && StudentT.cdf(-.infinity, degrees: 3) == 0)
    }

    private let first = [0.31, 0.42, 0.55, 0.48, 0.39, 0.61, 0.44, 0.5, 0.37, 0.58]
    private let second = [0.30, 0.40, 0.50, 0.49, 0.36, 0.52, 0.45, 0.46, 0.39, 0.5]

    @Test func aPairedComparisonAgreesWithSciPy() {
        let comparison = PairedComparison(first, baseline: second)
        #expect(comparison.difference.count == 10)
        // d.mean(), d.std(ddof=1), their ratio, scipy.stats.t.interval(0.95, 9, d.mean(), scipy.stats.sem(d))
        #expect(agrees(comparison.difference.mean, 0.028))
        #expect(agrees(comparison.difference.deviation, 0.0376533899905145))
        #expect(agrees(comparison.effectSize, 0.7436249433863364))
        #expect(agrees(comparison.difference.low, 0.0010643874370787447))
        #expect(agrees(comparison.difference.high, 0.05493561256292123))
        // permutation_test((a, b), mean difference, permutation_type="samples", n_resamples=inf).pvalue
        #expect(comparison.isExact && comparison.pValue == 0.0546875)
    }

    /// Enough sampled assignments come near the exact value; the same seed gives the same value.
    @Test func sampledSignsComeNearAllSigns() {
        let a = Array(repeating: first, count: 3).flatMap { $0 }, b = Array(repeating: second, count: 3).flatMap { $0 }
        let sampled = PairedComparison(a, baseline: b, resamples: 20_000, seed: 5)
        #expect(!sampled.isExact)
        #expect(sampled.pValue == PairedComparison(a, baseline: b, resamples: 20_000, seed: 5).pValue)
        // scipy.stats.ttest_rel on the same 30 pairs: about 0.0003; the two tests agree in size.
        #expect(sampled.pValue > 1.0 / 20_001 - 1e-12 && sampled.pValue < 0.002)
        #expect(PairedComparison(b, baseline: a, resamples: 20_000, seed: 5).pValue == sampled.pValue)
    }

    @Test func degenerateSamples() {
        let same = PairedComparison([1, 2, 3], baseline: [1, 2, 3])
        #expect(same.pValue == 1 && same.effectSize.isNaN && same.difference.mean == 0)
        #expect(PairedComparison([], baseline: []).pValue.isNaN)
        let one = PairedComparison([2], baseline: [1])
        #expect(one.pValue == 1 && one.difference.low.isNaN)
        #expect(MeanEstimate([]).mean.isNaN)
    }

    @Test func holmsCorrection() {
        // By the definition: sorted p values times 4, 3, 2, 1, never falling, at most 1.
        #expect(MultipleTesting.holm([0.01, 0.04, 0.03, 0.005]) == [0.03, 0.06, 0.06, 0.02])
        #expect(MultipleTesting.holm([0.9, 0.8]) == [1, 1])
        #expect(MultipleTesting.holm([]).isEmpty)
    }

    @Test func howManyCasesADifferenceTakes() throws {
        let count = try #require(SampleSize.toShow(mean: 0.5, deviation: 1))
        let half = { (n: Int) in StudentT.quantile(0.975, degrees: Double(n - 1)) / Double(n).squareRoot() }
        #expect(half(count) < 0.5 && half(count - 1) >= 0.5)
        #expect(SampleSize.toShow(mean: 0, deviation: 1) == nil && SampleSize.toShow(mean: 1e-9, deviation: 1) == nil)
        #expect(SampleSize.toShow(mean: 1, deviation: 0) == 2)
    }
}
