/// Which pairs of a batch training passes through.
///
/// Difficulty is the pair's gap under the current model: of the pairs in question the third with the smallest (or most wrong) gaps is
/// hard, the third with the largest soft. "positive" pairs are a clicked session's own, "negative" ones those of clickless sessions.
public enum ExamplesType: Int, CaseIterable, Sendable {
    case mediumAll = 1, hardAll, softAll
    case mediumPositive, hardPositive, softPositive
    case mediumNegative, hardNegative, softNegative
    case negativeOnly, allExamples

    /// The name in scripts and in parameter texts ("all_examples").
    public var name: String {
        switch self {
        case .mediumAll: "medium_all"
        case .hardAll: "hard_all"
        case .softAll: "soft_all"
        case .mediumPositive: "medium_positive"
        case .hardPositive: "hard_positive"
        case .softPositive: "soft_positive"
        case .mediumNegative: "medium_negative"
        case .hardNegative: "hard_negative"
        case .softNegative: "soft_negative"
        case .negativeOnly: "negative_only"
        case .allExamples: "all_examples"
        }
    }

    /// The type of a number, 1 to 11.
    public init(number: Int) throws(FineTuningError) {
        guard let type = ExamplesType(rawValue: number) else {
            let known = Self.allCases.map { "\($0.rawValue) \($0.name)" }.joined(separator: ", ")
            throw FineTuningError(.value, "\(number) is not a valid ExamplesType", help: "one of " + known)
        }
        self = type
    }

    /// The types of a comma-separated list of numbers ("11,1").
    public static func list(_ text: String) throws(FineTuningError) -> [ExamplesType] {
        var types: [ExamplesType] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let number = Int(part.trimmed) else {
                throw FineTuningError(.value, "examples_order must be a comma-separated list of integers", found: "'\(text)'")
            }
            types.append(try ExamplesType(number: number))
        }
        return types
    }
}

extension Substring {
    fileprivate var trimmed: Substring {
        var text = self
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}
