/// A JSON value as read from a model directory.
///
/// Objects keep their order and compare keys byte by byte: a WordPiece vocabulary holds strings that Unicode calls equal
/// (a compatibility ideograph and its unified twin), which a `[String: …]` dictionary would merge.
enum JSONTree {
    struct Member {
        let key: String
        let value: JSONTree
    }

    case null
    case bool(Bool)
    case integer(Int)
    case number(Double)
    case string(String)
    case array([JSONTree])
    case object([Member])

    /// The value of the first member called `key`; nil when this is no object or has no such member.
    subscript(key: String) -> JSONTree? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.key.utf8.elementsEqual(key.utf8) }?.value
    }

    var asString: String? { if case .string(let value) = self { value } else { nil } }
    var asBool: Bool? { if case .bool(let value) = self { value } else { nil } }
    var asArray: [JSONTree]? { if case .array(let value) = self { value } else { nil } }
    var asObject: [Member]? { if case .object(let value) = self { value } else { nil } }
    var isNull: Bool { if case .null = self { true } else { false } }

    var asInteger: Int? {
        switch self {
        case .integer(let value): value
        case .number(let value): Int(exactly: value)
        default: nil
        }
    }

    var asNumber: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }

    /// The kind of value, in the words of an error message.
    var kindName: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .integer, .number: "a number"
        case .string(let value): "the string \"\(value.prefix(40))\""
        case .array: "an array"
        case .object: "an object"
        }
    }
}
