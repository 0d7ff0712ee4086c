package struct Expression: Sendable {
    package let kind: ExpressionKind
    package let span: Span
    /// 1 + the greatest height of the parts; bounded by `SyntaxLimits.height`.
    package let height: Int
}

package indirect enum ExpressionKind: Sendable {
    case none
    case boolean(Bool)
    case integer(Int)
    case float(Double)
    case string(String)
    /// `f"…"`, possibly joined with neighbouring string literals.
    case interpolation([InterpolationPart])
    /// `...`, in subscripts.
    case ellipsis
    case name(Name)
    case list([Element])
    /// `()`, `(a,)`, `a, b`.
    case tuple([Element])
    case dict([DictEntry])
    case unary(UnaryOperator, operatorSpan: Span, Expression)
    /// A chain of operators of one precedence, applied from the left: `a + b - c` is `a` with the steps `+ b` and `- c`.
    /// Flat, so that a sum of ten thousand terms is not a tree ten thousand levels high.
    case binary(Expression, [BinaryStep])
    /// `a and b and c`: two or more operands, evaluated from the left until one decides.
    case logical(LogicalOperator, [Expression])
    /// `a < b <= c`: one or more steps; every operand is evaluated at most once.
    case comparison(Expression, [ComparisonStep])
    /// `value if condition else alternative`.
    case conditional(condition: Expression, value: Expression, alternative: Expression)
    case attribute(Expression, Identifier)
    case subscripted(Expression, [SubscriptItem])
    case call(Call)
    case ifElse(IfNode)
    case tryCatch(TryNode)
    /// A lambda, or the trailing block of a call.
    case function(FunctionNode)
    case comprehension(Comprehension)
    /// Where the parser found no expression; an error has been reported.
    case invalid
}

/// An element of a list or tuple; `*xs` puts in all elements of `xs`.
package struct Element: Sendable {
    package let value: Expression
    package let isSpread: Bool
    package let span: Span
}

package enum DictEntry: Sendable {
    case pair(key: Expression, value: Expression)
    /// `**other`
    case spread(Expression, span: Span)
}

package struct BinaryStep: Sendable {
    package let operation: BinaryOperator
    package let operatorSpan: Span
    package let operand: Expression
}

package struct ComparisonStep: Sendable {
    package let operation: ComparisonOperator
    package let operatorSpan: Span
    package let operand: Expression
}

package enum SubscriptItem: Sendable {
    /// Also `...` and `none`.
    case index(Expression)
    case slice(lower: Expression?, upper: Expression?, step: Expression?, span: Span)

    package var span: Span {
        switch self {
        case .index(let expression): expression.span
        case .slice(_, _, _, let span): span
        }
    }
}

/// `f(a, k = b, *rest, **options) { block }`, and `x |> f(a)`, whose piped value is the first argument.
package struct Call: Sendable {
    package let callee: Expression
    /// In source order; a piped value comes first, a trailing block last.
    package let arguments: [Argument]
    /// The span of `|>` if the first argument was piped in.
    package let pipe: Span?
    /// Whether the last argument is a trailing block.
    package let hasTrailingBlock: Bool
    /// From `(` to `)`; empty where there are no parentheses.
    package let parentheses: Span
}

package struct Argument: Sendable {
    package enum Kind: Sendable {
        case positional
        case keyword(Identifier)
        /// `*xs`
        case rest
        /// `**options`
        case options
    }

    package let kind: Kind
    package let value: Expression
    package let span: Span
}

/// A piece of an f-string.
package enum InterpolationPart: Sendable {
    case text(String)
    case field(InterpolationField)
}

/// `{value!r:>4}` in an f-string.
package struct InterpolationField: Sendable {
    package enum Conversion: Sendable {
        /// `!s`
        case string
        /// `!r`
        case representation
    }

    package let value: Expression
    package let conversion: Conversion?
    /// What follows `:`; may itself hold fields, as in `{x:>{width}}`.
    package let format: [InterpolationPart]?
    /// For `{x = }`: the text to show before the value, up to and including `=` and its blanks.
    package let label: String?
    /// Braces included.
    package let span: Span
}

package struct IfNode: Sendable {
    package struct Branch: Sendable {
        package let condition: Expression
        package let body: Block
        /// The `if` or `else if` keyword.
        package let keyword: Span
    }

    /// `if`, then each `else if`; never empty.
    package let branches: [Branch]
    package let otherwise: Block?
}

package struct TryNode: Sendable {
    package struct Catch: Sendable {
        /// The error kinds to catch (`IOError`); empty catches every kind.
        package let kinds: [Identifier]
        /// The variable that receives the error.
        package let name: Name?
        package let body: Block
        package let span: Span
    }

    package let body: Block
    package let catches: [Catch]
    package let finally: Block?
}

package struct Comprehension: Sendable {
    package enum Kind: Sendable {
        /// `[value for …]`, and a generator as an only argument.
        case list(Expression)
        case dict(key: Expression, value: Expression)
    }

    package enum Clause: Sendable {
        case loop(target: Target, iterable: Expression, span: Span)
        case condition(Expression)
    }

    package let kind: Kind
    /// Begins with a loop.
    package let clauses: [Clause]
}
