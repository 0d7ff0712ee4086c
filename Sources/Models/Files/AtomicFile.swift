import Foundation
import Statement

/// Files and directories that appear whole or not at all.
package enum AtomicFile {
    /// Whether what is written now is a part of a directory that is being written.
    @TaskLocal private static var isPart = false

    private static func noteWritten(_ url: URL) {
        if !isPart { Journal.cannotUndo("wrote \(url.relativePath)") }
    }

    /// Writes the parts to a temporary file beside `url`, brings them to the disk and renames it into place.
    package static func write(_ parts: [Data], to url: URL) throws(ModelError) {
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
            noteWritten(url)
        } catch {
            try? FileManager.default.removeItem(at: temporary)
            throw failure(error, url)
        }
    }

    /// Lets `fill` write a directory beside `url`, then puts it in the place of whatever was there.
    ///
    /// An existing directory is moved aside first and removed only when the new one is in place; when anything fails it comes back.
    /// Nothing is replaced that would be lost: see `checkReplaceable`.
    package static func writeDirectory(_ url: URL, disposable: Set<String> = [], fill: (URL) throws -> Void) throws {
        let manager = FileManager.default
        let temporary = beside(url)
        do {
            try checkReplaceable(url)
            try manager.createDirectory(at: temporary, withIntermediateDirectories: true)
            try $isPart.withValue(true) { try fill(temporary) }
            synchronize(directory: temporary)
            noteWritten(url)
            defer { synchronize(directory: url.deletingLastPathComponent()) }
            guard manager.fileExists(atPath: url.path) else {
                try rename(temporary, to: url)
                return
            }
            try checkContents(of: url, against: temporary, disposable: disposable)
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

    /// Refuses a file, the working directory and the directories that hold it.
    static func checkReplaceable(
        _ url: URL, workingDirectory: String = FileManager.default.currentDirectoryPath
    ) throws(ModelError) {
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isDirectory) else { return }
        guard isDirectory.boolValue else {
            throw ModelError(.writeFailed, "is a file, and a directory is to be written", file: url.path, help: newDirectory)
        }
        let here = URL(fileURLWithPath: workingDirectory).resolvingSymlinksInPath().path
        let target = url.resolvingSymlinksInPath().path
        if here == target || here.hasPrefix(target.hasSuffix("/") ? target : target + "/") {
            throw ModelError(
                .writeFailed, "is the working directory or holds it, and would be replaced as a whole", file: url.path, help: newDirectory)
        }
    }

    /// Refuses a directory with an entry that the new one does not have and that is not `disposable`.
    private static func checkContents(of old: URL, against new: URL, disposable: Set<String>) throws {
        let known = try disposable.union(FileManager.default.contentsOfDirectory(atPath: new.path))
        let others = try FileManager.default.contentsOfDirectory(atPath: old.path).filter { !known.contains($0) }.sorted()
        guard let first = others.first else { return }
        let more = others.count > 1 ? " and \(others.count - 1) more" : ""
        throw ModelError(
            .writeFailed, "holds what is no part of a model and would be lost: \(first)\(more)", file: old.path, help: newDirectory)
    }

    private static let newDirectory = "Give a new directory, or one that holds a model only"

    private static func beside(_ url: URL) -> URL {
        url.deletingLastPathComponent().appendingPathComponent(".\(url.lastPathComponent).\(UUID().uuidString.prefix(8)).partial")
    }

    /// Removes what writing directories named `prefix…` left in a folder when its process was killed.
    package static func removePartials(in folder: URL, prefix: String) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        for name in names where name.hasPrefix("." + prefix) && name.hasSuffix(".partial") {
            try? FileManager.default.removeItem(at: folder.appendingPathComponent(name))
        }
    }

    /// Brings the names in a directory to the disk, where the file system can do that.
    private static func synchronize(directory: URL) {
        let descriptor = open(directory.path, O_RDONLY)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
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
