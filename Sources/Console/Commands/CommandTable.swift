import Text

/// One `%` command: a row that running, `%help`, completion and spelling suggestions read.
struct Command: Sendable {
    /// What a command is run with.
    struct Call {
        let repl: Repl
        let arguments: String
        var session: Session { repl.session }

        /// The arguments at white space, quotes respected.
        var words: [String] { ShellWords.split(arguments) }
    }

    enum Result: Equatable {
        case outcome(Session.Outcome)
        case leave(Int32)
    }

    let name: String
    let aliases: [String]
    /// The arguments as `%help` shows them.
    let usage: String
    let summary: String
    /// The argument is code, which may go over several lines.
    let takesStatement: Bool
    let run: @Sendable (Call) throws -> Result

    init(
        _ name: String, _ usage: String, aliases: [String] = [], takesStatement: Bool = false, _ summary: String,
        run: @escaping @Sendable (Call) throws -> Result
    ) {
        self.name = name
        self.usage = usage
        self.aliases = aliases
        self.takesStatement = takesStatement
        self.summary = summary
        self.run = run
    }
}

/// A command used wrongly, or that could not do its work; the session goes on.
struct CommandError: Error, Equatable {
    let message: String
    init(_ message: String) { self.message = message }
}

/// All `%` commands.
enum CommandTable {
    static let all: [Command] =
        HelpCommands.all + InspectionCommands.all + TimingCommands.all + FileCommands.all + SaveCommand.all + UndoCommands.all
        + StepCommands.all + SessionCommands.all

    private static let byName: [String: Command] = {
        var table: [String: Command] = [:]
        for command in all {
            for name in [command.name] + command.aliases { table[name] = command }
        }
        return table
    }()

    static func find(_ name: String) -> Command? { byName[name] }
    static func takesStatement(_ name: String) -> Bool { byName[name]?.takesStatement ?? false }
    static var names: [String] { all.map(\.name) }
}

/// Runs what was typed.
enum CommandRunner {
    /// - Parameters:
    ///   - sourceName: what diagnostics call the input; nil for the prompt's own numbering.
    ///   - line: the line of `sourceName` where the input starts, counted from one.
    static func run(_ input: ConsoleInput, in repl: Repl, sourceName: String? = nil, line: Int = 1) -> Command.Result {
        let session = repl.session
        switch input {
        case .empty: return .outcome(.done)
        case .statement(let text):
            // Line numbers of a file on standard input are kept by the blank lines before.
            let padding = sourceName == nil ? "" : String(repeating: "\n", count: max(0, line - 1))
            return .outcome(session.execute(padding + text, name: sourceName))
        case .command(let name, let arguments):
            guard let command = CommandTable.find(name) else {
                let near =
                    Spelling.completionOrSuggestion(for: name, among: CommandTable.names).map { "; did you mean %\($0)?" }
                    ?? "; %help lists them"
                return fail("there is no command %\(name)\(near)", in: session)
            }
            return attempt(in: session) { try command.run(Command.Call(repl: repl, arguments: arguments)) }
        case .help(let topic, let source):
            return attempt(in: session) {
                try HelpCommands.describe(topic, source: source, in: session)
                return .outcome(.done)
            }
        case .shell(let line):
            return attempt(in: session) {
                session.undo.note(effect: "the shell command `\(line)`")
                return .outcome(try ShellCommand.run(line, session: session))
            }
        }
    }

    private static func attempt(in session: Session, _ body: () throws -> Command.Result) -> Command.Result {
        var result = Command.Result.outcome(.done)
        do {
            session.signals.enter(.statement)
            try session.checkInterrupt()
            result = try body()
        } catch let error as CommandError {
            return fail(error.message, in: session)
        } catch {
            return .outcome(session.report(error))
        }
        StandardOutput.shared.flush()
        return result
    }

    private static func fail(_ message: String, in session: Session) -> Command.Result {
        StandardOutput.shared.endLine()
        StandardError.write(message + "\n")
        return .outcome(.failed)
    }
}

/// Splits a command's arguments as a shell does: at white space, except inside quotes and after a backslash.
enum ShellWords {
    static func split(_ text: String) -> [String] {
        var words: [String] = []
        var word = ""
        var inWord = false
        var quote: Character?
        var iterator = text.makeIterator()
        while let character = iterator.next() {
            if character == "\\", quote != "'" {
                if let next = iterator.next() { word.append(next) }
                inWord = true
            } else if let open = quote {
                if character == open { quote = nil } else { word.append(character) }
            } else if character == "\"" || character == "'" {
                quote = character
                inWord = true
            } else if character.isWhitespace {
                if inWord { words.append(word) }
                (word, inWord) = ("", false)
            } else {
                word.append(character)
                inWord = true
            }
        }
        if inWord { words.append(word) }
        return words
    }
}
