/// Finds what a misspelt name was meant to be.
public enum Spelling {
    /// The candidate nearest to `word`, if it is near enough to be meant; of equally near ones one of the same length, then the first in the alphabet.
    public static func suggestion(for word: String, among candidates: some Sequence<String>) -> String? {
        let typed = Array(word.utf8.prefix(64))
        guard !typed.isEmpty else { return nil }
        let lower = typed.map(lowercase)
        var best: (distance: Int, lengthChange: Int, word: String)?
        for candidate in candidates where candidate != word {
            let bytes = Array(candidate.utf8.prefix(64))
            let limit = min(best?.distance ?? .max, max(1, min(typed.count, bytes.count) / 3) * 2)
            guard abs(bytes.count - typed.count) * 2 <= limit else { continue }
            // A difference in case counts half, so that `Relu` finds `relu`; a one-letter word has no near ones.
            var distance = 2 * editDistance(lower, bytes.map(lowercase), limit: limit / 2)
            if distance == 0 { distance = 1 }
            if distance > limit || (min(typed.count, bytes.count) < 2 && distance > 1) { continue }
            let change = abs(bytes.count - typed.count)
            if let found = best, (distance, change, candidate) >= (found.distance, found.lengthChange, found.word) { continue }
            best = (distance, change, candidate)
        }
        return best?.word
    }

    /// The first candidate that begins with `word`, else the nearest one: for commands and options, which are often cut short.
    public static func completionOrSuggestion(for word: String, among candidates: [String]) -> String? {
        candidates.first { !word.isEmpty && $0.hasPrefix(word) } ?? suggestion(for: word, among: candidates)
    }

    private static func lowercase(_ byte: UInt8) -> UInt8 {
        byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
    }

    /// The number of insertions, deletions, substitutions and swaps of neighbours between two words; beyond `limit` any greater number.
    static func editDistance(_ a: [UInt8], _ b: [UInt8], limit: Int) -> Int {
        if a == b { return 0 }
        var beforeLast: [Int] = []
        var last = Array(0...b.count)
        for i in 0..<a.count {
            var row = [i + 1]
            row.reserveCapacity(b.count + 1)
            for j in 0..<b.count {
                var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, beforeLast[j - 1] + 1) }
                row.append(cost)
            }
            if row.min() ?? 0 > limit { return limit + 1 }
            (beforeLast, last) = (last, row)
        }
        return last[b.count]
    }
}
