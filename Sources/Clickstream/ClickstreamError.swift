/// An error that tells its condition in documented wording, and beside it the value, the place and a way out.
public protocol ConditionError: Error, CustomStringConvertible {
    var kind: ConditionKind { get }
    /// The condition in its short, documented wording ("Sizes of ranks and results are not equal").
    var condition: String { get }
    /// The value that broke it ("3 ranks, 4 results").
    var found: String? { get }
    /// Where it was met ("session 'red shoes', sessions.jsonl, line 12").
    var place: String? { get }
    /// What to do about it.
    var help: String? { get }
}

/// Which of the language's error kinds a `ConditionError` becomes.
public enum ConditionKind: String, Sendable {
    case type, value, index, numeric
}

extension ConditionError {
    /// Condition, value and place in one line, without the help.
    public var message: String {
        var text = condition
        if let found { text += ": " + found }
        if let place { text += " (\(place))" }
        return text
    }

    public var description: String { help.map { "\(message)\nhelp: \($0)" } ?? message }
}

/// What is wrong with click data.
public struct ClickstreamError: ConditionError, Equatable, Sendable {
    public let kind: ConditionKind
    public let condition: String
    public let found: String?
    public let place: String?
    public let help: String?

    public init(_ kind: ConditionKind, _ condition: String, found: String? = nil, place: String? = nil, help: String? = nil) {
        self.kind = kind
        self.condition = condition
        self.found = found
        self.place = place
        self.help = help
    }
}
