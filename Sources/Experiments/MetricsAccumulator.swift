import FineTuning
import Statement

/// Follows one metric and gives, for each value, what is to be stored: the value and the running figures asked for.
public final class MetricsAccumulator {
    public let name: String
    public let calcMean: Bool
    public let calcSliding: Bool
    public let calcMin: Bool
    public let calcMax: Bool
    /// Over how many of the last values the sliding mean goes.
    public let windowSize: Int

    /// The values so far.
    @Undoable var values: [Double] = []

    /// Throws when the name is empty or the window is shorter than 2.
    public init(
        _ name: String, calcMean: Bool = false, calcSliding: Bool = false, calcMin: Bool = false, calcMax: Bool = false,
        windowSize: Int = 10
    ) throws(FineTuningError) {
        guard !name.isEmpty else { throw FineTuningError(.value, "MetricsAccumulator's name should not be empty") }
        guard windowSize > 1 else {
            throw FineTuningError(.value, "window_size should be an integer with value more than 1", found: "\(windowSize)")
        }
        self.name = name
        self.calcMean = calcMean
        self.calcSliding = calcSliding
        self.calcMin = calcMin
        self.calcMax = calcMax
        self.windowSize = windowSize
    }

    /// Takes a value of its metric and returns (name, value) of everything to store; nothing for another metric.
    public func accumulate(_ metric: MetricValue) -> [(name: String, value: Double)] {
        guard metric.name == name else { return [] }
        values.append(metric.value)
        var outputs = [(name: name, value: metric.value)]
        if calcMean { outputs.append(("mean_" + name, Self.mean(values[...]))) }
        if calcSliding { outputs.append(("sliding_" + name, Self.mean(values.suffix(windowSize)))) }
        if calcMin { outputs.append(("min_" + name, values.min() ?? metric.value)) }
        if calcMax { outputs.append(("max_" + name, values.max() ?? metric.value)) }
        return outputs
    }

    /// Forgets all values.
    public func clear() { values.removeAll() }

    private static func mean(_ values: ArraySlice<Double>) -> Double { values.reduce(0, +) / Double(values.count) }
}
