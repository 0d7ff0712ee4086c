/// What completing found: the texts that could stand left of the cursor, and what to show with them.
public struct Completions: Equatable, Sendable {
    public struct Candidate: Equatable, Comparable, Sendable {
        /// What would be inserted in place of the word.
        public let text: String
        /// What is listed, where it differs from the text: a path's last part, a name with its kind.
        public let label: String

        public init(_ text: String, label: String? = nil) {
            self.text = text
            self.label = label ?? text
        }

        public static func < (left: Candidate, right: Candidate) -> Bool { left.text < right.text }
    }

    /// Scalars left of the cursor that a candidate replaces.
    public let word: String
    public let candidates: [Candidate]
    /// The signature of the call that the cursor is in.
    public let signature: String?

    public static let none = Completions(word: "", candidates: [])

    /// Sorts the candidates and keeps each text once.
    public init(word: String, candidates: [Candidate], signature: String? = nil) {
        self.word = word
        var seen = Set<String>()
        self.candidates = candidates.sorted().filter { seen.insert($0.text).inserted }
        self.signature = signature
    }

    /// What the Tab key does.
    enum Action {
        case nothing
        case insert(replacing: Int, String)
        case show((_ width: Int) -> [String])
    }

    var action: Action {
        let shared = sharedPrefix
        if !candidates.isEmpty, shared != word, candidates.count == 1 || shared.count > word.count {
            return .insert(replacing: word.unicodeScalars.count, shared)
        }
        let listed = candidates.count > 1 ? candidates : []
        if listed.isEmpty, signature == nil { return .nothing }
        let signature = signature
        return .show { width in
            (signature.map { TextLayout.signature($0, width: width) } ?? []) + Self.columns(listed.map(\.label), width: width)
        }
    }

    /// The longest text that all candidates start with.
    var sharedPrefix: String {
        guard let first = candidates.first?.text, let last = candidates.last?.text else { return "" }
        // The candidates are sorted, so what the first and the last share, all share.
        return String(zip(first, last).prefix { $0 == $1 }.map(\.0))
    }

    /// `labels` in columns down the page, at most `limit` of them.
    static func columns(_ labels: [String], width: Int, limit: Int = 200) -> [String] {
        guard !labels.isEmpty else { return [] }
        let shown = Array(labels.prefix(limit))
        let widest = (shown.map { Terminal.columns($0) }.max() ?? 1) + 2
        let columns = max(1, (width - 1) / widest)
        let rows = (shown.count + columns - 1) / columns
        var lines = (0..<rows).map { row in
            let cells = stride(from: row, to: shown.count, by: rows).map { shown[$0] }
            return cells.enumerated().map { index, cell in
                index == cells.count - 1 ? cell : cell + String(repeating: " ", count: widest - Terminal.columns(cell))
            }.joined()
        }
        if labels.count > limit { lines.append("… \(labels.count - limit) more") }
        return lines
    }
}
