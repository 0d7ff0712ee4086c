/// A type as written in a signature or an annotation.
public indirect enum TypeExpression: Sendable, Equatable {
    case any
    case none
    case bool
    case int
    /// An int is accepted and widened.
    case float
    case str
    case list(TypeExpression?)
    case dict(TypeExpression?, TypeExpression?)
    case tuple([TypeExpression]?)
    case function
    /// `f32[n, d]`; dtype "tensor" stands for any.
    case tensor(TensorType)
    /// A struct, a host type, or any other type by its name.
    case named(String)
    case union([TypeExpression])
}

/// A dtype with its axes; nil axes leave the shape open.
public struct TensorType: Sendable, Equatable {
    public enum Axis: Sendable, Equatable {
        case size(Int)
        /// Unified across the arguments and the result of one call.
        case named(String)
        /// Any number of axes.
        case ellipsis
    }
    public var dtype: String
    public var axes: [Axis]?

    public init(dtype: String, axes: [Axis]?) {
        self.dtype = dtype
        self.axes = axes
    }

    public static let dtypes: Set<String> = ["f32", "f64", "i32", "tensor"]
}

extension TensorType: CustomStringConvertible {
    public var description: String {
        guard let axes else { return dtype }
        let parts = axes.map { axis in
            switch axis {
            case .size(let size): String(size)
            case .named(let name): name
            case .ellipsis: "..."
            }
        }
        return dtype + "[" + parts.joined(separator: ", ") + "]"
    }
}

extension TypeExpression: CustomStringConvertible {
    public var description: String {
        switch self {
        case .any: "any"
        case .none: "none"
        case .bool: "bool"
        case .int: "int"
        case .float: "float"
        case .str: "str"
        case .list(let item): item.map { "list[\($0)]" } ?? "list"
        case .dict(let key, let value): key.flatMap { key in value.map { "dict[\(key), \($0)]" } } ?? "dict"
        case .tuple(let items): items.map { "tuple[" + $0.map(\.description).joined(separator: ", ") + "]" } ?? "tuple"
        case .function: "fn"
        case .tensor(let type): type.description
        case .named(let name): name
        case .union(let options): options.map(\.description).joined(separator: " | ")
        }
    }

    /// The type of a plain name, as in `x: int`.
    public init(name: String) {
        switch name {
        case "any": self = .any
        case "none": self = .none
        case "bool": self = .bool
        case "int": self = .int
        case "float": self = .float
        case "str": self = .str
        case "list": self = .list(nil)
        case "dict": self = .dict(nil, nil)
        case "tuple": self = .tuple(nil)
        case "fn": self = .function
        case "f32", "f64", "i32", "tensor": self = .tensor(TensorType(dtype: name, axes: nil))
        default: self = .named(name)
        }
    }
}
