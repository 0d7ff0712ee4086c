/// Turns texts into ids with buffers that are used again from text to text. One per thread.
struct WordPieceEncoder {
    private let tokenizer: WordPieceTokenizer
    /// The word being read, normalised.
    private var word: [UInt8] = []
    private var wordLength = 0
    /// Characters with a combining class that wait for their canonical order.
    private var marks: [NormalizedCharacter.Piece] = []
    private var characters: [UInt32: NormalizedCharacter] = [:]
    private static let cacheLimit = 1 << 16

    init(_ tokenizer: WordPieceTokenizer) {
        self.tokenizer = tokenizer
        word.reserveCapacity(128)
    }

    /// Appends `[CLS]`, the pieces of `text`, `[SEP]`; at most `maxLength` ids in all.
    mutating func append(_ text: String, to ids: inout [Int32], maxLength: Int?) {
        let start = ids.count
        let limit = maxLength.map { start + Swift.max($0, 2) - 1 } ?? Int.max
        ids.append(tokenizer.definition.classID)
        let done: Void? = text.utf8.withContiguousStorageIfAvailable { read($0.span, into: &ids, limit: limit) }
        if done == nil { Array(text.utf8).withUnsafeBufferPointer { read($0.span, into: &ids, limit: limit) } }
        if ids.count > limit { ids.removeSubrange(limit...) }
        ids.append(tokenizer.definition.separatorID)
    }

    /// Reads valid UTF-8 (the storage of a `String`); stops early once `limit` ids are there.
    private mutating func read(_ text: Span<UInt8>, into ids: inout [Int32], limit: Int) {
        var position = 0
        while position < text.count, ids.count < limit {
            let byte = text[position]
            let byteClass = tokenizer.byteClasses[Int(byte)]
            if byteClass & ByteClass.startsAddedToken != 0, let match = addedToken(in: text, at: position) {
                // A token that must stand alone but does not is ordinary text as a whole.
                if match.isToken {
                    endWord(into: &ids)
                    ids.append(match.id)
                    position += match.length
                    continue
                }
            }
            switch byteClass & ByteClass.mask {
            case ByteClass.letter:
                if !marks.isEmpty { flushMarks(into: &ids) }
                word.append(tokenizer.lowercase[Int(byte)])
                wordLength += 1
                position += 1
            case ByteClass.space:
                endWord(into: &ids)
                position += 1
            case ByteClass.punctuation:
                endWord(into: &ids)
                word.append(byte)
                wordLength = 1
                endWord(into: &ids)
                position += 1
            case ByteClass.removed:
                position += 1
            default:
                position = readCharacter(in: text, at: position, into: &ids)
            }
        }
        endWord(into: &ids)
    }

    /// One character outside ASCII; returns the position behind it.
    private mutating func readCharacter(in text: Span<UInt8>, at position: Int, into ids: inout [Int32]) -> Int {
        let (value, length) = Self.decode(text, at: position)
        let character = normalized(value)
        if character.standsAlone { endWord(into: &ids) }
        for piece in character.pieces {
            if piece.combiningClass != 0 {
                if piece.role != .accent { marks.append(piece) }
                continue
            }
            if !marks.isEmpty { flushMarks(into: &ids) }
            emit(piece, into: &ids)
        }
        if character.standsAlone { endWord(into: &ids) }
        return position + length
    }

    private mutating func emit(_ piece: NormalizedCharacter.Piece, into ids: inout [Int32]) {
        switch piece.role {
        case .letter:
            word.append(contentsOf: piece.bytes)
            wordLength += piece.scalarCount
        case .space: endWord(into: &ids)
        case .punctuation:
            endWord(into: &ids)
            word.append(contentsOf: piece.bytes)
            wordLength = piece.scalarCount
            endWord(into: &ids)
        case .accent: break
        }
    }

    /// Puts waiting characters in canonical order (by class, equal classes as they came; Unicode §3.11, D109).
    private mutating func flushMarks(into ids: inout [Int32]) {
        let ordered = marks.enumerated().sorted { ($0.element.combiningClass, $0.offset) < ($1.element.combiningClass, $1.offset) }
        marks.removeAll(keepingCapacity: true)
        for (_, piece) in ordered { emit(piece, into: &ids) }
    }

    private mutating func endWord(into ids: inout [Int32]) {
        if !marks.isEmpty { flushMarks(into: &ids) }
        guard !word.isEmpty else { return }
        if wordLength > tokenizer.definition.maximumWordLength || !tokenizer.trie.appendPieces(of: word, to: &ids) {
            ids.append(tokenizer.definition.unknownID)
        }
        word.removeAll(keepingCapacity: true)
        wordLength = 0
    }

    private mutating func normalized(_ value: UInt32) -> NormalizedCharacter {
        if let known = characters[value] { return known }
        let scalar = Unicode.Scalar(value) ?? "\u{FFFD}"
        let character = NormalizedCharacter(scalar, tokenizer.definition.normalization)
        if characters.count < Self.cacheLimit { characters[value] = character }
        return character
    }

    /// The longest added token at a position. `isToken` is false when it would have to stand alone and does not.
    private func addedToken(in text: Span<UInt8>, at position: Int) -> (id: Int32, length: Int, isToken: Bool)? {
        next: for (bytes, token) in tokenizer.addedTokens where bytes.count <= text.count - position {
            for index in bytes.indices where text[position + index] != bytes[index] { continue next }
            let alone = !token.singleWord || standsAlone(text, position..<position + bytes.count)
            return (token.id, bytes.count, alone)
        }
        return nil
    }

    private func standsAlone(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
        var before = range.lowerBound - 1
        while before > 0, text[before] & 0xC0 == 0x80 { before -= 1 }
        if before >= 0, Self.isWordCharacter(Self.decode(text, at: before).value) { return false }
        return range.upperBound >= text.count || !Self.isWordCharacter(Self.decode(text, at: range.upperBound).value)
    }

    /// `\w` of Rust's regex: letters, marks, decimal digits, connector punctuation, joiners.
    private static func isWordCharacter(_ value: UInt32) -> Bool {
        guard let properties = Unicode.Scalar(value)?.properties else { return false }
        switch properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .connectorPunctuation: return true
        default: return properties.isAlphabetic || properties.isJoinControl
        }
    }

    /// The character at a position of valid UTF-8. Missing continuation bytes count as 0, so that no input can read outside.
    private static func decode(_ text: Span<UInt8>, at position: Int) -> (value: UInt32, length: Int) {
        func continuation(_ offset: Int) -> UInt32 {
            position + offset < text.count ? UInt32(text[position + offset] & 0x3F) : 0
        }
        let first = UInt32(text[position])
        switch first {
        case 0..<0x80: return (first, 1)
        case 0..<0xE0: return ((first & 0x1F) << 6 | continuation(1), 2)
        case 0..<0xF0: return ((first & 0x0F) << 12 | continuation(1) << 6 | continuation(2), 3)
        default: return ((first & 0x07) << 18 | continuation(1) << 12 | continuation(2) << 6 | continuation(3), 4)
        }
    }
}
