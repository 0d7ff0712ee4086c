/// The switches of Hugging Face's `BertNormalizer`.
public struct BertNormalization: Equatable, Sendable {
    /// Remove control characters, make every kind of white space a space.
    public var cleansText = true
    /// Set ideographs apart, each a word of its own.
    public var separatesIdeographs = true
    /// Decompose and drop non-spacing marks; nil follows `lowercases`.
    public var stripsAccents: Bool?
    public var lowercases = true

    public init(cleansText: Bool = true, separatesIdeographs: Bool = true, stripsAccents: Bool? = nil, lowercases: Bool = true) {
        self.cleansText = cleansText
        self.separatesIdeographs = separatesIdeographs
        self.stripsAccents = stripsAccents
        self.lowercases = lowercases
    }

    var dropsAccents: Bool { stripsAccents ?? lowercases }
}

/// What one character of the input becomes: removed, a word boundary, or pieces of words.
struct NormalizedCharacter {
    /// One character of the output.
    struct Piece {
        enum Role { case letter, space, punctuation, accent }
        let role: Role
        /// UTF-8, lower-cased where asked.
        let bytes: [UInt8]
        let scalarCount: Int
        /// Canonical combining class; pieces other than 0 may have to change places with their neighbours.
        let combiningClass: UInt8
    }

    /// Pieces of a removed character: none. They form a word of their own when `standsAlone`.
    let pieces: [Piece]
    let standsAlone: Bool

    init(_ scalar: Unicode.Scalar, _ rules: BertNormalization) {
        standsAlone = rules.separatesIdeographs && BertCharacter.isIdeograph(scalar)
        guard !rules.cleansText || !BertCharacter.isRemoved(scalar) else {
            pieces = []
            return
        }
        let scalars = rules.dropsAccents ? BertCharacter.decomposition(scalar) : [scalar]
        pieces = scalars.map { part in
            let combiningClass = rules.dropsAccents ? part.properties.canonicalCombiningClass.rawValue : 0
            if rules.dropsAccents, BertCharacter.isAccent(part) {
                return Piece(role: .accent, bytes: [], scalarCount: 0, combiningClass: combiningClass)
            }
            let text = rules.lowercases ? part.properties.lowercaseMapping : String(part)
            let role: Piece.Role =
                BertCharacter.isWhitespace(part) ? .space : BertCharacter.isPunctuation(part) ? .punctuation : .letter
            return Piece(role: role, bytes: Array(text.utf8), scalarCount: text.unicodeScalars.count, combiningClass: combiningClass)
        }
    }
}
