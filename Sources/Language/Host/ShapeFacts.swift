/// What is known of an axis of a tensor before the program runs.
public enum ShapeAxis: Sendable, Hashable {
    case size(Int)
    /// Named by an annotation. Axes of one name have one size; axes of different names may have the same.
    case named(String)
    case unknown

    /// Whether the two cannot have one size, whatever happens.
    public func differs(from other: ShapeAxis) -> Bool {
        if case .size(let a) = self, case .size(let b) = other { return a != b }
        return false
    }

    /// What is known of an axis that is both.
    public func merged(with other: ShapeAxis) -> ShapeAxis {
        switch (self, other) {
        case (.size, _), (_, .unknown): self
        case (_, .size), (.unknown, _): other
        case (.named, .named): self
        }
    }
}

/// What is known of a tensor before the program runs.
public struct TensorFacts: Sendable, Hashable {
    /// As annotations spell it; nil if it is not known.
    public var dtype: String?
    /// Nil if not even their number is known.
    public var axes: [ShapeAxis]?

    public init(dtype: String? = nil, axes: [ShapeAxis]? = nil) {
        self.dtype = dtype
        self.axes = axes
    }

    /// What an annotation promises inside the function that has it.
    public init(_ type: TensorType) {
        dtype = type.dtype == "tensor" ? nil : type.dtype
        guard let written = type.axes, !written.contains(.ellipsis) else { return }
        axes = written.map { axis in
            switch axis {
            case .size(let size): .size(size)
            case .named(let name): .named(name)
            case .ellipsis: .unknown
            }
        }
    }
}

/// What is known of a value before the program runs.
public indirect enum ArgumentFact: Sendable {
    case tensor(TensorFacts)
    /// A literal, or a constant of a table: `-1`, `(2, 3)`, `none`, `f32`.
    case constant(Value)
    /// A list or tuple of parts that are known one by one: `[a, b]`, `x.shape`, the rest of the arguments.
    case list([ArgumentFact])
    /// A list of which only what its items are is known.
    case items(ArgumentFact)
    /// An int that is the size of an axis: `x.shape[0]`.
    case size(ShapeAxis)
    case typed(TypeExpression)
    case unknown
}

extension ShapeAxis: CustomStringConvertible {
    public var description: String {
        switch self {
        case .size(let size): String(size)
        case .named(let name): name
        case .unknown: "?"
        }
    }
}

extension TensorFacts: CustomStringConvertible {
    /// "f32[8, d, ?]", as the run-time errors say it; "[…]" where the number of axes is not known.
    public var description: String {
        (dtype ?? "tensor") + (axes.map { "[" + $0.map(\.description).joined(separator: ", ") + "]" } ?? "[...]")
    }
}
