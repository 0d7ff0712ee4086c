import Bindings
import Foundation

/// Standard output as scripts print to it: whole lines go out at once, in order with errors and around a progress line.
public final class StandardOutput: @unchecked Sendable {
    public static let shared = StandardOutput()

    // Guarded by `lock`, since a host function may print from a thread of its own.
    private let lock = NSLock()
    private var buffer: [UInt8] = []
    private let isTerminal = isatty(STDOUT_FILENO) == 1
    /// The last byte that went out, to know whether the cursor is at the start of a line.
    private var last = UInt8(ascii: "\n")
    private static let capacity = 1 << 15

    /// Writes text; complete lines leave at once, a started line waits for its end, for `flush` or, on a terminal, not at all.
    public func write(_ text: String) {
        guard !text.isEmpty else { return }
        lock.lock()
        defer { lock.unlock() }
        var text = text
        let endsLine = text.withUTF8 { bytes in
            buffer.append(contentsOf: bytes)
            return bytes.last == UInt8(ascii: "\n") || bytes.contains(UInt8(ascii: "\n"))
        }
        if isTerminal || endsLine || buffer.count >= Self.capacity { drain() }
    }

    public func flush() {
        lock.lock()
        defer { lock.unlock() }
        drain()
    }

    /// The cursor is at the left, because the user has pressed Return.
    func noteLineEnd() {
        lock.withLock { last = UInt8(ascii: "\n") }
    }

    /// Ends a line that was started, so that what follows begins at the left.
    public func endLine() {
        lock.lock()
        defer { lock.unlock() }
        if (buffer.last ?? last) != UInt8(ascii: "\n") { buffer.append(UInt8(ascii: "\n")) }
        drain()
    }

    private func drain() {
        guard !buffer.isEmpty else { return }
        last = buffer[buffer.count - 1]
        StatusLine.standard.suspend {
            if !(isTerminal ? Self.show(buffer) : Self.writeAll(buffer[...], to: STDOUT_FILENO)) { Self.readerWentAway() }
        }
        buffer.removeAll(keepingCapacity: true)
    }

    /// Writes to a terminal, which may be slow: Ctrl-C meanwhile drops what is left. False as `writeAll`.
    private static func show(_ bytes: [UInt8]) -> Bool {
        let before = SignalWatch.current?.interruptCount ?? 0
        var rest = bytes[...]
        while !rest.isEmpty {
            var waiting = pollfd(fd: STDOUT_FILENO, events: Int16(POLLOUT), revents: 0)
            let isReady = poll(&waiting, 1, 50) > 0
            if (SignalWatch.current?.interruptCount ?? 0) > before || SignalWatch.current?.terminated != nil {
                // A colour may have been left on.
                let end = (Terminal.hasColour(STDOUT_FILENO) ? "\u{1B}[0m" : "") + "\n(\(ByteCount.text(rest.count)) more, not shown)\n"
                return writeAll(Array(end.utf8)[...], to: STDOUT_FILENO)
            }
            guard isReady else { continue }
            // A write waits until the terminal has taken all of it.
            if !writeAll(rest.prefix(512), to: STDOUT_FILENO) { return false }
            rest = rest.dropFirst(512)
        }
        return true
    }

    /// False when nobody reads the other end any more. Other errors (a full disk) lose output and are told once, at the end.
    private static func writeAll(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) -> Bool {
        var bytes = bytes
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                bytes = bytes.dropFirst(count)
            } else if count < 0, errno == EINTR || errno == EAGAIN {
                if errno == EAGAIN { waitUntilWritable(descriptor) }
            } else {
                if count < 0, errno == EPIPE { return false }
                failure.store(errno)
                return true
            }
        }
        return true
    }

    private static func waitUntilWritable(_ descriptor: Int32) {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        _ = poll(&waiting, 1, -1)
    }

    /// As `cat` ends when `head` has seen enough: by SIGPIPE, without a word.
    private static func readerWentAway() {
        signal(SIGPIPE, SIG_DFL)
        raise(SIGPIPE)
        _exit(128 + SIGPIPE)
    }

    /// Why output was lost, such as a full disk; nil when all of it was written.
    public static var lossReason: String? { failure.message }
    private static let failure = WriteFailure()
}

private final class WriteFailure: @unchecked Sendable {
    private let lock = NSLock()
    private var code: Int32 = 0

    func store(_ code: Int32) { lock.withLock { self.code = code } }
    var message: String? { lock.withLock { code == 0 ? nil : String(cString: strerror(code)) } }
}

/// Standard error as diagnostics are written to it: after whatever was printed before.
public enum StandardError {
    public static func write(_ text: String) {
        StandardOutput.shared.flush()
        StatusLine.standard.suspend {
            var bytes = Array(text.utf8)[...]
            while !bytes.isEmpty {
                let count = bytes.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
                if count < 0, errno == EINTR { continue }
                if count <= 0 { return }
                bytes = bytes.dropFirst(count)
            }
        }
    }
}
