import Foundation
import Text

/// Reads search sessions into fine-tuning inputs.
///
/// Fields: `query` (a text, or an object with `text` and further fields), `results` (ids as shown, best first),
/// `events` (ids clicked), and optionally `ranks` (a number or null per result, as a list or by id), `timestamp`
/// (whole seconds), `event_types` (a number per event), `part_to_object_dict` (object of each part). Other fields are ignored.
/// In cells of tables lists are JSON, or ids apart by spaces, commas, semicolons or bars; `SessionStream` tells what else is read.
public struct SessionsReader {
    /// When given, each result and event must be one of these items.
    public var items: ItemsSet?
    /// Which judgements of a BEIR folder are taken.
    public var split: String

    public init(items: ItemsSet? = nil, split: String = "train") {
        self.items = items
        self.split = split
    }

    /// All sessions of a file, those that cannot train included: a report counts them.
    public func load(_ path: String) throws(DataError) -> [FineTuningInput] { try load(.path(path)) }

    /// All sessions of a source.
    public func load(_ source: DataSource) throws(DataError) -> [FineTuningInput] {
        let stream = try SessionStream(source, reader: self)
        var sessions: [FineTuningInput] = []
        while let session = try stream.next() { sessions.append(session) }
        return sessions
    }

    /// One session; in cells of a table lists and objects are texts.
    func session(_ record: JSONRecord, isTable: Bool) throws(DataError) -> FineTuningInput {
        let (results, events) = (try identifiers("results", record, isTable), try identifiers("events", record, isTable))
        let record = isTable ? try Self.opened(record) : record
        try checkItems(results, field: "results", record)
        try checkItems(events, field: "events", record)
        do {
            return try FineTuningInput(
                query: try query(record), events: events, results: results, ranks: try ranks(record, results: results),
                eventTypes: try eventTypes(record, events: events), timestamp: try timestamp(record), partToObject: try parts(record),
                origin: Origin(file: record.file, line: record.line))
        } catch {
            // A result that is listed twice is told with its places.
            try checkDistinct(results, record)
            throw DataError(wrapping: error, record)
        }
    }

    /// A list of ids: JSON, or words in a cell of a table.
    private func identifiers(_ field: String, _ record: JSONRecord, _ isTable: Bool) throws(DataError) -> [String] {
        guard isTable, let cell = record.object[field]?.stringValue else { return try record.identifiers(field) }
        let text = Self.trimmed(cell)
        guard let json = try Self.json(text, field, record) else { return Self.words(text) }
        return try JSONRecord(file: record.file, line: record.line, object: JSONObject([(field, json)])).identifiers(field)
    }

    /// The record with the lists and objects that cells of tables hold as texts, besides those of ids.
    private static func opened(_ record: JSONRecord) throws(DataError) -> JSONRecord {
        var object = record.object
        for field in ["ranks", "event_types", "part_to_object_dict"] {
            guard let cell = object[field]?.stringValue else { continue }
            let text = trimmed(cell)
            if let json = try json(text, field, record) {
                object[field] = json
            } else if text.isEmpty {
                object[field] = .null
            } else {
                var numbers: [JSONValue] = []
                for part in words(text) {
                    numbers.append(
                        ["null", "none", "nan", "-"].contains(part.lowercased()) ? .null : .double(try record.number(.string(part), field)))
                }
                object[field] = .array(numbers)
            }
        }
        return JSONRecord(file: record.file, line: record.line, object: object)
    }

    /// A text without the white space around it. ASCII marks need no look at whole characters, of which tables have many.
    private static func trimmed(_ cell: String) -> String {
        cell.utf8.first.map(isWord) != false && cell.utf8.last.map(isWord) != false ? cell : cell.trimmingCharacters(in: .whitespaces)
    }

    /// What a text that begins with a bracket says; nil for any other.
    private static func json(_ text: String, _ field: String, _ record: JSONRecord) throws(DataError) -> JSONValue? {
        guard let first = text.utf8.first, first == UInt8(ascii: "[") || first == UInt8(ascii: "{") else { return nil }
        do {
            return try JSONParser.parse(text)
        } catch {
            throw record.error(.syntax, field, .string(text), expected: "JSON, as it begins with a bracket", help: error.message)
        }
    }

    /// Whether a byte can neither be white space nor the beginning or end of a character that is.
    private static func isWord(_ byte: UInt8) -> Bool { byte > 0x20 && byte < 0x7F }

