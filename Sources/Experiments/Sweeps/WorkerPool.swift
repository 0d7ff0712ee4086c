import Foundation
import Statement

/// The worker processes of a sweep, each with a log of its own.
final class WorkerPool {
    /// A worker that has ended.
    struct Ended {
        let slot: Int
        let identity: ProcessIdentity
        /// How it ended, in words; nil when it found nothing more to do.
        let failure: String?
        let log: String
        /// When it was started, in seconds since 1970.
        let started: Double
    }

    private struct Entry {
        let process: Process
        /// Held open: a worker dies when its standard input ends.
        let leash: Pipe
        let identity: ProcessIdentity
        let log: String
        let started: Double
    }

    private let command: [String]
    private let ordinal: Int
    private let threads: Int
    private let logs: String
    private var entries: [Int: Entry] = [:]

    /// - Parameters:
    ///   - command: the words of the command that runs the script, without the program.
    ///   - logs: folder of the logs.
    init(command: [String], ordinal: Int, threads: Int, logs: String) throws {
        self.command = command
        self.ordinal = ordinal
        self.threads = threads
        self.logs = logs
        try FileManager.default.createDirectory(atPath: logs, withIntermediateDirectories: true)
    }

    deinit { stop() }

    var isEmpty: Bool { entries.isEmpty }

    func logPath(slot: Int) -> String { logs + "/worker-\(slot).log" }

    func start(slot: Int) throws {
        let log = logPath(slot: slot)
        let descriptor = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw StoreError.unwritable(log, String(cString: strerror(errno))) }
        let output = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = command
        var environment = ProcessInfo.processInfo.environment
        environment[SweepWorker.variable] = SweepWorker(ordinal: ordinal, slot: slot, threads: threads, log: log).text
        environment["EFT_THREADS"] = String(threads)
        process.environment = environment
        let leash = Pipe()
        process.standardInput = leash
        process.standardOutput = output
        process.standardError = output
        let started = Date().timeIntervalSince1970
        try process.run()
        entries[slot] = Entry(
            process: process, leash: leash, identity: ProcessIdentity(pid: process.processIdentifier), log: log, started: started)
    }

    /// The workers that have ended since the last call.
    func ended() -> [Ended] {
        entries.filter { !$0.value.process.isRunning }.sorted { $0.key < $1.key }.map { slot, entry in
            entries[slot] = nil
            let status = entry.process.terminationStatus
            let failure: String? =
                switch entry.process.terminationReason {
                case .uncaughtSignal: "was killed by signal \(status) (\(String(cString: strsignal(status))))"
                default: status == 0 ? nil : "ended with code \(status)"
                }
            return Ended(slot: slot, identity: entry.identity, failure: failure, log: entry.log, started: entry.started)
        }
    }

    /// Whether `ended` has still to tell of this worker.
    func isWaiting(for identity: ProcessIdentity) -> Bool { entries.values.contains { $0.identity == identity } }

    /// Waits until all have ended, for so many seconds at most.
    func wait(limit: TimeInterval) {
        let end = Date().addingTimeInterval(limit)
        while entries.values.contains(where: { $0.process.isRunning }), Date() < end, !Interruption.isRequested {
            Thread.sleep(forTimeInterval: 0.02)
        }
    }

    /// Kills those that still run and waits until they are gone.
    func stop() {
        for entry in entries.values { kill(entry.process.processIdentifier, SIGKILL) }
        for entry in entries.values { entry.process.waitUntilExit() }
        entries = [:]
    }
}
