import Foundation

/// How the sweeps of this process run: what the command line says, and whether the process is a worker of another.
public struct SweepSettings: Sendable {
    /// How many worker processes; nil leaves it to the script.
    public var workers: Int?
    /// Lists the cells instead of running them.
    public var isDryRun = false
    /// Conditions on parameters, as typed: "margin=0.05".
    public var only: [String] = []
    /// Runs cells again that are done.
    public var isFresh = false
    /// The words of a command that runs the same script again; nil where there is none, as at the prompt.
    public var command: [String]?
    /// What this process does for another.
    public var worker: SweepWorker?
    /// Ends the process where it stands, in a worker and after a dry run.
    public var leave: @Sendable () -> Void = { exit(0) }

    public init() {}

    private static let lock = NSLock()
    // Both guarded by `lock`.
    nonisolated(unsafe) private static var settings = SweepSettings()
    nonisolated(unsafe) private static var count = 0

    public static var current: SweepSettings {
        get { lock.withLock { settings } }
        set { lock.withLock { settings = newValue } }
    }

    /// Counts the sweeps of the process, from 0.
    static func nextOrdinal() -> Int {
        lock.withLock {
            defer { count += 1 }
            return count
        }
    }

    /// Whether this thread is at a cell: what it does there has its share of the machine already.
    public internal(set) static var isInCell: Bool {
        get { Thread.current.threadDictionary["eft.cell"] != nil }
        set { Thread.current.threadDictionary["eft.cell"] = newValue ? true : nil }
    }

    /// Whether a sweep has begun in this process.
    public static var wereUsed: Bool { lock.withLock { count > 0 } }
}

/// The part of a worker process: it runs the script again up to the sweep and computes cells of that one only.
public struct SweepWorker: Sendable, Equatable {
    /// Which sweep of the script.
    public let ordinal: Int
    /// The worker's number among its like, from 1.
    public let slot: Int
    /// Its share of the threads.
    public let threads: Int
    /// Where its output goes.
    public let log: String

    static let variable = "EFT_SWEEP_WORKER"

    init(ordinal: Int, slot: Int, threads: Int, log: String) {
        self.ordinal = ordinal
        self.slot = slot
        self.threads = threads
        self.log = log
    }

    var text: String { "\(ordinal) \(slot) \(threads) \(log)" }

    init?(text: String) {
        let parts = text.split(separator: " ", maxSplits: 3)
        guard parts.count == 4, let ordinal = Int(parts[0]), let slot = Int(parts[1]), let threads = Int(parts[2]) else { return nil }
        self.init(ordinal: ordinal, slot: slot, threads: threads, log: String(parts[3]))
    }

    /// The part that the environment gives this process; nil in one that works for itself. Processes that it starts do not inherit it.
    public static func take() -> SweepWorker? {
        guard let value = getenv(variable), let worker = SweepWorker(text: String(cString: value)) else { return nil }
        unsetenv(variable)
        return worker
    }

    /// Dies with the process that started this one: standard input is a pipe that only that process holds open, however it ends.
    public static func dieWithParent() {
        let pipe = dup(STDIN_FILENO)
        let nothing = open("/dev/null", O_RDONLY)
        dup2(nothing, STDIN_FILENO)
        close(nothing)
        _ = fcntl(pipe, F_SETFD, FD_CLOEXEC)
        Thread.detachNewThread {
            var byte: UInt8 = 0
            while true {
                let count = read(pipe, &byte, 1)
                if count < 0, errno == EINTR { continue }
                if count <= 0 { kill(getpid(), SIGKILL) }
            }
        }
    }
}
