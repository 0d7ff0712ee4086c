import Tensors

/// The states of a walk, oldest first, in less memory than each of them would need alone.
///
/// States share the tensors that no step between them wrote. Of a table of which a step changed few rows, as of a word table with
/// row-sparse gradients and of its moments, the earlier state keeps only the rows that are others in the next state of the trail.
struct StateTrail {
    private struct Entry {
        let position: Int
        /// Without the tensors of `rows`.
        var snapshot: TunerSnapshot
        /// What makes tensors of those of the next entry; empty in the last one.
        var rows: [TunerSnapshot.Key: RowDifference] = [:]
    }

    private var entries: [Entry] = []

    var count: Int { entries.count }

    /// Steps taken before the state at a place of the trail.
    func position(at place: Int) -> Int { entries[place].position }

    /// The place of the last state at or before a position.
    func lastPlace(upTo position: Int) -> Int? { entries.lastIndex { $0.position <= position } }

    /// The last state, which is held whole.
    var last: (position: Int, snapshot: TunerSnapshot)? { entries.last.map { ($0.position, $0.snapshot) } }

    mutating func append(_ position: Int, _ snapshot: TunerSnapshot) throws {
        entries.append(Entry(position: position, snapshot: snapshot))
        if count > 1 { try reduce(count - 2) }
    }

    /// The whole state at a place.
    func state(at place: Int) throws -> TunerSnapshot {
        var snapshot = entries[place].snapshot
        for key in entries[place].rows.keys { snapshot[key] = try tensor(key, at: place) }
        return snapshot
    }

    /// Forgets the states from a place on.
    mutating func removeAll(from place: Int) throws {
        if place > 0, place < count { try makeWhole(place - 1) }
        entries.removeLast(count - place)
    }

    /// Forgets one state, not the last.
    mutating func remove(at place: Int) throws {
        if place > 0 { try makeWhole(place - 1) }
        entries.remove(at: place)
        if place > 0 { try reduce(place - 1) }
    }

    /// The pieces of memory that the states keep, each once.
    var memory: [ObjectIdentifier: Int] {
        var pieces: [ObjectIdentifier: Int] = [:]
        for entry in entries {
            pieces.merge(entry.snapshot.memory) { first, _ in first }
            for rows in entry.rows.values { pieces[rows.memory.id] = rows.memory.byteCount }
        }
        return pieces
    }

    // MARK: Rows in place of tables

    private func tensor(_ key: TunerSnapshot.Key, at place: Int) throws -> Tensor? {
        guard let whole = entries[place...].firstIndex(where: { $0.rows[key] == nil }), var table = entries[whole].snapshot[key] else {
            return nil
        }
        for earlier in (place..<whole).reversed() { try entries[earlier].rows[key]?.apply(to: &table) }
        return table
    }

    private mutating func makeWhole(_ place: Int) throws {
        entries[place].snapshot = try state(at: place)
        entries[place].rows = [:]
    }

    /// Keeps rows in place of those tables of a whole state that are nearly the next one's.
    private mutating func reduce(_ place: Int) throws {
        for key in entries[place].snapshot.keys {
            guard let table = entries[place].snapshot[key], let next = try tensor(key, at: place + 1), !table.sharesStorage(with: next),
                let rows = try RowDifference(of: table, beside: next)
            else { continue }
            entries[place].rows[key] = rows
            entries[place].snapshot[key] = nil
        }
    }
}
