import Foundation

/// The process that sends certain runs of a shared file: known by a file that it holds a lock on as long as it lives.
final class QueueOwner: Sendable {
    let id = UUID().uuidString
    private let folder: String
    private let descriptor: Int32

    /// The folder is made if it is not there; without one, nobody else can tell whether this process lives.
    init(folder: String) {
        self.folder = folder
        try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        descriptor = open(folder + "/" + id, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
        if descriptor >= 0 { flock(descriptor, LOCK_EX | LOCK_NB) }
    }

    deinit {
        guard descriptor >= 0 else { return }
        unlink(folder + "/" + id)
        close(descriptor)
    }

    /// Whether the owner of this id has ended.
    func isGone(_ other: String) -> Bool {
        if other == id { return false }
        let path = folder + "/" + other
        let descriptor = open(path, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return true }
        defer { close(descriptor) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { return false }
        unlink(path)
        return true
    }
}
