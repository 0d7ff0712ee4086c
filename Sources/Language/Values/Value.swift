/// A value of the eft language: 16 bytes, numbers unboxed, everything else a counted reference.
///
/// Lists, dicts, tuples, strings and structs are values: whoever writes through a reference first makes sure that it holds the only one.
/// The order of the cases is known to the VM (`Value+Layout.swift`): plain numbers first, then references, then the cases without payload.
public enum Value: @unchecked Sendable {
    case int(Int)
    case float(Double)
    case bool(Bool)
    case string(StringObject)
    case list(ListObject)
    case tuple(TupleObject)
    case dict(DictObject)
    case structure(StructObject)
    case structType(StructType)
    case range(RangeObject)
    case function(FunctionObject)
    case builtin(Builtin)
    case boundMethod(BoundMethod)
    case module(ModuleObject)
    case error(ErrorObject)
    case iterator(ValueIterator)
    case host(HostObject)
    case none
    /// A variable that has no value yet; host code never sees it.
    case unset
}

extension Value {
    public static func string(_ text: String) -> Value { .string(StringObject.of(text)) }
    public static func list(_ items: [Value]) -> Value { .list(ListObject(items)) }
    public static func tuple(_ items: [Value]) -> Value { .tuple(TupleObject.make(items)) }

    /// A dict with text keys, in the order given; a repeated key keeps its first place and its last value.
    public static func dict(_ pairs: [(String, Value)]) -> Value {
        let dict = DictObject(minimumCapacity: pairs.count)
        for (key, value) in pairs { dict.set(.string(key), value) }
        return .dict(dict)
    }

    /// The name that the language shows for the value's type, as `type(x)` gives it.
    public var typeName: String {
        switch self {
        case .int: "int"
        case .float: "float"
        case .bool: "bool"
        case .string: "str"
        case .list: "list"
        case .tuple: "tuple"
        case .dict: "dict"
        case .structure(let object): object.type.name
        case .structType: "type"
        case .range: "range"
        case .function, .builtin, .boundMethod: "fn"
        case .module: "module"
        case .error(let error): error.kind.rawValue
        case .iterator: "iterator"
        case .host(let object): object.typeName
        case .none: "none"
        case .unset: "unset"
        }
    }

    /// "an int", "a str": for messages.
    public var typeNameWithArticle: String { Value.withArticle(typeName) }

    static func withArticle(_ name: String) -> String {
        if name == "none" { return "none" }
        guard let first = name.first else { return name }
        return ("aeiouAEIO".contains(first) ? "an " : "a ") + name
    }

    /// How many containers are nested inside one another here: 0 for a plain value, 1 for a list of numbers.
    var depth: UInt32 {
        switch self {
        case .list(let object): object.depth
        case .tuple(let object): object.depth
        case .dict(let object): object.depth
        case .structure(let object): object.depth
        case .function(let object): object.depth
        case .boundMethod(let object): object.depth
        default: 0
        }
    }

    public var isNone: Bool { if case .none = self { true } else { false } }
    public var asInt: Int? { if case .int(let value) = self { value } else { nil } }
    public var asBool: Bool? { if case .bool(let value) = self { value } else { nil } }
    public var asString: String? { if case .string(let value) = self { value.text } else { nil } }
    public var asHost: HostObject? { if case .host(let value) = self { value } else { nil } }

    /// The number as a float, for an int or a float.
    public var asDouble: Double? {
        switch self {
        case .int(let value): Double(value)
        case .float(let value): value
        default: nil
        }
    }

    /// The elements of a list or a tuple.
    public var asItems: [Value]? {
        switch self {
        case .list(let value): value.items
        case .tuple(let value): value.items
        default: nil
        }
    }

    /// Whether the value can be called.
    public var isCallable: Bool {
        switch self {
        case .function, .builtin, .boundMethod, .structType: true
        case .host(let object): object.isCallable
        default: false
        }
    }
}
