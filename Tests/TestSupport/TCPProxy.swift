import Foundation

/// A port of this machine that passes connections on to another one, or does to them what bad networks and servers do.
public final class TCPProxy: @unchecked Sendable {
    public enum Mode: Sendable, Equatable {
        case pass
        /// Connections are closed at once.
        case down
        /// Requests get this answer and are not passed on.
        case status(Int, retryAfter: Int? = nil)
        /// Requests are passed on, and instead of the answer the connection is closed.
        case loseAnswers
        /// Requests are read and nothing ever comes back, until the mode changes.
        case hold
    }

    public let port: UInt16
    public var address: String { "http://127.0.0.1:\(port)" }
    private let target: UInt16
    private let listener: Int32
    private let lock = NSLock()
    // Guarded by `lock`.
    private var current = Mode.pass
    private var open: Set<Int32> = []
    private var requests = 0

    public init(to target: UInt16) throws {
        self.target = target
        (listener, port) = try Self.listen()
        let thread = Thread { [listener, weak self] in
            while true {
                let client = accept(listener, nil, nil)
                guard client >= 0, let self else { return }
                Thread.detachNewThread { self.serve(client) }
            }
        }
        thread.start()
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    /// What happens to requests from now on; connections that are open are cut.
    public var mode: Mode {
        get { lock.withLock { current } }
        set {
            lock.withLock {
                current = newValue
                for descriptor in open { shutdown(descriptor, Int32(SHUT_RDWR)) }
            }
        }
    }

    /// How many requests came so far.
    public var requestCount: Int { lock.withLock { requests } }

    /// Waits until so many requests have come.
    public func waitForRequests(_ count: Int) { while requestCount < count { Thread.sleep(forTimeInterval: 0.01) } }

    private func serve(_ client: Int32) {
        let server: Int32 = mode == .pass || mode == .loseAnswers ? Self.connect(target) : -1
        lock.withLock { for descriptor in [client, server] where descriptor >= 0 { open.insert(descriptor) } }
        defer {
            lock.withLock { for descriptor in [client, server] { open.remove(descriptor) } }
            for descriptor in [client, server] where descriptor >= 0 { close(descriptor) }
        }
        switch mode {
        case .down: return
        case .pass, .loseAnswers:
            guard server >= 0 else { return }
            let isLosing = mode == .loseAnswers
            let back = DispatchSemaphore(value: 0)
            Thread.detachNewThread {
                if isLosing {
                    var bytes = [UInt8](repeating: 0, count: 1)
                    _ = recv(server, &bytes, 1, 0)
                } else {
                    Self.pump(from: server, to: client) {}
                }
                shutdown(client, Int32(SHUT_RDWR))
                back.signal()
            }
            Self.pump(from: client, to: server) { self.lock.withLock { self.requests += 1 } }
            shutdown(server, Int32(SHUT_RDWR))
            back.wait()
        case .status(let code, let retryAfter):
            while Self.read(client) {
                lock.withLock { requests += 1 }
                let after = retryAfter.map { "Retry-After: \($0)\r\n" } ?? ""
                let answer = "HTTP/1.1 \(code) Trouble\r\n\(after)Content-Length: 0\r\nConnection: close\r\n\r\n"
                _ = answer.utf8.withContiguousStorageIfAvailable { send(client, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
                return
            }
        case .hold:
            while Self.read(client) { lock.withLock { requests += 1 } }
        }
    }

    /// Reads something; false at the end.
    private static func read(_ descriptor: Int32) -> Bool {
        var bytes = [UInt8](repeating: 0, count: 65536)
        return recv(descriptor, &bytes, bytes.count, 0) > 0
    }

    private static func pump(from source: Int32, to target: Int32, onRead: () -> Void) {
        var bytes = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = recv(source, &bytes, bytes.count, 0)
            guard count > 0 else { return }
            onRead()
            var done = 0
            while done < count {
                let sent = bytes[done..<count].withUnsafeBytes { send(target, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
                guard sent > 0 else { return }
                done += sent
            }
        }
    }

    // MARK: Sockets

    private struct SocketError: Error {}

    private static func socketAddress(_ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return address
    }

    /// A socket that listens on a free port of the loopback interface.
    private static func listen() throws -> (Int32, UInt16) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = socketAddress(0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && Glibc.listen(descriptor, 64) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard isBound else { throw SocketError() }
        return (descriptor, UInt16(bigEndian: address.sin_port))
    }

    /// A port that nobody listens on.
    public static func freePort() throws -> UInt16 {
        let (descriptor, port) = try listen()
        close(descriptor)
        return port
    }

    private static func connect(_ port: UInt16) -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = socketAddress(port)
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        if result == 0 { return descriptor }
        close(descriptor)
        return -1
    }

    /// Whether somebody listens on a port.
    public static func canConnect(_ port: UInt16) -> Bool {
        let descriptor = connect(port)
        guard descriptor >= 0 else { return false }
        close(descriptor)
        return true
    }
}
