/// What is wrong with click data: the broken condition, and beside it the value, the place and a way out.
public struct ClickstreamError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Which of the language's error kinds it becomes.
    public enum Kind: String, Sendable {
        case type, value, index
    }

    public let kind: Kind
    /// The condition in its short, documented wording ("Sizes of ranks and results are not equal").
    public let condition: String
    /// The value that broke it ("3 ranks for 4 results").
    public let found: String?
    /// Where it was met ("session 'red shoes'", "sessions.jsonl, line 12").
    public let place: String?
    /// What to do about it.
    public let help: String?

    public init(_ kind: Kind, _ condition: String, found: String? = nil, place: String? = nil, help: String? = nil) {
        self.kind = kind
        self.condition = condition
        self.found = found
        self.place = place
        self.help = help
    }

    /// Condition, value and place in one line, without the help.
    public var message: String {
        var text = condition
        if let found { text += ": " + found }
        if let place { text += " (\(place))" }
        return text
    }

    public var description: String { help.map { "\(message)\nhelp: \($0)" } ?? message }
}
