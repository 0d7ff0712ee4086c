import Foundation

/// A process by its number and the time of its start, so that another one that gets the same number later is not taken for it.
struct ProcessIdentity: Hashable, Sendable {
    let text: String

    static let current = ProcessIdentity(pid: getpid())

    init(pid: Int32) { text = "\(pid):\(Self.start(of: pid) ?? "")" }

    init(text: String) { self.text = text }

    /// Whether the process still runs; one that has ended and not been waited for does not.
    var isAlive: Bool {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let pid = Int32(parts[0]) else { return false }
        return Self.start(of: pid).map { $0 == parts[1] } ?? false
    }

    /// Clock ticks after the machine's start (proc_pid_stat(5), field 22); nil when there is no such process, or only what is left of it.
    private static func start(of pid: Int32) -> String? {
        guard let data = FileManager.default.contents(atPath: "/proc/\(pid)/stat") else { return nil }
        // The name, which is field 2, is in brackets and may hold blanks and brackets itself.
        let text = String(decoding: data, as: UTF8.self)
        guard let end = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: end)...].split(separator: " ")
        guard fields.count > 19, fields[0] != "Z", fields[0] != "X" else { return nil }
        return String(fields[19])
    }
}
