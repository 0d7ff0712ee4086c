import Foundation
import FoundationNetworking
import Text

/// Requests to one server, one at a time and with an end: every call returns or throws within its time limit.
struct HTTPConnection: Sendable {
    /// The server's address, without user and password.
    let base: URL
    private let session: URLSession
    private let authorization: String?
    /// Seconds for a request of no size, and for the transfer of a file.
    let limit: TimeInterval
    let transferLimit: TimeInterval

    /// - Parameters:
    ///   - address: as in "http://host:5000"; a user and a password in it are used for basic authentication.
    ///   - environment: MLflow's variables for the user (MLFLOW_TRACKING_USERNAME, _PASSWORD, _TOKEN).
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
        let configuration = URLSessionConfiguration.ephemeral
        configuration.httpCookieStorage = nil
        configuration.urlCache = nil
        session = URLSession(configuration: configuration)
    }

    /// Sends JSON and returns the JSON of the answer.
    func call(_ method: String, _ path: String, query: [(String, String)] = [], body: JSONValue? = nil) throws(MLflowError) -> JSONValue {
        var request = try request(method, path, query: query)
        if let body {
            request.setValue("application/json", forHTTPHeaderField: "Content-Type")
            do { request.httpBody = Data(try JSONWriter(isCompact: true).string(body).utf8) } catch { throw .unexpected("\(error)") }
        }
        let data = try perform(request, limit: limit) { session.dataTask(with: $0, completionHandler: $1) }
        if data.isEmpty { return [:] }
        do {
            return try JSONParser.parse(Array(data))
        } catch {
            throw .unexpected("\(base.absoluteString) does not answer as an MLflow server: what it says is no JSON")
        }
    }

    /// Sends a file.
    func upload(_ file: URL, to path: String) throws(MLflowError) {
        var request = try request("PUT", path)
        request.setValue("application/octet-stream", forHTTPHeaderField: "Content-Type")
        _ = try perform(request, limit: transferLimit) { session.uploadTask(with: $0, fromFile: file, completionHandler: $1) }
    }

    /// Fetches a file to `target`, which must not exist.
    func download(_ path: String, to target: URL) throws(MLflowError) {
        let moved = Mailbox<String>()
        _ = try perform(try request("GET", path), limit: transferLimit) { request, done in
            session.downloadTask(with: request) { file, response, error in
                // The file is gone when this function returns.
                if let file, (response as? HTTPURLResponse)?.statusCode == 200 {
                    do { try FileManager.default.moveItem(at: file, to: target) } catch { moved.put("\(error.localizedDescription)") }
                    done(nil, response, error)
                } else {
                    done(file.flatMap { try? Data(contentsOf: $0) }, response, error)
                }
            }
        }
        if let failure = moved.take() { throw .unexpected("\(target.path) could not be written: \(failure)") }
    }

    private func request(_ method: String, _ path: String, query: [(String, String)] = []) throws(MLflowError) -> URLRequest {
        func quoted(_ text: String, _ more: String) -> String {
            text.addingPercentEncoding(withAllowedCharacters: .alphanumerics.union(CharacterSet(charactersIn: "-._~" + more))) ?? text
        }
        let query = query.map { "\(quoted($0.0, ""))=\(quoted($0.1, ""))" }.joined(separator: "&")
        guard let url = URL(string: base.absoluteString + quoted(path, "/") + (query.isEmpty ? "" : "?" + query)) else {
            throw .unexpected("\(path) is no path for a request")
        }
        var request = URLRequest(url: url, cachePolicy: .reloadIgnoringLocalCacheData, timeoutInterval: limit)
        request.httpMethod = method
        if let authorization { request.setValue(authorization, forHTTPHeaderField: "Authorization") }
        return request
    }

    private struct Answer: Sendable {
        let data: Data?
        let status: Int?
        let retryAfter: String?
        let failure: String?
    }

    /// Runs a task to its end, or cancels it when the time is over.
    private func perform(
        _ request: URLRequest, limit: TimeInterval,
        task: (URLRequest, @escaping @Sendable (Data?, URLResponse?, (any Error)?) -> Void) -> URLSessionTask
    ) throws(MLflowError) -> Data {
        let box = Mailbox<Answer>()
        let arrived = DispatchSemaphore(value: 0)
        let task = task(request) { data, response, error in
            let http = response as? HTTPURLResponse
            box.put(
                Answer(
                    data: data, status: http?.statusCode, retryAfter: http?.value(forHTTPHeaderField: "Retry-After"),
                    failure: error?.localizedDescription))
            arrived.signal()
        }
        task.resume()
        // The request's own limit counts from the last byte that moved; this one does not.
        if arrived.wait(timeout: .now() + limit) == .timedOut {
            task.cancel()
            throw .unreachable("\(base.absoluteString) did not answer within \(Int(limit)) s")
        }
        let answer = box.take()
        guard let answer, let status = answer.status else {
            throw .unreachable("\(base.absoluteString) cannot be reached: \(answer?.failure ?? "no answer")")
        }
        if let failure = answer.failure { throw .unreachable("\(base.absoluteString) broke off: \(failure)") }
        let data = answer.data ?? Data()
        guard (200..<300).contains(status) else {
            let said = try? JSONParser.parse(Array(data))
            throw .refused(
                status: status, code: said?["error_code"]?.stringValue ?? "",
                message: String((said?["message"]?.stringValue ?? "").prefix(300)), retryAfter: answer.retryAfter.flatMap(TimeInterval.init)
            )
        }
        return data
    }
}

/// A place where one thread leaves something for another.
final class Mailbox<Content: Sendable>: @unchecked Sendable {
    private let lock = NSLock()
    private var content: Content?

    func put(_ content: Content) { lock.withLock { self.content = content } }
    func take() -> Content? {
        lock.withLock {
            defer { content = nil }
            return content
        }
    }
}
