/// The learned merges of a byte-pair encoding (Sennrich et al. 2016): which neighbours become one symbol, and in which order.
struct BytePairMerges: Sendable {
    struct Merge: Equatable, Sendable {
        /// The lower, the earlier.
        let rank: Int32
        let result: Int32
    }

    private var merges: [UInt64: Merge] = [:]

    private static func key(_ left: Int32, _ right: Int32) -> UInt64 {
        UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
    }

    /// Later merges have higher ranks. A pair that is listed twice keeps its last rank.
    mutating func add(_ left: Int32, _ right: Int32, result: Int32, rank: Int32) {
        merges[Self.key(left, right)] = Merge(rank: rank, result: result)
    }

    /// The symbols of a word after all merges, the lowest rank first and, of one rank, the leftmost.
    func apply(to symbols: [Int32]) -> [Int32] {
        guard symbols.count > 1 else { return symbols }
        var word = Word(symbols)
        var queue = Queue()
        for place in 0..<symbols.count - 1 { queue.add(candidate(at: place, in: word)) }
        while let next = queue.popFirst() {
            // One of the two has been merged with another meanwhile.
            guard candidate(at: next.place, in: word) == next else { continue }
            let place = next.place
            word.merge(at: place, into: next.merge.result)
            if let before = word.before(place) { queue.add(candidate(at: before, in: word)) }
            queue.add(candidate(at: place, in: word))
        }
        return word.symbols
    }

    private func candidate(at place: Int, in word: Word) -> Candidate? {
        guard let left = word.symbol(place), let after = word.after(place), let right = word.symbol(after),
            let merge = merges[Self.key(left, right)]
        else { return nil }
        return Candidate(merge: merge, place: place)
    }
}

/// A merge that could be done at a place of the word.
private struct Candidate: Equatable {
    let merge: BytePairMerges.Merge
    let place: Int

    static func < (a: Candidate, b: Candidate) -> Bool { (a.merge.rank, a.place) < (b.merge.rank, b.place) }
}

/// A word's symbols as a list that shrinks; a symbol keeps the place of its first byte.
private struct Word {
    private var symbolAt: [Int32?]
    private var next: [Int]
    private var previous: [Int]

    init(_ symbols: [Int32]) {
        symbolAt = symbols
        next = symbols.indices.map { $0 + 1 }
        previous = symbols.indices.map { $0 - 1 }
    }

    func symbol(_ place: Int) -> Int32? { symbolAt[place] }
    func after(_ place: Int) -> Int? { next[place] < symbolAt.count ? next[place] : nil }
    func before(_ place: Int) -> Int? { previous[place] >= 0 ? previous[place] : nil }
    var symbols: [Int32] { symbolAt.compactMap(\.self) }

    /// Makes one symbol of those at a place and after it.
    mutating func merge(at place: Int, into symbol: Int32) {
        guard let second = after(place) else { return }
        symbolAt[place] = symbol
        symbolAt[second] = nil
        next[place] = next[second]
        if next[place] < symbolAt.count { previous[next[place]] = place }
    }
}

/// Candidates, the first by rank and place on top: a binary heap.
private struct Queue {
    private var heap: [Candidate] = []

    mutating func add(_ candidate: Candidate?) {
        guard let candidate else { return }
        heap.append(candidate)
        var at = heap.count - 1
        while at > 0, heap[at] < heap[(at - 1) / 2] {
            heap.swapAt(at, (at - 1) / 2)
            at = (at - 1) / 2
        }
    }

    mutating func popFirst() -> Candidate? {
        guard let first = heap.first, let last = heap.popLast() else { return nil }
        guard !heap.isEmpty else { return first }
        heap[0] = last
        var at = 0
        while true {
            var least = at
            for child in [2 * at + 1, 2 * at + 2] where child < heap.count && heap[child] < heap[least] { least = child }
            if least == at { return first }
            heap.swapAt(at, least)
            at = least
        }
    }
}
