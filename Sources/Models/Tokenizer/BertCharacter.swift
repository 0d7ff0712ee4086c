import Foundation

/// What BERT's normaliser and pre-tokenizer do with one character, by the Unicode tables that Hugging Face tokenizers use.
///
/// Those tables (crate `unicode_categories`) are of Unicode 8: a character assigned later has no category there, so it is neither
/// punctuation nor an accent nor a control character. Using the newest tables instead would give other ids for such text.
/// Checked against tokenizers 0.23 for every code point, one by one; the eight exceptions changed category after Unicode 8
/// (or, U+11938, gained a decomposition that Foundation does not know).
enum BertCharacter {
    /// The general category as of Unicode 8; nil for characters assigned later.
    static func category(_ scalar: Unicode.Scalar) -> Unicode.GeneralCategory? {
        switch scalar.value {
        case 0x166D, 0x111C9: return .otherPunctuation
        case 0x1734, 0x1171E: return .nonspacingMark
        case 0x1885, 0x1886: return .otherLetter
        case 0xA9BD: return .spacingMark
        default: break
        }
        guard let age = scalar.properties.age, age.major <= 8 else { return nil }
        return scalar.properties.generalCategory
    }

    /// Removed by `clean_text`: NUL, the replacement character, and control, format and private-use characters.
    static func isRemoved(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A, 0x0D: return false
        case 0, 0xFFFD: return true
        default: break
        }
        switch category(scalar) {
        case .control, .format, .privateUse, .surrogate: return true
        default: return false
        }
    }

    static func isWhitespace(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.isWhitespace }

    /// Removed by `strip_accents`, after canonical decomposition.
    static func isAccent(_ scalar: Unicode.Scalar) -> Bool { category(scalar) == .nonspacingMark }

    /// A token of its own: every ASCII symbol, and what Unicode calls punctuation.
    static func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 33...47, 58...64, 91...96, 123...126: return true
        case 0..<0x80: return false
        default: break
        }
        switch category(scalar) {
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation, .finalPunctuation,
            .otherPunctuation:
            return true
        default: return false
        }
    }

    /// The ideograph blocks that BERT sets apart with spaces. The block at 2B920 begins there in Hugging Face's code too.
    static func isIdeograph(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x4E00...0x9FFF, 0x3400...0x4DBF, 0x20000...0x2A6DF, 0x2A700...0x2B73F, 0x2B740...0x2B81F, 0x2B920...0x2CEAF,
            0xF900...0xFAFF, 0x2F800...0x2FA1F:
            return true
        default: return false
        }
    }

    /// Canonical decomposition of one character.
    static func decomposition(_ scalar: Unicode.Scalar) -> [Unicode.Scalar] {
        switch scalar.value {
        case 0..<0x80: [scalar]
        case 0x11938: ["\u{11935}", "\u{11930}"]
        default: Array(String(scalar).decomposedStringWithCanonicalMapping.unicodeScalars)
        }
    }
}
