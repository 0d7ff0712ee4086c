import Clickstream
import Language
import Text

extension Value {
    /// A JSON value as the language holds it: objects are dicts in the order of the text.
    init(_ json: JSONValue) { self = Self.converted(json) {} }

    /// The same; `look` is called between items, and what it throws ends the conversion.
    static func converted<E: Error>(_ json: JSONValue, between look: () throws(E) -> Void) throws(E) -> Value {
        switch json {
        case .null: return .none
        case .bool(let value): return .bool(value)
        case .int(let value): return .int(Int(value))
        case .double(let value): return .float(value)
        case .string(let value): return .string(value)
        case .array(let items):
            return .list(
                try items.map { (item) throws(E) in
                    try look()
                    return try converted(item, between: look)
                })
        case .object(let object): return .dict(try object.map { (pair) throws(E) in (pair.key, try converted(pair.value, between: look)) })
        }
    }
}

extension JSONValue {
    /// A value of the language as JSON: none, bools, numbers, text, lists, tuples, dicts with text keys, tensors.
    ///
    /// Throws a TypeError that names the place inside the value for anything else.
    init(_ value: Language.Value, at place: String = "value", depth: Int = 0) throws {
        guard depth < 512 else { throw ScriptError.value("json: \(place.prefix(60))… is nested more than 512 deep") }
        switch value {
        case .none: self = .null
        case .bool(let flag): self = .bool(flag)
        case .int(let number): self = .int(Int64(number))
        case .float(let number): self = .double(number)
        case .string(let text): self = .string(text.text)
        case .list, .tuple:
            self = .array(try (value.asItems ?? []).enumerated().map { try JSONValue($1, at: "\(place)[\($0)]", depth: depth + 1) })
        case .dict(let dict):
            self = .object(
                JSONObject(
                    try dict.pairs.map { key, item in
                        guard let name = key.asString else {
                            throw ScriptError.type("json: \(place) has a key that is \(key.typeNameWithArticle)", help: "make it a str")
                        }
                        return (name, try JSONValue(item, at: "\(place).\(name)", depth: depth + 1))
                    }))
        case .host(let object as TensorObject): self = try JSONValue(object.tensor.nestedLists(), at: place, depth: depth)
        default:
            throw ScriptError.type("json: \(place) is \(value.typeNameWithArticle), which JSON cannot hold")
        }
    }
}
