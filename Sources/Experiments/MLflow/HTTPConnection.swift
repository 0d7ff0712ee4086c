import CCurl
import Foundation
import Statement
import Text

/// Requests to one server, each with an end: every call returns or throws within its time limit, and soon after the user's wish to end.
struct HTTPConnection: Sendable {
    /// The server's address, without user and password.
    let base: URL
    private let pool = HTTPPool()
    private let authorization: String?
    /// Seconds for a request of no size, and for the transfer of a file.
    let limit: TimeInterval
    let transferLimit: TimeInterval

    /// - Parameters:
    ///   - address: as in "http://host:5000"; a user and a password in it are used for basic authentication.
    ///   - environment: MLflow's variables for the user (MLFLOW_TRACKING_USERNAME, _PASSWORD, _TOKEN).
    /// - Throws: also when libcurl cannot be loaded, which is done here: its libraries tidy up when the process ends, and who sends
    ///   something then must have asked for that later.
    init(_ address: String, environment: [String: String], limit: TimeInterval = 10, transferLimit: TimeInterval = 900)
        throws(MLflowError)
    {
        let example = "an MLflow server's address looks like http://localhost:5000"
        guard var parts = URLComponents(string: address), let scheme = parts.scheme?.lowercased(), ["http", "https"].contains(scheme) else {
            throw .address("tracking_uri is no address of a server: '\(address)'", help: example)
        }
        // "http://host:port" with a port that is no number parses as a URL without a host.
        guard let host = parts.host, !host.isEmpty, host.allSatisfy({ !$0.isWhitespace }),
            parts.port.map({ (1...65535).contains($0) }) ?? true
        else { throw .address("tracking_uri names no host: '\(address)'", help: example) }
        if parts.query != nil || parts.fragment != nil {
            throw .address("tracking_uri has more than an address: '\(address)'", help: example)
        }
        let user = parts.user ?? environment["MLFLOW_TRACKING_USERNAME"]
        let password = parts.password ?? environment["MLFLOW_TRACKING_PASSWORD"]
        if let user, let password {
            authorization = "Basic " + Data("\(user):\(password)".utf8).base64EncodedString()
        } else {
            authorization = environment["MLFLOW_TRACKING_TOKEN"].map { "Bearer \($0)" }
        }
        parts.user = nil
        parts.password = nil
        while parts.path.hasSuffix("/") { parts.path.removeLast() }
        guard let base = parts.url else { throw .address("tracking_uri is no address of a server: '\(address)'", help: example) }
        self.base = base
        self.limit = limit
        self.transferLimit = transferLimit
        if let problem = http_open() { throw .library(String(cString: problem)) }
    }

    /// Sends JSON and returns the JSON of the answer.
    func call(_ method: String, _ path: String, query: [(String, String)] = [], body: JSONValue? = nil) throws(MLflowError) -> JSONValue {
        var bytes: [UInt8]?
        do { bytes = try body.map { Array(try JSONWriter(isCompact: true).string($0).utf8) } } catch { throw .unexpected("\(error)") }
        let data = try perform(method, path, query: query, limit: limit) { request throws(MLflowError) in
            guard let bytes else { return }
            http_header(request, "Content-Type: application/json")
            http_send(request, bytes, bytes.count)
        }
        if data.isEmpty { return [:] }
        do {
            return try JSONParser.parse(data)
        } catch {
            throw .unexpected("\(base.absoluteString) does not answer as an MLflow server: what it says is no JSON")
        }
    }

    /// Sends a file.
    func upload(_ file: URL, to path: String) throws(MLflowError) {
        _ = try perform("PUT", path, limit: transferLimit) { request throws(MLflowError) in
            http_header(request, "Content-Type: application/octet-stream")
            let code = http_send_file(request, file.path)
            if code != 0 { throw .unexpected("\(file.path) cannot be read: \(String(cString: strerror(code)))") }
        }
    }

    /// Fetches a file to `target`.
    func download(_ path: String, to target: URL) throws(MLflowError) {
        do {
            _ = try perform("GET", path, limit: transferLimit, target: target) { http_receive_file($0, target.path) }
        } catch {
            try? FileManager.default.removeItem(at: target)
            throw error
        }
    }

    private func url(_ path: String, _ query: [(String, String)]) -> String {
        func quoted(_ text: String, _ more: String) -> String {
            text.addingPercentEncoding(withAllowedCharacters: .alphanumerics.union(CharacterSet(charactersIn: "-._~" + more))) ?? text
        }
        let query = query.map { "\(quoted($0.0, ""))=\(quoted($0.1, ""))" }.joined(separator: "&")
        return base.absoluteString + quoted(path, "/") + (query.isEmpty ? "" : "?" + query)
    }

    /// Makes a request, with what `prepare` adds to it, and returns the body of a good answer.
    private func perform(
        _ method: String, _ path: String, query: [(String, String)] = [], limit whole: TimeInterval, target: URL? = nil,
        prepare: (OpaquePointer) throws(MLflowError) -> Void
    ) throws(MLflowError) -> [UInt8] {
        guard let request = pool.take() else { throw .unexpected("there is no memory for a request") }
        defer { pool.put(request) }
        http_begin(request, method, url(path, query))
        if let authorization { http_header(request, "Authorization: \(authorization)") }
        try prepare(request)
        let answer = http_perform(request, Int((whole * 1000).rounded()), Int(limit.rounded(.up))) { Interruption.isRequested }
        let problem = String(cString: answer.problem)
        switch answer.outcome {
        case HTTP_ANSWERED: break
        case HTTP_CANCELLED: throw .interrupted
        case HTTP_UNWRITTEN: throw .unexpected("\(target?.path ?? path) could not be written: \(problem)")
        case HTTP_LATE where whole == limit: throw .unreachable("\(base.absoluteString) did not answer within \(limit.formatted()) s")
        case HTTP_LATE where answer.status == 0: throw .unreachable("\(base.absoluteString) did not answer in time: \(problem)")
        default: throw .unreachable("\(base.absoluteString) \(answer.status == 0 ? "cannot be reached" : "broke off"): \(problem)")
        }
        let data = Array(UnsafeBufferPointer(start: answer.body, count: answer.count))
        guard (200..<300).contains(answer.status) else {
            let said = try? JSONParser.parse(data)
            throw .refused(
                status: answer.status, code: said?["error_code"]?.stringValue ?? "",
                message: String((said?["message"]?.stringValue ?? "").prefix(300)),
                retryAfter: TimeInterval(String(cString: answer.retry_after)))
        }
        return data
    }
}

/// Connections to a server that are open and idle, so that several threads ask at once and none opens one for each request.
private final class HTTPPool: @unchecked Sendable {
    private let lock = NSLock()
    // Guarded by `lock`.
    private var idle: [OpaquePointer] = []

    func take() -> OpaquePointer? { lock.withLock { idle.popLast() } ?? http_new() }

    func put(_ request: OpaquePointer) { lock.withLock { idle.append(request) } }

    deinit {
        for request in idle { http_free(request) }
    }
}
