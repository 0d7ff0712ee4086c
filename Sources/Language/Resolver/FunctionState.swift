/// What the resolver knows of one function, or of the module's top level, while it walks it.
final class FunctionState {
    let isModule: Bool
    /// The name by which a nested `fn` can call itself.
    let selfName: String?
    let isTrailingBlock: Bool
    var scope = FunctionScope()
    /// The registers of parameters and of names that the body assigns.
    var locals: [String: Int] = [:]
    var captures: [String: (index: Int, mayBeUnset: Bool)] = [:]
    /// The variables of the comprehensions under way, innermost last.
    var comprehensions: [[String: Int]] = []
    /// The registers that certainly have a value at the point that the walk has reached.
    var assigned = Registers()
    /// Names that the function only updates with `+=` though an outer scope has them.
    var updatedOnly: Set<String> = []
    /// For each loop under way the registers that are assigned at all of its breaks so far, innermost last.
    var breaks: [Registers] = []
    var blockDepth = 0

    init(isModule: Bool = false, selfName: String? = nil, isTrailingBlock: Bool = false) {
        self.isModule = isModule
        self.selfName = selfName
        self.isTrailingBlock = isTrailingBlock
    }

    /// Reserves a register.
    func addRegister(_ name: String) -> Int {
        scope.localNames.append(name)
        return scope.localNames.count - 1
    }

    func addLocal(_ name: String) {
        if locals[name] == nil { locals[name] = addRegister(name) }
    }

    /// The register of `name` here: of a comprehension's variable, else of a local.
    func register(_ name: String) -> Int? {
        for variables in comprehensions.reversed() {
            if let register = variables[name] { return register }
        }
        return locals[name]
    }
}

/// A set of registers, for the question which are certainly assigned.
struct Registers: Equatable {
    private var words: [UInt64] = []
    /// After `return`, `raise`, `break` or `continue` nothing runs, so every statement about registers holds.
    private(set) var isUnreachable = false

    static let unreachable: Registers = {
        var registers = Registers()
        registers.isUnreachable = true
        return registers
    }()

    mutating func insert(_ register: Int) {
        let word = register >> 6
        while words.count <= word { words.append(0) }
        words[word] |= 1 << UInt64(register & 63)
    }

    func contains(_ register: Int) -> Bool {
        if isUnreachable { return true }
        let word = register >> 6
        return word < words.count && words[word] & (1 << UInt64(register & 63)) != 0
    }

    /// What is assigned whichever of two ways was taken.
    func merged(_ other: Registers) -> Registers {
        if isUnreachable { return other }
        if other.isUnreachable { return self }
        var result = self
        for index in result.words.indices { result.words[index] &= index < other.words.count ? other.words[index] : 0 }
        return result
    }

    /// What is assigned after both.
    func adding(_ other: Registers) -> Registers {
        if isUnreachable || other.isUnreachable { return .unreachable }
        var result = words.count >= other.words.count ? self : other
        let shorter = words.count >= other.words.count ? other : self
        for index in shorter.words.indices { result.words[index] |= shorter.words[index] }
        return result
    }
}
