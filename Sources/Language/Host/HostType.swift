/// A type of the host's objects, as far as the checker, completion and the reference know it without an object at hand.
public struct HostType: Sendable {
    public struct Attribute: Sendable {
        public let name: String
        public let type: TypeExpression
    }

    public let name: String
    public let doc: String
    public let attributes: [Attribute]
    public let methods: Namespace
    /// Whether objects may have attributes that the table does not know, such as the columns of a table.
    public let isOpen: Bool
    /// Whether the name is that of a group: its objects have type names of their own.
    public let isGroup: Bool
    /// How an object is called, where all can be.
    public let call: Builtin?
    /// What a loop over an object gives; nil if that is not known, or it cannot be looped over.
    public let element: TypeExpression?
    /// What to write instead of a member that people of other libraries look for.
    public let hints: [String: String]

    /// - Parameter attributes: such as "dimension: int, directory: str".
    public init(
        _ name: String, _ attributes: String = "", methods: Namespace = .empty, call: Builtin? = nil, element: String? = nil,
        isOpen: Bool = false, isGroup: Bool = false, hints: [String: String] = [:], doc: String = ""
    ) {
        self.name = name
        self.doc = doc
        self.methods = methods
        self.isOpen = isOpen
        self.isGroup = isGroup
        self.call = call
        self.hints = hints
        do {
            self.attributes = try SignatureParser.parse("(\(attributes))").parameters.map { Attribute(name: $0.name, type: $0.type) }
            self.element = try element.map { try SignatureParser.parseType($0) }
        } catch {
            preconditionFailure("attributes of \(name): \(error)")
        }
    }

    /// Every name behind the dot, sorted.
    public var memberNames: [String] { (attributes.map(\.name) + methods.names).sorted() }
}

/// The types of a host, and what its builtins hand to the functions that they are given. Made when something first asks.
public struct HostTypes: Sendable {
    public let types: [HostType]
    /// By builtin and parameter: the types of the arguments with which the function given there is called.
    public let callbacks: [String: [String: [TypeExpression]]]
    private let byName: [String: HostType]

    public init(_ types: [HostType], callbacks: [String: [String: [TypeExpression]]] = [:]) {
        self.types = types
        self.callbacks = callbacks
        byName = Dictionary(types.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    public static let none = HostTypes([])

    public subscript(name: String) -> HostType? { byName[name] }
}
