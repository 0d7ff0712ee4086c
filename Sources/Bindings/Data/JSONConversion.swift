import Clickstream
import Language
import Text

extension Value {
    /// A JSON value as the language holds it: objects are dicts in the order of the text.
    init(_ json: JSONValue) {
        switch json {
        case .null: self = .none
        case .bool(let value): self = .bool(value)
        case .int(let value): self = .int(Int(value))
        case .double(let value): self = .float(value)
        case .string(let value): self = .string(value)
        case .array(let items): self = .list(items.map { Value($0) })
        case .object(let object): self = .dict(object.map { ($0.key, Value($0.value)) })
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
