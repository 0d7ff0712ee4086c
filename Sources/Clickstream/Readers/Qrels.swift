import Foundation
import Text

/// Relevance judgements: the grade of items for queries, in the order of the file.
public struct Qrels: Sendable, Hashable {
    public struct Judgement: Sendable, Hashable {
        public let item: String
        public let grade: Int

        public init(item: String, grade: Int) {
            self.item = item
            self.grade = grade
        }
    }

    /// Queries in order of first appearance.
    public private(set) var queries: [String] = []
    private var judgements: [String: [Judgement]] = [:]

    public init() {}

    /// Number of judgements.
    public private(set) var count = 0

    /// The judgements of a query; empty when there are none.
    public subscript(query: String) -> [Judgement] { judgements[query] ?? [] }

    public mutating func add(query: String, item: String, grade: Int) {
        if judgements[query] == nil { queries.append(query) }
        judgements[query, default: []].append(Judgement(item: item, grade: grade))
        count += 1
    }

    /// Reads a file of lines with 2 columns (query, item: grade 1), 3 (query, item, grade: BEIR) or 4 (query, iteration, item, grade: TREC),
    /// separated by tabs, or by spaces where a line has no tab; or a BEIR folder's split.
    ///
    /// A first line whose grade is no number, or that names its columns as BEIR does, is a header.
    public static func load(_ path: String, split: String = "test") throws(DataError) -> Qrels {
        var isFolder: ObjCBool = false
        let isThere = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
        let reader = try LineReader(path: isThere && isFolder.boolValue ? try BEIRFolder(path).qrels(split: split) : path)
        var qrels = Qrels()
        var lines: [[String]: Int] = [:]
        var width: Int?
        while try reader.advance() {
            if reader.isBlank { continue }
            let cells = columns(try reader.text())
            if width == nil, isHeader(cells) {
                width = cells.count
                continue
            }
            guard let place = layout[cells.count], width == nil || width == cells.count else {
                throw DataError(
                    .syntax, file: reader.name, line: reader.line,
                    problem: width.map { "expected \($0) columns as above, found \(cells.count)" }
                        ?? "expected 2 to 4 columns (query, item, grade), found \(cells.count)")
            }
            width = cells.count
            let (query, item) = (cells[0], cells[place.item])
            let grade = try place.grade.map { column throws(DataError) in try Self.grade(cells[column], reader) } ?? 1
            guard !query.isEmpty, !item.isEmpty else {
                throw DataError(
                    .value, file: reader.name, line: reader.line, field: query.isEmpty ? "query" : "item", problem: "an empty id")
            }
            if let earlier = lines.updateValue(reader.line, forKey: [query, item]) {
                throw DataError(
                    .duplicate, file: reader.name, line: reader.line,
                    problem: "query \(JSONWriter.quoted(query)) and item \(JSONWriter.quoted(item)) were already judged in line \(earlier)")
            }
            qrels.add(query: query, item: item, grade: grade)
        }
        if qrels.count == 0 { throw DataError(.empty, file: reader.name, problem: "the file holds no judgements") }
        return qrels
    }

    /// Where item and grade stand in a line with so many columns.
    private static let layout: [Int: (item: Int, grade: Int?)] = [2: (1, nil), 3: (1, 2), 4: (2, 3)]

    private static func columns(_ line: String) -> [String] {
        if line.contains("\t") { return line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init) }
        return line.split(separator: " ").map(String.init)
    }

    private static func isHeader(_ cells: [String]) -> Bool {
        guard let place = layout[cells.count] else { return false }
        if let column = place.grade { return Double(cells[column]) == nil }
        return ["query-id", "query_id", "query", "qid"].contains(cells[0].lowercased())
    }

    private static func grade(_ text: String, _ reader: LineReader) throws(DataError) -> Int {
        if let grade = Int(text) { return grade }
        if let number = Double(text), let grade = Int(exactly: number) { return grade }
        throw DataError(
            .type, file: reader.name, line: reader.line, field: "grade", value: JSONWriter.quoted(DataError.shortened(text)),
            problem: "expected a whole number")
    }
}
