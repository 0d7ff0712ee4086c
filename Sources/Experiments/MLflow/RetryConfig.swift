import FineTuning
import Foundation
import Statement

/// How often something is tried, and how long between two attempts.
public struct RetryParams: Hashable, Sendable {
    /// Once when it is nil or not above 1.
    public let maxAttempts: Int?
    public let waitTimeSeconds: Double

    public init(maxAttempts: Int? = 3, waitTimeSeconds: Double = 3) throws(FineTuningError) {
        guard waitTimeSeconds >= 0, waitTimeSeconds <= 3600 else {
            throw FineTuningError(.value, "wait_time_seconds should be from 0 to 3600", found: "\(waitTimeSeconds)")
        }
        self.maxAttempts = maxAttempts
        self.waitTimeSeconds = waitTimeSeconds
    }
}

/// How often requests to a server are tried, by the name of the operation: log_metric, log_params, log_model, search_runs,
/// search_experiments, start_run, end_run, create_experiment, delete_experiment, load_model, delete_model.
public struct RetryConfig: Sendable {
    public let defaultParams: RetryParams
    public let operations: [String: RetryParams]
    /// MLflow's names of errors that are worth another attempt besides those that may pass by themselves, such as RESOURCE_EXHAUSTED.
    public let attemptExceptionTypes: Set<String>

    public static let operationNames = [
        "create_experiment", "delete_experiment", "delete_model", "end_run", "load_model", "log_metric", "log_model", "log_params",
        "search_experiments", "search_runs", "start_run",
    ]

    public init(
        defaultParams: RetryParams, operations: [String: RetryParams] = [:], attemptExceptionTypes: Set<String> = []
    ) throws(FineTuningError) {
        if let unknown = operations.keys.sorted().first(where: { !Self.operationNames.contains($0) }) {
            throw FineTuningError(
                .value, "there is no such operation to retry", found: "'\(unknown)'",
                help: "there are " + Self.operationNames.joined(separator: ", "))
        }
        self.defaultParams = defaultParams
        self.operations = operations
        self.attemptExceptionTypes = attemptExceptionTypes
    }

    /// Does `body`, again after a failure that may pass, as often as the operation may be tried.
    func attempt<T>(_ operation: String, _ body: () throws -> T) throws -> T {
        let params = operations[operation] ?? defaultParams
        let attempts = params.maxAttempts ?? 1
        var attempt = 1
        while true {
            do {
                return try body()
            } catch let error as MLflowError where attempts > 1 && isWorthAnother(error) {
                guard attempt < attempts else { throw MLflowError.exhausted(attempts: attempts, last: error.description) }
                attempt += 1
                try Interruption.sleep(max(params.waitTimeSeconds, min(error.retryAfter ?? 0, 30))) { () throws(MLflowError) in
                    if Interruption.isRequested { throw .interrupted }
                }
            }
        }
    }

    private func isWorthAnother(_ error: MLflowError) -> Bool {
        if case .refused(_, let code, _, _) = error, attemptExceptionTypes.contains(code) { return true }
        return error.isTransient
    }
}
