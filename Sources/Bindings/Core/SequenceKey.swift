import Language

/// Finds the rows that `rows[i]` and `rows[start:stop:step]` name, as Python counts them.
enum SequenceKey {
    case position(Int)
    case positions([Int])

    /// The rows that a key names among `count`; nil if it is neither an int nor a slice. `what` names the sequence in messages.
    init?(_ key: IndexKey, count: Int, of what: @autoclosure () -> String) throws {
        switch key {
        case .value(.int(let position)):
            let resolved = position < 0 ? position &+ count : position
            guard resolved >= 0, resolved < count else { throw ScriptError.index("position \(position) of \(what()) of length \(count)") }
            self = .position(resolved)
        case .slice(let start, let stop, let step):
            self = .positions(try SliceRange(start, stop, step, count: count).positions)
        default: return nil
        }
    }
}
