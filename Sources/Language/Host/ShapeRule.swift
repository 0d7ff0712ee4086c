/// Works out what a call gives from what is known of its arguments. A builtin's row names its rule; many rows share one.
public struct ShapeRule: Sendable {
    /// Throws a `ShapeFailure` where the call must fail.
    public typealias Body = @Sendable (ShapeCall) throws -> ArgumentFact
    private let body: Body

    public init(_ body: @escaping Body) { self.body = body }

    public func apply(_ call: ShapeCall) -> ShapeOutcome {
        do { return .value(try body(call)) } catch let failure as ShapeFailure { return .failure(failure) } catch { return .unknown }
    }
}

/// What comes of a call, as far as it is known.
public enum ShapeOutcome: Sendable {
    case value(ArgumentFact)
    /// The call fails whatever happens: it was reached, and what is known of the arguments rules a result out.
    case failure(ShapeFailure)

    public static let unknown = ShapeOutcome.value(.unknown)
}

/// Why a call fails, in the words of the error that it ends in.
public struct ShapeFailure: Error, Sendable {
    public let kind: ErrorKind
    public let message: String
    public let help: String?
    /// The parameters whose arguments do not fit, in the order of the call; `ShapeCall.receiverName` for what a method is called on.
    public let operands: [String]

    public init(_ kind: ErrorKind, _ message: String, help: String? = nil, operands: [String] = []) {
        self.kind = kind
        self.message = message
        self.help = help
        self.operands = operands
    }
}

/// A call with what is known of its arguments, bound to the parameters of the signature.
public struct ShapeCall: Sendable {
    public static let receiverName = "self"

    public let name: String
    public let signature: CallSignature
    /// What the method is called on; nil for a function.
    public let receiver: ArgumentFact?
    private let facts: [String: ArgumentFact]

    /// - Parameter facts: by parameter; one that is not there has its default. `*rest` is a list.
    public init(_ name: String, _ signature: CallSignature, receiver: ArgumentFact? = nil, facts: [String: ArgumentFact]) {
        self.name = name
        self.signature = signature
        self.receiver = receiver
        self.facts = facts
    }

    public init(
        _ builtin: Builtin, receiver: ArgumentFact? = nil, positional: [ArgumentFact], keywords: [(String, ArgumentFact)] = []
    ) {
        self.init(builtin.name, builtin.signature, receiver: receiver, positional: positional, keywords: keywords)
    }

    /// Binds arguments as calls do; arguments that do not fit the signature are left out.
    public init(
        _ name: String, _ signature: CallSignature, receiver: ArgumentFact? = nil, positional: [ArgumentFact],
        keywords: [(String, ArgumentFact)] = []
    ) {
        var facts = Dictionary(keywords, uniquingKeysWith: { first, _ in first })
        let places = signature.parameters.filter { $0.kind == .positional }
        for (parameter, fact) in zip(places, positional) { facts[parameter.name] = fact }
        if let rest = signature.restIndex {
            facts[signature.parameters[rest].name] = .list(Array(positional.dropFirst(places.count)))
        }
        self.init(name, signature, receiver: receiver, facts: facts)
    }

    /// The argument of a parameter; its default where none is given.
    public subscript(name: String) -> ArgumentFact {
        if let fact = facts[name] { return fact }
        guard let parameter = signature.parameters.first(where: { $0.name == name }) else { return .unknown }
        if parameter.kind == .rest { return .list([]) }
        guard parameter.defaultText != nil else { return .unknown }
        if case .unset = parameter.defaultValue { return .unknown }
        return .constant(parameter.defaultValue)
    }

    /// What the operation is about: the receiver of a method, the first argument of a function.
    public var subject: ArgumentFact { receiver ?? signature.parameters.first.map { self[$0.name] } ?? .unknown }
    public var subjectName: String { receiver == nil ? signature.parameters.first?.name ?? "" : Self.receiverName }
}

extension Builtin {
    /// What a call of the builtin gives: by its rule, or else by the axes of its signature.
    public func outcome(_ call: ShapeCall) -> ShapeOutcome { shape?.apply(call) ?? SignatureShapes.outcome(call) }
}
