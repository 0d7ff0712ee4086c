import Foundation

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

    /// Reads a file as `QrelsReader` tells, or a BEIR folder's split.
    public static func load(_ path: String, split: String = "test") throws(DataError) -> Qrels {
        var isFolder: ObjCBool = false
        let isThere = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
        let file = isThere && isFolder.boolValue ? try BEIRFolder(path).qrels(split: split) : path
        var reader = try QrelsReader(path: file)
        var qrels = Qrels()
        var lines: [[String]: Int] = [:]
        while let row = try reader.next() {
            if let earlier = lines.updateValue(row.line, forKey: [row.query, row.judgement.item]) {
                throw QrelsReader.repeated(row, earlier: earlier, file: file)
            }
            qrels.add(query: row.query, item: row.judgement.item, grade: row.judgement.grade)
        }
        return qrels
    }
}
