import Foundation
import Text

/// Reads CSV (RFC 4180) and TSV as a stream of records; the first row names the columns, every value is a string.
///
/// CSV cells may be quoted, with `""` for a quote, and then hold commas and line ends. TSV has no quoting of its own:
/// a cell that is wholly quoted within its line is unquoted, any other quote is a character like others.
public final class SeparatedValues {
    private let reader: LineReader
    private let separator: UInt8
    private var header: [String] = []
    /// A record whose keys are those of all records.
    private var template = JSONObject()
    private var rows = 0

    /// Opens the file at `path` and reads its header; tabs separate cells when its name ends in .tsv or .tab, else commas.
    public convenience init(path: String) throws(DataError) {
        let ending = URL(fileURLWithPath: path).pathExtension.lowercased()
        try self.init(path: path, separator: ending == "tsv" || ending == "tab" ? UInt8(ascii: "\t") : UInt8(ascii: ","))
    }

    /// Opens a file whose cells are separated by this byte.
    public init(path: String, separator: UInt8) throws(DataError) {
        reader = try LineReader(path: path)
        self.separator = separator
        guard let first = try row() else {
            throw DataError(.empty, file: path, problem: "the file is empty", help: "the first row names the columns")
        }
        var seen: [String: Int] = [:]
        for (index, name) in first.cells.enumerated() {
            if let earlier = seen.updateValue(index, forKey: name) {
                throw DataError(
                    .duplicate, file: path, line: first.line, field: name,
                    problem: "columns \(earlier + 1) and \(index + 1) have the same name")
            }
        }
        header = first.cells
        template = JSONObject(header.map { ($0, .null) })
    }

    /// The next row as a record; nil at the end. A file with nothing under its header is an error.
    public func next() throws(DataError) -> JSONRecord? {
        guard let (line, cells) = try row() else {
            if rows == 0 { throw DataError(.empty, file: reader.name, problem: "the file holds nothing but its header") }
            return nil
        }
        rows += 1
        guard cells.count == header.count else {
            throw DataError(
                .syntax, file: reader.name, line: line,
                problem: "expected \(header.count) cells, as in the header (\(JSONRecord.listed(header))), found \(cells.count)",
                help: cells.count > header.count && separator == UInt8(ascii: ",")
                    ? "a cell that holds a comma needs double quotes around it" : nil)
        }
        return JSONRecord(file: reader.name, line: line, object: JSONObject(keysOf: template, values: cells.map { .string($0) }))
    }

    /// The next row that is not blank, with the number of its first line.
    private func row() throws(DataError) -> (line: Int, cells: [String])? {
        while try reader.advance() {
            if reader.range.isEmpty { continue }
            let line = reader.line
            return (line, separator == UInt8(ascii: "\t") ? try tabbed() : try quotedRow(startingAt: line))
        }
        return nil
    }

    private func tabbed() throws(DataError) -> [String] {
        try reader.text().pieces(expecting: header.count) { $0 == separator }.map { cell in
            guard cell.utf8.count >= 2, cell.utf8.first == Self.quote, cell.utf8.last == Self.quote else { return cell }
            let inner = cell.dropFirst().dropLast()
            let unescaped = inner.replacingOccurrences(of: "\"\"", with: "\u{0}")
            return unescaped.contains("\"") ? cell : unescaped.replacingOccurrences(of: "\u{0}", with: "\"")
        }
    }

    private static let quote = UInt8(ascii: "\"")

    private enum State {
        case cellStart, plain, quoted, quoteInQuoted
    }

    /// One CSV row, which goes on over line ends inside quotes.
    private func quotedRow(startingAt line: Int) throws(DataError) -> [String] {
        // Checked as a whole, so that an error can name the line and column.
        let text = try reader.text()
        let quote = Self.quote
        if !reader.bytes[reader.range].contains(quote) { return text.pieces(expecting: header.count) { $0 == separator } }
        var cells: [String] = []
        var cell: [UInt8] = []
        var state = State.cellStart
        var opened = line
        while true {
            for index in reader.range {
                let byte = reader.bytes[index]
                switch (state, byte) {
                case (.cellStart, quote):
                    state = .quoted
                    opened = reader.line
                case (.cellStart, separator), (.plain, separator), (.quoteInQuoted, separator):
                    cells.append(String(decoding: cell, as: UTF8.self))
                    cell.removeAll(keepingCapacity: true)
                    state = .cellStart
                case (.quoted, quote): state = .quoteInQuoted
                case (.quoteInQuoted, quote):
                    cell.append(quote)
                    state = .quoted
                case (.quoteInQuoted, _): throw strayByte(at: index, column: cells.count)
                case (.quoted, _): cell.append(byte)
                default:
                    cell.append(byte)
                    state = .plain
                }
            }
            guard state == .quoted else {
                cells.append(String(decoding: cell, as: UTF8.self))
                return cells
            }
            cell.append(UInt8(ascii: "\n"))
            guard try reader.advance() else {
                throw DataError(
                    .syntax, file: reader.name, line: opened, field: header.indices.contains(cells.count) ? header[cells.count] : nil,
                    problem: "a quoted cell that is never closed", help: "inside a quoted cell a quote is written twice")
            }
            _ = try reader.text()
        }
    }

    private func strayByte(at index: Int, column: Int) -> DataError {
        let start = reader.range.lowerBound
        return DataError(
            .syntax, file: reader.name, line: reader.line, column: reader.bytes[start..<index].count { $0 & 0xC0 != 0x80 } + 1,
            field: header.indices.contains(column) ? header[column] : nil,
            problem: "text after the closing quote of a cell", help: "inside a quoted cell a quote is written twice")
    }
}

extension String {
    /// The parts between the bytes for which `isSeparator` holds, which must be ASCII; empty parts are parts too, unless they are left out.
    /// Room is made for as many as are expected.
    func pieces(omittingEmpty: Bool = false, expecting count: Int = 0, separatedBy isSeparator: (UInt8) -> Bool) -> [String] {
        var text = self
        return text.withUTF8 { bytes in
            var pieces: [String] = []
            pieces.reserveCapacity(count)
            var start = 0
            func take(to end: Int) {
                if end > start || !omittingEmpty { pieces.append(String(decoding: bytes[start..<end], as: UTF8.self)) }
                start = end + 1
            }
            for index in bytes.indices where isSeparator(bytes[index]) { take(to: index) }
            take(to: bytes.count)
            return pieces
        }
    }
}
