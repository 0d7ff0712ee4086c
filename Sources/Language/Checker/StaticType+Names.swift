extension StaticType {
    /// What messages call the type, as `type(x)` gives it; nil if it is not one type.
    var typeName: String? {
        switch self {
        case .unknown, .never, .union: nil
        case .none: "none"
        case .bool: "bool"
        case .int: "int"
        case .float: "float"
        case .str: "str"
        case .range: "range"
        case .error: "error"
        case .list: "list"
        case .tuple: "tuple"
        case .dict: "dict"
        case .structure(let type): type.name
        case .structType: "type"
        case .function, .callable, .builtin, .method: "fn"
        case .module: "module"
        case .tensor: "tensor"
        case .host(let type): type.name
        case .object(let object): object.typeName
        }
    }

    /// "an int", "a str or none".
    var described: String {
        if case .union(let members) = self { return members.map(\.described).joined(separator: " or ") }
        return typeName.map { Value.withArticle($0) } ?? "a value"
    }

    /// Short words for a label: the type, a tensor with its axes.
    var label: String {
        switch self {
        case .tensor(let facts): facts.description
        case .list(_, let parts?) where !parts.isEmpty && parts.allSatisfy({ $0.isTensor }): parts.map(\.label).joined(separator: ", ")
        case .union(let members): members.map(\.label).joined(separator: " or ")
        default: typeName ?? ""
        }
    }

    /// A value of the type, for trying what an operation of the language says about such values; nil for types that have none to try.
    var sample: Value? {
        switch self {
        case .none: Value.none
        case .bool: .bool(true)
        case .int: .int(1)
        case .float: .float(1)
        case .str: Self.samples.text
        case .list: Self.samples.list
        case .tuple: Self.samples.tuple
        case .dict: Self.samples.dict
        case .range: Self.samples.range
        case .error: Self.samples.error
        case .builtin(let builtin): .builtin(builtin)
        case .function, .callable: Self.samples.function
        default: nil
        }
    }

    private struct Samples: @unchecked Sendable {
        let text = Immortal.make(.string("1"))
        let list = Immortal.make(.list([]))
        let tuple = Immortal.make(.tuple([]))
        let dict = Immortal.make(.dict([]))
        let range = Value.range(RangeObject(start: 0, step: 1, count: 1))
        let error = Value.error(ErrorObject(.value, ""))
        let function = Value.builtin(Builtin("f", "() -> none", doc: "") { _ in .none })
    }

    // Never written to: the values go to operators only.
    private static let samples = Samples()

    /// The type of a value at hand; items of containers are not looked at.
    init(_ value: Value) {
        switch value {
        case .none: self = .none
        case .bool: self = .bool
        case .int(let number): self = .int(.size(number))
        case .float: self = .float
        case .string: self = .str
        case .list: self = .list(.unknown, parts: nil)
        case .tuple: self = .tuple(nil)
        case .dict: self = .dict(.unknown, .unknown)
        case .range: self = .range
        case .error: self = .error
        case .builtin(let builtin): self = .builtin(builtin)
        case .function, .boundMethod: self = .callable
        case .host(let object): self = .object(object)
        default: self = .unknown
        }
    }

    /// The table of the methods of a type that is no host object.
    var methods: Namespace? {
        switch self {
        case .str: StringMethods.table
        case .list: ListMethods.table
        case .tuple: TupleMethods.table
        case .dict: DictMethods.table
        case .int, .float: NumberMethods.table
        case .none, .bool, .range: Namespace.empty
        default: nil
        }
    }

    /// What a loop over the value gives; nil if it cannot be looped over, unknown where that is not known.
    func element(_ shapes: HostShapes?) -> StaticType? {
        switch self {
        case .list(let item, let parts):
            if let parts, !parts.isEmpty { return Self.joined(parts) }
            return item
        case .tuple(let parts): return parts.map { Self.joined($0) } ?? .unknown
        case .dict(let key, _): return key
        case .str: return .str
        case .range: return .anyInt
        case .none, .bool, .int, .float, .error, .structure, .structType, .function, .callable, .builtin, .method, .module: return nil
        case .tensor(let facts):
            guard let shapes, case .value(let fact) = shapes.element(of: facts) else { return .unknown }
            return StaticType(fact)
        case .host(let type): return type.element.map { StaticType($0, structs: [:], hosts: .none) } ?? .unknown
        case .union(let members):
            let elements = members.compactMap { $0.element(shapes) }
            return elements.isEmpty ? nil : Self.joined(elements)
        case .unknown, .never, .object: return .unknown
        }
    }
}

// MARK: Annotations

