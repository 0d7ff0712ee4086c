import Foundation

/// What is left of sessions that a signal ended: their source, one file for each, told of at the next start.
struct RecoveryFiles: Sendable {
    /// The folder of the files; made when there is something to keep.
    let folder: String
    /// Files kept; older ones go.
    var limit = 20

    /// `~/.eft_recovery`.
    static var standard: RecoveryFiles { RecoveryFiles(folder: HomeDirectory.path + "/.eft_recovery") }

    private static let untold = "new-"

    /// Writes the statements of a session as a script; does nothing when there are none. Files can be read by their owner only.
    ///
    /// - Parameter reason: what ended the session, such as "SIGTERM".
    func save(_ statements: [String], reason: String, at date: Date = Date()) throws {
        guard !statements.isEmpty else { return }
        let manager = FileManager.default
        try manager.createDirectory(atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.dateFormat = "yyyy-MM-dd-HHmmss"
        let text = "# The statements of a session that \(reason) ended.\n" + statements.joined(separator: "\n") + "\n"
        let path = "\(folder)/\(Self.untold)\(format.string(from: date))-\(getpid()).eft"
        try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
        try manager.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        for name in names().dropLast(limit) { try? manager.removeItem(atPath: folder + "/" + name) }
    }

    /// The files that nobody has been told of yet, which is done with this.
    func takeUntold() -> [String] {
        names().filter { $0.hasPrefix(Self.untold) }.compactMap { name in
            let told = folder + "/" + name.dropFirst(Self.untold.count)
            // Of two sessions that start at once, the one whose renaming succeeds tells.
            return rename(folder + "/" + name, told) == 0 ? told : nil
        }
    }

    /// Oldest first.
    private func names() -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0.hasSuffix(".eft") }
            .sorted { $0.replacing(Self.untold, with: "") < $1.replacing(Self.untold, with: "") }
    }
}
