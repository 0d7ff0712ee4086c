/// Where something was read, for messages: a line of a file, or any words. The text is made when it is asked for.
public struct Origin: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    private let text: String
    private let line: Int?

    public init(_ text: String) {
        self.text = text
        line = nil
    }

    public init(file: String, line: Int) {
        text = file
        self.line = line
    }

    public init(stringLiteral value: String) { self.init(value) }

    /// "sessions.jsonl, line 12".
    public var description: String { line.map { "\(text), line \($0)" } ?? text }
}

extension [String] {
    /// The places of the first element that is there before; nil when all are distinct.
    var firstRepetition: (earlier: Int, later: Int)? {
        var distinct = DistinctTexts()
        guard let later = indices.first(where: { !distinct.append(self[$0]) }), let earlier = firstIndex(of: self[later]) else {
            return nil
        }
        return (earlier, later)
    }

    /// A test for membership that suits the number of elements.
    var membership: (String) -> Bool {
        if count <= 8 { return { contains($0) } }
        let set = Set(self)
        return { set.contains($0) }
    }
}

/// Texts in their order, none of them twice.
struct DistinctTexts {
    private(set) var all: [String] = []
    // A session's results are few, and comparing a few is quicker than hashing: there is a set from here on only.
    private static let few = 24
    private var known: Set<String> = []

    /// False if the text is there already, which changes nothing.
    mutating func append(_ text: String) -> Bool {
        if all.count == Self.few, known.isEmpty { known = Set(all) }
        guard all.count < Self.few ? !all.contains(text) : known.insert(text).inserted else { return false }
        all.append(text)
        return true
    }
}
