import Foundation
import Testing

/// A program running in a terminal of its own, driven as a person would: keys in, a screen out.
final class PseudoTerminal: @unchecked Sendable {
    private let master: Int32
    let process: pid_t
    // Guarded by `lock`: the reading thread writes, the test reads.
    private let lock = NSCondition()
    private var screen: Screen
    private var raw: [UInt8] = []
    private var ended = false
    private var status: Int32?

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Bytes that a slow terminal takes in a millisecond; nil for one that takes all at once.
    private let pace: Int?

    /// Starts `arguments[0]` with the slave side as its controlling terminal.
    init(
        _ arguments: [String], environment: [String: String], directory: String, columns: Int = 80, rows: Int = 24, pace: Int? = nil
    ) throws {
        self.pace = pace
        // What posix_openpt, unlockpt and ptsname do, which Swift does not see behind glibc's feature macros:
        // the numbers are TIOCSPTLCK and TIOCGPTN of <asm-generic/ioctls.h>.
        master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        var (lock, number) = (Int32(0), Int32(0))
        guard master >= 0, ioctl(master, 0x4004_5431, &lock) == 0, ioctl(master, 0x8004_5430, &number) == 0 else {
            throw Failure(description: "no pseudo-terminal")
        }
        let name = "/dev/pts/\(number)"
        var size = winsize(ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(master, UInt(TIOCSWINSZ), &size)
        screen = Screen(columns: columns, rows: rows)
        process = try ChildProcess.spawn(arguments, environment: environment, directory: directory, newSession: true) { actions in
            // The first terminal that a session leader opens becomes its controlling one.
            posix_spawn_file_actions_addopen(&actions, 0, name, O_RDWR, 0)
            posix_spawn_file_actions_adddup2(&actions, 0, 1)
            posix_spawn_file_actions_adddup2(&actions, 0, 2)
        }
        Thread { [self] in pump() }.start()
    }

    private func pump() {
        var buffer = [UInt8](repeating: 0, count: pace ?? 1 << 16)
        while true {
            if pace != nil { usleep(1000) }
            let count = read(master, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            lock.lock()
            if count > 0 {
                screen.feed(Array(buffer[..<count]))
                raw += buffer[..<count]
            } else {
                ended = true
            }
            lock.broadcast()
            lock.unlock()
            if count <= 0 { return }
        }
    }

    /// What the program has written, escape codes and all.
    var output: String { lock.withLock { String(decoding: raw, as: UTF8.self) } }
    var current: Screen { lock.withLock { screen } }
    /// How much the program has written.
    var byteCount: Int { lock.withLock { raw.count } }

    func send(_ text: String) throws {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { write(master, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Failure(description: "the terminal is closed") }
            bytes = bytes.dropFirst(count)
        }
    }

    /// Waits until the screen satisfies `condition`. The limit is for a hanging program only, far above what anything takes.
    @discardableResult
    func wait(_ what: String, limit: TimeInterval = 60, until condition: (Screen) -> Bool) throws -> Screen {
        let deadline = Date(timeIntervalSinceNow: limit)
        lock.lock()
        defer { lock.unlock() }
        while !condition(screen) {
            if ended || !lock.wait(until: deadline) {
                if condition(screen) { break }
                throw Failure(
                    description:
                        "\(ended ? "ended" : "waited in vain") before \(what); the screen:\n\(screen.text)\nwritten: \(String(decoding: raw.suffix(400), as: UTF8.self).debugDescription)"
                )
            }
        }
        return screen
    }

    /// Types a line and waits for what follows.
    @discardableResult
    func type(_ line: String, expecting text: String) throws -> Screen {
        let before = current.lines.count
        try send(line + "\r")
        return try wait("`\(text)` after `\(line)`") { screen in
            screen.lines.dropFirst(max(0, before - 1)).contains { $0.contains(text) } && screen.cursorLine == "eft>"
        }
    }

    /// Types the lines of one statement, each when its prompt has come, as a person does.
    func typeLines(_ lines: [String]) throws {
        for (index, line) in lines.enumerated() {
            let count = current.lines.count
            let prompt = index == lines.count - 1 ? "eft>" : "...>"
            try send(line + "\r")
            try wait("the prompt after `\(line)`") { $0.lines.count > count && $0.cursorLine == prompt }
        }
    }

    func waitForPrompt() throws { try wait("the prompt") { $0.cursorLine == "eft>" } }

    func signal(_ number: Int32) { kill(process, number) }

    func resize(columns: Int, rows: Int) {
        // The terminal folds what it shows before the program hears of it.
        lock.withLock { screen.resize(columns: columns, rows: rows) }
        var size = winsize(ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(master, UInt(TIOCSWINSZ), &size)
    }

    /// Waits for the end: the exit code, or 128 plus the signal.
    func exitStatus() throws -> Int32 {
        if let status { return status }
        let result = try ChildProcess.wait(process)
        status = result
        return result
    }

    deinit {
        if status == nil {
            kill(process, SIGKILL)
            _ = try? ChildProcess.wait(process)
        }
        close(master)
    }
}
