import Experiments
import Language

/// The module `statistics`: how sure a mean is, and whether one setting is better than another.
enum StatisticsModule {
    static let table = Namespace(
        "statistics", doc: "How sure a mean is, and whether one sample is better than another.",
        [
            Builtin(
                "mean_interval", "(values: list, confidence: float = 0.95) -> dict",
                doc: """
                    Mean of the values with its confidence interval by Student's t: {n, mean, std, low, high}. `std` is the standard deviation \
                    with n - 1; it and the interval are nan for fewer than two values.
                    """,
                example: "statistics.mean_interval([1.0, 2.0, 3.0])[\"mean\"] == 2.0"
            ) { call in
                let confidence = try call.double(1)
                guard confidence > 0, confidence < 1 else {
                    throw ScriptError.value("mean_interval: confidence must lie between 0 and 1, not be \(confidence)")
                }
                return .dict(fields(MeanEstimate(try call.doubles(0), confidence: confidence)))
            },
            Builtin(
                "compare", "(values: list, baseline: list, resamples: int = 10000, seed: int = 0) -> dict",
                doc: """
                    What `values` are better by than `baseline`, case by case: the mean difference with its 95 % interval, Cohen's d for paired \
                    samples as `effect_size`, and the two-sided `p_value` of the randomisation test, which counts how often flipping the signs of \
                    the differences gives a mean as far from 0: all 2^n ways up to n = 18, `resamples` random ones above.
                    """,
                example: "statistics.compare([2.0, 3.0, 5.0], [1.0, 2.0, 3.0])[\"p_value\"] == 0.25"
            ) { call in
                let values = try call.doubles(0), baseline = try call.doubles(1)
                guard values.count == baseline.count else {
                    throw ScriptError.value("compare: \(values.count) values are compared with \(baseline.count); they must come in pairs")
                }
                let resamples = try call.int(2)
                guard (1...10_000_000).contains(resamples) else {
                    throw ScriptError.value("compare: resamples must be from 1 to 10,000,000, not \(resamples)")
                }
                let comparison = PairedComparison(
                    values, baseline: baseline, resamples: resamples, seed: UInt64(bitPattern: Int64(try call.int(3))))
                return .dict(
                    fields(comparison.difference)
                        + [
                            ("effect_size", .float(comparison.effectSize)), ("p_value", .float(comparison.pValue)),
                            ("exact", .bool(comparison.isExact)),
                        ])
            },
            Builtin(
                "holm", "(p_values: list) -> list",
                doc: "Holm's corrected p values for several questions asked of the same data, in the order given (Holm 1979).",
                example: "statistics.holm([0.01, 0.04, 0.03, 0.005]) == [0.03, 0.06, 0.06, 0.02]"
            ) { call in .list(MultipleTesting.holm(try call.doubles(0)).map { .float($0) }) },
            Builtin(
                "cases_to_show", "(mean: float, std: float) -> int | none",
                doc: """
                    How many paired cases a mean difference would take for its 95 % interval to leave 0 out, if mean and standard deviation stay \
                    as they are; none above a million.
                    """,
                example: "statistics.cases_to_show(0.5, 1.0) == 18"
            ) { call in SampleSize.toShow(mean: try call.double(0), deviation: try call.double(1)).map { .int($0) } ?? .none },
        ])

    private static func fields(_ estimate: MeanEstimate) -> [(String, Value)] {
        [
            ("n", .int(estimate.count)), ("mean", .float(estimate.mean)), ("std", .float(estimate.deviation)),
            ("low", .float(estimate.low)),
            ("high", .float(estimate.high)),
        ]
    }
}
