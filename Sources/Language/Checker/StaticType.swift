/// What the checker knows of a value before the program runs. What it does not know is `unknown`, about which nothing is ever reported.
indirect enum StaticType {
    case unknown
    /// No value: an item of an empty list, a variable without one.
    case never
    case none, bool, float, str, range, error
    /// With its value or what it is the size of, where that is known.
    case int(ShapeAxis)
    /// With the items of a short list that was written out.
    case list(StaticType, parts: [StaticType]?)
    case tuple([StaticType]?)
    case dict(StaticType, StaticType)
    case structure(StaticStruct)
    case structType(StaticStruct)
    case function(StaticFunction)
    /// Something that can be called, it is not known how.
    case callable
    case builtin(Builtin)
    case method(of: StaticType, Builtin)
    case module(StaticModule)
    case tensor(TensorFacts)
    case host(HostType)
    /// An object of the host that is at hand, such as a dtype.
    case object(HostObject)
    /// One of two to four others.
    case union([StaticType])

    static var anyInt: StaticType { .int(.unknown) }
    static var anyTensor: StaticType { .tensor(TensorFacts()) }
}

/// A struct of the program or of a module that it imports.
final class StaticStruct {
    let name: String
    let signature: CallSignature
    /// By field, what its annotation promises.
    let fields: [String: StaticType]

    init(name: String, signature: CallSignature, fields: [String: StaticType]) {
        self.name = name
        self.signature = signature
        self.fields = fields
    }
}

/// A function of the program or of a module that it imports.
final class StaticFunction {
    let node: FunctionNode
    let signature: CallSignature
    /// Who can walk its body.
    unowned let owner: TypeWalk
    /// What it captured when it was made.
    let captures: [StaticType]
    /// What a call gives, once that is known.
    var result: StaticType?

    init(node: FunctionNode, signature: CallSignature, owner: TypeWalk, captures: [StaticType]) {
        self.node = node
        self.signature = signature
        self.owner = owner
        self.captures = captures
    }

    var name: String { node.name?.text ?? (node.kind == .trailingBlock ? "<block>" : "<lambda>") }

    /// Whether a `try` stands in it.
    private(set) lazy var hasTry = TrySearch(node.body).isFound
}

// MARK: Making and joining

extension StaticType {
    /// Deeper types than this are not followed.
    private static let depthLimit = 6
    private static let unionLimit = 4
    /// Items of a written list that are kept apart.
    static let partsLimit = 16

    private func isDeeper(than limit: Int) -> Bool {
        switch self {
        case .list(let item, let parts):
            limit == 0 || item.isDeeper(than: limit - 1) || (parts ?? []).contains { $0.isDeeper(than: limit - 1) }
        case .tuple(let parts?): limit == 0 || parts.contains { $0.isDeeper(than: limit - 1) }
        case .dict(let key, let value): limit == 0 || key.isDeeper(than: limit - 1) || value.isDeeper(than: limit - 1)
        case .union(let members): members.contains { $0.isDeeper(than: limit) }
        case .method(let receiver, _): limit == 0 || receiver.isDeeper(than: limit - 1)
        default: false
        }
    }

    private var shallow: StaticType { isDeeper(than: Self.depthLimit) ? .unknown : self }

    static func listOf(_ item: StaticType, parts: [StaticType]? = nil) -> StaticType {
        let parts = parts.flatMap { $0.count <= partsLimit ? $0.map(\.shallow) : nil }
        return .list(item.shallow, parts: parts)
    }

    static func tupleOf(_ parts: [StaticType]) -> StaticType { .tuple(parts.count <= partsLimit ? parts.map(\.shallow) : nil) }
    static func dictOf(_ key: StaticType, _ value: StaticType) -> StaticType { .dict(key.shallow, value.shallow) }

    /// What is known of a value that is one of several.
    static func joined(_ types: some Sequence<StaticType>) -> StaticType {
        var result = StaticType.never
        for type in types { result = result.joined(type) }
        return result
    }

    func joined(_ other: StaticType) -> StaticType {
        switch (self, other) {
        case (.never, _): return other
        case (_, .never): return self
        case (.unknown, _), (_, .unknown): return .unknown
        case (.union(let members), _):
            var result = members
            for member in other.members { Self.insert(member, into: &result) }
            return Self.either(result)
        case (_, .union):
            return other.joined(self)
        default:
            if let same = merged(other) { return same }
            return Self.either([self, other])
        }
    }

    private static func insert(_ type: StaticType, into members: inout [StaticType]) {
        for index in members.indices {
            if let merged = members[index].merged(type) {
                members[index] = merged
                return
            }
        }
        members.append(type)
    }

    private static func either(_ members: [StaticType]) -> StaticType {
        members.count == 1 ? members[0] : members.count <= unionLimit ? .union(members) : .unknown
    }

