/// The pieces of a WordPiece vocabulary as a byte trie: the longest piece at a position is found in one walk, without building
/// a string.
///
/// Edges live in one open-addressing hash table keyed by (node, byte). Pieces that begin a word hang below node 0, those that
/// continue one (written `##ing` in the vocabulary) below node 1.
struct WordPieceTrie: Sendable {
    private static let continuation: UInt32 = 1
    /// A node's number and a byte share the 32 bits of a key.
    static let maximumNodes = 1 << 24

    private var keys: [UInt32]
    /// 0 where the slot is empty: no edge leads back to node 0.
    private var children: [UInt32]
    /// The id of the piece that ends at a node, or -1.
    private var ids: [Int32] = [-1, -1]
    private var edges = 0
    private var shift: UInt32

    init() {
        let bits: UInt32 = 12
        keys = Array(repeating: 0, count: 1 << bits)
        children = Array(repeating: 0, count: 1 << bits)
        shift = 32 - bits
    }

    /// Adds a piece; the prefix of a continuing piece is already cut off. False when the trie is full.
    mutating func insert(_ bytes: some Sequence<UInt8>, continuing: Bool, id: Int32) -> Bool {
        var node = continuing ? Self.continuation : 0
        for byte in bytes {
            let next = child(of: node, byte)
            if next != 0 {
                node = next
                continue
            }
            guard ids.count < Self.maximumNodes else { return false }
            if edges * 2 >= keys.count { grow() }
            let new = UInt32(ids.count)
            ids.append(-1)
            place(node << 8 | UInt32(byte), new)
            edges += 1
            node = new
        }
        ids[Int(node)] = id
        return true
    }

    /// Appends the ids of `word`, greedily the longest piece first; false (and nothing appended) when some part of it is in no piece.
    func appendPieces(of word: [UInt8], to output: inout [Int32]) -> Bool {
        let start = output.count
        var position = 0
        var root: UInt32 = 0
        while position < word.count {
            var node = root
            var best: Int32 = -1
            var bestEnd = position
            var cursor = position
            while cursor < word.count {
                node = child(of: node, word[cursor])
                if node == 0 { break }
                cursor += 1
                let id = ids[Int(node)]
                if id >= 0 {
                    best = id
                    bestEnd = cursor
                }
            }
            guard best >= 0 else {
                output.removeSubrange(start...)
                return false
            }
            output.append(best)
            position = bestEnd
            root = Self.continuation
        }
        return true
    }

    @inline(__always)
    private func slot(_ key: UInt32) -> Int { Int((key &* 0x9E37_79B1) >> shift) }

    @inline(__always)
    private func child(of node: UInt32, _ byte: UInt8) -> UInt32 {
        let key = node << 8 | UInt32(byte)
        let mask = keys.count &- 1
        var index = slot(key)
        while true {
            let child = children[index]
            if child == 0 || keys[index] == key { return child }
            index = (index &+ 1) & mask
        }
    }

    private mutating func place(_ key: UInt32, _ child: UInt32) {
        var index = slot(key)
        while children[index] != 0 { index = (index + 1) & (keys.count - 1) }
        keys[index] = key
        children[index] = child
    }

    private mutating func grow() {
        let (oldKeys, oldChildren) = (keys, children)
        shift -= 1
        keys = Array(repeating: 0, count: oldKeys.count * 2)
        children = Array(repeating: 0, count: oldKeys.count * 2)
        for (key, child) in zip(oldKeys, oldChildren) where child != 0 { place(key, child) }
    }
}
