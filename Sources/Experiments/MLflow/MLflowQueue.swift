import Foundation

/// Sends the runs of this process to the server, on a thread of its own, and goes on trying while the server is away.
///
/// What waits is in the embedded store, so it takes no memory, survives the process and is sent by the next one. Only what changed is held:
/// the ids of runs.
final class MLflowQueue: @unchecked Sendable {
    private let exporter: MLflowExporter
    private let warn: @Sendable (String) -> Void
    // `condition` guards everything below.
    private let condition = NSCondition()
    private var changed: [String] = []
    private var isSending = false
    private var isUrgent = false
    private var isStopped = false
    private var failures = 0
    private var notBefore = Date.distantPast
    private var hasWarned = false

    /// Changes are collected for so long before they are sent.
    private static let pause: TimeInterval = 0.5
    private let firstWait: TimeInterval
    private let longestWait: TimeInterval

    /// - Parameters:
    ///   - firstWait: seconds after the first failure; they double with each further one, up to `longestWait`.
    init(exporter: MLflowExporter, firstWait: TimeInterval, longestWait: TimeInterval, warn: @escaping @Sendable (String) -> Void) {
        self.exporter = exporter
        self.firstWait = firstWait
        self.longestWait = longestWait
        self.warn = warn
        let thread = Thread { [self] in work() }
        thread.name = "mlflow"
        thread.start()
        EndOfProcess.add(self) { $0.end() }
    }

    /// Whether the server did not answer when last asked, and shall not be asked again yet.
    var isDown: Bool { condition.withLock { failures > 0 && notBefore > Date() } }

    /// Whether the last request failed.
    var isDoubtful: Bool { condition.withLock { failures > 0 } }

    /// Notes that something of a run is to be sent.
    func add(_ run: String) {
        condition.withLock {
            if !changed.contains(run) { changed.append(run) }
            condition.broadcast()
        }
    }

    /// Notes how a request of somebody else ended, and says so the first time that the server is away.
    func note(_ error: MLflowError?) {
        let warning: String? = condition.withLock {
            guard let error else {
                let isBack = hasWarned
                failures = 0
                notBefore = .distantPast
                hasWarned = false
                return isBack ? "\(exporter.server) answers again; what waited is being sent" : nil
            }
            failures = min(failures + 1, 30)
            let wait = max(min(longestWait, firstWait * pow(2, Double(failures - 1))), min(error.retryAfter ?? 0, longestWait))
            notBefore = Date().addingTimeInterval(wait * Double.random(in: 0.9...1.1))
            defer { hasWarned = true }
            return hasWarned
                ? nil : "\(error); training goes on, runs are kept in \(exporter.store.place) and sent when the server takes them"
        }
        if let warning { warn(warning) }
    }

    /// Waits until everything is sent, the server turns out to be away, or the time is over; whether everything is sent.
    @discardableResult
    func drain(limit: TimeInterval) -> Bool {
        let end = Date().addingTimeInterval(limit)
        return condition.withLock {
            isUrgent = true
            condition.broadcast()
            while !changed.isEmpty || isSending {
                if failures > 0 && notBefore > Date() || isStopped { return false }
                if !condition.wait(until: end) { return changed.isEmpty && !isSending }
            }
            return true
        }
    }

    /// Ends the thread after the request under way.
    func stop() {
        condition.withLock {
            isStopped = true
            condition.broadcast()
        }
    }

    private func work() {
        while let run = next() {
            do {
                if try exporter.send(run: run).isContacted { note(nil) }
            } catch let error as MLflowError {
                note(error)
                add(run)
            } catch {
                // The store itself: it has said so.
                warn("run \(run) was not sent: \(error)")
            }
            condition.withLock {
                isSending = false
                condition.broadcast()
            }
        }
    }

    /// The next run to send, when it is time; nil at the end.
    private func next() -> String? {
        condition.withLock {
            while !isStopped {
                let now = Date()
                if changed.isEmpty {
                    isUrgent = false
                    condition.wait()
                } else if notBefore > now {
                    _ = condition.wait(until: notBefore)
                } else if !isUrgent, pausedUntil(now) > now {
                    _ = condition.wait(until: pausedUntil(now))
                } else {
                    collectingSince = nil
                    isSending = true
                    return changed.removeFirst()
                }
            }
            return nil
        }
    }

    private var collectingSince: Date?

    private func pausedUntil(_ now: Date) -> Date {
        let since = collectingSince ?? now
        collectingSince = since
        return since.addingTimeInterval(Self.pause)
    }

    /// How many values are not sent yet, and what to say about them when the process ends.
    fileprivate func end() {
        if drain(limit: 20) { return }
        let count = (try? exporter.unsentCount()) ?? 0
        warn(
            "\(count) values wait in \(exporter.store.place): the next run with this tracking_uri sends them, "
                + "or eft runs export --mlflow \(exporter.server) --store \(exporter.store.place)")
    }
}
