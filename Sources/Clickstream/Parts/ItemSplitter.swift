import Foundation
import Text

/// Cuts the text of an item into parts that are ranked, and clicked, each for itself.
public protocol ItemSplitter {
    /// The parts, in the order of the text.
    func parts(of item: String) throws -> [String]
}

/// Leaves an item whole.
public struct NoSplitter: ItemSplitter {
    public init() {}

    public func parts(of item: String) -> [String] { [item] }
}

/// Cuts at separators: at the first, then each piece at the second, and so on. Empty pieces are kept.
public struct SeparatorSplitter: ItemSplitter {
    public let separators: [String]

    /// Throws when a separator is empty, which would be found everywhere.
    public init(separators: [String] = [";"]) throws(ClickstreamError) {
        guard !separators.contains("") else {
            throw ClickstreamError(.value, "a separator should be a non-empty string", found: "\(separators)")
        }
        self.separators = separators
    }

    public func parts(of item: String) -> [String] {
        separators.reduce([item]) { pieces, separator in pieces.flatMap { $0.components(separatedBy: separator) } }
    }
}

/// Takes every match of a regular expression (ICU syntax), the whole match even if the expression has groups.
public struct PatternSplitter: ItemSplitter {
    private let expression: NSRegularExpression

    /// Throws when the expression cannot be read.
    public init(_ pattern: String, ignoresCase: Bool = false) throws(ClickstreamError) {
        do {
            expression = try NSRegularExpression(pattern: pattern, options: ignoresCase ? .caseInsensitive : [])
        } catch {
            throw ClickstreamError(
                .value, "invalid regular expression", found: JSONWriter.quoted(pattern),
                help: "a literal bracket or star needs a backslash")
        }
    }

    public func parts(of item: String) -> [String] {
        expression.matches(in: item, range: NSRange(item.startIndex..., in: item)).compactMap { match in
            Range(match.range, in: item).map { String(item[$0]) }
        }
    }
}

/// Takes the fields `name: "text"` out of a line that `TextLine` has made of a record, in the order of the line.
///
/// A separator after a field belongs to its part. Names are compared without regard to case.
public struct FieldCombinedSplitter: ItemSplitter {
    private let pattern: PatternSplitter

    /// Throws when there are no names, or the quotes are empty.
    public init(
        fieldNames: [String], fieldNameSeparator: String = ":", textQuotes: String = "\"", separator: String = ","
    ) throws(ClickstreamError) {
        guard !fieldNames.isEmpty else { throw ClickstreamError(.value, "field_names should be a non-empty list") }
        guard textQuotes.count == 1 else {
            throw ClickstreamError(.value, "text_quotes should be one character", found: JSONWriter.quoted(textQuotes))
        }
        func literal(_ text: String) -> String { NSRegularExpression.escapedPattern(for: text) }
        let quote = literal(textQuotes)
        let end = separator.isEmpty ? "" : "(?:\(literal(separator)))?"
        let fields = fieldNames.map { "(?:\(literal($0))\(literal(fieldNameSeparator)) \(quote)[^\(quote)]*\(quote)\(end))" }
        // A name stands alone: "title" is not found at the end of "subtitle".
        pattern = try PatternSplitter("(?<![\\w])(?:" + fields.joined(separator: "|") + ")", ignoresCase: true)
    }

    public func parts(of item: String) -> [String] { pattern.parts(of: item) }
}

/// Makes one JSON object of each of these fields that the item, a JSON object itself, has.
public struct JSONSplitter: ItemSplitter {
    public let fieldNames: [String]

    /// Throws when there are no names.
    public init(fieldNames: [String]) throws(ClickstreamError) {
        guard !fieldNames.isEmpty else { throw ClickstreamError(.value, "field_names should be a non-empty list") }
        self.fieldNames = fieldNames
    }

    /// Throws when the item is not a JSON object.
    public func parts(of item: String) throws -> [String] {
        let value: JSONValue
        do {
            value = try JSONParser.parse(item)
        } catch {
            throw ClickstreamError(
                .value, "JSONSplitter needs items that are JSON objects", found: DataError.shown(.string(item)), help: "\(error)")
        }
        guard let object = value.objectValue else {
            throw ClickstreamError(.value, "JSONSplitter needs items that are JSON objects", found: value.typeName)
        }
        return try fieldNames.compactMap { name in
            try object[name].map { try JSONWriter().string(.object(JSONObject([(name, $0)]))) }
        }
    }
}

/// A splitter that asks a function.
public struct FunctionSplitter: ItemSplitter {
    private let function: (String) throws -> [String]

    public init(_ function: @escaping (String) throws -> [String]) { self.function = function }

    public func parts(of item: String) throws -> [String] { try function(item) }
}
