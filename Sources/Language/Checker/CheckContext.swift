/// What the walks through a program and through the modules that it imports share.
final class CheckContext {
    let interpreter: Interpreter
    private(set) lazy var hosts = interpreter.configuration.hostTypes()
    let shapes: HostShapes?
    /// By name (native) or path (files).
    private var modules: [String: StaticModule] = [:]
    /// The builtins of the prelude, whose results are known better than their signatures say.
    private static let preludeRows = Set(Prelude.namespaces.flatMap(\.builtins).map { ObjectIdentifier($0) })

    /// The place that a walk for completion is about.
    let probe: TypeProbe?

    init(_ interpreter: Interpreter, probe: TypeProbe? = nil) {
        self.interpreter = interpreter
        self.probe = probe
        shapes = interpreter.configuration.shapes
    }

    /// What a builtin hands to the functions that it is given, by parameter; nil if nothing is known of that.
    func callbacks(of builtin: Builtin) -> [String: [TypeExpression]]? { hosts.callbacks[builtin.name] }

    func isPrelude(_ builtin: Builtin) -> Bool { Self.preludeRows.contains(ObjectIdentifier(builtin)) }

    /// The type of a value at hand.
    func type(of value: Value) -> StaticType {
        guard case .host(let object) = value, let host = hosts[object.typeName] else { return StaticType(value) }
        if host.name == "dtype" { return .object(object) }
        return host.name == "tensor" ? .anyTensor : .host(host)
    }

    /// The type of a name that no variable has.
    func native(_ name: String) -> StaticType {
        if let value = interpreter.natives[name] { return StaticType(value) }
        guard let module = interpreter.configuration.library[name] else { return .unknown }
        if case .success(let module) = self.module(ImportDescriptor.Module.library(module), from: Source(name: "", text: "")) {
            return module.member(name) ?? .unknown
        }
        return .unknown
    }

    /// The module that an import means, read but not run.
    func module(_ reference: ModuleReference, from source: Source) -> Result<StaticModule, ScriptError> {
        module(reference.request, from: source)
    }

    private func module(_ request: ImportDescriptor.Module, from source: Source) -> Result<StaticModule, ScriptError> {
        do throws(ScriptError) {
            switch try interpreter.locate(request, from: source) {
            case .native(let namespace):
                if let known = modules[namespace.name] { return .success(known) }
                let module = StaticModule(name: namespace.name, .native(namespace))
                modules[namespace.name] = module
                return .success(module)
            case .file(let path, let name):
                if let known = modules[path] { return .success(known) }
                let module = StaticModule(name: name, .unread)
                modules[path] = module
                module.content = read(path)
                return .success(module)
            }
        } catch {
            return .failure(error)
        }
    }

    private func read(_ path: String) -> StaticModule.Content {
        guard let data = try? TextFile.read(path) else { return .opaque }
        let source = Source(name: path, bytes: Array(data))
        let (program, errors) = Parser.parse(source)
        if errors.contains(where: { $0.severity == .error }) { return .opaque }
        let (resolution, nameErrors) = Resolver.resolve(
            program, natives: interpreter.nativeNames, types: interpreter.configuration.typeNames, hints: interpreter.configuration.hints)
        if nameErrors.contains(where: { $0.severity == .error }) { return .opaque }
        let report = CheckReport(source)
        report.isQuiet = true
        let walk = TypeWalk(program, resolution, report, self)
        walk.survey()
        return .file(walk)
    }
}

/// A module as the checker knows it.
final class StaticModule {
    enum Content {
        case native(Namespace)
        case file(TypeWalk)
        /// Being read: it imports itself, or another that imports it.
        case unread
        /// It cannot be read, or has errors of its own.
        case opaque
    }

    let name: String
    var content: Content

    init(name: String, _ content: Content) {
        self.name = name
        self.content = content
    }

    /// The type of a member; nil if there is none.
    func member(_ name: String) -> StaticType? {
        switch content {
        case .native(let namespace):
            if let builtin = namespace[name] { return .builtin(builtin) }
            return namespace.constants.first { $0.name == name }.map { StaticType($0.value) }
        case .file(let walk): return walk.globalType(name)
        case .unread, .opaque: return .unknown
        }
    }

    /// The names of the members; nil if they are not known.
    var names: [String]? {
        switch content {
        case .native(let namespace): namespace.names
        case .file(let walk): walk.resolution.globals
        case .unread, .opaque: nil
        }
    }

    func structure(_ name: String) -> StaticStruct? {
        if case .file(let walk) = content { walk.structs[name] } else { nil }
    }
}

extension ModuleReference {
    fileprivate var request: ImportDescriptor.Module {
        switch self {
        case .name(let identifier): .name(identifier.text)
        case .path(let path, _): .path(path)
        }
    }
}
