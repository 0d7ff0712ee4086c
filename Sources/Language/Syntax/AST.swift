// The syntax tree: what the parser gives and what resolver, compiler, checker and formatter read.
//
// Nodes are values and every one keeps its span. `if` and `try` are expressions, so a statement-level `if` is an
// `expression` statement. The height of a tree is bounded (`SyntaxLimits`), so walking it recursively is safe.

/// A parsed source.
package struct Program: Sendable {
    package let source: Source
    /// The module's statements; its span covers the source.
    package let body: Block
    /// The `# %%` cells, in order; empty if the source has none.
    package let cells: [Cell]
    /// `Name.id` values are 0 ..< nameCount.
    package let nameCount: Int
    /// `FunctionNode.id` values (also of structs and tests) are 0 ..< functionCount.
    package let functionCount: Int
    package let layout: TokenLayout

    package var statements: [Statement] { body.statements }
}

/// What the formatter needs to know of the tokens beyond their kinds: indices into the source's token stream, ascending per list
/// but for what the parser read twice.
package struct TokenLayout: Sendable {
    /// The `{` of blocks; those that are in neither list open dicts.
    package var blockOpeners: [Int] = []
    package var structOpeners: [Int] = []
    /// The first tokens of statements.
    package var statementStarts: [Int] = []
}

/// A part of a script that begins at a line `# %% title` and ends before the next one.
public struct Cell: Hashable, Sendable {
    public let title: String
    /// The number of the `# %%` line, counted from one.
    public let line: Int
    /// From the `# %%` line up to the next cell or the end.
    public let span: Span
}

/// A name that the resolver looks up or binds: the result is `Resolution.bindings[id]`.
package struct Name: Hashable, Sendable {
    package let text: String
    package let span: Span
    package let id: Int
}

/// A word that is not looked up in a scope: an attribute, a keyword argument's name, a field.
package struct Identifier: Hashable, Sendable {
    package let text: String
    package let span: Span
}

/// The statements between braces. Its value is that of the last statement if that is an expression, else `none`.
package struct Block: Sendable {
    package let statements: [Statement]
    /// Braces included.
    package let span: Span
    /// How many levels of syntax nest inside.
    package let height: Int
}

/// Operators of arithmetic and of tensors.
package enum BinaryOperator: String, Hashable, Sendable, CaseIterable {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case floorDivide = "//"
    case modulo = "%"
    case power = "**"
    case matmul = "@"
    case bitAnd = "&"
    case bitOr = "|"
    case bitXor = "^"
    case shiftLeft = "<<"
    case shiftRight = ">>"
}

package enum ComparisonOperator: String, Hashable, Sendable, CaseIterable {
    case equal = "=="
    case notEqual = "!="
    case less = "<"
    case lessEqual = "<="
    case greater = ">"
    case greaterEqual = ">="
    case `in` = "in"
    case notIn = "not in"
    case `is` = "is"
    case isNot = "is not"
}

package enum UnaryOperator: String, Hashable, Sendable, CaseIterable {
    case negate = "-"
    case plus = "+"
    case invert = "~"
    case not = "not"
}

package enum LogicalOperator: String, Hashable, Sendable {
    case and
    case or
}
