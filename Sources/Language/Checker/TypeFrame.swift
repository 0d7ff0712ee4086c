/// What is known of the variables of one function, or of the module's top level, at the place that the walk has reached.
final class TypeFrame {
    /// By register; in a module the variables of comprehensions, then the module's names. `never` is a variable without a value.
    private(set) var slots: [StaticType]
    /// What the function captured.
    let captures: [StaticType]
    /// The function itself, for one that calls itself.
    let function: StaticFunction?
    /// The function's annotated result.
    let result: TypeExpression?
    /// What its `return`s give so far.
    var returned = StaticType.never
    /// Whether the place under way can be reached.
    var isReachable = true
    /// For each loop under way what `break` and `continue` leave behind, innermost last.
    var loops: [LoopEnds] = []
    /// Axes that annotations of the function name.
    var axes = AxisUnifier()

    /// Earlier contents of slots, newest last, while a branch is under way.
    private var trail: [(slot: Int, type: StaticType)] = []
    /// Where in the trail the branches under way begin.
    private var marks: [Int] = []

    init(slots: Int, captures: [StaticType] = [], function: StaticFunction? = nil, result: TypeExpression? = nil) {
        self.slots = Array(repeating: .never, count: slots)
        self.captures = captures
        self.function = function
        self.result = result
    }

    /// One way through a branch: what it changed, and whether its end can be reached.
    struct Branch {
        var changes: [Int: StaticType]
        var isReachable: Bool
    }

    struct LoopEnds {
        /// The slots that the body may change.
        let changing: [Int]
        var breaks: [Branch] = []
        var continues: [Branch] = []
    }

    func set(_ slot: Int, _ type: StaticType) {
        guard slots.indices.contains(slot) else { return }
        if !marks.isEmpty { trail.append((slot, slots[slot])) }
        slots[slot] = type
    }

    /// Adds a slot for a name of the module.
    func addSlot() -> Int {
        slots.append(.never)
        return slots.count - 1
    }

    /// Runs `body` and takes back what it changed.
    func branch(_ body: () -> Void) -> Branch {
        let mark = trail.count
        let wasReachable = isReachable
        marks.append(mark)
        body()
        marks.removeLast()
        var changes: [Int: StaticType] = [:]
        for (slot, _) in trail[mark...] { changes[slot] = slots[slot] }
        for (slot, type) in trail[mark...].reversed() { slots[slot] = type }
        trail.removeSubrange(mark...)
        defer { isReachable = wasReachable }
        return Branch(changes: changes, isReachable: isReachable)
    }

    /// Goes on after one of several ways.
    func merge(_ branches: [Branch]) {
        let reachable = branches.filter(\.isReachable)
        if reachable.isEmpty {
            isReachable = false
            return
        }
        if reachable.count == 1 {
            for (slot, type) in reachable[0].changes { set(slot, type) }
            return
        }
        var changed: Set<Int> = []
        for branch in reachable { changed.formUnion(branch.changes.keys) }
        for slot in changed { set(slot, .joined(reachable.map { $0.changes[slot] ?? slots[slot] })) }
    }

    /// What the branch under way has changed so far, as a way of its own.
    func sinceBranch() -> Branch {
        var changes: [Int: StaticType] = [:]
        for (slot, _) in trail[(marks.last ?? 0)...] { changes[slot] = slots[slot] }
        return Branch(changes: changes, isReachable: isReachable)
    }

    /// The state of some slots here, as a way that leaves.
    func snapshot(_ slots: [Int]) -> Branch {
        Branch(changes: Dictionary(slots.map { ($0, self.slots[$0]) }, uniquingKeysWith: { first, _ in first }), isReachable: isReachable)
    }
}
