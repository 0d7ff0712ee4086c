/// What a line typed at the prompt asks for.
public enum ConsoleInput: Equatable, Sendable {
    case empty
    /// `%name arguments`.
    case command(name: String, arguments: String)
    /// `?name`, `name?`; twice the mark asks for the source.
    case help(topic: String, source: Bool)
    /// `!command line` for the shell.
    case shell(String)
    case statement(String)

    /// Sorts out an input by how it begins and ends. Only a name can have a question mark after it, so no statement is mistaken.
    public init(_ text: String) {
        let line = Substring(text).trimmed
        switch line.first {
        case nil: self = .empty
        case "%":
            let body = line.dropFirst()
            let name = body.prefix { !$0.isWhitespace }
            let (word, marks) = Self.splitMarks(name)
            if marks > 0, body.count == name.count {
                self = .help(topic: "%" + word, source: false)
            } else {
                self = .command(name: String(name), arguments: String(body.dropFirst(name.count).trimmed))
            }
        case "!": self = .shell(String(line.dropFirst().trimmed))
        case "?":
            let marks = line.prefix { $0 == "?" }.count
            self = .help(topic: String(line.dropFirst(marks).trimmed), source: marks > 1)
        default:
            let (topic, marks) = Self.splitMarks(line)
            if marks > 0, !line.contains("\n"), Self.isTopic(topic) {
                self = .help(topic: String(topic), source: marks > 1)
            } else if line.hasPrefix("#"), !line.contains("\n") {
                self = .empty
            } else {
                self = .statement(text)
            }
        }
    }

    /// Whether an input that begins like this is one line by nature, so that completeness of brackets is not asked.
    static func isOneLine(_ text: String) -> Bool {
        switch ConsoleInput(text) {
        case .command(let name, _): !CommandTable.takesStatement(name)
        // A comment may be the documentation of what comes next.
        case .statement, .empty: false
        case .help, .shell: true
        }
    }

    /// A name, possibly dotted.
    private static func isTopic(_ text: Substring) -> Bool {
        !text.isEmpty && text.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." } && text.first?.isNumber == false
    }

    private static func splitMarks(_ text: Substring) -> (Substring, Int) {
        var word = text
        while word.last == "?" { word.removeLast() }
        return (word.trimmed, text.count - word.count)
    }
}

extension Substring {
    /// Without white space at either end.
    var trimmed: Substring {
        var text = self
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return text
    }
}
