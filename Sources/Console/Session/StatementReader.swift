import Language

/// Puts lines together until they make a statement.
struct StatementReader {
    /// Gives the next line for the kind of prompt, or how the input ended.
    typealias NextLine = (_ prompt: Prompt) -> LineEditor.Outcome

    struct Prompt: Equatable {
        let text: String
        /// Lines of the statement so far, with a newline at the end; empty at its start.
        let earlier: String
        /// Blanks that the next line starts with.
        let indentation: Int
    }

    enum Outcome: Equatable {
        case statement(String, line: Int)
        case interrupted
        /// The end of the input; `unfinished` when it came in the middle of a statement.
        case end(unfinished: String?)
        case terminated
    }

    let nextLine: NextLine
    /// Whether the line that comes next, if it is already known, continues a statement that could end here.
    let continuesNext: () -> Bool
    /// Lines read so far.
    private(set) var lineCount = 0

    init(continuesNext: @escaping () -> Bool = { false }, nextLine: @escaping NextLine) {
        self.nextLine = nextLine
        self.continuesNext = continuesNext
    }

    mutating func next() -> Outcome {
        var text = ""
        var start = lineCount + 1
        while true {
            let prompt = Prompt(
                text: text.isEmpty ? PastedText.prompt : PastedText.continuation, earlier: text,
                indentation: text.isEmpty ? 0 : Self.indentation(after: text))
            switch nextLine(prompt) {
            case .line(let line):
                lineCount += line.count { $0 == "\n" } + 1
                text += line
            case .interrupted: return .interrupted
            case .terminated: return .terminated
            case .end: return .end(unfinished: text.isEmpty ? nil : text)
            }
            if text.allSatisfy(\.isWhitespace) {
                text = ""
                start = lineCount + 1
                continue
            }
            if ConsoleInput.isOneLine(text) || !LanguageSupport.isIncomplete(text) && !continuesNext() {
                return .statement(text, line: start)
            }
            text += "\n"
        }
    }

    /// One step for each bracket that is open at the end of `text`.
    static func indentation(after text: String) -> Int {
        InputScanner.scan(text).brackets.count * LineEditor.indentation
    }
}
