import Text

/// One object of a data file with its place, read field by field; every complaint names file, line and field.
public struct JSONRecord: Sendable, Hashable {
    public let file: String
    public let line: Int
    public let object: JSONObject

    public init(file: String, line: Int, object: JSONObject) {
        self.file = file
        self.line = line
        self.object = object
    }

    /// The value of `field`; nil when it is absent or null.
    public func optional(_ field: String) -> JSONValue? {
        guard let value = object[field], value != .null else { return nil }
        return value
    }

    /// The value of `field`; an error when it is absent or null.
    public func required(_ field: String) throws(DataError) -> JSONValue {
        guard let value = object[field] else { throw missing(field) }
        if value == .null { throw error(.type, field, value, expected: "a value") }
        return value
    }

    /// The string `field`.
    public func string(_ field: String) throws(DataError) -> String {
        let value = try required(field)
        guard let text = value.stringValue else { throw error(.type, field, value, expected: "a string") }
        return text
    }

    /// An identifier: a non-empty string, or a whole number taken as its digits.
    public func identifier(_ field: String) throws(DataError) -> String {
        try identifier(required(field), field: field)
    }

    /// The list of identifiers `field`.
    public func identifiers(_ field: String) throws(DataError) -> [String] {
        let value = try required(field)
        guard let elements = value.arrayValue else { throw error(.type, field, value, expected: "a list of ids") }
        var ids: [String] = []
        ids.reserveCapacity(elements.count)
        for (index, element) in elements.enumerated() { ids.append(try identifier(element, field: "\(field)[\(index)]")) }
        return ids
    }

    func identifier(_ value: JSONValue, field: String) throws(DataError) -> String {
        switch value {
        case .string(let text) where !text.isEmpty: return text
        case .int(let number): return String(number)
        default: throw error(.type, field, value, expected: "an id (a string that is not empty, or a whole number)")
        }
    }

    /// "expected …, found …" about one field.
    public func error(_ kind: DataError.Kind, _ field: String, _ value: JSONValue, expected: String, help: String? = nil) -> DataError {
        DataError(
            kind, file: file, line: line, field: field, value: DataError.shown(value), problem: "expected \(expected)", help: help)
    }

    func missing(_ field: String) -> DataError {
        let present = object.keys
        let help: String
        if let close = Spelling.suggestion(for: field, among: present) {
            help = "did you mean \"\(close)\"? present: \(Self.listed(present))"
        } else {
            help = present.isEmpty ? "the object is empty" : "present: \(Self.listed(present))"
        }
        return DataError(.missingField, file: file, line: line, field: field, problem: "missing", help: help)
    }

    static func listed(_ names: [String]) -> String {
        let shown = names.prefix(12).joined(separator: ", ")
        return names.count > 12 ? shown + ", …" : shown
    }
}