    /// The parts of a cell that are apart by spaces, commas, semicolons or bars.
    private static func words(_ text: String) -> [String] {
        text.pieces(omittingEmpty: true) {
            $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: ";") || $0 == UInt8(ascii: "|")
        }
    }

    /// Throws for a session that shows or clicks what is no item.
    func checkItems(_ input: FineTuningInput, _ record: JSONRecord) throws(DataError) {
        try checkItems(input.results, field: "results", record)
        try checkItems(input.events, field: "events", record)
    }

    private func query(_ record: JSONRecord) throws(DataError) -> Query {
        let value = try record.required("query")
        switch value {
        case .string(let text): return .item(TextQueryItem(text: text))
        case .object(let object):
            let inner = JSONRecord(file: record.file, line: record.line, object: object)
            let text: String
            do { text = try inner.string("text") } catch { throw error.inField("query.text") }
            var fields = object
            fields["text"] = nil
            return .item(TextQueryItem(text: text, fields: fields))
        default: throw record.error(.type, "query", value, expected: "a text, or an object with a text")
        }
    }

    private func ranks(_ record: JSONRecord, results: [String]) throws(DataError) -> [String: Double?]? {
        guard let value = record.optional("ranks") else { return nil }
        var ranks: [String: Double?] = [:]
        switch value {
        case .array(let elements):
            guard elements.count == results.count else {
                throw record.error(
                    .value, "ranks", .array(elements), expected: "one rank per result: \(results.count), not \(elements.count)")
            }
            for (index, (id, element)) in zip(results, elements).enumerated() {
                ranks.updateValue(try rank(element, "ranks[\(index)]", record), forKey: id)
            }
        case .object(let object):
            for (id, element) in object { ranks.updateValue(try rank(element, "ranks.\(id)", record), forKey: id) }
            for id in results where ranks[id] == nil {
                throw DataError(
                    .missingField, file: record.file, line: record.line, field: "ranks",
                    problem: "no rank for the result \(JSONWriter.quoted(id))", help: "write null for a rank that is not known")
            }
            let known = Set(results)
            for id in object.keys where !known.contains(id) {
                throw DataError(
                    .unknownID, file: record.file, line: record.line, field: "ranks",
                    problem: "a rank for \(JSONWriter.quoted(id)), which is not among the results",
                    help: Spelling.suggestion(for: id, among: results).map { "did you mean \"\($0)\"?" })
            }
        default: throw record.error(.type, "ranks", value, expected: "a list, or an object of ranks by id")
        }
        return ranks
    }

    private func rank(_ value: JSONValue, _ field: String, _ record: JSONRecord) throws(DataError) -> Double? {
        if value == .null { return nil }
        guard let rank = value.doubleValue, rank.isFinite else {
            throw record.error(.type, field, value, expected: "a finite number or null")
        }
        return rank
    }

    private func eventTypes(_ record: JSONRecord, events: [String]) throws(DataError) -> [Double]? {
        guard let value = record.optional("event_types") else { return nil }
        guard let elements = value.arrayValue else { throw record.error(.type, "event_types", value, expected: "a list of numbers") }
        guard elements.count == events.count else {
            throw record.error(.value, "event_types", value, expected: "one number per event: \(events.count), not \(elements.count)")
        }
        var types: [Double] = []
        for (index, element) in elements.enumerated() {
            guard let type = element.doubleValue, type.isFinite else {
                throw record.error(.type, "event_types[\(index)]", element, expected: "a finite number")
            }
            types.append(type)
        }
        return types
    }

    func timestamp(_ record: JSONRecord) throws(DataError) -> Int? {
        guard let value = record.cell("timestamp") else { return nil }
        guard let seconds = value.intValue.flatMap(Int.init(exactly:)) ?? value.stringValue.flatMap({ Int($0) }) else {
            throw record.error(.type, "timestamp", value, expected: "whole seconds since 1970")
        }
        return seconds
    }

    private func parts(_ record: JSONRecord) throws(DataError) -> [String: String]? {
        guard let value = record.optional("part_to_object_dict") else { return nil }
        guard let object = value.objectValue else {
            throw record.error(.type, "part_to_object_dict", value, expected: "an object that maps part ids to object ids")
        }
        var parts: [String: String] = [:]
        for (part, value) in object { parts[part] = try record.identifier(value, field: "part_to_object_dict.\(part)") }
        return parts
    }

    private func checkDistinct(_ results: [String], _ record: JSONRecord) throws(DataError) {
        guard let (earlier, later) = results.firstRepetition else { return }
        throw DataError(
            .duplicate, file: record.file, line: record.line, field: "results[\(later)]",
            problem: "the result \(JSONWriter.quoted(results[later])) was already listed at \(earlier)", help: "list each result once")
    }

    private func checkItems(_ ids: [String], field: String, _ record: JSONRecord) throws(DataError) {
        guard let items else { return }
        for (index, id) in ids.enumerated() where !items.contains(id) {
            throw DataError(
                .unknownID, file: record.file, line: record.line, field: "\(field)[\(index)]",
                problem: "no item has the id \(JSONWriter.quoted(id))",
                help: Spelling.suggestion(for: id, among: items.ids).map { "did you mean \"\($0)\"?" }
                    ?? "the items hold \(items.idCount) ids, such as \(items.ids.prefix(3).joined(separator: ", "))")
        }
    }
}

extension DataError {
    func inField(_ name: String) -> DataError {
        var error = self
        error.field = name
        return error
    }
}
