/// What went wrong in a tensor operation, as data: the operation, the operands' types and shapes, and the fix when one is known.
public struct TensorError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The family of the mistake; a script sees it as the kind of its error.
    public enum Kind: String, Hashable, Sendable {
        /// Shapes that do not fit together.
        case shape
        /// An element type that the operation does not take.
        case dtype
        /// An index outside its axis.
        case index
        /// An argument outside its domain, or a call in the wrong state.
        case value
        /// A result that cannot be represented: integer overflow, integer division by zero.
        case numeric
        /// More memory than there is.
        case memory
        /// The user asked for the end of the work.
        case interrupted
    }

    public let kind: Kind
    /// Name of the operation as a script spells it: `matmul`, `cosine_similarity`.
    public let operation: String
    /// One sentence without the operation's name.
    public let message: String
    /// How to fix it, when that is known.
    public let help: String?
    /// The operands as `f32[8, 384]`, in order.
    public let operands: [String]

    public init(_ kind: Kind, _ operation: String, _ message: String, help: String? = nil, operands: [Tensor] = []) {
        self.kind = kind
        self.operation = operation
        self.message = message
        self.help = help
        self.operands = operands.map(\.signature)
    }

    public var description: String {
        var text = "\(operation): \(message)"
        if !operands.isEmpty { text += " (\(operands.joined(separator: ", ")))" }
        if let help { text += "; \(help)" }
        return text
    }
}
