/// A module: a file that was imported, a native namespace, or the session of the prompt. Its variables live in numbered cells.
public final class ModuleObject {
    public let name: String
    public internal(set) var doc: String
    private(set) var names: [String] = []
    private var slots: [String: Int] = [:]
    /// Cells 0..<names.count are initialised; the address never changes, so that running code may keep it.
    let cells: UnsafeMutablePointer<Value>
    let capacity: Int
    /// The `param` declarations, in order.
    public internal(set) var parameters: [ScriptParameter] = []

    /// More variables than this in one module are refused.
    static let maximumCapacity = 65_536

    init(name: String, doc: String = "", capacity: Int = ModuleObject.maximumCapacity) {
        self.name = name
        self.doc = doc
        self.capacity = min(capacity, ModuleObject.maximumCapacity)
        cells = .allocate(capacity: max(self.capacity, 1))
    }

    /// A module with the rows and constants of a native table.
    convenience init(_ namespace: Namespace) {
        let count = namespace.builtins.reduce(0) { $0 + 1 + $1.aliases.count } + namespace.constants.count
        self.init(name: namespace.name, doc: namespace.doc, capacity: count)
        for builtin in namespace.builtins {
            for name in [builtin.name] + builtin.aliases { define(name, .builtin(builtin)) }
        }
        for constant in namespace.constants { define(constant.name, constant.value) }
    }

    deinit {
        cells.deinitialize(count: names.count)
        cells.deallocate()
    }

    /// The cell of a name, made on first use; nil if the module is full.
    func slot(of name: String) -> Int? {
        if let slot = slots[name] { return slot }
        if names.count >= capacity { return nil }
        let slot = names.count
        cells.advanced(by: slot).initialize(to: .unset)
        names.append(name)
        slots[name] = slot
        return slot
    }

    /// The cell of a name that was defined, or nil.
    func position(of name: String) -> Int? { slots[name] }

    func name(of slot: Int) -> String { names.indices.contains(slot) ? names[slot] : "" }

    func define(_ name: String, _ value: Value) {
        if let slot = slot(of: name) { cells[slot] = value }
    }

    /// The value of a variable, or nil if there is none or it has no value yet.
    public subscript(name: String) -> Value? {
        guard let slot = slots[name] else { return nil }
        if case .unset = cells[slot] { return nil }
        return cells[slot]
    }

    /// Number of cells.
    var count: Int { names.count }

    /// What a cell holds.
    func value(of slot: Int) -> Value { slot < names.count ? cells[slot] : .unset }

    func setValue(of slot: Int, to value: Value) {
        if slot < names.count { cells[slot] = value }
    }

    /// The values of all cells, in order of creation.
    var values: [Value] { Array(UnsafeBufferPointer(start: cells, count: names.count)) }

    /// Puts values back; cells made since become empty.
    func restore(_ values: [Value]) {
        for slot in 0..<names.count { cells[slot] = slot < values.count ? values[slot] : .unset }
    }

    /// Names that have a value, in order of creation.
    public var definedNames: [String] {
        names.enumerated().compactMap { slot, name in
            if case .unset = cells[slot] { nil } else { name }
        }
    }
}

/// A `param` of a script: what `--help` lists and `--name value` sets.
public struct ScriptParameter: Sendable {
    public let name: String
    public let type: TypeExpression
    /// The default as written; nil for a required parameter.
    public let defaultText: String?
    public let doc: String
}
