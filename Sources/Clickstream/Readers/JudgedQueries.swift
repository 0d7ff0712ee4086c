import Text

/// The judged queries of a BEIR folder one after the other, in the order of the judgements.
///
/// Texts stay in their file: of each query a few words are held (16 bytes, and about 40 more while the folder is opened). Judgements
/// of a query that follow each other are read when it is its turn; a file in which they do not is held as a whole.
final class JudgedQueries {
    struct Query {
        let text: String
        let judgements: [Qrels.Judgement]
        /// Line of its first judgement; 0 when it is not known.
        let line: Int
    }

    /// The file of the judgements.
    let path: String
    private let texts: QueryTexts
    private let pull: () throws(DataError) -> QrelsReader.Group?

    init(_ folder: BEIRFolder, split: String) throws(DataError) {
        texts = try QueryTexts(path: folder.queries())
        let path = try folder.qrels(split: split)
        self.path = path
        if try QrelsReader.isGrouped(path) {
            var reader = try QrelsReader(path: path)
            pull = { () throws(DataError) in try reader.nextGroup() }
        } else {
            let qrels = try Qrels.load(path)
            var queries = qrels.queries.makeIterator()
            pull = { () throws(DataError) in queries.next().map { QrelsReader.Group(query: $0, judgements: qrels[$0], line: 0) } }
        }
    }

    /// The next query; nil at the end.
    func next() throws(DataError) -> Query? {
        guard let group = try pull() else { return nil }
        guard let text = try texts.text(of: group.query) else {
            throw DataError(
                .unknownID, file: path, line: group.line > 0 ? group.line : nil,
                problem: "no query has the id \(JSONWriter.quoted(group.query))")
        }
        return Query(text: text, judgements: group.judgements, line: group.line)
    }
}

/// The texts of a file of queries by their ids. Of each query its id's hash and its place in the file are held, not its text.
struct QueryTexts {
    private let file: LineReader
    /// By hash, then by place.
    private var places: [(hash: Int, start: Int)] = []
    /// What is read of the file for one text: enough for most lines.
    private static let chunk = 4096

    init(path: String) throws(DataError) {
        let reader = try LineReader(path: path)
        var lines = JSONLines(reader)
        while let record = try lines.next() {
            _ = try record.string("text")
            places.append((try record.identifier("_id").hashValue, reader.start))
        }
        places.sort { ($0.hash, $0.start) < ($1.hash, $1.start) }
        file = try LineReader(path: path, chunk: Self.chunk)
    }

    /// The text of a query, of several with this id the last; nil when there is none.
    func text(of id: String) throws(DataError) -> String? {
        let hash = id.hashValue
        var (low, high) = (0, places.count)
        while low < high {
            let middle = (low + high) / 2
            if places[middle].hash < hash { low = middle + 1 } else { high = middle }
        }
        var text: String?
        for place in places[low...].prefix(while: { $0.hash == hash }) {
            try file.seek(to: place.start)
            var lines = JSONLines(file)
            if let record = try lines.next(), try record.identifier("_id") == id { text = try record.string("text") }
        }
        return text
    }
}