    /// The one type of two of a kind; nil for two kinds.
    private func merged(_ other: StaticType) -> StaticType? {
        switch (self, other) {
        case (.none, .none), (.bool, .bool), (.float, .float), (.str, .str), (.range, .range), (.error, .error), (.callable, .callable):
            return self
        case (.int(let a), .int(let b)): return .int(a == b ? a : .unknown)
        case (.list(let a, let first), .list(let b, let second)):
            var parts: [StaticType]?
            if let first, let second, first.count == second.count { parts = zip(first, second).map { $0.joined($1) } }
            return .list(a.joined(b), parts: parts)
        case (.tuple(let a?), .tuple(let b?)) where a.count == b.count: return .tuple(zip(a, b).map { $0.joined($1) })
        case (.tuple, .tuple): return .tuple(nil)
        case (.dict(let k1, let v1), .dict(let k2, let v2)): return .dict(k1.joined(k2), v1.joined(v2))
        case (.structure(let a), .structure(let b)) where a === b: return self
        case (.structType(let a), .structType(let b)) where a === b: return self
        case (.function(let a), .function(let b)) where a === b: return self
        case (.builtin(let a), .builtin(let b)) where a === b: return self
        case (.function, .function), (.builtin, .builtin), (.function, .builtin), (.builtin, .function), (.callable, .function),
            (.function, .callable), (.callable, .builtin), (.builtin, .callable), (.method, .method):
            return .callable
        case (.module(let a), .module(let b)) where a === b: return self
        case (.tensor(let a), .tensor(let b)): return .tensor(a.joined(b))
        case (.host(let a), .host(let b)) where a.name == b.name: return self
        case (.object(let a), .object(let b)) where a === b: return self
        default: return nil
        }
    }

    /// Whether two descriptions are the same.
    func isSame(as other: StaticType) -> Bool {
        switch (self, other) {
        case (.unknown, .unknown), (.never, .never): return true
        case (.int(let a), .int(let b)): return a == b
        case (.list(let a, let first), .list(let b, let second)):
            guard first?.count == second?.count, a.isSame(as: b) else { return false }
            return zip(first ?? [], second ?? []).allSatisfy { $0.isSame(as: $1) }
        case (.tuple(let a?), .tuple(let b?)): return a.count == b.count && zip(a, b).allSatisfy { $0.isSame(as: $1) }
        case (.tuple(nil), .tuple(nil)): return true
        case (.tuple, .tuple): return false
        case (.dict(let k1, let v1), .dict(let k2, let v2)): return k1.isSame(as: k2) && v1.isSame(as: v2)
        case (.function(let a), .function(let b)): return a === b
        case (.builtin(let a), .builtin(let b)): return a === b
        case (.tensor(let a), .tensor(let b)): return a == b
        case (.union(let a), .union(let b)):
            return a.count == b.count && zip(a, b).allSatisfy { $0.isSame(as: $1) }
        case (.union, _), (_, .union), (.unknown, _), (_, .unknown), (.never, _), (_, .never): return false
        case (.callable, .callable): return true
        case (.callable, _), (_, .callable), (.method, _), (_, .method): return false
        default: return merged(other) != nil
        }
    }

    /// The members of a union, or the one type.
    var members: [StaticType] { if case .union(let members) = self { members } else { [self] } }

    var isUnknown: Bool {
        switch self {
        case .unknown, .never: true
        default: false
        }
    }

    /// Whether the value may be none.
    var mayBeNone: Bool { members.contains { if case .none = $0 { true } else { false } } }

    var isNone: Bool { if case .none = self { true } else { false } }

    /// Without the members that `isWanted` refuses; never if none is left.
    func filtered(_ isWanted: (StaticType) -> Bool) -> StaticType {
        if isUnknown { return self }
        return Self.joined(members.filter(isWanted))
    }

    /// Without what a change may make wrong: values of ints, items of containers.
    var widened: StaticType {
        switch self {
        case .int: .anyInt
        case .list: .list(.unknown, parts: nil)
        case .dict: .dict(.unknown, .unknown)
        case .union(let members): Self.joined(members.map(\.widened))
        default: self
        }
    }

    /// Without the values of ints, which change in loops.
    var counted: StaticType {
        switch self {
        case .int: .anyInt
        case .union(let members): Self.joined(members.map(\.counted))
        default: self
        }
    }
}

extension TensorFacts {
    /// What is known of a tensor that is one of two.
    func joined(_ other: TensorFacts) -> TensorFacts {
        var axes: [ShapeAxis]?
        if let mine = self.axes, let others = other.axes, mine.count == others.count {
            axes = zip(mine, others).map { $0 == $1 ? $0 : .unknown }
        }
        return TensorFacts(dtype: dtype == other.dtype ? dtype : nil, axes: axes)
    }
}
