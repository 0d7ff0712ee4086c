import Synchronization

/// Collects the warnings of a test.
final class Collected: Sendable {
    private let content = Mutex<[String]>([])
    var texts: [String] { content.withLock { $0 } }
    func append(_ text: String) { content.withLock { $0.append(text) } }
}
