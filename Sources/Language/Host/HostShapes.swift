/// What the host's tensors give, beside the functions of its tables: methods, attributes, operators, indexing.
public struct HostShapes: Sendable {
    /// The methods of tensors. Functions of the prelude that call a tensor's own method (`sum`, `max`, `abs`) are found here too.
    public let methods: Namespace
    /// An attribute of a tensor or of another host type, by the type's name; nil if nothing is known of it.
    public let attribute: @Sendable (_ of: ArgumentFact, _ name: String) -> ArgumentFact?
    /// `left op right`, at least one of them a tensor; operands are called "left" and "right".
    public let binary: @Sendable (HostBinaryOperator, _ left: ArgumentFact, _ right: ArgumentFact) -> ShapeOutcome
    /// `op x`; the operand is called "x".
    public let unary: @Sendable (HostUnaryOperator, TensorFacts) -> ShapeOutcome
    /// `x[key]`; the operands are called "x" and "key".
    public let index: @Sendable (TensorFacts, IndexFact) -> ShapeOutcome

    public init(
        methods: Namespace, attribute: @escaping @Sendable (ArgumentFact, String) -> ArgumentFact?,
        binary: @escaping @Sendable (HostBinaryOperator, ArgumentFact, ArgumentFact) -> ShapeOutcome,
        unary: @escaping @Sendable (HostUnaryOperator, TensorFacts) -> ShapeOutcome,
        index: @escaping @Sendable (TensorFacts, IndexFact) -> ShapeOutcome
    ) {
        self.methods = methods
        self.attribute = attribute
        self.binary = binary
        self.unary = unary
        self.index = index
    }

    /// What a loop over a tensor runs through, and `x[i]` for an int that is not known.
    public func element(of facts: TensorFacts) -> ShapeOutcome { index(facts, .value(.typed(.int))) }
}

/// What is known of what stands between the brackets of `x[…]`; see `IndexKey`.
public indirect enum IndexFact: Sendable {
    case value(ArgumentFact)
    case slice(start: ArgumentFact?, stop: ArgumentFact?, step: ArgumentFact?)
    case ellipsis
    case tuple([IndexFact])
}
