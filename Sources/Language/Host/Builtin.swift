import Synchronization

/// A native function as one row of a table: the call, `eft check`, completion, `name?`, the reference page and the example test all read it.
public final class Builtin: Sendable {
    public typealias Body = @Sendable (borrowing BuiltinCall) throws -> Value

    public let name: String
    public let doc: String
    /// An expression that a test runs and that must be true, or a statement that must not fail; empty for none.
    public let example: String
    /// Other names of the same function.
    public let aliases: [String]
    /// What the call gives, from what is known of its arguments; nil where the signature says it all.
    public let shape: ShapeRule?
    let body: Body
    /// Answers the common case of a call in its slots: the function or object in the first, `count` arguments behind it. Leaves the
    /// result in the first and the others without references; returns false, with everything as it was, where the body must answer.
    let quick: Quick?
    typealias Quick = @Sendable (_ slot: UnsafeMutablePointer<Value>, _ count: Int) -> Bool
    private let signatureText: String
    /// What the signature says, read from its text when something first asks: a script calls few of the hundreds of rows.
    /// The address of the facts, or 0.
    private let published = Atomic<UInt>(0)

    private struct Facts {
        let signature: CallSignature
        let layout: BuiltinLayout
    }

    /// - Parameter signature: such as "(a: f32[..., d], k: int = 10, *rest, **options) -> f32[...]".
    public convenience init(
        _ name: String, _ signature: String, shape: ShapeRule? = nil, doc: String, example: String = "", aliases: [String] = [],
        _ body: @escaping Body
    ) {
        self.init(name, signature, shape: shape, doc: doc, example: example, aliases: aliases, quick: nil, body)
    }

    init(
        _ name: String, _ signature: String, shape: ShapeRule? = nil, doc: String, example: String = "", aliases: [String] = [],
        quick: Quick?, _ body: @escaping Body
    ) {
        self.quick = quick
        self.shape = shape
        self.name = name
        self.doc = doc
        self.example = example
        self.aliases = aliases
        self.body = body
        signatureText = signature
    }

    public var signature: CallSignature { facts.pointee.signature }

    /// What a call needs to know of the signature, without its texts.
    @inline(__always) var layout: BuiltinLayout { facts.pointee.layout }

    /// Stays valid as long as the builtin.
    @inline(__always) private var facts: UnsafeMutablePointer<Facts> {
        UnsafeMutablePointer(bitPattern: published.load(ordering: .acquiring)) ?? readSignature()
    }

    /// Interpreters of several threads share the row: the first to be done publishes what it read, the others throw theirs away.
    @inline(never) private func readSignature() -> UnsafeMutablePointer<Facts> {
        let signature: CallSignature
        do {
            signature = try SignatureParser.parse(signatureText)
        } catch {
            preconditionFailure("signature of \(name): \(error)")
        }
        let read = UnsafeMutablePointer<Facts>.allocate(capacity: 1)
        read.initialize(to: Facts(signature: signature, layout: BuiltinLayout(signature)))
        let (_, before) = published.compareExchange(expected: 0, desired: UInt(bitPattern: read), ordering: .acquiringAndReleasing)
        guard let other = UnsafeMutablePointer<Facts>(bitPattern: before) else { return read }
        Builtin.deallocate(read)
        return other
    }

    private static func deallocate(_ facts: UnsafeMutablePointer<Facts>) {
        facts.pointee.layout.deallocate()
        facts.deinitialize(count: 1)
        facts.deallocate()
    }

    deinit {
        if let facts = UnsafeMutablePointer<Facts>(bitPattern: published.load(ordering: .acquiring)) { Builtin.deallocate(facts) }
    }
}

/// The parts of a signature that every call reads, as plain memory. Lives as long as its builtin.
struct BuiltinLayout: @unchecked Sendable {
    /// How an argument is checked before the body runs.
    enum Check: UInt8 {
        case nothing, int, float, str, bool, list, dict, intOrNone, strOrNone, full

