import Text

/// Reads relevance judgements as a stream: lines with 2 columns (query, item: grade 1), 3 (query, item, grade: BEIR) or 4 (query, iteration,
/// item, grade: TREC), separated by tabs, or by spaces where a line has no tab.
///
/// A first line whose grade is no number, or that names its columns as BEIR does, is a header.
struct QrelsReader {
    struct Row {
        let query: String
        let judgement: Qrels.Judgement
        let line: Int
    }

    /// Judgements of one query that follow each other.
    struct Group {
        let query: String
        let judgements: [Qrels.Judgement]
        /// Line of the first of them.
        let line: Int
    }

    private let reader: LineReader
    private var width: Int?
    private var count = 0
    /// The first row of the next group, which was read ahead.
    private var ahead: Row?

    init(path: String) throws(DataError) { reader = try LineReader(path: path) }

    /// The next judgement; nil at the end. A file without any is an error.
    mutating func next() throws(DataError) -> Row? {
        while try reader.advance() {
            if reader.isBlank { continue }
            let cells = Self.columns(try reader.text())
            if width == nil, Self.isHeader(cells) {
                width = cells.count
                continue
            }
            guard let place = Self.layout(columns: cells.count), width == nil || width == cells.count else {
                throw DataError(
                    .syntax, file: reader.name, line: reader.line,
                    problem: width.map { "expected \($0) columns as above, found \(cells.count)" }
                        ?? "expected 2 to 4 columns (query, item, grade), found \(cells.count)")
            }
            width = cells.count
            let (query, item) = (cells[0], cells[place.item])
            let grade = if let column = place.grade { try grade(cells[column]) } else { 1 }
            guard !query.isEmpty, !item.isEmpty else {
                throw DataError(
                    .value, file: reader.name, line: reader.line, field: query.isEmpty ? "query" : "item", problem: "an empty id")
            }
            count += 1
            return Row(query: query, judgement: Qrels.Judgement(item: item, grade: grade), line: reader.line)
        }
        if count == 0 { throw DataError(.empty, file: reader.name, problem: "the file holds no judgements") }
        return nil
    }

    /// The judgements up to the next that is of another query; nil at the end.
    mutating func nextGroup() throws(DataError) -> Group? {
        var row = ahead
        ahead = nil
        if row == nil { row = try next() }
        guard let first = row else { return nil }
        var items = DistinctTexts()
        _ = items.append(first.judgement.item)
        var judgements = [first.judgement]
        var lines = [first.line]
        while let row = try next() {
            guard row.query == first.query else {
                ahead = row
                break
            }
            guard items.append(row.judgement.item) else {
                let earlier = items.all.firstIndex(of: row.judgement.item) ?? 0
                throw Self.repeated(row, earlier: lines[earlier], file: reader.name)
            }
            judgements.append(row.judgement)
            lines.append(row.line)
        }
        return Group(query: first.query, judgements: judgements, line: first.line)
    }

    /// Whether the judgements of each query follow each other.
    static func isGrouped(_ path: String) throws(DataError) -> Bool {
        let reader = try LineReader(path: path)
        var seen: Set<Int> = []
        var last = ""
        while try reader.advance() {
            let line = reader.bytes[reader.range]
            let end = line.firstIndex(of: tab) ?? line.drop { $0 == space }.firstIndex(of: space) ?? line.endIndex
            let query = String(decoding: line[..<end], as: UTF8.self)
            if query == last || query.isEmpty { continue }
            // Two queries of one hash look like one that comes again, which costs memory, not truth.
            guard seen.insert(query.hashValue).inserted else { return false }
            last = query
        }
        return true
    }

    static func repeated(_ row: Row, earlier: Int, file: String) -> DataError {
        let (query, item) = (JSONWriter.quoted(row.query), JSONWriter.quoted(row.judgement.item))
        return DataError(
            .duplicate, file: file, line: row.line, problem: "query \(query) and item \(item) were already judged in line \(earlier)")
    }

    private static let tab = UInt8(ascii: "\t")
    private static let space = UInt8(ascii: " ")

    /// Where item and grade stand in a line with so many columns.
    private static func layout(columns: Int) -> (item: Int, grade: Int?)? {
        switch columns {
        case 2: (1, nil)
        case 3: (1, 2)
        case 4: (2, 3)
        default: nil
        }
    }

    private static func columns(_ line: String) -> [String] {
        if line.utf8.contains(tab) { return line.pieces { $0 == tab } }
        return line.pieces(omittingEmpty: true) { $0 == space }
    }

    private static func isHeader(_ cells: [String]) -> Bool {
        guard let place = layout(columns: cells.count) else { return false }
        if let column = place.grade { return Double(cells[column]) == nil }
        return ["query-id", "query_id", "query", "qid"].contains(cells[0].lowercased())
    }

    private func grade(_ text: String) throws(DataError) -> Int {
        if let grade = Int(text) { return grade }
        if let number = Double(text), let grade = Int(exactly: number) { return grade }
        throw DataError(
            .type, file: reader.name, line: reader.line, field: "grade", value: JSONWriter.quoted(DataError.shortened(text)),
            problem: "expected a whole number")
    }
}
