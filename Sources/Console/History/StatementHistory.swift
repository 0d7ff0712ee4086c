/// The statements that the prompt remembers: those of earlier sessions and this one's, each text once.
public final class StatementHistory {
    public private(set) var statements: [String]
    /// Where this session's own statements begin in `statements`.
    public private(set) var sessionStart: Int
    private let file: HistoryFile?
    /// The first reason why the file could not be written, told once.
    private var failure: HistoryError?
    private var toldFailure = false

    /// With `file` nil the history lives only in memory.
    public init(file: HistoryFile?) {
        self.file = file
        statements = file?.load() ?? []
        sessionStart = statements.count
    }

    /// The reason why the file cannot be written, the first time it is asked for.
    func takeFailure() -> HistoryError? {
        guard !toldFailure, let failure else { return nil }
        toldFailure = true
        return failure
    }

    /// What adding a statement did to the list.
    enum Change: Equatable {
        /// Empty, private, or the same as the one before.
        case none
        case appended
        /// An older entry of the same text went away.
        case moved
    }

    /// Remembers a statement, unless it is empty or starts with a space, which keeps it private.
    @discardableResult
    func add(_ statement: String) -> Change {
        guard let first = statement.unicodeScalars.first, first != " " else { return .none }
        var text = statement
        while let last = text.unicodeScalars.last, last == " " || last == "\n" || last == "\t" { text.unicodeScalars.removeLast() }
        guard !text.isEmpty, text != statements.last else { return .none }
        do {
            if failure == nil { try file?.append(text) }
        } catch {
            failure = error as? HistoryError
        }
        var change = Change.appended
        if let older = statements.lastIndex(of: text) {
            statements.remove(at: older)
            if older < sessionStart { sessionStart -= 1 }
            change = .moved
        }
        statements.append(text)
        return change
    }
}
