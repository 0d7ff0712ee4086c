import Foundation

/// Files and directories that appear whole or not at all.
enum AtomicFile {
    /// Writes the parts to a temporary file beside `url`, brings them to the disk and renames it into place.
    static func write(_ parts: [Data], to url: URL) throws(ModelError) {
        let temporary = beside(url)
        do {
            guard FileManager.default.createFile(atPath: temporary.path, contents: nil) else {
                throw CocoaError(.fileWriteUnknown)
            }
            let handle = try FileHandle(forWritingTo: temporary)
            do {
                for part in parts { try handle.write(contentsOf: part) }
                try handle.synchronize()
                try handle.close()
            } catch {
                try? handle.close()
                throw error
            }
            try rename(temporary, to: url)
        } catch {
            try? FileManager.default.removeItem(at: temporary)
            throw failure(error, url)
        }
    }

    /// Lets `fill` write a directory beside `url`, then puts it in the place of whatever was there.
    ///
    /// An existing directory is moved aside first and removed only when the new one is in place; when anything fails it comes back.
    static func writeDirectory(_ url: URL, fill: (URL) throws -> Void) throws {
        let manager = FileManager.default
        let temporary = beside(url)
        do {
            try manager.createDirectory(at: temporary, withIntermediateDirectories: true)
            try fill(temporary)
            guard manager.fileExists(atPath: url.path) else {
                try rename(temporary, to: url)
                return
            }
            let old = beside(url)
            try rename(url, to: old)
            do {
                try rename(temporary, to: url)
            } catch {
                try? rename(old, to: url)
                throw error
            }
            try? manager.removeItem(at: old)
        } catch {
            try? manager.removeItem(at: temporary)
            throw (error as? ModelError) ?? failure(error, url)
        }
    }

    private static func beside(_ url: URL) -> URL {
        url.deletingLastPathComponent().appendingPathComponent(".\(url.lastPathComponent).\(UUID().uuidString.prefix(8)).partial")
    }

    /// POSIX rename: replaces a file in one step, unlike `FileManager.moveItem`.
    private static func rename(_ source: URL, to target: URL) throws {
        guard Foundation.rename(source.path, target.path) == 0 else {
            throw NSError(domain: NSPOSIXErrorDomain, code: Int(errno))
        }
    }

    private static func failure(_ error: any Error, _ url: URL) -> ModelError {
        ModelError(
            .writeFailed, "cannot be written: \((error as NSError).localizedDescription)", file: url.path,
            help: "Check that the folder exists, that it may be written to, and that the disk has room")
    }
}
