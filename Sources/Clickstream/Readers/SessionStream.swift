import Foundation
import Text

/// The sessions of a source one after the other, in memory that does not grow with the source.
///
/// A record is a session with the fields of `SessionsReader`, a session as Embedding Studio logs it (`session_id`, `search_query`,
/// `search_results`, `events`), or one shown result: rows with `session_id` and `clicked` that follow each other and have the same
/// `session_id` are one session. A BEIR folder gives, for each judged query, the judged items as results and the relevant ones as events.
public final class SessionStream {
    private enum Contents {
        case records(RecordStream)
        case judgements(JudgedQueries)
    }

    public let source: DataSource
    private let contents: Contents
    private let reader: SessionsReader
    private let converter = ClickstreamSessionConverter()
    /// Whether values are cells of a table, in which lists are texts.
    private let isTable: Bool
    /// A record that was read ahead: the first of the next session.
    private var ahead: JSONRecord?
    /// Those of the last shown result.
    private var columns: ResultColumns?

    public init(_ source: DataSource, reader: SessionsReader = SessionsReader()) throws(DataError) {
        self.source = source
        self.reader = reader
        switch try source.format() {
        case .beir:
            isTable = false
            contents = .judgements(try JudgedQueries(BEIRFolder(source.path), split: reader.split))
        case .jsonLines:
            isTable = false
            contents = .records(try RecordStream(source))
        case .csv, .tsv, .sqlite:
            isTable = true
            contents = .records(try RecordStream(source))
        }
    }

    /// The next session; nil at the end. A source without records is an error.
    public func next() throws(DataError) -> FineTuningInput? {
        switch contents {
        case .records(let records): try next(records)
        case .judgements(let queries): try next(queries)
        }
    }

    private func next(_ records: RecordStream) throws(DataError) -> FineTuningInput? {
        var current = ahead
        ahead = nil
        if current == nil { current = try records.next() }
        guard let record = current else { return nil }
        if record.object.contains("search_results") { return try logged(record) }
        if let columns = try columns(of: record) { return try session(columns, from: record, records) }
        return try reader.session(record, isTable: isTable)
    }

    private func next(_ queries: JudgedQueries) throws(DataError) -> FineTuningInput? {
        guard let query = try queries.next() else { return nil }
        let record = JSONRecord(file: queries.path, line: query.line, object: JSONObject())
        do {
            let input = try FineTuningInput(
                query: .item(TextQueryItem(text: query.text)), events: query.judgements.filter { $0.grade > 0 }.map(\.item),
                results: query.judgements.map(\.item), origin: Origin(file: record.file, line: record.line))
            try reader.checkItems(input, record)
            return input
        } catch {
            throw DataError(wrapping: error, record)
        }
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

    /// Where the fields of shown results stand in the records; nil for records of another kind.
    private func columns(of record: JSONRecord) throws(DataError) -> ResultColumns? {
        if let columns, columns.keys == record.object.keys { return columns }
        columns = try ResultColumns(record)
        return columns
    }

    /// The session whose first shown result is this record; the others follow it.
    private func session(
        _ columns: ResultColumns, from first: JSONRecord, _ records: RecordStream
    ) throws(DataError) -> FineTuningInput {
        var (columns, record) = (columns, first)
        let session = try columns.session(record)
        var results: [String] = []
        var lines: [Int] = []
        var events: [String] = []
        var ranks: [Double?] = []
        while true {
            let item = try columns.item(record)
            results.append(item)
            lines.append(record.line)
            ranks.append(try columns.rank(record))
            if try columns.isClicked(record) { events.append(item) }
            guard let next = try records.next() else { break }
            guard let places = try self.columns(of: next), try places.session(next) == session else {
                ahead = next
                break
            }
            (columns, record) = (places, next)
        }
        do {
            let input = try FineTuningInput(
                query: .item(TextQueryItem(text: try first.string("query"))), events: events, results: results,
                ranks: ranks.contains { $0 != nil } ? Dictionary(zip(results, ranks), uniquingKeysWith: { first, _ in first }) : nil,
                timestamp: try reader.timestamp(first), origin: Origin(file: first.file, line: first.line))
            try reader.checkItems(input, first)
            return input
        } catch {
            if let (_, later) = results.firstRepetition {
                throw DataError(
                    .duplicate, file: first.file, line: lines[later], field: columns.itemField,
                    problem: "session \(session) was already shown the result \(JSONWriter.quoted(results[later]))",
                    help: "list each result once")
            }
            throw DataError(wrapping: error, first)
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
    func flag(_ value: JSONValue, _ field: String) throws(DataError) -> Bool {
        if let flag = value.boolValue { return flag }
        let text = value.stringValue ?? value.intValue.map(String.init)
        if text == "1" { return true }
        if text == "0" { return false }
        switch text?.lowercased() {
        case "true", "yes", "t", "y": return true
        case "false", "no", "f", "n", "": return false
        default: throw error(.type, field, value, expected: "true or false")
        }
    }
}
