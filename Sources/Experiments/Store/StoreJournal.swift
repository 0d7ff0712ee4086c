import Foundation
import GRDB
import Text

/// What a store could not write, one change a line of JSON in a file that a later opening of the store takes in.
///
/// The file lies beside the store, or in `~/.cache/eft/unsaved-runs` where that cannot be written. Its writer holds a lock on it as long as
/// it lives, so that nobody takes in a journal that is still being written; a line that a kill cut off is the end.
final class StoreJournal: @unchecked Sendable {
    /// Where the file is.
    let path: String
    // The caller writes under a lock of its own.
    private let descriptor: Int32
    private let encoder: JSONEncoder

    /// Begins a journal for the store at `store`; nil where no folder can be written.
    init?(store: String, folders: [String]) {
        for folder in folders {
            try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let path = folder + "/" + Self.prefix(store) + UUID().uuidString.prefix(8) + Self.suffix
            let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0o644)
            guard descriptor >= 0 else { continue }
            guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
                close(descriptor)
                continue
            }
            self.path = path
            self.descriptor = descriptor
            encoder = JSONEncoder()
            encoder.nonConformingFloatEncodingStrategy = .convertToString(positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
            return
        }
        return nil
    }

    deinit { close(descriptor) }

    /// Adds a change; false when it could not be written.
    func append(_ change: StoreChange) -> Bool {
        guard var line = try? encoder.encode(change) else { return false }
        line.append(UInt8(ascii: "\n"))
        return line.withUnsafeBytes { bytes in
            var done = 0
            while done < bytes.count {
                let count = write(descriptor, bytes.baseAddress?.advanced(by: done), bytes.count - done)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return false }
                done += count
            }
            return true
        }
    }

    // MARK: Taking in

    /// Applies the journals of a store that nobody writes any more, and deletes them; how many changes there were.
    static func takeIn(to database: DatabaseQueue, store: String, folders: [String]) throws -> Int {
        var count = 0
        for folder in folders {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            for name in names.sorted() where name.hasPrefix(prefix(store)) && name.hasSuffix(suffix) {
                let path = folder + "/" + name
                let descriptor = open(path, O_RDWR | O_CLOEXEC)
                guard descriptor >= 0 else { continue }
                // Closing gives the lock back. The path is looked at again behind it: another process may have taken the file in.
                defer { close(descriptor) }
                guard flock(descriptor, LOCK_EX | LOCK_NB) == 0, let data = FileManager.default.contents(atPath: path) else { continue }
                let changes = read(data)
                // All or nothing; a kill before the deletion lets the next opening apply the same again, which changes nothing.
                try database.write { database in
                    for change in changes { try take(change, database) }
                }
                unlink(path)
                count += changes.count
            }
        }
        return count
    }

    /// A change of a run that the store has lost meanwhile goes with the run.
    private static func take(_ change: StoreChange, _ database: Database) throws {
        if case .points(let run, _) = change,
            try !(Bool.fetchOne(database, sql: "SELECT EXISTS (SELECT 1 FROM runs WHERE id = ?)", arguments: [run]) ?? false)
        {
            return
        }
        try change.apply(to: database)
    }

    private static func read(_ data: Data) -> [StoreChange] {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        var changes: [StoreChange] = []
        for line in data.split(separator: UInt8(ascii: "\n")) {
            guard let change = try? decoder.decode(StoreChange.self, from: line) else { break }
            changes.append(change)
        }
        return changes
    }

    /// The folders where a store's journals may be, the first choice first.
    static func folders(of store: String) -> [String] {
        let home = ProcessInfo.processInfo.environment["EFT_HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? NSHomeDirectory() + "/.cache/eft"
        return [
            URL(fileURLWithPath: store).deletingLastPathComponent().path, (home as NSString).expandingTildeInPath + "/unsaved-runs",
        ]
    }

    private static let suffix = ".jsonl"

    /// Journals of stores of other places may lie in the same folder.
    private static func prefix(_ store: String) -> String {
        "unsaved-\(ContentHash.of(URL(fileURLWithPath: store).standardizedFileURL.path).prefix(16))-"
    }
}