extension StaticType {
    /// What an annotation promises.
    init(_ type: TypeExpression, structs: [String: StaticStruct], hosts: HostTypes) {
        switch type {
        case .any: self = .unknown
        case .none: self = .none
        case .bool: self = .bool
        case .int: self = .anyInt
        case .float: self = .float
        case .str: self = .str
        case .list(let item): self = .listOf(item.map { StaticType($0, structs: structs, hosts: hosts) } ?? .unknown)
        case .dict(let key, let value):
            self = .dictOf(
                key.map { StaticType($0, structs: structs, hosts: hosts) } ?? .unknown,
                value.map { StaticType($0, structs: structs, hosts: hosts) } ?? .unknown)
        case .tuple(let items): self = items.map { .tupleOf($0.map { StaticType($0, structs: structs, hosts: hosts) }) } ?? .tuple(nil)
        case .function: self = .callable
        case .tensor(let type): self = .tensor(TensorFacts(type))
        case .union(let options): self = .joined(options.map { StaticType($0, structs: structs, hosts: hosts) })
        case .named(let name):
            switch name {
            case "range": self = .range
            case "error": self = .error
            case "number": self = .union([.anyInt, .float])
            default:
                if let structure = structs[name] {
                    self = .structure(structure)
                } else {
                    self = hosts[name].map { .host($0) } ?? .unknown
                }
            }
        }
    }

    /// Whether a value of the type fits an annotation, as `TypeCheck` would find; nil where that is not known. Axes are unified.
    func fits(_ type: TypeExpression, _ axes: inout AxisUnifier) -> Bool? {
        if case .union(let members) = self {
            var results: [Bool?] = []
            for member in members { results.append(member.fits(type, &axes)) }
            if results.allSatisfy({ $0 == true }) { return true }
            return results.allSatisfy { $0 == false } ? false : nil
        }
        if isUnknown { return nil }
        switch type {
        case .any: return true
        case .none: return isNone
        case .bool: return typeName == "bool"
        case .int: return typeName == "int"
        case .float: return typeName == "int" || typeName == "float"
        case .str: return typeName == "str"
        case .function: return isCallable
        case .list(let item):
            guard case .list(let own, let parts) = self else { return false }
            guard let item, item != .any else { return true }
            if let parts { return Self.all(parts, item, &axes) }
            let fits = own.fits(item, &axes)
            return fits == true ? true : nil
        case .tuple(let items):
            guard case .tuple(let parts) = self else { return false }
            guard let items else { return true }
            guard let parts else { return nil }
            guard parts.count == items.count else { return false }
            var result: Bool? = true
            for (part, item) in zip(parts, items) {
                let fits = part.fits(item, &axes)
                if fits == false { return false }
                if fits == nil { result = nil }
            }
            return result
        case .dict:
            guard case .dict = self else { return false }
            return type == .dict(nil, nil) ? true : nil
        case .tensor(let tensor):
            switch self {
            case .tensor(let facts): return axes.match(tensor, facts) ? nil : false
            case .object, .host: return nil
            default: return false
            }
        case .named(let name):
            switch self {
            case .host(let type): return type.isGroup ? nil : type.name == name
            case .structure(let type): return type.name == name
            case .error: return name == "error" ? true : nil
            case .structType, .module, .object, .callable, .function, .builtin, .method: return nil
            default:
                if name == "number" { return typeName == "int" || typeName == "float" }
                return name == "iterator" ? nil : typeName == name
            }
        case .union(let options):
            var result: Bool? = false
            for option in options {
                let fits = self.fits(option, &axes)
                if fits == true { return true }
                if fits == nil { result = nil }
            }
            return result
        }
    }

    private static func all(_ parts: [StaticType], _ item: TypeExpression, _ axes: inout AxisUnifier) -> Bool? {
        var result: Bool? = true
        for part in parts {
            let fits = part.fits(item, &axes)
            if fits == false { return false }
            if fits == nil { result = nil }
        }
        return result
    }

    /// Whether the value can be called; nil where that is not known.
    var isCallable: Bool? {
        switch self {
        case .function, .callable, .builtin, .method, .structType: true
        case .object(let object): object.isCallable
        case .host(let type): type.call != nil ? true : nil
        case .unknown, .never: nil
        case .union(let members):
            members.allSatisfy { $0.isCallable == true } ? true : members.allSatisfy { $0.isCallable == false } ? false : nil
        default: false
        }
    }
}

// MARK: Facts for shape rules

extension StaticType {
    init(_ fact: ArgumentFact, as type: TypeExpression = .any) {
        switch fact {
        case .tensor(let facts): self = .tensor(facts)
        case .constant(let value): self = StaticType(value)
        case .list(let parts):
            let types = parts.map { StaticType($0) }
            switch type {
            case .list: self = .listOf(.joined(types), parts: types)
            case .tuple: self = .tupleOf(types)
            default: self = .unknown
            }
        case .items(let item): self = .listOf(StaticType(item))
        case .size(let axis): self = .int(axis)
        case .typed(let type): self = StaticType(type, structs: [:], hosts: .none)
        case .unknown: self = .unknown
        }
    }

    /// What a shape rule is told of the value.
    var fact: ArgumentFact {
        switch self {
        case .tensor(let facts): .tensor(facts)
        case .none: .constant(.none)
        case .int(.size(let number)): .constant(.int(number))
        case .int(.unknown): .typed(.int)
        case .int(let axis): .size(axis)
        case .bool: .typed(.bool)
        case .float: .typed(.float)
        case .str: .typed(.str)
        case .list(_, let parts?): .list(parts.map(\.fact))
        case .list(let item, nil): item.isUnknown ? .typed(.list(nil)) : .items(item.fact)
        case .tuple(let parts?): .list(parts.map(\.fact))
        case .object(let object): .constant(.host(object))
        case .builtin(let builtin): .constant(.builtin(builtin))
        default: .unknown
        }
    }
}
