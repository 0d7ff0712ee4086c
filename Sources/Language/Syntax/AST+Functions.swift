/// A function: `fn`, a lambda, a trailing block, a `test` body.
///
/// Its scope is `Resolution.functions[id]`. Names in parameter defaults belong to that scope too, since defaults are
/// evaluated at each call.
package struct FunctionNode: Sendable {
    package enum Kind: Sendable {
        case declaration
        case lambda
        case trailingBlock
        case test
    }

    package let kind: Kind
    package let id: Int
    /// The declared name; nil for lambdas and blocks.
    package let name: Name?
    package let signature: Signature
    /// A lambda `x => e` has a block of one expression statement.
    package let body: Block
    /// Whether the body was written without braces.
    package let isExpressionBody: Bool
    /// The `##` lines above, without the marks.
    package let documentation: String?
    package let span: Span
}

/// Parameters and result, of a function in a script or of a builtin's row.
package struct Signature: Sendable {
    package let parameters: [ParameterNode]
    package let result: TypeNode?
    /// Parentheses and result included.
    package let span: Span
}

package struct ParameterNode: Sendable {
    package enum Kind: Sendable {
        case plain
        /// `*rest`
        case rest
        /// `**options`
        case options
    }

    package let kind: Kind
    package let name: Name
    package let type: TypeNode?
    package let defaultValue: Expression?
    /// Whether it stands after `*rest` or a lone `*` and so can only be given by keyword.
    package let isKeywordOnly: Bool
    package let documentation: String?
    package let span: Span
}

/// A type annotation: `float`, `f32[n, d]`, `list[str]`, `int | none`, `losses.Trial`.
package struct TypeNode: Sendable {
    package indirect enum Kind: Sendable {
        /// `float`, `list`, `Trial`, `any`.
        case name(Identifier)
        /// `module.Trial`
        case member(Identifier, Identifier)
        /// `f32[n, d]`: a tensor of that dtype; `tensor[n, d]` leaves the dtype open.
        case tensor(dtype: Identifier, axes: [Axis])
        /// `list[str]`, `dict[str, int]`
        case generic(Identifier, [TypeNode])
        /// `int | none`; `int?` is the same.
        case union([TypeNode])
        /// `fn(int, str) -> bool`; nil parameters for a plain `fn`.
        case function(parameters: [TypeNode]?, result: TypeNode?)
    }

    package struct Axis: Sendable {
        package enum Kind: Hashable, Sendable {
            case size(Int)
            case name(String)
            /// `...` or `…`: any number of axes.
            case ellipsis
        }

        package let kind: Kind
        package let span: Span
    }

    package let kind: Kind
    package let span: Span
}
