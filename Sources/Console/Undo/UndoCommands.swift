import Language

/// `%undo` and `%redo`.
enum UndoCommands {
    static let all: [Command] = [
        Command("undo", "[N | list]", "take back the last statement, or the last N; list: what can be taken back, and its memory") {
            try undo($0)
        },
        Command("redo", "[N]", "do again what was taken back") { call in
            let count = try number(call, "%redo [N]")
            for _ in 0..<count {
                guard let entry = call.session.undo.redo(in: call.session.interpreter) else { throw CommandError("nothing was taken back") }
                call.session.log.mark(entry.change.id, undone: false)
                call.session.say("did again: \(entry.title())")
            }
            call.session.showWatches()
            return .outcome(.done)
        },
    ]

    private static func undo(_ call: Command.Call) throws -> Command.Result {
        let session = call.session
        if call.words == ["list"] {
            list(session)
            return .outcome(.done)
        }
        for _ in 0..<(try number(call, "%undo [N | list]")) {
            guard let entry = session.undo.undo(in: session.interpreter) else {
                throw CommandError(
                    session.undo.forgotten > 0
                        ? "older statements were let go to save memory (EFT_UNDO_MIB sets how much they may hold)"
                        : "there is nothing to take back")
            }
            session.log.mark(entry.change.id, undone: true)
            session.say("took back: \(entry.title())")
            if !entry.change.effects.isEmpty { session.say("not taken back: " + entry.change.effects.joined(separator: ", ")) }
        }
        session.showWatches()
        return .outcome(.done)
    }

    private static func number(_ call: Command.Call, _ usage: String) throws -> Int {
        guard let word = call.words.first else { return 1 }
        guard call.words.count == 1, let count = Int(word), count > 0 else { throw CommandError("usage: \(usage)") }
        return count
    }

    /// The statements, newest last, each with the number that takes it back.
    private static func list(_ session: Session) {
        let history = session.undo
        session.say(history.summary)
        func row(_ entry: UndoHistory.Entry, _ mark: String) -> [String] {
            let effects = entry.change.effects
            return [
                mark, ByteCount.text(entry.bytes),
                entry.title() + (effects.isEmpty ? "" : "   (stays: \(effects.joined(separator: ", ")))"),
            ]
        }
        let done = history.done.enumerated().map { row($1, "\(history.done.count - $0)") }
        let undone = history.undone.reversed().enumerated().map { row($1, "redo \($0 + 1)") }
        for line in TextTable.lines(done + undone, width: Terminal.width()) { session.say(line) }
    }
}
