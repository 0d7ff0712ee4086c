import Foundation
import Text

/// What the files that a cell read contained, so that it can be seen whether they still do.
struct FileHashes {
    private struct Version: Hashable {
        let path: String
        let size: Int
        let time: Double
    }

    private var known: [Version: String] = [:]

    /// Paths and contents' hashes as JSON text. Files that changed after the moment `started` are left out: the cell wrote them itself.
    mutating func text(of paths: [String], notAfter started: Double) -> String {
        var object = JSONObject()
        for path in paths {
            guard let version = Self.version(path), version.time <= started, let hash = hash(version) else { continue }
            object[Self.shown(path)] = .string(hash)
        }
        return (try? JSONWriter(isCompact: true).string(.object(object))) ?? "{}"
    }

    /// Whether all files of such a text are there with the same contents.
    mutating func hold(_ text: String) -> Bool {
        guard let object = (try? JSONParser.parse(text))?.objectValue else { return false }
        for (path, value) in object {
            guard let version = Self.version(path), hash(version) == value.stringValue else { return false }
        }
        return true
    }

    private mutating func hash(_ version: Version) -> String? {
        if let hash = known[version] { return hash }
        guard let data = try? Data(contentsOf: URL(fileURLWithPath: version.path), options: .alwaysMapped) else { return nil }
        var hash = ContentHash()
        data.withUnsafeBytes { hash.update($0) }
        known[version] = hash.hexadecimal
        return hash.hexadecimal
    }

    private static func version(_ path: String) -> Version? {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return Version(
            path: path, size: Int(status.st_size), time: Double(status.st_mtim.tv_sec) + Double(status.st_mtim.tv_nsec) / 1e9)
    }

    /// Below the working directory a path stays true when the project moves.
    private static func shown(_ path: String) -> String {
        let here = FileManager.default.currentDirectoryPath + "/"
        return path.hasPrefix(here) ? String(path.dropFirst(here.count)) : path
    }
}
