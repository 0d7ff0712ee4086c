import Foundation
import Language
import Text

/// The statements that can be taken back and done again, the oldest forgotten when they hold too much memory.
final class UndoHistory {
    final class Entry {
        let text: String
        let change: StatementChange
        /// The memory that its remembered values hold, in bytes by piece.
        fileprivate(set) var pieces: [ObjectIdentifier: Int] = [:]

        init(text: String, change: StatementChange) {
            self.text = text
            self.change = change
        }

        /// Bytes that it holds, perhaps together with others.
        var bytes: Int { pieces.values.reduce(0, +) }

        /// The first line, cut to a length.
        func title(width: Int = 60) -> String {
            let lines = text.split(separator: "\n")
            let first = lines.first.map(String.init) ?? ""
            return first.count > width || lines.count > 1 ? String(first.prefix(width - 1)) + "…" : first
        }
    }

    /// Bytes that the statements may hold. The last one is kept whatever it holds.
    let limit: Int
    /// Taken back from the end.
    private(set) var done: [Entry] = []
    /// Done again from the end.
    private(set) var undone: [Entry] = []
    /// Statements that are too old to be taken back.
    private(set) var forgotten = 0
    /// Bytes that all entries hold together.
    private(set) var bytes = 0
    /// How many entries hold a piece of memory. Kept up with, so that a statement costs what it changed, not what others did.
    private var holders: [ObjectIdentifier: (count: Int, bytes: Int)] = [:]

    /// Statements kept, however small.
    private static let countLimit = 200

    init(limit: Int) { self.limit = limit }

    /// `EFT_UNDO_MIB` of the environment, else a quarter of the machine's memory.
    static var standardLimit: Int {
        let asked = Workspace.environment("EFT_UNDO_MIB").flatMap(Int.init).map { min(max($0, 0), 1 << 30) << 20 }
        return asked ?? Int(ProcessInfo.processInfo.physicalMemory / 4)
    }

    /// A statement has run: what was taken back before it cannot be done again.
    func add(_ entry: Entry) {
        for old in undone { release(old) }
        undone.removeAll()
        done.append(entry)
        hold(entry)
        trim()
    }

    /// Takes the last statement back; nil if there is none.
    func undo(in interpreter: Interpreter) -> Entry? {
        guard let entry = done.popLast() else { return nil }
        swap(entry, in: interpreter)
        undone.append(entry)
        trim()
        return entry
    }

    /// Does again what was taken back last; nil if there is nothing.
    func redo(in interpreter: Interpreter) -> Entry? {
        guard let entry = undone.popLast() else { return nil }
        swap(entry, in: interpreter)
        done.append(entry)
        trim()
        return entry
    }

    /// The values that were remembered come back, and those of now are remembered.
    private func swap(_ entry: Entry, in interpreter: Interpreter) {
        release(entry)
        entry.change.swap(in: interpreter)
        hold(entry)
    }

    /// Notes something that undo does not take back, done by a command after the last statement.
    func note(effect: String) { done.last?.change.add(effect: effect) }

    func clear() {
        done = []
        undone = []
        forgotten = 0
        bytes = 0
        holders = [:]
    }

    private func hold(_ entry: Entry) {
        entry.change.visitMemory { entry.pieces[$0] = $1 }
        for (piece, size) in entry.pieces {
            if holders[piece] == nil { bytes += size }
            holders[piece, default: (0, size)].count += 1
        }
    }

    private func release(_ entry: Entry) {
        for piece in entry.pieces.keys {
            guard let held = holders[piece] else { continue }
            holders[piece] = held.count > 1 ? (held.count - 1, held.bytes) : nil
            if held.count == 1 { bytes -= held.bytes }
        }
        entry.pieces = [:]
    }

    private func trim() {
        while done.count > 1, bytes > limit || done.count > Self.countLimit {
            release(done.removeFirst())
            forgotten += 1
        }
        // Then from the far end of what could be done again.
        while bytes > limit, undone.count > 1 { release(undone.removeFirst()) }
    }

    /// How much is kept, in one line.
    var summary: String {
        var text = "\(done.count) statement\(done.count == 1 ? "" : "s") can be taken back"
        if !undone.isEmpty { text += ", \(undone.count) can be done again" }
        text += "; they hold \(ByteCount.text(bytes)) of at most \(ByteCount.text(limit))"
        if forgotten > 0 { text += "; \(forgotten) older one\(forgotten == 1 ? " was" : "s were") let go" }
        return text
    }
}
