import Clickstream
import Foundation

/// A copy of all runs of a store on an MLflow server, made or brought up to date.
public final class MLflowCopy {
    private let exporter: MLflowExporter
    private let retries: RetryConfig
    public var server: String { exporter.server }

    /// How many runs there are, and what was sent of them.
    public private(set) var runs = 0
    public private(set) var newRuns = 0
    public private(set) var values = 0
    public private(set) var models = 0

    /// Throws when the address is none, or no MLflow server answers there.
    public init(of store: RunStore, to address: String) throws {
        let connection = try HTTPConnection(address, environment: ProcessInfo.processInfo.environment)
        exporter = MLflowExporter(store: store, client: MLflowClient(connection: connection), warn: Warnings.handler)
        retries = try RetryConfig(defaultParams: try RetryParams(maxAttempts: 4, waitTimeSeconds: 2))
        _ = try exporter.client.experiments()
    }

    /// Sends what is missing, the runs of deleted experiments left out; after a failure that does not pass, the next call goes on from there.
    public func run(progress: (String) -> Void) throws {
        let kept = Set(try exporter.store.experiments().map(\.id))
        let all = try exporter.store.runs().filter { kept.contains($0.experimentID) }
        for (number, run) in all.enumerated() {
            let outcome = try retries.attempt("log_metric") { try exporter.send(run: run.id) }
            runs += 1
            newRuns += outcome.isNew ? 1 : 0
            values += outcome.values
            models += outcome.models
            if outcome.isContacted { progress("\(number + 1)/\(all.count) \(run.name.prefix(40)): \(outcome.values) values") }
        }
    }
}
