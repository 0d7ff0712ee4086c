import Foundation
import Text

/// The sessions of a source one after the other, in memory that does not grow with the source.
///
/// A record is a session with the fields of `SessionsReader`, a session as Embedding Studio logs it (`session_id`, `search_query`,
/// `search_results`, `events`), or one shown result: rows with `session_id` and `clicked` that follow each other and have the same
/// `session_id` are one session. A BEIR folder gives, for each judged query, the judged items as results and the relevant ones as events.
public final class SessionStream {
    public let source: DataSource
    private let records: RecordStream
    private let reader: SessionsReader
    private let converter = ClickstreamSessionConverter()
    /// Whether values are cells of a table, in which lists are texts.
    private let isTable: Bool
    /// A record that was read ahead: the first of the next session.
    private var ahead: JSONRecord?

    public init(_ source: DataSource, reader: SessionsReader = SessionsReader()) throws(DataError) {
        self.source = source
        self.reader = reader
        switch try source.format() {
        case .beir:
            isTable = false
            records = try Self.judgements(BEIRFolder(source.path), split: reader.split, source)
        case .jsonLines:
            isTable = false
            records = try RecordStream(source)
        case .csv, .tsv, .sqlite:
            isTable = true
            records = try RecordStream(source)
        }
    }

    /// The next session; nil at the end. A source without records is an error.
    public func next() throws(DataError) -> FineTuningInput? {
        var current = ahead
        ahead = nil
        if current == nil { current = try records.next() }
        guard let record = current else { return nil }
        if record.object.contains("search_results") { return try logged(record) }
        if record.object.contains("clicked"), record.object.contains("session_id") { return try rows(from: record) }
        return try reader.session(record, isTable: isTable)
    }

    private func logged(_ record: JSONRecord) throws(DataError) -> FineTuningInput {
        let session = try ClickSession(record: record)
        do {
            let input = try converter.convert(session).input
            try reader.checkItems(input, record)
            return input
        } catch {
            throw DataError(wrapping: error, record)
        }
    }

    /// A session of rows, one for each result that was shown.
    private func rows(from first: JSONRecord) throws(DataError) -> FineTuningInput {
        let session = try first.identifier("session_id")
        guard let item = ["item_id", "object_id", "result", "item"].first(where: first.object.contains) else {
            throw first.missing("item_id")
        }
        var results = DistinctTexts()
        var events: [String] = []
        var ranks: [Double?] = []
        var record = first
        while true {
            let id = try record.identifier(item)
            guard results.append(id) else {
                throw DataError(
                    .duplicate, file: record.file, line: record.line, field: item,
                    problem: "session \(session) was already shown the result \(JSONWriter.quoted(id))", help: "list each result once")
            }
            ranks.append(try record.cell("rank").map { value throws(DataError) in try record.number(value, "rank") })
            if try record.flag("clicked") { events.append(id) }
            guard let next = try records.next() else { break }
            guard try next.identifier("session_id") == session else {
                ahead = next
                break
            }
            record = next
        }
        do {
            let input = try FineTuningInput(
                query: .item(TextQueryItem(text: try first.string("query"))), events: events, results: results.all,
                ranks: ranks.contains { $0 != nil } ? Dictionary(zip(results.all, ranks), uniquingKeysWith: { first, _ in first }) : nil,
                timestamp: try reader.timestamp(first), origin: Origin(file: first.file, line: first.line))
            try reader.checkItems(input, first)
            return input
        } catch {
            throw DataError(wrapping: error, first)
        }
    }

    private static func judgements(_ folder: BEIRFolder, split: String, _ source: DataSource) throws(DataError) -> RecordStream {
        var texts: [String: String] = [:]
        var lines = try JSONLines(path: try folder.queries())
        while let record = try lines.next() { texts[try record.identifier("_id")] = try record.string("text") }
        let path = try folder.qrels(split: split)
        let qrels = try Qrels.load(path)
        var queries = qrels.queries.makeIterator()
        return RecordStream(source) { () throws(DataError) in
            guard let query = queries.next() else { return nil }
            guard let text = texts[query] else {
                throw DataError(.unknownID, file: path, problem: "no query has the id \(JSONWriter.quoted(query))")
            }
            let judged = qrels[query]
            return JSONRecord(
                file: path, line: 0,
                object: JSONObject([
                    ("query", .string(text)), ("results", .array(judged.map { .string($0.item) })),
                    ("events", .array(judged.filter { $0.grade > 0 }.map { .string($0.item) })),
                ]))
        }
    }
}

extension DataError {
    /// Another error met while reading a record, with the record's place.
    init(wrapping error: any Error, _ record: JSONRecord) {
        switch error {
        case let error as DataError: self = error
        case let error as ClickstreamError:
            self.init(.value, file: record.file, line: record.line, value: error.found, problem: error.condition, help: error.help)
        default: self.init(.value, file: record.file, line: record.line, problem: "\(error)")
        }
    }
}

extension JSONRecord {
    /// The value of a field; nil when it is absent, null, or a cell without text.
    func cell(_ field: String) -> JSONValue? {
        guard let value = optional(field), value != .string("") else { return Optional<JSONValue>.none }
        return value
    }

    /// A finite number, also one that is written as a text, as cells of tables are.
    func number(_ value: JSONValue, _ field: String) throws(DataError) -> Double {
        guard
            let number = value.doubleValue
                ?? value.stringValue.flatMap({ Double($0) ?? Double($0.trimmingCharacters(in: .whitespaces)) }), number.isFinite
        else { throw error(.type, field, value, expected: "a finite number") }
        return number
    }

    /// A truth: true, 1, "true", "yes" and their opposites.
    func flag(_ field: String) throws(DataError) -> Bool {
        let value = try required(field)
        if let flag = value.boolValue { return flag }
        if value == "1" { return true }
        if value == "0" { return false }
        switch value.stringValue?.lowercased() ?? value.intValue.map(String.init) ?? "" {
        case "1", "true", "yes", "t", "y": return true
        case "0", "false", "no", "f", "n", "": return false
        default: throw error(.type, field, value, expected: "true or false")
        }
    }
}
