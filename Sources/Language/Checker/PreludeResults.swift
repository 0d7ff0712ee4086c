/// What functions of the prelude and methods of lists, dicts and texts give, where that follows from their arguments and not from their
/// signatures alone.
enum PreludeResults {
    /// - Parameter arguments: by the parameters' positions.
    static func result(
        _ builtin: Builtin, _ receiver: StaticType?, _ arguments: [Int: StaticType], _ shapes: HostShapes?
    ) -> StaticType? {
        if let receiver { return method(builtin.name, receiver) }
        func element(_ position: Int) -> StaticType {
            let element = arguments[position]?.element(shapes) ?? .unknown
            if case .never = element { return .unknown }
            return element.counted
        }
        switch builtin.name {
        case "enumerate": return .listOf(.tupleOf([.anyInt, element(0)]))
        case "list", "sorted", "reversed", "take", "drop", "unique": return arguments.isEmpty ? .listOf(.never) : .listOf(element(0))
        case "filter": return .listOf(element(1))
        case "first", "last": return element(0)
        case "map":
            if case .function(let function)? = arguments[0] { return .listOf(function.owner.result(of: function)) }
            return nil
        case "abs":
            switch arguments[0] {
            case .int?: return .anyInt
            case .float?: return .float
            default: return nil
            }
        case "round":
            if case .float? = arguments[0], arguments[1] == nil { return .anyInt }
            return nil
        case "range": return .range
        default: return nil
        }
    }

    private static func method(_ name: String, _ receiver: StaticType) -> StaticType? {
        switch (receiver, name) {
        case (.dict(let key, let value), "items"): .listOf(.tupleOf([known(key), known(value)]))
        case (.dict(let key, _), "keys"): .listOf(key)
        case (.dict(_, let value), "values"): .listOf(value)
        case (.list(let item, _), "pop"): known(item)
        case (.list, "copy"), (.dict, "copy"): receiver
        default: nil
        }
    }

    private static func known(_ type: StaticType) -> StaticType {
        if case .never = type { return .unknown }
        return type
    }
}
