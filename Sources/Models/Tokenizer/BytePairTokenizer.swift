import Foundation

/// CLIP's tokenizer: lower case, words, and a byte-pair encoding of each word's UTF-8, whose last byte is marked as its end.
///
/// Gives the ids of Hugging Face's `CLIPTokenizer` (tokenizers 0.23). Texts become `<|startoftext|> pieces <|endoftext|>`, cut to
/// `maxLength` with the end kept.
public struct BytePairTokenizer: Sendable {
    /// A token that is recognised in the text itself, before or after its normalisation.
    struct AddedToken: Equatable, Sendable {
        let content: String
        let id: Int32
        let isNormalized: Bool
    }

    /// What defines a tokenizer.
    struct Definition: Sendable {
        /// Ids of a word's bytes, and of its last byte.
        var bytes: [Int32]
        var finalBytes: [Int32]
        var merges: BytePairMerges
        var startID: Int32
        var endID: Int32
        var addedTokens: [AddedToken] = []
        /// Number of ids, the unused ones counted.
        var vocabularySize: Int
        /// The tokenizer's own limit of tokens in a text, where it states one.
        var maxLength: Int?
    }

    let definition: Definition
    private let rawTokens: [AddedToken]
    private let normalizedTokens: [AddedToken]

    public var vocabularySize: Int { definition.vocabularySize }

    init(_ definition: Definition) {
        self.definition = definition
        // Longest first, so that the first match is the longest.
        let tokens = definition.addedTokens.filter { !$0.content.isEmpty }.sorted { $0.content.utf8.count > $1.content.utf8.count }
        rawTokens = tokens.filter { !$0.isNormalized }
        normalizedTokens = tokens.filter(\.isNormalized).map {
            AddedToken(content: ClipWords.normalize($0.content), id: $0.id, isNormalized: true)
        }
    }

    /// Ids of one text with its start and its end, at most `maxLength` of them (never fewer than the two).
    public func encode(_ text: String, maxLength: Int? = nil) -> [Int32] {
        let limit = (maxLength ?? definition.maxLength).map { Swift.max($0, 2) - 1 } ?? .max
        var ids = [definition.startID]
        Self.cut(text, at: rawTokens, found: { ids.append($0) }) { part in
            Self.cut(ClipWords.normalize(part), at: normalizedTokens, found: { ids.append($0) }) { part in
                ClipWords.split(part) { word in
                    // What lies behind the limit changes nothing before it.
                    if ids.count < limit { ids += pieces(of: word) }
                }
            }
        }
        if ids.count > limit { ids.removeSubrange(limit...) }
        return ids + [definition.endID]
    }

    /// Ids of many texts, packed; shares the work between `threads` when there is enough of it.
    public func encode(_ texts: [String], maxLength: Int? = nil, threads: Int = 1) -> TokenBatch {
        TokenBatch.encoding(texts, threads: threads) { texts in
            var batch = TokenBatch()
            for text in texts { batch.append(encode(text, maxLength: maxLength)) }
            return batch
        }
    }

    private func pieces(of word: String) -> [Int32] {
        var symbols = word.utf8.map { definition.bytes[Int($0)] }
        if let last = word.utf8.last { symbols[symbols.count - 1] = definition.finalBytes[Int(last)] }
        return definition.merges.apply(to: symbols)
    }

    /// Takes the tokens out of a text, the longest first at each place, and hands out what lies between them.
    private static func cut(_ text: String, at tokens: [AddedToken], found: (Int32) -> Void, between: (String) -> Void) {
        guard !tokens.isEmpty else { return between(text) }
        let bytes = Array(text.utf8)
        let contents = tokens.map { (bytes: Array($0.content.utf8), id: $0.id) }
        let firsts = Set(contents.compactMap(\.bytes.first))
        var start = 0, at = 0
        func flush() { if start < at { between(String(decoding: bytes[start..<at], as: UTF8.self)) } }
        while at < bytes.count {
            guard firsts.contains(bytes[at]), let token = contents.first(where: { bytes[at...].starts(with: $0.bytes) }) else {
                at += 1
                continue
            }
            flush()
            found(token.id)
            at += token.bytes.count
            start = at
        }
        flush()
    }
}
