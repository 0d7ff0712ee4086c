import Foundation
import Text

/// A JSON file of a model directory, with accessors whose errors name the file and the field.
struct ModelFile {
    let path: String
    let tree: JSONValue

    /// Reads and parses the file; `help` says what to do when it is missing.
    init(reading url: URL, help: String? = nil) throws(ModelError) {
        self.init(path: url.path, tree: try Self.parse(try Self.read(url, help: help), path: url.path))
    }

    init(path: String, tree: JSONValue) {
        self.path = path
        self.tree = tree
    }

    /// The bytes of a file, or a typed error that says whether it is missing or cannot be read.
    static func read(_ url: URL, help: String? = nil) throws(ModelError) -> [UInt8] {
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isDirectory) else {
            throw ModelError(.missingFile, "no such file", file: url.path, help: help)
        }
        guard !isDirectory.boolValue else { throw ModelError(.unreadableFile, "is a directory, not a file", file: url.path) }
        do {
            FileReads.note(url.path)
            return Array(try Data(contentsOf: url))
        } catch {
            throw ModelError(.unreadableFile, "cannot be read: \(error.localizedDescription)", file: url.path)
        }
    }

    /// No file of a model nests deeper; a hostile one is refused early.
    private static let options: JSONParser.Options = {
        var options = JSONParser.Options()
        options.depthLimit = 100
        return options
    }()

    static func parse(_ bytes: [UInt8], path: String) throws(ModelError) -> JSONValue {
        do {
            return try JSONParser.parse(bytes, options: options)
        } catch {
            throw ModelError(
                .malformed, "invalid JSON: \(error.message) (line \(error.line), byte \(error.offset))", file: path,
                help: "The file may be damaged or cut short: fetch it again")
        }
    }

    func malformed(_ field: String, expected: String) -> ModelError {
        let value = value(field)
        return ModelError(
            .malformed, value == nil ? "the field is missing" : "the field has a wrong value", file: path, field: field, expected: expected,
            found: value?.kindName)
    }

    /// The value at a dotted path; nil when a part of it is missing.
    func value(_ field: String) -> JSONValue? {
        var value = tree
        for part in field.split(separator: ".") {
            guard let next = value[String(part)] else { return nil }
            value = next
        }
        return value
    }

    /// A field that may be missing or null, but must be of the right kind when it is there.
    private func optional<T>(_ field: String, _ kind: String, _ read: (JSONValue) -> T?) throws(ModelError) -> T? {
        guard let value = value(field), value != .null else { return nil }
        guard let result = read(value) else { throw malformed(field, expected: kind) }
        return result
    }

    func optionalInteger(_ field: String) throws(ModelError) -> Int? { try optional(field, "a whole number", \.integer) }

    func optionalNumber(_ field: String) throws(ModelError) -> Double? {
        try optional(field, "a number") { value in value.doubleValue.flatMap { $0.isFinite ? $0 : nil } }
    }

    func optionalBool(_ field: String) throws(ModelError) -> Bool? { try optional(field, "true or false", \.boolValue) }

    func optionalString(_ field: String) throws(ModelError) -> String? { try optional(field, "a string", \.stringValue) }

    /// The default, where there is one, stands for a field that is missing or null.
    func positiveInteger(_ field: String, default fallback: Int? = nil) throws(ModelError) -> Int {
        guard let integer = try optionalInteger(field) ?? fallback, integer > 0, integer <= Int(Int32.max) else {
            throw ModelError(
                .malformed, value(field) == nil ? "the field is missing" : "the field has a wrong value", file: path, field: field,
                expected: "a positive whole number", found: value(field).map { $0.integer.map(String.init) ?? $0.kindName })
        }
        return integer
    }

    /// A number in a range; the default where the field is missing or null.
    func number(_ field: String, default fallback: Double, in range: Range<Double>) throws(ModelError) -> Double {
        let value = try optionalNumber(field) ?? fallback
        guard range.contains(value) else {
            throw ModelError(
                .malformed, "out of range", file: path, field: field,
                expected: "at least \(range.lowerBound), below \(range.upperBound)", found: "\(value)")
        }
        return value
    }

    func string(_ field: String) throws(ModelError) -> String {
        guard let string = try optionalString(field) else { throw malformed(field, expected: "a string") }
        return string
    }
}

extension JSONValue {
    /// A whole number that fits an `Int`; nil for any other value.
    var integer: Int? { intValue.flatMap(Int.init(exactly:)) }

    /// The kind of value, in the words of an error message.
    var kindName: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .int, .double: "a number"
        case .string(let value): "the string \"\(value.prefix(40))\""
        case .array: "an array"
        case .object: "an object"
        }
    }
}
