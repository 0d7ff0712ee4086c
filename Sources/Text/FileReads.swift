import Foundation

/// Which files are read, for whoever must know what a result depends on.
public enum FileReads {
    private static let lock = NSLock()
    // Both guarded by `lock`.
    nonisolated(unsafe) private static var isRecording = false
    nonisolated(unsafe) private static var paths: Set<String> = []

    /// Tells that a file is read as data: readers of records, texts and models do.
    public static func note(_ path: String) {
        lock.withLock {
            guard isRecording else { return }
            paths.insert(URL(fileURLWithPath: path).standardizedFileURL.path)
        }
    }

    /// Listens from now on.
    public static func begin() {
        lock.withLock {
            isRecording = true
            paths = []
        }
    }

    /// The files read since `begin`, sorted; listens no longer.
    public static func end() -> [String] {
        lock.withLock {
            isRecording = false
            defer { paths = [] }
            return paths.sorted()
        }
    }
}
