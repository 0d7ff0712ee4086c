/// The axes of a signature unified over the arguments and the result of a call, as `TypeCheck` does with values when the call runs.
public enum SignatureShapes {
    /// What a call gives by its annotations alone.
    ///
    /// Names of axes in the result are those of the arguments: `f32[n]` of a call with f32[3] for f32[n] is f32[3].
    public static func outcome(_ call: ShapeCall) -> ShapeOutcome {
        var axes = AxisUnifier()
        for parameter in call.signature.parameters where parameter.kind == .positional || parameter.kind == .keywordOnly {
            guard case .tensor(let type) = parameter.type, case .tensor(let facts) = call[parameter.name] else { continue }
            guard axes.match(type, facts) else {
                return .failure(
                    ShapeFailure(
                        .shape, TypeCheck.mismatch("\(call.name)() argument `\(parameter.name)`", type, facts),
                        help: axes.note(on: type), operands: [parameter.name]))
            }
        }
        return .value(fact(call.signature.result, &axes))
    }

    /// What is known of a value of a type, the named axes by what they were unified with.
    public static func fact(_ type: TypeExpression, _ axes: inout AxisUnifier) -> ArgumentFact {
        switch type {
        case .any: return .unknown
        case .none: return .constant(.none)
        case .tensor(let type): return .tensor(axes.facts(type))
        case .tuple(let items?):
            var facts: [ArgumentFact] = []
            for item in items { facts.append(fact(item, &axes)) }
            return .list(facts)
        case .list(let item?): return .items(fact(item, &axes))
        default: return .typed(type)
        }
    }
}

/// The named axes of one call, as far as they are known.
public struct AxisUnifier: Sendable {
    private var known: [String: ShapeAxis]

    /// - Parameter known: what names stand for already; inside the body of a function its axes stand for themselves.
    public init(_ known: [String: ShapeAxis] = [:]) { self.known = known }

    /// Whether a tensor may be what a type says; false only if it cannot. Axes met for the first time are entered.
    public mutating func match(_ type: TensorType, _ facts: TensorFacts) -> Bool {
        if type.dtype != "tensor", let dtype = facts.dtype, dtype != type.dtype { return false }
        guard let expected = type.axes else { return true }
        guard let axes = facts.axes else {
            for case .named(let name) in expected where known[name] == nil { known[name] = .unknown }
            return true
        }
        return match(axes[...], expected[...])
    }

    private mutating func match(_ axes: ArraySlice<ShapeAxis>, _ expected: ArraySlice<TensorType.Axis>) -> Bool {
        guard let first = expected.first else { return axes.isEmpty }
        if first == .ellipsis {
            let rest = expected.dropFirst()
            guard axes.count >= rest.count else { return false }
            return match(axes.suffix(rest.count), rest)
        }
        guard let axis = axes.first else { return false }
        switch first {
        case .size(let size): guard !axis.differs(from: .size(size)) else { return false }
        case .named(let name):
            let earlier = known[name] ?? .unknown
            guard !axis.differs(from: earlier) else { return false }
            known[name] = earlier.merged(with: axis)
        case .ellipsis: break
        }
        return match(axes.dropFirst(), expected.dropFirst())
    }

    /// A tensor of a type.
    public mutating func facts(_ type: TensorType) -> TensorFacts {
        var facts = TensorFacts(type)
        facts.axes = facts.axes?.map { axis in
            guard case .named(let name) = axis else { return axis }
            return known[name] ?? .unknown
        }
        return facts
    }

    /// The sizes of a type's axes that are known: "in this call n = 5, d = 4".
    public func note(on type: TensorType) -> String? {
        TypeCheck.axesNote(type) { name in
            if case .size(let size)? = known[name] { size } else { nil }
        }
    }
}
