import Language

/// A value as the prompt shows it: its `repr`, cut where it is too long to be read.
enum ValueDisplay {
    /// Items of a list shown in full, and at the two ends of a longer one.
    private static let itemLimit = 400
    private static let headCount = 100
    private static let tailCount = 5
    private static let characterLimit = 10_000

    static func text(_ value: Value, width: Int, colour: Bool = false) -> String {
        if case .host(let object) = value { return object.shown(columns: width, colour: colour) }
        let text = shortened(value) ?? value.repr
        guard text.utf8.count > characterLimit, text.count > characterLimit else { return text }
        return text.prefix(characterLimit) + "… (\(text.count - characterLimit) more characters; print(_) shows all)"
    }

    private static func shortened(_ value: Value) -> String? {
        switch value {
        case .list(let list) where list.items.count > itemLimit: return ends(list.items, "[", "]")
        case .tuple(let tuple) where tuple.items.count > itemLimit: return ends(tuple.items, "(", ")")
        case .dict(let dict) where dict.count > itemLimit:
            let head = dict.pairs.prefix(headCount).map { "\($0.key.repr): \($0.value.repr)" }.joined(separator: ", ")
            return "{\(head), … (\(dict.count - headCount) more)}"
        default: return nil
        }
    }

    private static func ends(_ items: [Value], _ open: String, _ close: String) -> String {
        let head = items.prefix(headCount).map(\.repr).joined(separator: ", ")
        let tail = items.suffix(tailCount).map(\.repr).joined(separator: ", ")
        return "\(open)\(head), … (\(items.count - headCount - tailCount) more), \(tail)\(close)"
    }

    private static func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }

    /// One short line about a value, for `%whos`.
    static func summary(_ value: Value) -> String {
        switch value {
        case .list(let list): return Self.count(list.items.count, "item")
        case .tuple(let tuple): return Self.count(tuple.items.count, "item")
        case .dict(let dict): return Self.count(dict.count, "key")
        case .function(let function): return function.name + function.signature.description
        case .builtin(let builtin): return builtin.name + builtin.signature.description
        case .structType(let type): return type.name + type.signature.description
        case .string(let text) where text.text.count > 60: return "\(text.text.count) characters"
        case .host(let object) where object.summary == object.typeName:
            // Most objects of the engine say more about themselves when they are shown.
            let text = object.description
            return text.contains("\n") ? object.summary : String(text.prefix(200))
        case .host(let object): return object.summary
        default: return String(value.repr.prefix(200)).replacing("\n", with: " ")
        }
    }
}
