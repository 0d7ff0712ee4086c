/// Finds modules: native tables by name, files next to the importing one and on the search path.
struct ModuleLoader {
    let natives: [String: Namespace]
    let searchPath: [String]
    /// Loaded modules, by name or absolute path.
    var loaded: [String: ModuleObject] = [:]
    /// Files whose import is under way, outermost first.
    var loading: [String] = []

    init(_ configuration: Interpreter.Configuration) {
        var natives: [String: Namespace] = [:]
        for namespace in configuration.modules { natives[namespace.name] = namespace }
        self.natives = natives
        searchPath = configuration.searchPath
    }
}

extension Interpreter {
    func importModule(_ descriptor: ImportDescriptor, from source: Source) throws -> ModuleObject {
        throw ScriptError(.io, "imports are not supported")
    }

    /// The outside value of a `param`, or unset.
    func parameterValue(_ module: ModuleObject, _ index: Int) throws -> Value { .unset }

    /// The names after the dot of a value, for completion and suggestions; runs no user code.
    public func attributeNames(of value: Value) -> [String] {
        switch value {
        case .structure(let object): object.type.signature.parameters.map(\.name)
        case .module(let module): module.definedNames
        case .host(let object): object.attributeNames + object.methods.names
        case .error: ["message", "kind", "help", "notes"]
        default: ValueMethods.table(for: value).names
        }
    }
}
