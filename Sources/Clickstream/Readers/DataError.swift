import Text

/// Why a data file, or a value in it, cannot be used: which file, line and field, what stands there, what was expected, and what to do.
public struct DataError: Error, Hashable, Sendable {
    public enum Kind: String, Sendable {
        /// The file is missing, unreadable, a folder, or cannot be written.
        case file
        /// The file or the table holds nothing.
        case empty
        /// The line is not JSON, the quoting of a CSV cell is broken, a row has too few columns.
        case syntax
        /// A byte sequence is not UTF-8.
        case encoding
        /// A field is not there.
        case missingField
        /// A field holds a value of another type.
        case type
        /// A value of the right type that cannot be meant.
        case value
        /// An id that must be unique occurs twice.
        case duplicate
        /// An id that joins to nothing.
        case unknownID
        /// The user ended the reading.
        case interrupted
    }

    static func interrupted(_ file: String) -> DataError { DataError(.interrupted, file: file, problem: "interrupted") }

    public var kind: Kind
    public var file: String?
    /// From 1.
    public var line: Int?
    /// In Unicode scalars, from 1.
    public var column: Int?
    /// The field, column or path inside the record, such as `events[2]`.
    public var field: String?
    /// What stands there, shortened.
    public var value: String?
    /// What is wrong, in words that follow the place.
    public var problem: String
    /// What to do about it.
    public var help: String?

    public init(
        _ kind: Kind, file: String? = nil, line: Int? = nil, column: Int? = nil, field: String? = nil, value: String? = nil,
        problem: String, help: String? = nil
    ) {
        self.kind = kind
        self.file = file
        self.line = line
        self.column = column
        self.field = field
        self.value = value
        self.problem = problem
        self.help = help
    }

    /// The place: `sessions.jsonl:12:5`; empty when there is no file.
    public var place: String {
        guard let file else { return line.map { "line \($0)" } ?? "" }
        return [file, line.map(String.init), line == nil ? nil : column.map(String.init)].compactMap { $0 }.joined(separator: ":")
    }

    /// Place, field, problem and value on one line, without the help.
    public var message: String {
        var text = place.isEmpty ? "" : place + ": "
        if let field { text += "field \"\(field)\": " }
        text += problem
        if let value { text += ", found \(value)" }
        return text
    }

    /// The same error, said of this file.
    public func inFile(_ name: String, line: Int? = nil) -> DataError {
        var error = self
        error.file = error.file ?? name
        error.line = error.line ?? line
        return error
    }

    /// A value as an error shows it: JSON, cut to 60 characters.
    static func shown(_ value: JSONValue) -> String { shortened(value.description) }

    static func shortened(_ text: String, to limit: Int = 60) -> String {
        text.count <= limit ? text : text.prefix(limit - 1) + "…"
    }
}

extension DataError: CustomStringConvertible {
    public var description: String { help.map { message + "; " + $0 } ?? message }
}
