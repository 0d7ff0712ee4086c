import Language

/// Finds what a dotted name means in a session without running anything of the user's.
struct Lookup {
    /// What a name stands for.
    enum Subject {
        case value(name: String, Value)
        /// A method or native function as its row.
        case builtin(owner: String?, Builtin)
        case constant(Namespace.Constant)
        case module(Namespace)
        /// A module that is a file.
        case library(LibraryModule)
        /// A type and its members.
        case type(TypeTable)
        /// A function or struct of such a module.
        case entry(LibraryModule, LibraryModule.Entry)
    }

    let interpreter: Interpreter

    init(_ interpreter: Interpreter) { self.interpreter = interpreter }

    /// The meaning of `path`, such as `model.encode`; nil when there is none.
    func find(_ path: String) -> Subject? {
        let parts = path.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard let first = parts.first, !first.isEmpty, var subject = root(first) else { return nil }
        for part in parts.dropFirst() {
            guard let next = member(part, of: subject) else { return nil }
            subject = next
        }
        return subject
    }

    private func root(_ name: String) -> Subject? {
        if let value = interpreter.globals[name] { return .value(name: name, value) }
        for namespace in LanguageSupport.builtinNamespaces(interpreter) {
            if let builtin = namespace[name] { return .builtin(owner: nil, builtin) }
            if let constant = namespace.constants.first(where: { $0.name == name }) { return .constant(constant) }
        }
        if let module = interpreter.configuration.library[name].flatMap({ LibraryModule(named: $0, interpreter) }) {
            return member(name, of: .library(module))
        }
        if let module = LanguageSupport.modules(interpreter).first(where: { $0.name == name }) { return .module(module) }
        return LibraryModule(named: name, interpreter).map { .library($0) } ?? type(name).map { .type($0) }
    }

    private func type(_ name: String) -> TypeTable? { LanguageSupport.types(interpreter).first { $0.name == name } }

    private func member(_ name: String, of subject: Subject) -> Subject? {
        switch subject {
        case .module(let namespace):
            if let builtin = namespace[name] { return .builtin(owner: namespace.name, builtin) }
            return namespace.constants.first { $0.name == name }.map { .constant($0) }
        case .constant(let constant): return member(name, of: .value(name: constant.name, constant.value))
        case .type(let type): return method(name, of: type)
        // `str` and `tensor` are functions that make what they are named after.
        case .builtin(nil, let builtin): return type(builtin.name).flatMap { method(name, of: $0) }
        case .builtin, .entry: return nil
        case .library(let module): return module.entries.last { $0.name == name }.map { .entry(module, $0) }
        case .value(let path, let value):
            if let method = interpreter.method(of: value, name) { return .builtin(owner: value.typeName, method) }
            return field(name, of: value).map { .value(name: path + "." + name, $0) }
        }
    }

    private func method(_ name: String, of type: TypeTable) -> Subject? { type.methods[name].map { .builtin(owner: type.name, $0) } }

    /// A field, module variable or attribute. Host attributes are the engine's own code, never the user's.
    private func field(_ name: String, of value: Value) -> Value? {
        switch value {
        case .structure(let object): return object.field(name)
        case .module(let module): return module[name]
        case .host(let object): return (try? object.attribute(name)) ?? nil
        default: return nil
        }
    }

    /// Names that may follow `path.`: fields, attributes, methods.
    func members(of path: String) -> [Completions.Candidate] {
        guard let subject = find(path) else { return [] }
        switch subject {
        case .module(let namespace): return namespace.names.map { Completions.Candidate($0) }
        case .constant(let constant): return members(of: constant.value)
        case .value(_, let value): return members(of: value)
        case .library(let module): return module.entries.map { Completions.Candidate($0.name) }
        case .type(let type):
            return type.attributes.map { Completions.Candidate($0.name) }
                + type.methods.names.map { Completions.Candidate($0, label: $0 + "()") }
        case .builtin, .entry: return []
        }
    }

    func members(of value: Value) -> [Completions.Candidate] {
        interpreter.attributeNames(of: value).map { name in
            Completions.Candidate(name, label: interpreter.method(of: value, name) == nil ? name : name + "()")
        }
    }

    /// The signature of what `path` calls; nil for what is only known from the file of a module.
    func signature(of path: String) -> CallSignature? {
        switch find(path) {
        case .builtin(_, let builtin): builtin.signature
        case .value(_, let value): interpreter.describe(value)?.signature
        case .constant(let constant): interpreter.describe(constant.value)?.signature
        default: nil
        }
    }

    /// The value of an expression of names, dots and literal indices, such as `rows[0]["words"]`; nil for others, which would have to run.
    ///
    /// - Parameters:
    ///   - name: a name that the session need not know, such as a function's parameter.
    ///   - item: what it stands for.
    func value(of expression: String, where name: String? = nil, is item: Value = .none) -> Value? {
        let (program, errors) = Parser.parse(Source(name: "<completion>", text: expression))
        guard !errors.contains(where: { $0.severity == .error }), program.statements.count == 1,
            case .expression(let node)? = program.statements.first?.kind
        else { return nil }
        return value(of: node) { text in
            if text == name { return item }
            return if case .value(_, let value) = root(text) { value } else { nil }
        }
    }

    private func value(of expression: Expression, _ named: (String) -> Value?) -> Value? {
        switch expression.kind {
        case .name(let name): return named(name.text)
        case .attribute(let base, let name): return value(of: base, named).flatMap { field(name.text, of: $0) }
        case .subscripted(let base, let items):
            guard items.count == 1, case .index(let key)? = items.first, let value = value(of: base, named) else { return nil }
            switch (value, key.kind) {
            case (.list(let list), .integer(let index)): return Self.item(list.items, index)
            case (.tuple(let tuple), .integer(let index)): return Self.item(tuple.items, index)
            case (.dict(let dict), .string(let text)): return dict.pairs.first { $0.key.asString == text }?.value
            default: return nil
            }
        default: return nil
        }
    }

    private static func item(_ items: [Value], _ index: Int) -> Value? { items.indices.contains(index) ? items[index] : nil }

    /// Every name that can stand alone: the session's and the natives.
    var rootNames: [String] { interpreter.namesInScope }
}
