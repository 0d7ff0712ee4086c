/// Finds the name that was probably meant.
enum Spelling {
    /// The candidate nearest to `name`, if it is near enough to be a slip.
    static func suggestion(for name: String, among candidates: some Sequence<String>) -> String? {
        let word = Array(name.lowercased().utf8.prefix(64))
        if word.isEmpty { return nil }
        let limit = word.count <= 2 ? 1 : (word.count <= 5 ? 2 : 3)
        var best: (String, Int)?
        for candidate in candidates where candidate != name {
            let other = Array(candidate.lowercased().utf8.prefix(64))
            if abs(other.count - word.count) > limit { continue }
            let distance = distance(word, other)
            // A name with nothing in common is no suggestion, however short both are.
            if distance <= limit, distance < max(word.count, other.count), distance < best?.1 ?? .max { best = (candidate, distance) }
        }
        return best?.0
    }

    /// Edits (insertion, deletion, substitution, swap of neighbours) between two words.
    private static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
        var before = [Int](repeating: 0, count: b.count + 1)
        var previous = Array(0...b.count)
        for i in 0..<a.count {
            var current = [i + 1]
            for j in 0..<b.count {
                var cost = min(previous[j + 1] + 1, current[j] + 1, previous[j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, before[j - 1] + 1) }
                current.append(cost)
            }
            before = previous
            previous = current
        }
        return previous[b.count]
    }
}
