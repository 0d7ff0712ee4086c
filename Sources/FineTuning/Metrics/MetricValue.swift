import Text

/// One measured number and its name.
public struct MetricValue: Hashable, Sendable {
    public private(set) var name: String
    public let value: Double

    /// Throws when the name is empty. NaN is a value.
    public init(_ name: String, _ value: Double) throws(FineTuningError) {
        guard !name.isEmpty else {
            throw FineTuningError(.value, "MetricValue's name should not be empty", found: "value \(value)", help: "name the metric")
        }
        self.name = name
        self.value = value
    }

    /// Puts "prefix_" before the name.
    public mutating func addPrefix(_ prefix: String) { name = prefix + "_" + name }

    /// The same value under "prefix_name".
    public func prefixed(_ prefix: String) -> MetricValue {
        var copy = self
        copy.addPrefix(prefix)
        return copy
    }
}

/// Keeps the metrics of a run.
public protocol MetricTracker: AnyObject {
    /// Takes one value; the order of calls is the order of steps.
    func saveMetric(_ metric: MetricValue) throws
    /// What running figures (means, extremes) of the metrics so far follow from, and how many are stored, to be kept in a checkpoint.
    var state: JSONValue { get }
    /// Goes on from a state: values that were stored after it will come again.
    func restore(_ state: JSONValue)
}

extension MetricTracker {
    public var state: JSONValue { .null }
    public func restore(_ state: JSONValue) {}
}
