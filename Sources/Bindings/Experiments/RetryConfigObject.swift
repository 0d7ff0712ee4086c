import Experiments
import Language

/// How often something is tried, as scripts hold it.
final class RetryParamsObject: HostObject, @unchecked Sendable {
    let params: RetryParams

    init(_ params: RetryParams) { self.params = params }

    override var typeName: String { "RetryParams" }
    override var description: String {
        "RetryParams(\(params.maxAttempts.map { "\($0)" } ?? "none"), \(Value.float(params.waitTimeSeconds).repr))"
    }
}

/// How often each request to a server is tried, as scripts hold it.
final class RetryConfigObject: HostObject, @unchecked Sendable {
    let config: RetryConfig

    init(_ config: RetryConfig) { self.config = config }

    override var typeName: String { "RetryConfig" }

    static let params = Builtin(
        "RetryParams", "(max_attempts: int | none = 3, wait_time_seconds: float = 3) -> RetryParams",
        doc: "How often something is tried, and how long between two attempts. Without `max_attempts`, or one below 2, it is tried once.",
        example: "str(RetryParams(5)) == \"RetryParams(5, 3.0)\""
    ) { call in .host(RetryParamsObject(try RetryParams(maxAttempts: try call.optionalInt(0), waitTimeSeconds: try call.double(1)))) }

    static let make = Builtin(
        "RetryConfig",
        """
        (default_params: RetryParams | none = none, operations: dict = {}, attempt_exception_types: list[str] = []) -> RetryConfig
        """,
        doc: """
            How often requests to an MLflow server are tried when they fail for a reason that may pass (no answer, HTTP 408, 429 and 5xx). \
            `operations` has RetryParams for single ones by name, such as "log_model" or "search_runs"; `attempt_exception_types` names further \
            errors of MLflow that are worth another attempt, such as "RESOURCE_EXHAUSTED". When the attempts are used up, the error says \
            "Reached maximum number of attempts".
            """,
        example: "type(RetryConfig(RetryParams(5, 1.0), {\"log_model\": RetryParams(10)})) == \"RetryConfig\""
    ) { call in
        let standard = try call.isGiven(0) ? call.host(0, as: RetryParamsObject.self).params : RetryParams()
        var operations: [String: RetryParams] = [:]
        for (key, value) in try call.dict(1).pairs {
            guard let name = key.asString, case .host(let object) = value, let params = object as? RetryParamsObject else {
                throw ScriptError.type("operations must hold RetryParams by the names of operations")
            }
            operations[name] = params.params
        }
        return .host(
            RetryConfigObject(
                try RetryConfig(defaultParams: standard, operations: operations, attemptExceptionTypes: Set(try call.strings(2)))))
    }
}
