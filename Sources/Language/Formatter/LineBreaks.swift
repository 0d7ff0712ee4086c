/// Where the lines of the formatted text begin: where the author began them, but for the braces of blocks.
struct LineBreaks {
    private var forced: Set<Int> = []
    private var joined: Set<Int> = []
    private let tokens: [Token]

    init(_ stream: TokenStream, _ partners: [Int32], _ layout: TokenLayout) {
        tokens = stream.tokens
        let commented = Set(stream.comments.map(\.nextToken))
        let blocks = Set(layout.blockOpeners + layout.structOpeners)
        for opener in blocks where tokens[opener].startsLine && !commented.contains(opener) && !isDictPlace(opener, layout) {
            joined.insert(opener)
        }
        for (index, token) in tokens.enumerated() where token.startsLine && index > 0 && !commented.contains(index) {
            switch token.kind {
            case .else, .catch, .finally:
                if tokens[index - 1].kind == .rightBrace { joined.insert(index) }
            default: break
            }
        }
        breakBlocks(blocks, partners, layout, commented)
        breakBrackets(partners, blocks)
    }

    /// A block opener never begins a statement, except as an expression of its own.
    private func isDictPlace(_ opener: Int, _ layout: TokenLayout) -> Bool { layout.statementStarts.contains(opener) }

    /// A block that has a line end in it has its first statement and its `}` at the beginning of lines.
    private mutating func breakBlocks(_ blocks: Set<Int>, _ partners: [Int32], _ layout: TokenLayout, _ commented: Set<Int>) {
        // How many line ends, comments included, lie before each token: a block has one in it if the number grows.
        var counts: [Int] = []
        counts.reserveCapacity(tokens.count)
        var count = 0
        for index in tokens.indices {
            if isBroken(before: index) || commented.contains(index) { count += 1 }
            counts.append(count)
        }
        let starts = Array(Set(layout.statementStarts)).sorted()
        for opener in blocks {
            let closer = Int(partners[opener])
            guard closer > opener, counts[closer] > counts[opener] else { continue }
            forced.insert(closer)
            if layout.structOpeners.contains(opener) {
                forced.insert(opener + 1)
            } else if let first = firstStart(after: opener, in: starts), first < closer {
                forced.insert(first)
            }
        }
    }

    private func firstStart(after opener: Int, in starts: [Int]) -> Int? {
        var low = 0
        var high = starts.count
        while low < high {
            let middle = (low + high) / 2
            if starts[middle] > opener { high = middle } else { low = middle + 1 }
        }
        return low < starts.count ? starts[low] : nil
    }

    /// Brackets whose first item begins a line close on a line of their own.
    private mutating func breakBrackets(_ partners: [Int32], _ blocks: Set<Int>) {
        for (opener, partner) in partners.enumerated() where Int(partner) > opener + 1 && !blocks.contains(opener) {
            switch tokens[opener].kind {
            case .leftParen, .leftBracket, .leftBrace:
                if tokens[opener + 1].startsLine { forced.insert(Int(partner)) }
            default: break
            }
        }
    }

    /// Whether the token begins a line.
    func isBroken(before index: Int) -> Bool {
        index == 0 || forced.contains(index) || (tokens[index].startsLine && !joined.contains(index))
    }

    /// Whether the code of a line ends with an opening bracket, after which no empty line stands.
    func endsWithOpener(_ code: String) -> Bool {
        code.hasSuffix("{") || code.hasSuffix("(") || code.hasSuffix("[") || code.hasSuffix("=>")
    }
}
