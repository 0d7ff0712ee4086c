/// The type of one place in a program that is still being typed, for completion: found by walking the program, nothing runs.
///
/// The place is marked by a member that no value has: `sessions[0].` is completed by walking `sessions[0].` with `TypeProbe.mark` behind it.
final class TypeProbe {
    static let mark = "__here__"
    /// What stands left of the mark; unknown until the walk has come by with something better.
    private(set) var type = StaticType.unknown

    func note(_ type: StaticType) {
        if self.type.isUnknown { self.type = type }
    }
}

/// A name behind a dot.
public struct MemberName: Sendable, Hashable {
    public let name: String
    public let isMethod: Bool
}

extension Interpreter {
    /// The names behind the dot that `text` ends with, sorted; empty where the type of what stands before it is not known.
    ///
    /// - Parameters:
    ///   - text: the statement up to and with the dot.
    ///   - closers: the brackets that are open at its end, closed.
    public func members(behind text: String, closers: String) -> [MemberName] {
        guard let (type, context) = probe(text, closers) else { return [] }
        return type.members(context).sorted { $0.name < $1.name }
    }

    /// How that which `text` ends with is called; nil where that is not known.
    public func callSignature(of text: String, closers: String) -> CallSignature? {
        probe(text + ".", closers)?.type.callSignature
    }

    private func probe(_ text: String, _ closers: String) -> (type: StaticType, context: CheckContext)? {
        let source = Source(name: "<completion>", text: text + TypeProbe.mark + closers)
        let (program, errors) = Parser.parse(source)
        guard !errors.contains(where: { $0.severity == .error }) else { return nil }
        let (resolution, _) = Resolver.resolve(
            program, natives: nativeNames, globals: Set(globals.definedNames), types: configuration.typeNames, hints: configuration.hints)
        let report = CheckReport(source)
        report.isQuiet = true
        let probe = TypeProbe()
        let context = CheckContext(self, probe: probe)
        TypeWalk(program, resolution, report, context).run()
        return probe.type.isUnknown ? nil : (probe.type, context)
    }
}

extension StaticType {
    fileprivate func members(_ context: CheckContext) -> Set<MemberName> {
        func fields(_ names: [String]) -> Set<MemberName> { Set(names.map { MemberName(name: $0, isMethod: false) }) }
        func methods(_ names: [String]) -> Set<MemberName> { Set(names.map { MemberName(name: $0, isMethod: true) }) }
        switch self {
        case .union(let types): return types.reduce(into: []) { $0.formUnion($1.members(context)) }
        case .structure(let structure): return fields(structure.signature.parameters.map(\.name))
        case .error: return fields(["message", "kind", "help", "notes"])
        case .module(let module): return fields(module.names ?? [])
        case .tensor: return context.hosts["tensor"].map { fields($0.attributes.map(\.name)).union(methods($0.methods.names)) } ?? []
        case .host(let host): return fields(host.attributes.map(\.name)).union(methods(host.methods.names))
        case .object(let object): return fields(object.attributeNames).union(methods(object.methods.names))
        default: return self.methods.map { methods($0.names) } ?? []
        }
    }

    fileprivate var callSignature: CallSignature? {
        switch self {
        case .function(let function): function.signature
        case .builtin(let builtin), .method(_, let builtin): builtin.signature
        case .structType(let type): type.signature
        case .object(let object): object.callSignature?.signature
        case .host(let host): host.call?.signature
        default: nil
        }
    }
}

extension CheckContext {
    /// The type of a value at hand, with what its first item tells of the others: good enough to complete from, not to report by.
    func typeWithItems(of value: Value, depth: Int = 3) -> StaticType {
        if depth == 0 { return type(of: value) }
        func inner(_ value: Value?) -> StaticType { value.map { typeWithItems(of: $0, depth: depth - 1) } ?? .unknown }
        switch value {
        case .list(let list): return .listOf(inner(list.items.first))
        case .tuple(let tuple): return .tupleOf(tuple.items.prefix(StaticType.partsLimit).map { inner($0) })
        case .dict(let dict): return .dictOf(inner(dict.pairs.first?.key), inner(dict.pairs.first?.value))
        case .structure(let object):
            let names = object.type.signature.parameters.map(\.name)
            let fields = Dictionary(zip(names, object.fields.map { inner($0) }), uniquingKeysWith: { first, _ in first })
            return .structure(StaticStruct(name: object.type.name, signature: object.type.signature, fields: fields))
        default: return type(of: value)
        }
    }
}
