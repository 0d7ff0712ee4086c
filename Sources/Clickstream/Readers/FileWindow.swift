import Foundation
import Statement
import Text

/// A part of a file that moves on chunk by chunk, so that a file larger than memory streams through.
class FileWindow {
    final let name: String
    /// The bytes held now.
    final private(set) var bytes: [UInt8] = []
    /// Where the first of them stands in the file.
    final private(set) var offset = 0
    /// Whether nothing follows the bytes held now.
    final private(set) var reachedEnd = false

    private let file: FileHandle
    private let chunk: Int

    /// Opens the file at `path`; the error says what is wrong with it.
    init(path: String, chunk: Int = 1 << 18) throws(DataError) {
        name = path
        self.chunk = max(chunk, 1)
        file = try Self.open(path)
        FileReads.note(path)
    }

    deinit { try? file.close() }

    /// Drops the first `count` bytes and reads one more chunk.
    final func slide(past count: Int) throws(DataError) {
        if Interruption.isRequested { throw .interrupted(name) }
        if count > 0 {
            bytes.removeFirst(count)
            offset += count
        }
        do {
            if let data = try file.read(upToCount: chunk), !data.isEmpty { bytes.append(contentsOf: data) } else { reachedEnd = true }
        } catch {
            throw unreadable(error)
        }
    }

    /// Makes the window begin at this place of the file, or hold it; where it is in `bytes`.
    final func window(at place: Int) throws(DataError) -> Int {
        if place >= offset, place < offset + bytes.count { return place - offset }
        do { try file.seek(toOffset: UInt64(max(place, 0))) } catch { throw unreadable(error) }
        bytes.removeAll(keepingCapacity: true)
        offset = place
        reachedEnd = false
        return 0
    }

    private func unreadable(_ error: any Error) -> DataError {
        DataError(.file, file: name, problem: "the file cannot be read", help: error.localizedDescription)
    }

    private static func open(_ path: String) throws(DataError) -> FileHandle {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { throw .noFile(path) }
        if isFolder.boolValue {
            throw DataError(.file, file: path, problem: "this is a folder, expected a file")
        }
        guard let file = FileHandle(forReadingAtPath: path) else {
            throw DataError(.file, file: path, problem: "the file cannot be opened", help: "check its permissions")
        }
        return file
    }
}

extension DataError {
    /// The error for a path where nothing is, with the name in that folder that was probably meant.
    static func noFile(_ path: String) -> DataError {
        let url = URL(fileURLWithPath: path)
        let folder = url.deletingLastPathComponent()
        let siblings = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        let help = Spelling.suggestion(for: url.lastPathComponent, among: siblings.sorted()).map { "did you mean \"\($0)\"?" }
        return DataError(.file, file: path, problem: "there is no such file", help: help)
    }
}
