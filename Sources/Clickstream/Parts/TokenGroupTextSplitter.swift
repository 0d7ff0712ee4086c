/// Joins the blocks of another splitter, in order, as long as they fit a model's limit of tokens.
///
/// A block that does not fit closes the group before it and is a part alone: whole, or cut between words if it is over the limit itself.
public struct TokenGroupTextSplitter: ItemSplitter {
    public let maxTokens: Int
    /// Whether a block over the limit is cut between words.
    public let splitSentences: Bool
    private let blocksSplitter: any ItemSplitter
    private let countTokens: (String) throws -> Int

    /// - Parameters:
    ///   - maxTokens: most tokens of a part, special tokens not counted.
    ///   - countTokens: number of tokens of a text, without special tokens.
    /// - Throws: a value error unless `maxTokens` is positive.
    public init(
        blocksSplitter: any ItemSplitter, maxTokens: Int, splitSentences: Bool = true, countTokens: @escaping (String) throws -> Int
    ) throws(ClickstreamError) {
        guard maxTokens > 0 else {
            throw ClickstreamError(.value, "max_tokens should be a positive integer", found: "\(maxTokens)")
        }
        self.blocksSplitter = blocksSplitter
        self.maxTokens = maxTokens
        self.splitSentences = splitSentences
        self.countTokens = countTokens
    }

    public func parts(of item: String) throws -> [String] {
        var parts: [String] = []
        var group = Group()
        for block in try blocksSplitter.parts(of: item) {
            let tokens = try countTokens(block)
            if group.tokens + tokens <= maxTokens {
                group.add(block, tokens)
                continue
            }
            group.close(into: &parts)
            if tokens > maxTokens, splitSentences { parts += try words(of: block) } else { parts.append(block) }
        }
        group.close(into: &parts)
        return parts
    }

    /// A block cut between words; a word over the limit is a part alone.
    private func words(of block: String) throws -> [String] {
        var parts: [String] = []
        var group = Group()
        for word in block.split(whereSeparator: \.isWhitespace) {
            let tokens = try countTokens(String(word))
            if group.tokens + tokens > maxTokens { group.close(into: &parts) }
            group.add(String(word), tokens)
        }
        group.close(into: &parts)
        return parts
    }

    private struct Group {
        private var texts: [String] = []
        private(set) var tokens = 0

        mutating func add(_ text: String, _ count: Int) {
            texts.append(text)
            tokens += count
        }

        mutating func close(into parts: inout [String]) {
            if !texts.isEmpty { parts.append(texts.joined(separator: " ")) }
            self = Group()
        }
    }
}
