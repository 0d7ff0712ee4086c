import Foundation

/// BERT's tokenizer: normalisation, split at white space and punctuation, then the longest pieces of the vocabulary.
///
/// Gives the ids of Hugging Face's `BertTokenizerFast` (tokenizers 0.23). Texts become `[CLS] pieces [SEP]`, cut to `maxLength`.
public struct WordPieceTokenizer: Sendable {
    /// A token that is recognised in the raw text, before any normalisation.
    public struct AddedToken: Equatable, Sendable {
        public let content: String
        public let id: Int32
        /// Recognised only where no letter, digit or underscore touches it.
        public let singleWord: Bool
    }

    /// Everything that defines a tokenizer.
    public struct Definition: Sendable {
        /// Pieces by id; an id that the vocabulary leaves out is nil.
        public var pieces: [String?]
        public var continuationPrefix = "##"
        public var unknownID: Int32
        public var classID: Int32
        public var separatorID: Int32
        public var addedTokens: [AddedToken] = []
        public var normalization = BertNormalization()
        /// A longer word (in characters) is unknown as a whole.
        public var maximumWordLength = 100
        /// The tokenizer's own limit of tokens in a text, where it states one.
        public var maxLength: Int?
    }

    public let definition: Definition
    let trie: WordPieceTrie
    /// What happens to each ASCII byte; see `ByteClass`.
    let byteClasses: [UInt8]
    let lowercase: [UInt8]
    /// Added tokens, longest first, so that the first match is the longest.
    let addedTokens: [(bytes: [UInt8], token: AddedToken)]

    /// Number of ids, the unused ones counted.
    public var vocabularySize: Int { definition.pieces.count }

    /// Fails when the vocabulary is too large for the trie.
    init?(_ definition: Definition) {
        var trie = WordPieceTrie()
        let prefix = Array(definition.continuationPrefix.utf8)
        for (id, piece) in definition.pieces.enumerated() {
            guard let piece, !piece.isEmpty, let id = Int32(exactly: id) else { continue }
            // A piece that is nothing but the prefix ("##") is also an ordinary word.
            if !prefix.isEmpty, piece.utf8.starts(with: prefix) {
                guard trie.insert(piece.utf8.dropFirst(prefix.count), continuing: true, id: id) else { return nil }
            }
            guard trie.insert(piece.utf8, continuing: false, id: id) else { return nil }
        }
        self.definition = definition
        self.trie = trie
        addedTokens = definition.addedTokens.filter { !$0.content.isEmpty }.map { (Array($0.content.utf8), $0) }
            .sorted { $0.bytes.count > $1.bytes.count }
        var classes = [UInt8](repeating: ByteClass.other, count: 256)
        for byte in UInt8(0)..<0x80 { classes[Int(byte)] = ByteClass.of(byte, definition.normalization) }
        for (bytes, _) in addedTokens { classes[Int(bytes[0])] |= ByteClass.startsAddedToken }
        byteClasses = classes
        lowercase = (UInt8(0)...255).map { definition.normalization.lowercases && (65...90).contains($0) ? $0 + 32 : $0 }
    }

    /// The piece of an id; nil outside the vocabulary.
    public func token(_ id: Int32) -> String? {
        if let added = definition.addedTokens.first(where: { $0.id == id }) { return added.content }
        guard id >= 0, Int(id) < definition.pieces.count else { return nil }
        return definition.pieces[Int(id)]
    }

    /// Ids of one text with `[CLS]` and `[SEP]`, at most `maxLength` of them (never fewer than the two).
    public func encode(_ text: String, maxLength: Int? = nil) -> [Int32] {
        var encoder = WordPieceEncoder(self)
        var ids: [Int32] = []
        encoder.append(text, to: &ids, maxLength: maxLength ?? definition.maxLength)
        return ids
    }

    /// Ids of many texts, packed; shares the work between `threads` when there is enough of it.
    public func encode(_ texts: [String], maxLength: Int? = nil, threads: Int = 1) -> TokenBatch {
        let limit = maxLength ?? definition.maxLength
        return TokenBatch.encoding(texts, threads: threads) { encodeSerially($0, maxLength: limit) }
    }

    private func encodeSerially(_ texts: ArraySlice<String>, maxLength: Int?) -> TokenBatch {
        var encoder = WordPieceEncoder(self)
        var batch = TokenBatch()
        batch.offsets.reserveCapacity(texts.count + 1)
        for text in texts {
            encoder.append(text, to: &batch.ids, maxLength: maxLength)
            batch.offsets.append(batch.ids.count)
        }
        return batch
    }
}

/// What the encoder does with an ASCII byte.
enum ByteClass {
    static let letter: UInt8 = 0
    static let space: UInt8 = 1
    static let punctuation: UInt8 = 2
    static let removed: UInt8 = 3
    /// The beginning of a character outside ASCII.
    static let other: UInt8 = 4
    static let mask: UInt8 = 0x7F
    static let startsAddedToken: UInt8 = 0x80

    static func of(_ byte: UInt8, _ rules: BertNormalization) -> UInt8 {
        let scalar = Unicode.Scalar(byte)
        if rules.cleansText, BertCharacter.isRemoved(scalar) { return removed }
        if BertCharacter.isWhitespace(scalar) { return space }
        return BertCharacter.isPunctuation(scalar) ? punctuation : letter
    }
}