        /// What a struct's field demands.
        init(field type: TypeExpression) {
            switch type {
            case .any: self = .nothing
            case .int: self = .int
            case .float: self = .float
            case .str: self = .str
            case .bool: self = .bool
            case .list(nil): self = .list
            case .dict(nil, nil): self = .dict
            default: self = .full
            }
        }

        /// Whether a value fits at a glance; false leaves it to `TypeCheck`.
        @inline(__always) func accepts(_ value: ValuePointer) -> Bool {
            switch self {
            case .nothing: true
            case .int: value.tag == ValueTag.int
            case .float: value.tag == ValueTag.float
            case .str: value.tag == ValueTag.string
            case .bool: value.tag == ValueTag.bool
            case .list: value.tag == ValueTag.list
            case .dict: value.tag == ValueTag.dict
            case .intOrNone: value.tag == ValueTag.int || value.isNone
            case .strOrNone: value.tag == ValueTag.string || value.isNone
            case .full: false
            }
        }
    }

    let parameterCount: Int
    /// How many arguments may be given by position, when nothing else is special.
    let positionalCount: Int
    let requiredCount: Int
    /// No `*rest` and no `**options`.
    let isSimple: Bool
    let hasChecks: Bool
    let checks: UnsafePointer<Check>
    let defaults: UnsafePointer<Value>

    init(_ signature: CallSignature) {
        parameterCount = signature.parameters.count
        positionalCount = signature.positionalCount
        requiredCount = signature.requiredCount
        isSimple = signature.restIndex == nil && signature.optionsIndex == nil
        let kinds: [Check] = signature.parameters.map { parameter in
            guard parameter.kind == .positional || parameter.kind == .keywordOnly else { return .nothing }
            switch parameter.type {
            case .int: return .int
            case .float: return .float
            case .str: return .str
            case .bool: return .bool
            case .union([.int, .none]): return .intOrNone
            case .union([.str, .none]): return .strOrNone
            default: return TypeCheck.isCheckedForBuiltins(parameter.type) ? .full : .nothing
            }
        }
        hasChecks = kinds.contains { $0 != .nothing }
        let checks = UnsafeMutablePointer<Check>.allocate(capacity: max(1, kinds.count))
        checks.initialize(from: kinds, count: kinds.count)
        self.checks = UnsafePointer(checks)
        let values = signature.parameters.map { Immortal.make($0.defaultValue) }
        let defaults = UnsafeMutablePointer<Value>.allocate(capacity: max(1, values.count))
        defaults.initialize(from: values, count: values.count)
        self.defaults = UnsafePointer(defaults)
    }

    func deallocate() {
        checks.deallocate()
        UnsafeMutablePointer(mutating: defaults).deinitialize(count: parameterCount)
        defaults.deallocate()
    }
}

/// A table of native functions and constants: the prelude, a module such as `math`, or the methods of a type.
public final class Namespace: Sendable {
    public struct Constant: Sendable {
        public let name: String
        public let value: Value
        public let doc: String
        public init(_ name: String, _ value: Value, doc: String) {
            self.name = name
            self.value = Immortal.make(value)
            self.doc = doc
        }
    }

    public let name: String
    public let doc: String
    public let builtins: [Builtin]
    public let constants: [Constant]
    private let byName: [String: Builtin]

    public init(_ name: String, doc: String = "", constants: [Constant] = [], _ builtins: [Builtin]) {
        self.name = name
        self.doc = doc
        self.builtins = builtins
        self.constants = constants
        var byName: [String: Builtin] = [:]
        for builtin in builtins {
            for name in [builtin.name] + builtin.aliases { byName[name] = builtin }
        }
        self.byName = byName
    }

    public static let empty = Namespace("", [])

    public subscript(name: String) -> Builtin? { byName[name] }

    /// Every name in the table, sorted.
    public var names: [String] { (byName.keys + constants.map(\.name)).sorted() }

    /// The rows of both; a name in `other` wins.
    public func merging(_ other: Namespace) -> Namespace {
        let own = builtins.filter { other[$0.name] == nil }
        return Namespace(name, doc: doc, constants: constants + other.constants, own + other.builtins)
    }
}
