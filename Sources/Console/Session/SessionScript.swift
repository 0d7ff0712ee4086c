import Language

/// The statements of a session, taken apart, and the shortest selection of them that rebuilds some of its names.
struct SessionScript {
    private struct Piece {
        /// With the comments above.
        let text: String
        let names: StatementNames
        /// Names of functions and structs that it declares.
        let declares: Set<String>
        let seeds: Bool
    }

    private let pieces: [Piece]
    /// Whether a name of the session stands for an object with identity, which a call can change without an assignment.
    private let isObject: (String) -> Bool

    /// - Parameter inputs: what ran and was not taken back, in order.
    init(_ inputs: [String], isObject: @escaping (String) -> Bool) {
        pieces = inputs.flatMap(Self.pieces)
        self.isObject = isObject
    }

    private static func pieces(of input: String) -> [Piece] {
        let source = Source(name: "", text: input)
        var start = 0
        return Parser.parse(source).program.statements.map { statement in
            let end = Int(statement.span.end)
            defer { start = end }
            let text = source.text(Span(start, end)).drop { $0.isWhitespace || $0 == ";" }
            return Piece(
                text: String(text), names: StatementNames(statement), declares: declared(statement), seeds: seeds(statement))
        }
    }

    private static func declared(_ statement: Statement) -> Set<String> {
        switch statement.kind {
        case .function(let node): node.name.map { [$0.text] } ?? []
        case .structure(let node): [node.name.text]
        case .assignment(let targets, _, _, let value):
            if case .function = value.kind, case .name(let name)? = targets.first?.kind { [name.text] } else { [] }
        default: []
        }
    }

    /// `seed(7)`: what comes after may draw random numbers.
    private static func seeds(_ statement: Statement) -> Bool {
        guard case .expression(let value) = statement.kind, case .call(let call) = value.kind, case .name(let name) = call.callee.kind
        else { return false }
        return (name.text == "seed" || name.text == "manual_seed") && !call.hasTrailingBlock
    }

    /// Every statement.
    var all: [String] { pieces.map(\.text) }

    /// The statements that the names depend on, in their order.
    func statements(rebuilding names: [String]) -> [String] {
        let bodies = bodyReads()
        let groups = objectGroups(bodies)
        var needed: Set<String> = []
        func need(_ name: String) {
            guard needed.insert(name).inserted else { return }
            for inner in bodies[name] ?? [] { need(inner) }
        }
        names.forEach(need)
        var chosen: [String] = []
        for piece in pieces.reversed() {
            var writes = piece.names.binds.union(piece.names.changes)
            // A function of the session that is called may hold on to objects of its own.
            var handed = piece.names.handsOver
            for function in piece.names.calls { handed.formUnion(bodies[function] ?? []) }
            for name in handed where isObject(name) { writes.formUnion(groups[name] ?? [name]) }
            guard !writes.isDisjoint(with: needed) || piece.seeds && !chosen.isEmpty else { continue }
            chosen.append(piece.text)
            needed.subtract(piece.names.replaces)
            piece.names.reads.union(piece.names.changes).forEach(need)
        }
        return chosen.reversed()
    }

    /// The names that a function reads when it is called, by its name; those of functions that it calls in turn are found on the way.
    private func bodyReads() -> [String: Set<String>] {
        var reads: [String: Set<String>] = [:]
        for piece in pieces { for name in piece.declares { reads[name] = piece.names.reads.subtracting([name]) } }
        return reads
    }

    /// Objects made from one another, which a call on one may change together: a tuner and its model.
    private func objectGroups(_ bodies: [String: Set<String>]) -> [String: Set<String>] {
        var groups: [String: Set<String>] = [:]
        for piece in pieces {
            let objects = piece.names.binds.union(piece.names.reads).filter(isObject)
            guard objects.count > 1, !piece.names.binds.isDisjoint(with: objects) else { continue }
            let all = objects.reduce(into: objects) { $0.formUnion(groups[$1] ?? []) }
            for name in all { groups[name] = all }
        }
        return groups
    }
}
