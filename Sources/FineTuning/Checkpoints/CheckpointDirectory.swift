import Foundation
import Models
import Text

/// A directory of files that was written whole: each is listed with its size and checksum in `checksums.json`.
enum CheckpointDirectory {
    static let listName = "checksums.json"

    /// Lets `fill` write files into a directory, lists them, and puts it in place with one rename.
    static func write(_ path: String, fill: (URL) throws -> Void) throws {
        // A limit on the size of files (ulimit -f) is to be an error of that write, not the end of the process.
        signal(SIGXFSZ, SIG_IGN)
        let url = URL(fileURLWithPath: path)
        // What a killed write of this or of another step has left: the names of steps begin alike up to a dash.
        let prefix = url.lastPathComponent.split(separator: "-").first.map(String.init) ?? url.lastPathComponent
        AtomicFile.removePartials(in: url.deletingLastPathComponent(), prefix: prefix)
        try AtomicFile.writeDirectory(url) { folder in
            try fill(folder)
            var list = JSONObject()
            for name in try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() {
                let (size, sum) = try checksum(folder.appendingPathComponent(name))
                list[name] = ["bytes": .int(Int64(size)), "crc32": .string(sum)]
            }
            let text = try JSONWriter(indent: 1).string(["files": .object(list)])
            try AtomicFile.write([Data(text.utf8)], to: folder.appendingPathComponent(listName))
        }
    }

    /// Throws an error that names the first file that is missing or not as it was written.
    static func verify(_ path: String) throws {
        let folder = URL(fileURLWithPath: path)
        let list = try json(folder.appendingPathComponent(listName))
        guard let files = list["files"]?.objectValue, !files.isEmpty else {
            throw ModelError(.malformed, "lists no files", file: folder.appendingPathComponent(listName).path)
        }
        for (name, entry) in files {
            let url = folder.appendingPathComponent(name)
            guard let size = entry["bytes"]?.intValue, let sum = entry["crc32"]?.stringValue else {
                throw ModelError(.malformed, "has no size or checksum", file: folder.appendingPathComponent(listName).path, field: name)
            }
            let found = try checksum(url)
            guard Int64(found.size) == size else {
                throw ModelError(
                    .truncated, "has another size than it was written with", file: url.path, expected: "\(size) bytes",
                    found: "\(found.size)")
            }
            guard found.sum == sum else {
                throw ModelError(
                    .malformed, "is damaged: its checksum is another than when it was written", file: url.path, expected: sum,
                    found: found.sum)
            }
        }
    }

    static func json(_ url: URL) throws -> JSONValue {
        guard let data = FileManager.default.contents(atPath: url.path) else {
            throw ModelError(.missingFile, "no such file", file: url.path)
        }
        do {
            var options = JSONParser.Options()
            options.allowsNonFinite = true
            return try JSONParser.parse(Array(data), options: options)
        } catch {
            throw ModelError(.malformed, "invalid JSON: \(error)", file: url.path)
        }
    }

    private static func checksum(_ url: URL) throws -> (size: Int, sum: String) {
        let data: Data
        do {
            data = try Data(contentsOf: url, options: .alwaysMapped)
        } catch {
            throw ModelError(.missingFile, "cannot be read", file: url.path)
        }
        var crc = CRC32()
        data.withUnsafeBytes { crc.update($0) }
        return (data.count, crc.hexadecimal)
    }
}
