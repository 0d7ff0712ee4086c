import Foundation

/// `!command`: a line for the shell, with the terminal.
enum ShellCommand {
    static func run(_ line: String, session: Session) throws -> Session.Outcome {
        guard !line.isEmpty else { throw CommandError("usage: !command, such as !ls -l") }
        StandardOutput.shared.flush()
        session.signals.enter(.child)
        let status = try spawn("/bin/sh", ["sh", "-c", line])
        if status.exited, status.code == 0 { return .done }
        // Behind the terminal's `^C`.
        if !status.exited { session.say("") }
        session.say(status.exited ? "(exit status \(status.code))" : "(ended by signal \(status.code))")
        return .failed
    }

    struct Status {
        let exited: Bool
        let code: Int32
    }

    /// Starts a program with our terminal and waits for it. It begins with default signals, not with those we block or ignore.
    static func spawn(_ path: String, _ arguments: [String]) throws -> Status {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var mask = sigset_t()
        sigemptyset(&mask)
        var defaults = SignalWatch.signalSet()
        for signal in [SIGPIPE, SIGXFSZ] { sigaddset(&defaults, signal) }
        posix_spawnattr_setsigmask(&attributes, &mask)
        posix_spawnattr_setsigdefault(&attributes, &defaults)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        var pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
        pointers.append(nil)
        defer { pointers.forEach { free($0) } }
        var child = pid_t()
        let code = posix_spawn(&child, path, nil, &attributes, pointers, environ)
        guard code == 0 else { throw CommandError("cannot start \(path): \(String(cString: strerror(code)))") }
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0 {
            guard errno == EINTR else { throw CommandError("lost \(path): \(String(cString: strerror(errno)))") }
        }
        // The wait status of POSIX: the low seven bits hold the signal, the next byte the exit code.
        let signal = status & 0x7F
        return signal == 0 ? Status(exited: true, code: (status >> 8) & 0xFF) : Status(exited: false, code: signal)
    }
}
