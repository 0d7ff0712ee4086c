import Foundation

/// What became of a run.
public enum RunStatus: String, Sendable {
    case running = "RUNNING"
    case finished = "FINISHED"
    case failed = "FAILED"
}

/// A group of runs: an iteration of fine-tuning, or a plugin's initial model.
public struct ExperimentRecord: Hashable, Sendable {
    public let id: String
    public let name: String
    public let created: Date
}

/// One training with one set of parameters.
public struct RunRecord: Hashable, Sendable {
    /// 32 hexadecimal digits.
    public let id: String
    public let experimentID: String
    public let name: String
    public let status: RunStatus
    public let started: Date
    public let ended: Date?
}

/// A run with its parameters and the last value of each of its metrics.
public struct RunSummary: Sendable {
    public let run: RunRecord
    public let params: [String: String]
    public let latest: [String: Double]
}

/// One stored value of a metric.
public struct MetricPoint: Hashable, Sendable {
    /// How many values of this metric the run had before.
    public let step: Int
    public let value: Double
    public let time: Date
}
