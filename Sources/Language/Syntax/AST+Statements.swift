package struct Statement: Sendable {
    package let kind: StatementKind
    package let span: Span
}

package indirect enum StatementKind: Sendable {
    case expression(Expression)
    /// `a = b = value`, `a, (b, *c) = value`, `x: float = value`. A type needs a single name as target.
    case assignment(targets: [Target], type: TypeNode?, operatorSpan: Span, value: Expression)
    /// `target += value`; the operator's span covers `+=`.
    case augmented(Target, BinaryOperator, operatorSpan: Span, value: Expression)
    case param(ParamNode)
    case importModules([ImportNode])
    /// `from module import a, b as c`
    case importNames(ModuleReference, [ImportedName])
    /// `kind` is `.declaration` and `name` is set.
    case function(FunctionNode)
    case structure(StructNode)
    case forLoop(ForNode)
    case whileLoop(condition: Expression, body: Block)
    case returnValue(Expression?)
    case breakLoop
    case continueLoop
    /// Without a value: raises the caught error again.
    case raise(Expression?)
    case assert(condition: Expression, message: Expression?)
    case test(TestNode)
    /// Where the parser could not make sense; an error has been reported.
    case invalid
}

/// What can stand on the left of `=`, after `for` and in destructuring.
package struct Target: Sendable {
    package indirect enum Kind: Sendable {
        case name(Name)
        /// `base.field`; the base is evaluated, then the variable at its root is updated in place.
        case attribute(Expression, Identifier)
        case subscripted(Expression, [SubscriptItem])
        /// `a, (b, *c)`; at most one part is a `rest`.
        case tuple([Target])
        /// `*c`, only inside a tuple.
        case rest(Target)
        case invalid
    }

    package let kind: Kind
    package let span: Span
}

/// `param margin: float = 0.025`
package struct ParamNode: Sendable {
    package let name: Name
    package let type: TypeNode?
    package let defaultValue: Expression?
    package let documentation: String?
}

/// Which module an import means.
package enum ModuleReference: Sendable {
    /// `losses`: a module of the library, or a file `losses.eft` on the search path.
    case name(Identifier)
    /// `"dir/mine.eft"`, relative to the importing file.
    case path(String, span: Span)

    package var span: Span {
        switch self {
        case .name(let identifier): identifier.span
        case .path(_, let span): span
        }
    }
}

/// `import module as name`
package struct ImportNode: Sendable {
    package let module: ModuleReference
    /// The variable that the module is bound to: the alias, the module's name, or the file's name without `.eft`.
    package let binding: Name
    package let alias: Identifier?
    package let span: Span
}

/// `name as binding` in `from module import …`
package struct ImportedName: Sendable {
    package let name: Identifier
    package let binding: Name
    package let alias: Identifier?
}

/// `struct Trial { margin: float = 0.1, tags: list = [] }`
package struct StructNode: Sendable {
    package let name: Name
    /// In order, as parameters of the constructor.
    package let fields: [ParameterNode]
    /// The scope of the constructor, `Resolution.functions[id]`: its parameters are the fields.
    package let id: Int
    package let documentation: String?
}

package struct ForNode: Sendable {
    package let target: Target
    package let iterable: Expression
    package let body: Block
}

/// `test "name" { … }`: the body is a function without parameters.
package struct TestNode: Sendable {
    package let name: String
    package let nameSpan: Span
    package let function: FunctionNode
}
