/// Resolver: a syntax tree → where each name lives; collects errors of names and scopes.
package struct Resolver {
    /// - Parameters:
    ///   - natives: the names of the builtins.
    ///   - globals: module names that already exist, such as those of earlier statements at the prompt.
    package static func resolve(
        _ program: Program, natives: Set<String>, globals: Set<String> = []
    ) -> (resolution: Resolution, diagnostics: [Diagnostic]) {
        let bindings = [Binding](repeating: .unresolved, count: program.nameCount)
        let unset = [Bool](repeating: true, count: program.nameCount)
        let functions = [FunctionScope](repeating: FunctionScope(), count: program.functionCount)
        return (Resolution(bindings: bindings, mayBeUnset: unset, functions: functions, module: FunctionScope(), globals: []), [])
    }
}
