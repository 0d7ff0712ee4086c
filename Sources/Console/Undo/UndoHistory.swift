import Foundation
import Language
import Text

/// The statements that can be taken back and done again, the oldest forgotten when they hold too much memory.
final class UndoHistory {
    struct Entry {
        let text: String
        let change: StatementChange

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
        undone.removeAll()
        done.append(entry)
        trim()
    }

    /// Takes the last statement back; nil if there is none.
    func undo(in interpreter: Interpreter) -> Entry? {
        guard let entry = done.popLast() else { return nil }
        entry.change.swap(in: interpreter)
        undone.append(entry)
        trim()
        return entry
    }

    /// Does again what was taken back last; nil if there is nothing.
    func redo(in interpreter: Interpreter) -> Entry? {
        guard let entry = undone.popLast() else { return nil }
        entry.change.swap(in: interpreter)
        done.append(entry)
        trim()
        return entry
    }

    /// Notes something that undo does not take back, done by a command after the last statement.
    func note(effect: String) { done.last?.change.add(effect: effect) }

    func clear() {
        done = []
        undone = []
        forgotten = 0
        bytes = 0
    }

    /// Bytes that an entry holds, not counting what an earlier one holds too.
    func bytes(of entry: Entry) -> Int {
        var pieces: [ObjectIdentifier: Int] = [:]
        entry.change.visitMemory { pieces[$0] = $1 }
        return pieces.values.reduce(0, +)
    }

    private func trim() {
        // Each piece is counted for the entry that goes last, so that what is left can be told by subtracting.
        var holder: [ObjectIdentifier: (entry: Int, bytes: Int)] = [:]
        let all = done + undone.reversed()
        for (index, entry) in all.enumerated() { entry.change.visitMemory { holder[$0] = (index, $1) } }
        var held = [Int](repeating: 0, count: all.count)
        for piece in holder.values { held[piece.entry] += piece.bytes }
        bytes = held.reduce(0, +)
        var first = 0
        while first < done.count - 1, bytes > limit || done.count - first > Self.countLimit {
            bytes -= held[first]
            first += 1
        }
        done.removeFirst(first)
        forgotten += first
        // Then from the far end of what could be done again.
        var last = all.count - 1
        while bytes > limit, undone.count > 1 {
            bytes -= held[last]
            last -= 1
            undone.removeFirst()
        }
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
