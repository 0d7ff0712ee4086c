import Language

/// How the cells of a script stand to what the session has run.
enum CellState: Equatable {
    case notRun
    case current
    /// Its text is another than what ran under its title.
    case changed
    /// It read a name that was given another value since.
    case stale(because: String)

    var text: String {
        switch self {
        case .notRun: "not run"
        case .current: ""
        case .changed: "changed since it ran"
        case .stale(let name): "stale: `\(name)` is another now"
        }
    }

    /// - Parameters:
    ///   - cells: the texts of the script's cells, in order.
    ///   - inputs: what ran in the session and was not taken back, in order.
    static func states(of cells: [String], after inputs: [String]) -> [CellState] {
        let cells = cells.map(\.trimmed), inputs = inputs.map(\.trimmed)
        let names = inputs.map(Self.names)
        var lastRun: [String: Int] = [:]
        for (index, input) in inputs.enumerated() { lastRun[input] = index }
        let titles = Set(inputs.compactMap(Self.title))
        /// Names that a cell above would give another value if it ran now.
        var pending: [String: Bool] = [:]
        return cells.map { cell in
            let own = Self.names(cell)
            var state = CellState.current
            if let run = lastRun[cell] {
                let later = names[(run + 1)...].reduce(into: Set<String>()) { $0.formUnion($1.writes) }
                // What it changes in place it has read in another state than the one it left.
                if let name = own.reads.subtracting(own.writes).sorted().first(where: { later.contains($0) || pending[$0] ?? false }) {
                    state = .stale(because: name)
                }
            } else {
                state = Self.title(cell).map(titles.contains) ?? false ? .changed : .notRun
            }
            for name in own.writes { pending[name] = state != .current }
            return state
        }
    }

    private static func title(_ text: String) -> String? {
        let first = text.split(separator: "\n").first.map(String.init) ?? ""
        return first.hasPrefix("# %%") ? first : nil
    }

    private static func names(_ text: String) -> (reads: Set<String>, writes: Set<String>) {
        var reads: Set<String> = [], writes: Set<String> = []
        for statement in Parser.parse(Source(name: "", text: text)).program.statements {
            let names = StatementNames(statement)
            // What the cell itself gave a value before is no concern of others.
            reads.formUnion(names.reads.subtracting(writes))
            writes.formUnion(names.binds.union(names.changes))
        }
        return (reads, writes)
    }
}

extension String {
    fileprivate var trimmed: String { String(Substring(self).trimmed) }
}
