/// The parameters and the result of something that can be called: argument binding, checks, help and `eft check` all read it.
public struct CallSignature: Sendable {
    public enum Kind: Sendable, Equatable {
        case positional
        /// After `*rest` or `*`: by name only.
        case keywordOnly
        /// `*rest`: the remaining positional arguments, as a list.
        case rest
        /// `**options`: the remaining keyword arguments, as a dict.
        case options
    }

    public struct Parameter: Sendable {
        public var name: String
        public var kind: Kind
        public var type: TypeExpression
        /// The default as written, or nil for a required parameter.
        public var defaultText: String?
        /// The default of a builtin's parameter. Defaults of script functions are evaluated by their own code at each call.
        public var defaultValue: Value

        public init(
            name: String, kind: Kind = .positional, type: TypeExpression = .any, defaultText: String? = nil, defaultValue: Value = .unset
        ) {
            self.name = name
            self.kind = kind
            self.type = type
            self.defaultText = defaultText
            self.defaultValue = defaultValue
        }

        public var isRequired: Bool { defaultText == nil && (kind == .positional || kind == .keywordOnly) }
    }

    public let parameters: [Parameter]
    public let result: TypeExpression
    /// Number of parameters that can be given by position, `*rest` not counted.
    public let positionalCount: Int
    public let requiredCount: Int
    public let restIndex: Int?
    public let optionsIndex: Int?
    /// Whether binding has nothing to check or to fill in when every argument is given by position.
    let isPlain: Bool

    public init(parameters: [Parameter], result: TypeExpression = .any) {
        self.parameters = parameters
        self.result = result
        positionalCount = parameters.count { $0.kind == .positional }
        requiredCount = parameters.count { $0.isRequired }
        restIndex = parameters.firstIndex { $0.kind == .rest }
        optionsIndex = parameters.firstIndex { $0.kind == .options }
        isPlain = parameters.allSatisfy { $0.kind == .positional && $0.type == .any }
    }

    public static let empty = CallSignature(parameters: [])
}

extension CallSignature: CustomStringConvertible {
    /// "(a: int, b = 1, *rest) -> float"
    public var description: String {
        var parts: [String] = []
        var inKeywords = false
        for parameter in parameters {
            if parameter.kind == .rest { inKeywords = true }
            if parameter.kind == .keywordOnly && !inKeywords {
                parts.append("*")
                inKeywords = true
            }
            parts.append(parameter.description)
        }
        let list = "(" + parts.joined(separator: ", ") + ")"
        return result == .any ? list : "\(list) -> \(result)"
    }
}

extension CallSignature.Parameter: CustomStringConvertible {
    public var description: String {
        let star =
            switch kind {
            case .rest: "*"
            case .options: "**"
            default: ""
            }
        var text = star + name
        if type != .any { text += ": \(type)" }
        if let defaultText { text += " = \(defaultText)" }
        return text
    }
}
