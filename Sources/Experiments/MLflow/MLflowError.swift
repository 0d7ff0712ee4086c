import Foundation

/// Why a request to an MLflow server did not do what it should.
public enum MLflowError: Error, Equatable, CustomStringConvertible {
    /// Nobody answered: no connection, or not in time.
    case unreachable(String)
    /// The server answered with an error; `code` is MLflow's name for it, such as RESOURCE_DOES_NOT_EXIST, if it gave one.
    case refused(status: Int, code: String, message: String, retryAfter: TimeInterval? = nil)
    /// What answers is no MLflow server, or one that says something unexpected.
    case unexpected(String)
    /// The attempts that were allowed are used up.
    case exhausted(attempts: Int, last: String)
    /// The tracking URI is not an address of a server.
    case address(String, help: String)
    /// libcurl, which makes the requests, cannot be loaded.
    case library(String)
    /// The user ended the request.
    case interrupted

    public var description: String {
        switch self {
        case .unreachable(let reason): reason
        case .refused(let status, let code, let message, _):
            "HTTP \(status)" + (code.isEmpty ? "" : " \(code)") + (message.isEmpty ? "" : ": \(message)")
        case .unexpected(let what): what
        case .exhausted(let attempts, let last): "Reached maximum number of attempts: \(attempts); the last one: \(last)"
        case .address(let what, _): what
        case .library(let reason): "requests to a server need the library libcurl, which cannot be loaded (\(reason))"
        case .interrupted: "interrupted"
        }
    }

    public var help: String? {
        switch self {
        case .address(_, let help): help
        case .library: "install it, on Debian and Ubuntu with `apt-get install libcurl4`"
        case .refused(401, _, _, _), .refused(403, _, _, _):
            "MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN, say who asks"
        default: nil
        }
    }

    /// Whether the same request may work later: nobody there, too busy, or broken (408, 429, 5xx).
    var isTransient: Bool {
        switch self {
        case .unreachable: true
        case .refused(let status, _, _, _): status >= 500 || status == 429 || status == 408
        default: false
        }
    }

    /// Whether the server looked at the request and will never take it; asking again is no use, and neither is waiting.
    var isFinal: Bool {
        guard case .refused(let status, let code, _, _) = self else { return false }
        return (400..<500).contains(status) && !isTransient
            && ["INVALID_PARAMETER_VALUE", "BAD_REQUEST", "RESOURCE_DOES_NOT_EXIST", "INVALID_STATE", "MALFORMED_REQUEST"].contains(code)
    }

    var isExhausted: Bool {
        if case .exhausted = self { true } else { false }
    }

    var isMissing: Bool {
        if case .refused(_, "RESOURCE_DOES_NOT_EXIST", _, _) = self { true } else { false }
    }

    var isAlreadyThere: Bool {
        if case .refused(_, "RESOURCE_ALREADY_EXISTS", _, _) = self { true } else { false }
    }

    var retryAfter: TimeInterval? {
        if case .refused(_, _, _, let seconds) = self { seconds } else { nil }
    }
}
