import Clickstream

/// What is wrong with a fine-tuning setting, a batch or what a user's function gave.
public struct FineTuningError: ConditionError, Equatable, Sendable {
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
