import Foundation

/// A data set in BEIR's layout: corpus.jsonl (_id, title, text), queries.jsonl (_id, text), qrels/<split>.tsv.
public struct BEIRFolder: Sendable {
    public let path: String

    public init(_ path: String) { self.path = path }

    public func corpus() throws(DataError) -> String { try file("corpus.jsonl") }
    public func queries() throws(DataError) -> String { try file("queries.jsonl") }

    /// The judgements of a split, such as "test".
    public func qrels(split: String = "test") throws(DataError) -> String {
        let splits = (try? FileManager.default.contentsOfDirectory(atPath: path + "/qrels"))?.filter { $0.hasSuffix(".tsv") }.sorted()
        let wanted = split + ".tsv"
        if splits?.contains(wanted) == true { return path + "/qrels/" + wanted }
        throw DataError(
            .file, file: path, problem: "there is no qrels/\(wanted)",
            help: splits.map { "splits there: " + $0.map { String($0.dropLast(4)) }.joined(separator: ", ") }
                ?? "a BEIR folder has its judgements in qrels/")
    }

    private func file(_ name: String) throws(DataError) -> String {
        let file = path + "/" + name
        if FileManager.default.fileExists(atPath: file) { return file }
        throw DataError(
            .file, file: path, problem: "this folder has no \(name)", help: "a folder is read as BEIR: corpus.jsonl, queries.jsonl, qrels/")
    }
}
