/// Where the value of a `Name` lives.
package enum Binding: Hashable, Sendable {
    /// A register of the function that runs, `0 ..< FunctionScope.localNames.count`.
    case local(Int)
    /// An entry of the closure's captured values.
    case captured(Int)
    /// A name of the module, looked up when it is used. If it has no value yet, a native of the same name is meant.
    case global(String)
    /// A name that the program never assigns: a builtin.
    case native(String)
    /// The function that runs: a nested `fn` that names itself.
    case selfReference
    /// An error has been reported.
    case unresolved
}

/// How a closure gets one of its captured values when it is created.
package struct Capture: Hashable, Sendable {
    package enum Origin: Hashable, Sendable {
        /// A register of the function that creates the closure.
        case local(Int)
        /// A captured value of the function that creates the closure.
        case captured(Int)
        /// The function that creates the closure.
        case selfReference
    }

    package let name: String
    package let origin: Origin
}

/// The variables of one function, or of the module's top level.
package struct FunctionScope: Sendable {
    /// The name of each local register: first the parameters in order, then the names that the body assigns, then the
    /// variables of comprehensions. The module's top level has only variables of comprehensions; the rest are globals.
    package var localNames: [String] = []
    package var parameterCount = 0
    package var captures: [Capture] = []
}

/// What the resolver found out about a program that has no errors of names.
package struct Resolution: Sendable {
    /// By `Name.id`.
    package var bindings: [Binding]
    /// By `Name.id`: whether a read of that local or captured name may come before its assignment and so must be checked.
    package var mayBeUnset: [Bool]
    /// By `FunctionNode.id` and `StructNode.id`.
    package var functions: [FunctionScope]
    package var module: FunctionScope
    /// The names that the module's top level assigns, in order of first assignment.
    package var globals: [String]

    package func binding(_ name: Name) -> Binding { bindings[name.id] }
}
