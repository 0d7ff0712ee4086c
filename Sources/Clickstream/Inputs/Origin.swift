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
        // A session's results are few: comparing them is quicker than hashing.
        guard count > 24 else {
            for later in indices.dropFirst() {
                if let earlier = self[..<later].firstIndex(of: self[later]) { return (earlier, later) }
            }
            return nil
        }
        var places: [String: Int] = [:]
        places.reserveCapacity(count)
        for (place, element) in enumerated() {
            if let earlier = places.updateValue(place, forKey: element) { return (earlier, place) }
        }
        return nil
    }

    /// A test for membership that suits the number of elements.
    var membership: (String) -> Bool {
        if count <= 8 { return { contains($0) } }
        let set = Set(self)
        return { set.contains($0) }
    }
}
