/// Why a text is not JSON, and where.
public struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Kind: Sendable {
        /// The grammar is broken.
        case syntax
        /// Bytes are not UTF-8.
        case encoding
        /// Valid JSON, refused by an option: depth, duplicate keys, surrogates.
        case refused
        /// The reader asked for an end: `JSONParser.Options.isInterrupted`.
        case interrupted
    }

    public var kind: Kind
    /// Position of the offending byte from the start of the text.
    public var offset: Int
    /// Line of the offending byte, from 1.
    public var line: Int
    /// Column in Unicode scalars, from 1.
    public var column: Int
    /// What stands there.
    public var found: String
    /// What would have been right there; empty where `found` says it all.
    public var expected: String

    public init(_ kind: Kind = .syntax, offset: Int, line: Int, column: Int, found: String, expected: String) {
        self.kind = kind
        self.offset = offset
        self.line = line
        self.column = column
        self.found = found
        self.expected = expected
    }

    /// The error without its place: `expected ',' or '}', found "x"`.
    public var message: String { expected.isEmpty ? found : "expected \(expected), found \(found)" }

    public var description: String { "line \(line), column \(column): \(message)" }
}

/// A number that JSON has no way to write: one that is not finite.
public struct JSONWriteError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Where it stands in the value, such as `loss[1]`; nil for the value itself.
    public var path: String?
    public var value: Double

    /// Place, problem and number on one line.
    public var message: String {
        (path.map { "field \"\($0)\": " } ?? "") + "JSON has no way to write this number, found \(value)"
    }

    /// What to do about it.
    public var help: String { "write null or a string in its place" }

    public var description: String { message + "; " + help }
}
