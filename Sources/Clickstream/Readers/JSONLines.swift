import Text

/// Reads a JSON Lines file as a stream of records: one JSON object a line, blank lines skipped.
public struct JSONLines {
    private let reader: LineReader
    private let options: JSONParser.Options
    private var count = 0

    /// Opens the file at `path`.
    public init(path: String, options: JSONParser.Options = JSONParser.Options()) throws(DataError) {
        self.init(try LineReader(path: path), options: options)
    }

    /// The lines of a file from where its reader is.
    init(_ reader: LineReader, options: JSONParser.Options = JSONParser.Options()) {
        self.reader = reader
        self.options = options
    }

    /// The next line's value with its number (from 1); nil at the end. A file without a single value is an error.
    public mutating func nextValue() throws(DataError) -> (line: Int, value: JSONValue)? {
        while try reader.advance() {
            if reader.isBlank { continue }
            count += 1
            do {
                return (reader.line, try JSONParser.parse(reader.bytes, range: reader.range, options: options))
            } catch {
                throw located(error)
            }
        }
        if count == 0 {
            throw DataError(.empty, file: reader.name, problem: "the file holds no lines", help: "one JSON object a line is expected")
        }
        return nil
    }

    /// The next line's object; nil at the end.
    public mutating func next() throws(DataError) -> JSONRecord? {
        guard let (line, value) = try nextValue() else { return nil }
        guard case .object(let object) = value else {
            throw DataError(
                .type, file: reader.name, line: line, value: DataError.shown(value), problem: "expected an object")
        }
        return JSONRecord(file: reader.name, line: line, object: object)
    }

    /// All records of the file at `path`.
    public static func read(_ path: String) throws(DataError) -> [JSONRecord] {
        var lines = try JSONLines(path: path)
        var records: [JSONRecord] = []
        while let record = try lines.next() { records.append(record) }
        return records
    }

    private func located(_ error: JSONError) -> DataError {
        if error.kind == .encoding {
            return reader.invalidUTF8(at: error.offset)
        }
        let atEnd = error.offset >= reader.range.count
        return DataError(
            .syntax, file: reader.name, line: reader.line, column: error.column, problem: "not JSON: " + error.message,
            help: atEnd ? "is the line cut off? each line must hold one whole JSON object" : nil)
    }
}
