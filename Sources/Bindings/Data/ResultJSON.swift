import Language
import Text

/// A script's result as JSON for other programs: nothing in it is an error, unlike with `json.stringify`.
///
/// Tensors are nested lists, structs are objects of their fields, tables lists of rows. Numbers that JSON has not (nan, inf) are null.
/// Keys that are no text, and objects of the engine, are written as the prompt shows them.
public enum ResultJSON {
    /// - Parameter indent: spaces per level; nil for one line.
    /// - Throws: ValueError for a value nested deeper than readers take.
    public static func text(_ value: Language.Value, indent: Int? = nil) throws -> String {
        var writer = JSONWriter(indent: indent)
        writer.nonFinite = .null
        return try writer.string(json(value, depth: 0))
    }

    private static func json(_ value: Language.Value, depth: Int) throws -> JSONValue {
        guard depth < 512 else { throw ScriptError.value("the value is nested more than 512 deep, which JSON readers refuse") }
        switch value {
        case .none: return .null
        case .bool(let flag): return .bool(flag)
        case .int(let number): return .int(Int64(number))
        case .float(let number): return .double(number)
        case .string(let text): return .string(text.text)
        case .list, .tuple: return .array(try (value.asItems ?? []).map { try json($0, depth: depth + 1) })
        case .range(let range):
            guard range.count <= 1 << 24 else { throw ScriptError.value("a range of \(range.count) numbers is too long to be written") }
            return .array((0..<range.count).map { .int(Int64(range.start + $0 * range.step)) })
        case .dict(let dict):
            return .object(JSONObject(try dict.pairs.map { ($0.key.asString ?? $0.key.repr, try json($0.value, depth: depth + 1)) }))
        case .structure(let object):
            let names = object.type.signature.parameters.map(\.name)
            return .object(JSONObject(try names.map { ($0, try json(object.field($0) ?? .none, depth: depth + 1)) }))
        case .error(let error):
            return .object(JSONObject([("error", .string(error.kind.rawValue)), ("message", .string(error.message))]))
        case .host(let object as TensorObject): return try json(object.tensor.nestedLists(), depth: depth + 1)
        case .host(let object as TableObject):
            return .array(
                try object.rows.map { row in
                    .object(JSONObject(try zip(object.columns, row).map { ($0, try json($1, depth: depth + 1)) }))
                })
        default: return .string(value.repr)
        }
    }
}
